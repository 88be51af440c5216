"""The pages of the tasks, each by the name of its task in the address."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import streamlit as st
from sidelight.models.tasks import TASKS
from streamlit.navigation.page import StreamlitPage

from .wording import told


def page_of(task: str, *, default: bool = False) -> StreamlitPage:
    """The page of a task."""
    return st.Page(_script(task), title=told(TASKS[task].title), url_path=task, default=default)


@cache
def _script(task: str) -> Callable[[], None]:
    return partial(_show, task)


def _show(task: str) -> None:
    from .app_pages import explain  # which leads to whatever leads to other pages

    explain.show(task)

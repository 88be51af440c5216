"""Light or dark: when it is switched while the page stands, the page is drawn again in the other colours."""

from __future__ import annotations

import streamlit as st

from .component import component


def follow() -> None:
    """Runs the page again as soon as its colours have changed, which Streamlit by itself does not."""
    with st.container(key="appearance"):
        _component()(key="theme", on_changed_change=lambda: None)


@st.cache_resource(show_spinner=False)
def _component() -> st.components.v2.types.ComponentRenderer:
    return component("theme", '<div class="ground"></div>\n')

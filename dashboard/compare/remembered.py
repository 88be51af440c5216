"""Comparisons in the history: opened where the address asks for one, kept when they are finished, and named there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

import streamlit as st
from sidelight.dashboard import address, waiting
from sidelight.dashboard.entries import Choices
from sidelight.dashboard.history_file import HistoryError
from sidelight.dashboard.markup import markdown_text, shortened, shown
from sidelight.dashboard.wording import told

T = TypeVar("T")


class Asked(Protocol):
    """A comparison on screen, and why the one that the address asked for can't be had; empty if it could."""

    lost: str


class Remembered(Asked, Protocol):
    """A comparison with its id in the history, and whether the history was told of it, or needs not be."""

    entry: str | None
    kept: bool


def opened(state: Remembered, read: Callable[[str], tuple[Choices, T] | None]) -> tuple[Choices, T, str] | None:
    """The comparison that the address asks for, with its id; None if it is on screen, or can't be had.

    Args:
        state: what is on screen.
        read: opens an entry of the history.
    """
    entry = address.asked_shift()
    if entry is None or entry == state.entry:
        return None
    try:
        found = read(entry)
        if found is None:
            raise HistoryError(
                "The link asks for the comparison {asked}, which is not in the history of this machine; compare again.",
                asked=shortened(shown(entry), address.LONGEST_LIST),
            )
    except HistoryError as error:
        state.lost = str(error)
        return None
    return *found, entry


def show_lost(state: Asked, *, pressed: bool) -> None:
    """Says why what the address asked for can't be had, until something else is asked for."""
    if pressed:
        state.lost = ""
    if state.lost:
        waiting.show_problem(state.lost)


def keep(state: Remembered, write: Callable[[], str | None]) -> None:
    """Keeps what is finished in the history, once."""
    if state.kept:
        return
    state.kept = True
    try:
        state.entry = write()
    except HistoryError as error:
        st.warning(markdown_text(told(str(error))))

"""Light or dark: when it is switched while the page stands, the page is drawn again in the other colours."""

from __future__ import annotations

import time

import streamlit as st

from .component import component


def follow() -> None:
    """Runs the page again as long as it was drawn for other colours than it stands in, which Streamlit does not.

    A run may still be told of the colours from before the switch; so the component, which hears of every run by its
    time, looks again after each.
    """
    appearance = st.context.theme.type
    drawn_for = {"appearance": appearance, "run": time.monotonic()}
    # What opens above the page does not stand in it, and has not its `color-scheme`.
    st.html(f"<style>[data-testid=stPopoverBody] {{ color-scheme: {appearance or 'light'} }}</style>")
    with st.container(key="appearance"):
        _component()(key="theme", data=drawn_for, on_changed_change=lambda: None)


@st.cache_resource(show_spinner=False)
def _component() -> st.components.v2.types.ComponentRenderer:
    return component("theme", '<div class="ground"></div>\n')

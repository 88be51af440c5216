"""Links that lead back to what is on screen."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from .address import ENTRY, TEXT, text_of, wanted
from .visitor import Visitor
from .wording import say

LONGEST_LINK = 6_000  # characters; browsers and chat programs cut longer ones


def offer_links(visitor: Visitor) -> None:
    """A popover with a link to what is on screen, and one that holds the text, too."""
    with st.popover(say("copy_link")):
        shown = {name: values for name, values in wanted().items() if name != TEXT}
        st.caption(say("link_here"))
        st.code(_link(shown), language=None, wrap_lines=True)
        if visitor.work is None:
            return
        others = {name: values for name, values in shown.items() if name != ENTRY}
        shared = _link({**others, TEXT: [text_of(visitor.work)]})
        st.caption(say("link_with_text"))
        if len(shared) > LONGEST_LINK:
            st.caption(say("link_too_long", most=f"{LONGEST_LINK:,}"))
        else:
            st.code(shared, language=None, wrap_lines=True)


def _link(parameters: dict[str, list[str]]) -> str:
    place, asked = urlsplit(st.context.url or ""), urlencode(parameters, doseq=True, errors="replace")
    return urlunsplit((place.scheme, place.netloc, place.path, asked, ""))

"""Links that lead back to what is on screen."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from .address import BEFORE, ENTRY, REPORTS, TEXT, wanted
from .wording import say

LONGEST_LINK = 6_000  # characters; browsers and chat programs cut longer ones


def offer_links(texts: Sequence[str], *, kept: bool = True) -> None:
    """A popover with a link to what is on screen, and one that holds the texts that it is about, too.

    Args:
        texts: those.
        kept: whether the history has its report already, which no link leads to before.
    """
    with st.popover(say("Copy link")):
        hidden = (TEXT,) if kept else (TEXT, ENTRY, BEFORE)
        shown = {name: values for name, values in wanted().items() if name not in hidden}
        st.caption(say("For this machine: it leads back to this view and this report, without the text."))
        st.code(_link(shown), language=None, wrap_lines=True)
        if not texts:
            return
        others = {name: values for name, values in shown.items() if name not in (ENTRY, BEFORE, REPORTS)}
        shared = _link({**others, TEXT: list(texts)})
        st.caption(say("For others: it holds the text itself, which whoever sees the address can read."))
        if len(shared) > LONGEST_LINK:
            st.caption(
                say(
                    "The text is too long for a link, which may have {most} characters. Send the JSON report instead.",
                    most=f"{LONGEST_LINK:,}",
                )
            )
        else:
            st.code(shared, language=None, wrap_lines=True)


def _link(parameters: dict[str, list[str]]) -> str:
    place, asked = urlsplit(st.context.url or ""), urlencode(parameters, doseq=True, errors="replace")
    return urlunsplit((place.scheme, place.netloc, place.path, asked, ""))

"""How files are to be read, as pages ask it: their encoding, their first line, and rows that can't be read."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st
from sidelight.models.finetuning.dataset import ENDINGS, Reading, Table
from sidelight.models.finetuning.encodings import OFFERED
from sidelight.models.message import Message

from .markup import markdown_text, shown
from .wording import joined, say, told

FIRST_LINES = {"asked": None, "names": True, "row": False}
MOST_LISTED = 1000  # rows that are left out
FIRST_LINE_TITLES = {"asked": Message("Names, else ask"), "names": Message("Names"), "row": Message("A row")}


def ask_reading(key: str, *, paragraphs: bool = False) -> Reading:
    """How files are to be read.

    Args:
        key: of the page, to tell its controls from those of another.
        paragraphs: the texts of a .txt file are parted by empty lines.
    """
    with st.expander(say("How the files are read"), key=f"reading {key}"):
        left, right = st.columns(2)
        encoding = left.selectbox(
            say("Encoding"),
            list(OFFERED),
            None,
            placeholder=say("UTF-8, or as its byte order mark says"),
            key=f"encoding {key}",
            help=say("Of files that are not UTF-8. UTF-16 and UTF-32 with a byte order mark are read as such."),
        )
        first = right.segmented_control(
            say("First line of a table"),
            list(FIRST_LINES),
            default="asked",
            required=True,
            format_func=lambda one: say(FIRST_LINE_TITLES[one]),
            key=f"first line {key}",
            help=say(
                "Without names the columns are called 1, 2, … and the first line is a row; either way a .txt "
                "is a table, too. Left open, a first line that looks like a row is asked about."
            ),
        )
        skip = st.checkbox(
            say("Leave out rows that can't be read"),
            key=f"skip bad {key}",
            help=say("Each is listed with its reason and not used; else a file with such rows is refused."),
        )
    return Reading(encoding, FIRST_LINES[first], skip, paragraphs)


def endings() -> str:
    """The kinds of files that are read."""
    return joined(ending.strip(".").upper() for ending in ENDINGS)


def show_read(tables: Iterable[Table]) -> None:
    """What is to be said of how files were read, and all rows that are left out, with the reasons."""
    for table in tables:
        for notice in table.notices:
            st.caption(markdown_text(shown(told(notice))))
        if not table.bad:
            continue
        with st.expander(say("{file}: {count} rows left out", file=shown(table.name), count=f"{len(table.bad):,}")):
            for one in table.bad[:MOST_LISTED]:
                st.caption(
                    markdown_text(say("{number}: {reason}", number=f"{one.line:,}", reason=shown(told(one.reason))))
                )
            if len(table.bad) > MOST_LISTED:
                st.caption(say("and {count} more", count=f"{len(table.bad) - MOST_LISTED:,}"))

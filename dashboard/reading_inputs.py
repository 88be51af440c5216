"""How files are to be read, as pages ask it: their encoding, their first line, and rows that can't be read."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st
from sidelight.models.finetuning.dataset import ENDINGS, Reading, Table
from sidelight.models.finetuning.encodings import OFFERED

from .markup import markdown_text, shown
from .wording import joined, say, told

FIRST_LINES = {"asked": None, "names": True, "row": False}
MOST_LISTED = 1000  # rows that are left out


def ask_reading(key: str, *, paragraphs: bool = False) -> Reading:
    """How files are to be read.

    Args:
        key: of the page, to tell its controls from those of another.
        paragraphs: the texts of a .txt file are parted by empty lines.
    """
    with st.expander(say("files_read"), key=f"reading {key}"):
        left, right = st.columns(2)
        encoding = left.selectbox(
            say("encoding"),
            list(OFFERED),
            None,
            placeholder=say("encoding_usual"),
            key=f"encoding {key}",
            help=say("encoding_help"),
        )
        first = right.segmented_control(
            say("first_line"),
            list(FIRST_LINES),
            default="asked",
            required=True,
            format_func=lambda one: say(f"first_line_{one}"),
            key=f"first line {key}",
            help=say("first_line_help"),
        )
        skip = st.checkbox(say("skip_bad"), key=f"skip bad {key}", help=say("skip_bad_help"))
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
        with st.expander(say("rows_left_out", file=shown(table.name), count=f"{len(table.bad):,}")):
            for one in table.bad[:MOST_LISTED]:
                st.caption(markdown_text(say("row_left_out", number=f"{one.line:,}", reason=shown(told(one.reason)))))
            if len(table.bad) > MOST_LISTED:
                st.caption(say("more_rows_left_out", count=f"{len(table.bad) - MOST_LISTED:,}"))

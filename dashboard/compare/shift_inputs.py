"""What a comparison over a set of texts is asked with: two models, the texts, what is explained and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st
from sidelight.dashboard import address, waiting
from sidelight.dashboard.choices import ask_one, ask_whole
from sidelight.dashboard.cost import cost_text, guessed
from sidelight.dashboard.inputs import ask_unit
from sidelight.dashboard.markup import markdown_text, shown
from sidelight.dashboard.reading_inputs import ask_reading, endings
from sidelight.dashboard.views.naming import COLUMN_TITLES, method_name
from sidelight.dashboard.visitor import LONGEST_TEXT
from sidelight.dashboard.wording import say, told
from sidelight.dashboard.workers.fleet import by_name
from sidelight.dashboard.workers.messages import Loaded
from sidelight.explain.labels import labels_of_both
from sidelight.explain.methods import METHODS, MethodRequest, request
from sidelight.explain.set_shift import FEWEST, Asked, SetShift
from sidelight.explain.shifting import METHOD, with_label
from sidelight.models.finetuning.columns import LABEL_NAMES, TEXT_NAMES, called
from sidelight.models.finetuning.dataset import DataError, Table, parse_table
from sidelight.models.finetuning.texts import Given, drawn, given_texts, held_out
from sidelight.models.message import Message

from .pair import KEPT, Pair

MOST, LIMIT = 100, 500  # texts
SHARE = 0.1  # held out where a fine-tuning is not told another
LINES = "texts of the set"  # in the session
SOURCES = {"lines": Message("Pasted lines"), "file": Message("From a file")}


@dataclass(frozen=True, slots=True)
class Texts:
    """What there is to ask about, and what is to be said of it.

    Args:
        given: all rows.
        notices: of them.
        share: only those that a fine-tuning with this share held out are asked about; None asks about all.
    """

    given: tuple[Given, ...]
    notices: tuple[str, ...]
    share: float | None = None

    def some(self, most: int, seed: int) -> Texts:
        """At most so many of them, drawn by the seed, which is also that of the fine-tuning.

        Raises:
            DataError: rows are to be held out and have no label, or none are left.
        """
        notices = list(self.notices)
        rows = self.given if self.share is None else held_out(self.given, self.share, seed, notices.append)
        short = [row for row in rows if len(row.text) <= LONGEST_TEXT]
        if len(short) < len(rows):
            notices.append(
                say(
                    "{count} texts of more than {most} characters are left out.",
                    count=f"{len(rows) - len(short):,}",
                    most=f"{LONGEST_TEXT:,}",
                )
            )
        return Texts(tuple(drawn(short, most, seed, notices.append)), tuple(notices))


@dataclass(frozen=True, slots=True)
class Settings:
    """How both models are asked."""

    method: MethodRequest
    unit: str
    most: int
    fewest: int
    seed: int


def ask_texts() -> Texts | None:
    """The texts, pasted or from a file; none until there are some."""
    source = st.segmented_control(
        say("Texts"),
        ["lines", "file"],
        default="lines",
        required=True,
        format_func=lambda one: say(SOURCES[one]),
        key="texts from",
        label_visibility="collapsed",
        **KEPT,
    )
    if source == "lines":
        pasted = st.text_area(say("Pasted lines"), key=LINES, height=140, placeholder=say("One text a line"), **KEPT)
        lines = _lines(str(pasted or ""))
        return Texts(tuple(map(Given, lines)), ()) if lines else None
    kinds = say("Files of these kinds are read: {endings}.", endings=endings())
    file = st.file_uploader(
        say("A file of texts"),
        key="file of the set",
        help=" ".join(
            (
                say(
                    "CSV, TSV or JSON with a column of texts, and of labels where what is right is to be "
                    "counted; or plain text, one a line. Give rows that the training has not seen."
                ),
                kinds,
            )
        ),
    )
    if file is None:
        return None
    reading = ask_reading("of the set")
    try:
        table = parse_table(file.getvalue(), file.name, reading=reading)
        text, label = _ask_columns(table)
        share, group = _ask_share(table) if label is not None else (None, None)
        notices = list(table.said)
        rows = given_texts([table], text, label, notices.append, labels=label is not None, group=group)
        return Texts(tuple(rows), tuple(notices), share)
    except DataError as error:
        waiting.show_problem(str(error))
        st.caption(
            say(
                "What is to be chosen (--encoding, --header, --no-header, --skip-bad) is under “How the "
                "files are read”."
            )
        )
        return None


def fill_in(shift: SetShift) -> None:
    """Puts the texts of a comparison back into the box, where lines can say all that was asked."""
    texts = [one.text for one in shift.answers]
    pasted = "\n".join(texts)
    if _lines(pasted) == texts and not shift.labelled and not shift.left_out:
        st.session_state[LINES] = pasted


def _lines(pasted: str) -> list[str]:
    return [line.strip() for line in pasted.splitlines() if line.strip()]


def _ask_columns(table: Table) -> tuple[str | None, str | None]:
    left, right = st.columns(2)
    with left:
        text = _ask_column(table, "text", TEXT_NAMES)
    with right:
        return text, _ask_column(table, "label", LABEL_NAMES)


def _ask_column(table: Table, kind: str, usual: Sequence[str]) -> str | None:
    found = called(table.columns, usual)
    guess = table.columns.index(found[0]) if len(found) == 1 else None
    return st.selectbox(
        say(COLUMN_TITLES[kind]),
        table.columns,
        guess,
        format_func=shown,
        placeholder=say("none"),
        key=f"column {kind} of {hash(table.columns)}",
    )


def _ask_share(table: Table) -> tuple[float | None, str | None]:
    """The share that a fine-tuning on this file held out, and its groups, if only those rows are to be asked about."""
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    wanted = left.toggle(
        say("Only the rows that a fine-tuning held out"),
        key="set_held_out",
        help=say(
            "Give the file, the share and, below, the seed that the model was fine-tuned with: what it "
            "has learned from is then left out. Name the column of the groups, where it was given one."
        ),
        **KEPT,
    )
    if not wanted:
        return None, None
    share = middle.number_input(say("Share held out"), 0.01, 0.99, SHARE, 0.01, key="set_share", **KEPT)
    with right:
        return float(share), _ask_column(table, "group", ())


def ask_settings() -> Settings:
    """How both models are asked."""
    with st.container(horizontal=True, gap="medium"):
        method = ask_method("set_method")
        unit = ask_unit("set_unit", labelled=True)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        most = ask_whole("set_most", say("Texts at most"), range(1, LIMIT + 1), MOST, width=150)
        fewest = ask_whole(
            "set_fewest",
            say("Fewest occurrences"),
            range(1, 1001),
            FEWEST,
            help=say("Words that occur less often in these texts are left out of the table."),
            width=190,
        )
        seed = ask_whole("set_seed", say("Seed"), range(2**31), 0, help=say("Of every random choice."), width=120)
    return Settings(request(method), unit, most, fewest, seed)


def some_of(texts: Texts | None, settings: Settings) -> Texts | None:
    """The texts that are asked about; why there are none, where none are left."""
    try:
        some = texts and texts.some(settings.most, settings.seed)
    except ValueError as error:
        waiting.show_problem(str(error))
        return None
    if some and not some.given:
        for notice in some.notices:
            st.caption(markdown_text(told(notice)))
        return None
    return some


def ask_method(key: str) -> str:
    """One method, by its name."""
    return ask_one(
        key,
        say("Method"),
        list(METHODS),
        METHOD,
        Message("The link asks for the method {asked}; the methods here: {there}."),
        method_name,
    )


def ask_label(models: Pair, settings: Settings) -> Asked | None:
    """What is asked of both models about every text; none until both are loaded."""
    before, after = (one.model for one in models)
    if not isinstance(before, Loaded) or not isinstance(after, Loaded):
        return None
    names = list(by_name([one.choice for one in models]))
    weights = before.weights, after.weights
    asked = Asked(names[0], names[-1], weights, None, None, settings.unit, {}, settings.seed, settings.fewest)
    labels = before.labels, after.labels
    options, _ = labels_of_both(*labels)
    if not options:
        return with_label(asked, labels, None, settings.method)
    address.choose(
        "set_label",
        options,
        Message("The link asks for the label {asked}; the labels here: {there}."),
        usual=options[-1],
    )
    if st.session_state.get("set_label") not in options:
        st.session_state.set_label = options[-1]
    label = st.selectbox(
        say("Label"),
        options,
        format_func=shown,
        key="set_label",
        help=say("Its probability and its words' values are compared, in every text the same label."),
        width=300,
        **KEPT,
    )
    address.name_choice("set_label", None if label == options[-1] else label)
    return with_label(asked, labels, label, settings.method)


def show_cost(models: Pair, texts: Texts, asked: Asked | None, method: MethodRequest) -> None:
    """What the comparison will cost both models together; seconds at the pace of the slower one."""
    sizes = [guessed(one.text, asked.unit if asked else "word", None) for one in texts.given]
    paces = [one.seconds_per_token for one in models]
    known = [pace for pace in paces if pace is not None]
    pace = max(known) if len(known) == len(paces) else None
    cost = cost_text([(method, replace(size, targets=1)) for size in sizes for _ in models], pace)
    st.caption(markdown_text(say("{count} texts, both models: {cost}", count=f"{len(texts.given):,}", cost=cost)))

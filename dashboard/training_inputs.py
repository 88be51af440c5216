"""What the page Fine-tune is asked with: files, their columns, the split, the settings, a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, cast

import streamlit as st
from sidelight.models.finetuning.dataset import ENDINGS, DataError, Table, parse_table
from sidelight.models.finetuning.labelled import LABEL_NAMES, TEXT_NAMES
from sidelight.models.finetuning.passages import PROMPT_NAMES, RESPONSE_NAMES
from sidelight.models.finetuning.request import USUAL, Columns, FinetuneSettings, Request

from . import session
from .markup import fragment, markdown_text, render, shortened, shown
from .waiting import show_problem
from .wording import joined, say

PREVIEWED, MOST_LABELS, LONGEST = 5, 8, 160  # rows, labels, characters of a cell
ALONE = {"classify": ("mask_fraction", "balanced"), "generate": ("learn_prompt",)}
WHOLE: dict[str, tuple[int, int]] = {
    "epochs": (1, 1000),
    "batch_size": (1, 4096),
    "accumulation": (1, 4096),
    "max_tokens": (4, 100_000),
    "evaluations": (0, 100),
    "patience": (0, 1000),
    "seed": (0, 2**32 - 1),
}
SHARES: dict[str, tuple[float, float, float, str]] = {  # lowest, highest, step, format
    "learning_rate": (1e-7, 1.0, 1e-5, "%.2e"),
    "warm_up": (0.0, 0.99, 0.05, "%.2f"),
    "weight_decay": (0.0, 0.99, 0.01, "%.3f"),
    "mask_fraction": (0.0, 1.0, 0.1, "%.2f"),
}
SWITCHES = ("balanced", "learn_prompt", "freeze_embeddings")

BEGUN = "a training was begun just now"  # in the session

Task = Literal["classify", "generate"]
Uploads = dict[str, bytes]


def show_top() -> None:
    """Takes the visitor to the training that the button at the end of a long form has begun above it."""
    if st.session_state.pop(BEGUN, False):
        st.html("<script>document.querySelector('.stMain')?.scrollTo(0, 0)</script>", unsafe_allow_javascript=True)


def ask_training() -> None:
    """The form, and the beginning of what it asks for."""
    st.markdown(f"##### {say('new_training')}")
    task = cast(
        Task,
        st.segmented_control(
            say("task"),
            list(session.MODEL_KEYS),
            default="classify",
            required=True,
            format_func=lambda one: say(f"task_{one}"),
            key="task to train",
            persist_state="session",
        ),
    )
    left, right = st.columns(2)
    base = left.text_input(
        say("training_base"), "demo", key="base", help=say("training_base_help"), persist_state="session"
    )
    name = right.text_input(say("training_name"), key="name", help=say("training_name_help"), persist_state="session")
    data = _uploads(left, "training_data", task)
    held_out = _uploads(right, "training_held_out", task)
    if not data:
        return
    try:
        tables = [parse_table(content, file) for file, content in data.items()]
        for file, content in held_out.items():
            parse_table(content, file)
    except DataError as error:
        show_problem(str(error))
        return
    columns = _ask_columns(task, tables)
    _show_preview(tables, columns)
    request = _ask_settings(task, Request(task, base.strip() or "demo", tuple(data), columns=columns), bool(held_out))
    if st.button(say("start_training"), type="primary", key="start"):
        _begin(name.strip(), request, data, held_out)


def _begin(name: str, request: Request, data: Uploads, held_out: Uploads) -> None:
    try:
        session.trainings().begin(name, request, data, held_out)
    except (ValueError, OSError) as error:
        show_problem(str(error))
    else:
        st.session_state[BEGUN] = True
        st.rerun()


def _uploads(place: Any, key: str, task: Task) -> Uploads:
    """The uploaded files by name; of two with one name the second is numbered."""
    endings = [ending.strip(".") for ending in ENDINGS if task == "generate" or ending != ".txt"]
    files = place.file_uploader(
        say(key), endings, accept_multiple_files=True, key=f"{key} {task}", help=say(f"{key}_help")
    )
    uploads: Uploads = {}
    for file in files:
        stem, dot, ending = file.name.rpartition(".")
        name, count = file.name, 2
        while name in uploads:
            name, count = f"{stem} {count}{dot}{ending}", count + 1
        uploads[name] = file.getvalue()
    return uploads


def _ask_columns(task: Task, tables: Sequence[Table]) -> Columns:
    """Which columns are what, first by what is usual."""
    names = list(dict.fromkeys(name for table in tables for name in table.columns))
    usual = {"text": TEXT_NAMES, "label": LABEL_NAMES, "prompt": PROMPT_NAMES, "response": RESPONSE_NAMES, "group": ()}
    if task == "classify":
        kinds = ["text", "label", "group"]
    elif "messages" in names or len(names) == 1:
        kinds = ["group"]
    else:
        kinds = ["text", "prompt", "response", "group"]
    chosen: dict[str, str | None] = {}
    for place, kind in zip(st.columns(len(kinds)), kinds, strict=True):
        guess = next((name for name in names if name.lower() in usual[kind]), None)
        chosen[kind] = place.selectbox(
            say(f"column_{kind}"),
            names,
            None if guess is None else names.index(guess),
            format_func=shown,
            placeholder=say("no_column"),
            key=f"column {kind} {task} {hash(tuple(names))}",
        )
    return Columns(**chosen)


def _show_preview(tables: Sequence[Table], columns: Columns) -> None:
    """The first rows, how many there are, and of each label."""
    rows = sum(len(table.records) for table in tables)
    st.caption(say("rows_in_files", rows=f"{rows:,}", files=len(tables)))
    names = tables[0].columns
    cells = [
        [shortened(shown(str(record.values.get(name, ""))), LONGEST) for name in names]
        for record in tables[0].records[:PREVIEWED]
    ]
    content = render("preview.html.jinja", names=[shown(name) for name in names], rows=cells)
    st.html(fragment(content, st.context.theme.type == "dark").body)
    if columns.label:
        counts = Counter(str(record.values.get(columns.label, "")) for table in tables for record in table.records)
        named = [f"{shortened(shown(label), 40)} {count:,}" for label, count in counts.most_common(MOST_LABELS)]
        more = say("more_labels", count=len(counts) - MOST_LABELS) if len(counts) > MOST_LABELS else ""
        st.caption(markdown_text(say("label_counts", counts=joined(named)) + more))


def _ask_settings(task: Task, request: Request, has_held_out: bool) -> Request:
    usual = USUAL[task]
    values: dict[str, Any] = {}
    with st.expander(say("training_settings")):
        share = st.slider(say("held_out_share"), 0.01, 0.5, request.share, 0.01, key="share", disabled=has_held_out)
        skip = st.checkbox(say("skip_empty"), key="skip empty")
        fields = [name for name in (*WHOLE, *SHARES, *SWITCHES) if name not in ALONE[_other(task)]]
        places = st.columns(4)
        for number, name in enumerate(fields):
            values[name] = _ask_setting(places[number % 4], name, getattr(usual, name), task)
    settings = _settings(usual, values)
    return replace(request, share=share, skip_empty=skip, settings=settings)


def _settings(usual: FinetuneSettings, values: dict[str, Any]) -> FinetuneSettings:
    try:
        return replace(usual, **values)
    except ValueError as error:
        show_problem(str(error))
        st.stop()


def _ask_setting(place: Any, name: str, usual: Any, task: Task) -> Any:
    label, help_, key = say(f"setting_{name}"), say(f"setting_{name}_help"), f"setting {name} {task}"
    if name in WHOLE:
        return place.number_input(label, *WHOLE[name], usual, 1, key=key, help=help_)
    if name in SHARES:
        low, high, step, form = SHARES[name]
        return place.number_input(label, low, high, float(usual), step, form, key=key, help=help_)
    return place.checkbox(label, usual, key=key, help=help_)


def _other(task: Task) -> str:
    return "generate" if task == "classify" else "classify"

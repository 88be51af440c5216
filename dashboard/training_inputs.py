"""What the page Fine-tune is asked with: files, their columns, the split, the settings, a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import streamlit as st
from sidelight.dashboard.views.naming import COLUMN_TITLES
from sidelight.models import demo
from sidelight.models.finetuning.columns import LABEL_NAMES, TEXT_NAMES, called
from sidelight.models.finetuning.dataset import PLAIN, DataError, Reading
from sidelight.models.finetuning.labelled import labelled_columns
from sidelight.models.finetuning.passages import chat_columns, has_pairs, usual_names, written_columns
from sidelight.models.finetuning.request import (
    TRAINED,
    USUAL,
    Columns,
    FinetuneSettings,
    Request,
    ignore_notice,
    learns,
)
from sidelight.models.message import Message
from sidelight.models.tasks import TASKS
from streamlit.runtime.uploaded_file_manager import UploadedFile

from . import session
from .examples import is_chinese
from .markup import fragment, markdown_text, render, shortened, shown
from .reading_inputs import ask_reading, endings, show_read
from .uploads import Overview
from .waiting import show_problem
from .wording import joined, language, say, told

MOST_LABELS, MOST_COLUMNS, LONGEST = 8, 30, 160  # labels, columns, characters of a cell
ALONE = {"labels": ("mask_fraction", "balanced"), "writes": ("learn_prompt",)}
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

Uploads = dict[str, UploadedFile]
SETTINGS = {
    "accumulation": (
        Message("Batches a step"),
        Message("A step learns from so many batches together, as if the batch were that much larger."),
    ),
    "balanced": (
        Message("Balance labels"),
        Message("Learns from all labels the same, however rare. Checks, and so patience, count every row the same."),
    ),
    "batch_size": (Message("Batch size"), Message("Rows that are computed at once. Fewer take less memory.")),
    "epochs": (Message("Epochs"), Message("How often each row is seen.")),
    "evaluations": (Message("Checks an epoch"), Message("How often the held-out rows are checked while it trains.")),
    "freeze_embeddings": (
        Message("Freeze embeddings"),
        Message("Trains faster and leaves the token embeddings as they were."),
    ),
    "learn_prompt": (Message("Learn prompts too"), Message("Else only the responses are learned.")),
    "learning_rate": (Message("Learning rate"), Message("At its highest. If the loss does not fall, try a lower one.")),
    "mask_fraction": (
        Message("Share of masked rows"),
        Message(
            "Rows shown with masked words, as explanations hide them: such a model explains better and learns slower."
        ),
    ),
    "max_tokens": (Message("Longest text, tokens"), Message("Longer texts are cut for training, which is said.")),
    "patience": (
        Message("Patience"),
        Message(
            "Ends after so many checks without a lower held-out loss and keeps the best weights; 0 trains to the end."
        ),
    ),
    "seed": (Message("Seed"), Message("Of every random choice: the split, the order, dropout.")),
    "warm_up": (
        Message("Warm-up share"),
        Message("Of the steps, in which the learning rate rises; then it falls to 0."),
    ),
    "weight_decay": (Message("Weight decay"), Message("Pulls weights towards 0 (AdamW).")),
}
DATA = {
    "training_data": (
        Message("Data to learn from"),
        Message(
            "CSV, TSV or JSON with a text and a label column. For a generator also plain text, prompts "
            "with responses, or conversations (JSON with messages). For larger files than may be "
            "uploaded there is `sidelight finetune`."
        ),
    ),
    "training_held_out": (
        Message("Data to check with"),
        Message("May be left empty: then a share of the data is held out and never learned."),
    ),
}
ENGLISH_BASE = {
    "labels": Message(
        "`demo` is an English model and hardly tells Chinese characters apart. For Chinese texts begin with `demo-zh`; "
        "where it is not ready yet, prepare it by a press on the page Models or by `sidelight demo demo-zh`, or let "
        "the training do so first."
    ),
    "writes": Message(
        "`demo` is an English model. For Chinese texts begin with a generator that has read Chinese: a folder, or a "
        "hub id."
    ),
}


def show_top() -> None:
    """Takes the visitor to the training that the button at the end of a long form has begun above it."""
    if st.session_state.pop(BEGUN, False):
        st.html("<script>document.querySelector('.stMain')?.scrollTo(0, 0)</script>", unsafe_allow_javascript=True)


def ask_training() -> None:
    """The form, and the beginning of what it asks for."""
    st.markdown(f"##### {say('Fine-tune a model')}")
    task = str(
        st.segmented_control(
            say("Task"),
            list(TRAINED),
            default=TRAINED[0],
            required=True,
            format_func=lambda one: told(TASKS[one].title),
            key="task to train",
            persist_state="session",
        )
    )
    usual = _usual_base(task)
    left, right = st.columns(2)
    named = left.text_input(
        say("Pretrained model"),
        key="base",
        placeholder=usual,
        help=say(
            "`demo`, `demo-zh`, a folder, or a hub id: what the training begins with. Left empty it is the one in grey."
        ),
        persist_state="session",
    )
    base = named.strip() or usual
    name = right.text_input(
        say("Name of the new model"),
        key="name",
        help=say("The model becomes an ordinary Hugging Face folder of this name in this tool's cache folder."),
        persist_state="session",
    )
    about_base = st.container()
    data = _uploads(left, "training_data", task)
    held_out = _uploads(right, "training_held_out", task)
    plain = any(file.lower().endswith(".txt") for file in (*data, *held_out))
    paragraphs = plain and st.checkbox(
        say("Texts are parted by empty lines"), key="paragraphs", help=say("Of .txt files; else every line is a text.")
    )
    reading = ask_reading(f"training {task}", paragraphs=paragraphs) if data else Reading()
    tables = _read(data, reading)
    with about_base:
        _tell_language(task, base, tables or ())
    checked = _read(held_out, reading)
    if not tables or checked is None:
        return
    show_read(one.table for one in (*tables, *checked))
    columns = _ask_columns(task, tables)
    is_open = _show_question(task, [*tables, *checked], columns)
    _show_preview(tables, columns)
    asked = Request(task, base, tuple(data), columns=columns, **asdict(reading))
    request = _ask_settings(task, asked, bool(held_out))
    if st.button(say("Start training"), type="primary", key="start", disabled=is_open):
        _begin(name.strip(), request, data, held_out)


def _usual_base(task: str) -> str:
    """What a training begins with where nothing is named: to who reads Chinese the Chinese demo, once it is ready."""
    known = task in demo.DEMOS[demo.CHINESE]
    return demo.CHINESE if known and language() == "zh" and demo.is_ready(task, demo.CHINESE) else demo.ENGLISH


def _tell_language(task: str, base: str, tables: Sequence[Overview]) -> None:
    """That the English demo reads no Chinese, where Chinese is to be expected, and what does."""
    texts = "".join(
        str(value) for table in tables for record in table.table.records for value in record.values.values()
    )
    if base == demo.ENGLISH and (language() == "zh" or is_chinese(texts)):
        st.caption(say(ENGLISH_BASE[learns(task)]))


def _read(uploads: Uploads, reading: Reading) -> list[Overview] | None:
    """What the files hold; None where one of them can't be read, which is said."""
    found: list[Overview] = []
    for name, file in uploads.items():
        held = session.look_at_upload(file.getvalue(), file.file_id, name, reading)
        if isinstance(held, str):
            show_problem(held)
            st.caption(
                say(
                    "What is to be chosen (--encoding, --header, --no-header, --skip-bad) is under “How the "
                    "files are read”."
                )
            )
            return None
        found.append(held)
    return found


def _contents(uploads: Uploads) -> dict[str, bytes]:
    return {name: file.getvalue() for name, file in uploads.items()}


def _begin(name: str, request: Request, data: Uploads, held_out: Uploads) -> None:
    try:
        session.trainings().begin(name, request, *map(_contents, (data, held_out)))
    except (ValueError, OSError) as error:
        show_problem(str(error))
    else:
        st.session_state[BEGUN] = True
        st.rerun()


def _uploads(place: Any, key: str, task: str) -> Uploads:
    """The uploaded files by name; of two with one name the second is numbered."""
    files = place.file_uploader(
        say(DATA[key][0]),
        accept_multiple_files=True,
        key=f"{key} {task}",
        help=f"{say(DATA[key][1])} {say('Files of these kinds are read: {endings}.', endings=endings())}",
    )
    uploads: Uploads = {}
    for file in files:
        stem, dot, ending = file.name.rpartition(".")
        name, count = file.name, 2
        while name in uploads:
            name, count = f"{stem} {count}{dot}{ending}", count + 1
        uploads[name] = file
    return uploads


def _ask_columns(task: str, tables: Sequence[Overview]) -> Columns:
    """Which columns are what; those are chosen at first that alone have a usual name."""
    names = list(dict.fromkeys(name for one in tables for name in one.table.columns))
    usual = {"text": TEXT_NAMES, "label": LABEL_NAMES, "group": (), **usual_names(names)}
    first, *others = TASKS[task].fields
    if learns(task) == "labels":
        kinds = ["text", *(field.name for field in others), "label", "group"]
        usual |= {"text": first.columns, **{field.name: field.columns for field in others}}
    elif names == [PLAIN] or any(chat_columns(one.table) for one in tables):
        kinds = ["group"]
    else:
        kinds = ["text", "prompt", "context", "response", "group"]
        usual["text"] = () if has_pairs(names) else TEXT_NAMES
    titles = {field.name: told(field.title) for field in others} | ({"text": told(first.title)} if others else {})
    chosen: dict[str, str | None] = {}
    for place, kind in zip(st.columns(len(kinds)), kinds, strict=True):
        found = called(names, usual[kind])
        key = f"column {kind} {task} {hash(tuple(names))}"
        st.session_state.setdefault(key, found[0] if len(found) == 1 else None)  # a default could not be taken back
        chosen[kind] = place.selectbox(
            titles.get(kind) or say(COLUMN_TITLES[kind]),
            names,
            None,
            format_func=shown,
            placeholder=say("none"),
            key=key,
        )
    further = {field.name: chosen.pop(field.name) for field in others}
    return Columns(**chosen, further=further)


def _show_question(task: str, tables: Sequence[Overview], columns: Columns) -> bool:
    """Whether it is open which column is what, which the training would ask too."""
    try:
        for one in tables:
            if learns(task) == "labels":
                labelled_columns(one.table, columns, ignore_notice, TASKS[task].fields)
            else:
                written_columns(one.table, columns, ignore_notice)
    except DataError as error:
        st.info(markdown_text(told(str(error))))
        return True
    return False


def _show_preview(tables: Sequence[Overview], columns: Columns) -> None:
    """The first rows, how many there are, and of each label."""
    rows = sum(one.rows for one in tables)
    st.caption(say("{rows} rows in {files} file(s); the first ones:", rows=f"{rows:,}", files=len(tables)))
    first = tables[0].table
    names = first.columns[:MOST_COLUMNS]
    if len(names) < len(first.columns):
        st.caption(
            say("The first {count} of {all} columns are shown.", count=MOST_COLUMNS, all=f"{len(first.columns):,}")
        )
    cells = [
        [shortened(shown(str(record.values.get(name, ""))), LONGEST) for name in names] for record in first.records
    ]
    content = render("preview.html.jinja", title="", names=[shown(name) for name in names], rows=cells)
    st.html(fragment(content, st.context.theme.type == "dark").body)
    counts = sum((one.counts.get(columns.label or "", Counter()) for one in tables), Counter[str]())
    if counts:
        named = [
            say("“{label}”: {count}", label=shortened(shown(label), 40), count=f"{count:,}")
            for label, count in counts.most_common(MOST_LABELS)
        ]
        more = say(" and {count} more", count=len(counts) - MOST_LABELS) if len(counts) > MOST_LABELS else ""
        st.caption(markdown_text(say("Rows of each label: {counts}", counts=joined(named)) + more))


def _ask_settings(task: str, request: Request, has_held_out: bool) -> Request:
    usual = USUAL[learns(task)]
    left_out = {name for kind, names in ALONE.items() if kind != learns(task) for name in names}
    values: dict[str, Any] = {}
    with st.expander(say("Split and settings")):
        share = st.slider(say("Share held out"), 0.01, 0.5, request.share, 0.01, key="share", disabled=has_held_out)
        skip = st.checkbox(say("Leave out rows that lack a value"), key="skip empty")
        template = learns(task) == "labels" or st.checkbox(
            say("Chat template"),
            request.template,
            key="template",
            help=say("Puts the prompt into the form of a conversation that the model was trained on."),
        )
        keep = st.checkbox(
            say("Keep all checkpoints"),
            key="keep checkpoints",
            help=say(
                "Else they are removed once the model is ready. Each is a model of its own, which Compare "
                "can be given, and takes three times its size on disk."
            ),
        )
        fields = [name for name in (*WHOLE, *SHARES, *SWITCHES) if name not in left_out]
        places = st.columns(4)
        for number, name in enumerate(fields):
            values[name] = _ask_setting(places[number % 4], name, getattr(usual, name), task)
    settings = _settings(usual, values)
    return replace(request, share=share, skip_empty=skip, template=template, keep_checkpoints=keep, settings=settings)


def _settings(usual: FinetuneSettings, values: dict[str, Any]) -> FinetuneSettings:
    try:
        return replace(usual, **values)
    except ValueError as error:
        show_problem(str(error))
        st.stop()


def _ask_setting(place: Any, name: str, usual: Any, task: str) -> Any:
    (label, help_), key = map(say, SETTINGS[name]), f"setting {name} {task}"
    if name in WHOLE:
        return place.number_input(label, *WHOLE[name], usual, 1, key=key, help=help_)
    if name in SHARES:
        low, high, step, form = SHARES[name]
        return place.number_input(label, low, high, float(usual), step, form, key=key, help=help_)
    return place.checkbox(label, usual, key=key, help=help_)

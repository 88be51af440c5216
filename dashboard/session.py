"""What outlives one run of a page: every call of Streamlit's caches, and what a session has chosen."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import streamlit as st
from sidelight.explain.report import Report
from sidelight.explain.report_file import ReportError, load_report
from sidelight.explain.set_shift import SetShift
from sidelight.explain.shift_file import load_shift
from sidelight.models import demo
from sidelight.models.cache import home
from sidelight.models.finetuning.dataset import DataError, Reading
from sidelight.models.tasks import TASKS
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from .history import History
from .history_collection import Collection
from .uploads import Overview, look_at
from .visitor import Visitor
from .wording import language
from .workers.fleet import Fleet, by_name
from .workers.jobs import Watched, always
from .workers.messages import Choice
from .workers.supervisor import Supervisor
from .workers.training import Trainings

COMPARED = ("classify", "encode")  # the tasks of models that can be compared with a classifier
SAVED = Path(__file__).parent / "saved"
COLLECTION = "collection"
HISTORY, PRIVATE = "SIDELIGHT_HISTORY", "SIDELIGHT_PRIVATE"


def choose(*choices: Choice, private: bool = True, history: bool = True) -> None:
    """Says which models the pages of this process begin with, one a task.

    Args:
        choices: the models.
        private: whether nobody but the user of this machine can reach the pages.
        history: whether there may be a history; only where it is private.
    """
    for choice in choices:
        os.environ[_variable(choice.task)] = json.dumps(asdict(choice))
    os.environ[PRIVATE] = str(int(private))
    os.environ[HISTORY] = str(int(private and history))


def is_private() -> bool:
    """Whether nobody but the user of this machine can reach the pages, who may then remove what is on it."""
    return os.environ.get(PRIVATE) == "1"


def chosen(task: str = "classify") -> Choice:
    """The model that the pages of a task begin with."""
    return Choice(**{"task": task, **json.loads(os.environ.get(_variable(task)) or "{}")})


def _variable(task: str) -> str:
    return f"SIDELIGHT_MODEL_TO_{task.upper()}"


@st.cache_resource(show_spinner=False, on_release=Fleet.close)
def fleet() -> Fleet:
    """All models of this server, for all sessions."""
    return Fleet()


def supervisor(choice: Choice) -> Supervisor:
    """The one supervisor of a model, for all sessions.

    Raises:
        FleetError: too many models are loaded already.
    """
    return fleet().get(choice)


def choices(task: str) -> dict[str, Choice]:
    """The models that the pages of a task can be looked at with, by name: what is loaded, and what is a press away."""
    first = chosen(task)
    begun = [first] if _is_there(first) else []
    return by_name([*begun, *_ready_demos(first), *(one.choice for one in fleet().all(task))])


def _is_there(choice: Choice) -> bool:
    """Whether a model can be begun with: not a demo of a task that has none."""
    return choice.reference not in demo.DEMOS or choice.task in demo.DEMOS[choice.reference]


def _ready_demos(first: Choice) -> list[Choice]:
    """The demos that have been prepared, where the pages begin with one."""
    if not demo.is_demo(first.reference):
        return []
    named = [name for name, by_task in demo.DEMOS.items() if first.task in by_task]
    return [replace(first, reference=name) for name in named if demo.is_ready(first.task, name)]


def comparable_choices() -> dict[str, Choice]:
    """The models that can be compared with a classifier, by name: classifiers, and networks without a head."""
    return by_name([*choices(COMPARED[0]).values(), *(one.choice for one in fleet().all(COMPARED[1]))])


def choice_now(task: str = "classify") -> Choice:
    """The model that this session looks at on the pages of a task."""
    return choices(task).get(str(st.session_state.get(TASKS[task].key)), chosen(task))


def history() -> History:
    """What was explained on this machine."""
    return History(home() / "history.sqlite" if os.environ.get(HISTORY) == "1" else None)


def collection() -> Collection:
    """The reports that are collected for one file, as they are now.

    Raises:
        HistoryError: what was kept of them can't be read.
    """
    kept: Collection | None = st.session_state.get(COLLECTION)
    if kept is None:
        kept = st.session_state[COLLECTION] = Collection(history())
    else:
        kept.refresh()
    return kept


@st.cache_resource(show_spinner=False, on_release=Trainings.close)
def trainings() -> Trainings:
    """The training that is going on, for all sessions."""
    return Trainings()


def saved_example(task: str) -> Report | None:
    """A report that this tool made, to be looked at while there is no model yet; None of a task that has none.

    To who reads Chinese, or looks at the Chinese demo, it is a Chinese one where there is one.
    """
    chinese = f"{task}-zh"
    wanted = language() == "zh" or choice_now(task).reference == demo.CHINESE
    names = [chinese, task] if wanted else [task]
    return next((_saved(name) for name in names if (SAVED / f"{name}.json").is_file()), None)


@st.cache_resource(show_spinner=False)
def _saved(name: str) -> Report:
    return load_report(SAVED / f"{name}.json")


@st.cache_resource(show_spinner=False, scope="session", max_entries=2)
def open_report(_content: bytes, file_id: str) -> Report | str:
    """The report in an uploaded file, or why it can't be opened."""
    try:
        return load_report(_content)
    except ReportError as error:
        return str(error)


@st.cache_resource(show_spinner=False, scope="session", max_entries=8)
def look_at_upload(_content: bytes, file_id: str, name: str, reading: Reading) -> Overview | str:
    """What an uploaded data file holds, or why it can't be read; `file_id` tells one upload from another."""
    try:
        return look_at(_content, name, reading)
    except DataError as error:
        return str(error)


@st.cache_resource(show_spinner=False, scope="session", max_entries=2)
def open_shift(_content: bytes, file_id: str) -> SetShift | str:
    """The comparison over texts in an uploaded file, or why it can't be opened."""
    try:
        return load_shift(_content)
    except ReportError as error:
        return str(error)


def visitors() -> list[Visitor]:
    """This session's visitors, one for each model that it has looked at."""
    return [one for one in map(st.session_state.get, list(st.session_state)) if isinstance(one, Visitor)]


def forget() -> None:
    """Forgets what the history was cleared of; what is on screen stays."""
    st.session_state.pop(COLLECTION, None)
    for one in visitors():
        one.forget()


def watched() -> Watched:
    """Tells from any thread whether the browser of this session's page is still there."""
    context = get_script_run_ctx()
    if context is None or not runtime.exists():
        return always
    return partial(runtime.get_instance().is_active_session, context.session_id)


def visitor(task: str = "classify") -> Visitor:
    """This session's visitor of a task's pages; another one for each model."""
    choice = choice_now(task)
    name = f"visitor of {choice}"
    kept: Visitor | None = st.session_state.get(name)
    held = supervisor(choice)
    if kept is None or kept.supervisor is not held:
        kept = st.session_state[name] = Visitor(held, watched())
    return kept

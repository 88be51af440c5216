"""What was explained on this machine: reports, and comparisons over texts, in one SQLite file, found by their text and
opened again at once.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter
from sidelight.explain.methods import MethodRequest
from sidelight.explain.report import Report
from sidelight.explain.report_file import load_report, to_json
from sidelight.explain.set_shift import SetShift
from sidelight.explain.shift_file import load_shift
from sidelight.explain.shift_file import to_json as shift_to_json
from sidelight.models.prompt import Prompt

from .workers.messages import Choice, Work

T = TypeVar("T")
Choices = tuple[Choice, Choice]

COMPARED = "compare"  # the task of comparisons over texts
MOST_REPORTS = 500
MOST_BYTES = 500_000_000  # of the reports, packed; the oldest leave first
TABLES = """
create table if not exists reports (
    id text primary key, asked text not null unique, task text not null, model text not null, weights text not null,
    text text not null, work text not null, changed text not null default (datetime('now')), report blob not null
);
create index if not exists newest on reports (changed);
create table if not exists settings (name text primary key, value integer not null);
"""


class HistoryError(ValueError):
    """The history can't be read or written."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A report in the history: its id, when it was last changed (UTC), and what it is about."""

    id: str
    changed: str
    task: str
    model: str
    text: str


class History:
    """The history of one machine; safe to use from several threads and processes.

    Args:
        path: the file, made when it is first written to; only its owner may read it. None is a history in which
            nothing can be kept.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    @property
    def possible(self) -> bool:
        """Whether this machine's users may have a history at all."""
        return self._path is not None

    @property
    def enabled(self) -> bool:
        """Whether what is explained is kept from now on."""
        if self._path is None:
            return False
        if not self._path.exists():
            return True
        with self._open() as file:
            row = file.execute("select value from settings where name = 'enabled'").fetchone()
        return row is None or bool(row[0])

    def enable(self, enabled: bool) -> None:
        """Switches the history on or off; what it holds stays until it is cleared.

        Raises:
            HistoryError: it can't be written.
        """
        with self._open() as file:
            file.execute("insert or replace into settings values ('enabled', ?)", [int(enabled)])

    def keep(self, work: Work, report: Report) -> str | None:
        """Keeps a report of one input, in place of an earlier one of the same; its id, None if nothing is kept.

        Raises:
            HistoryError: it can't be written.
        """
        if not self.enabled:
            return None
        prediction = report.predictions[0]
        weights = report.provenance.weights.get(prediction.model, "")
        plain = json.dumps(asdict(replace(work, known=None)), ensure_ascii=True, sort_keys=True)
        asked = json.dumps([weights, prediction.model, repr(work.subject)], ensure_ascii=True)
        packed = zlib.compress(to_json(report).encode("utf-8", "backslashreplace"), 1)
        text = _written(work.asked.text if isinstance(work.asked, Prompt) else work.asked)
        about = (prediction.task, prediction.model, weights, text, plain, packed)
        return self._put(asked, *about)

    def keep_shift(self, choices: Choices, shift: SetShift) -> str | None:
        """Keeps a comparison over texts, in place of an earlier one of the same; its id, None if nothing is kept.

        Args:
            choices: the models that were compared.
            shift: what was found.

        Raises:
            HistoryError: it can't be written.
        """
        if not self.enabled:
            return None
        asked = sha256(repr((shift.asked, [(one.text, one.given) for one in shift.answers])).encode()).hexdigest()
        model, weights = f"{shift.asked.before} → {shift.asked.after}", " ".join(shift.asked.weights)
        text = _written("\n".join(one.text for one in shift.answers))
        work = json.dumps([asdict(choice) for choice in choices], ensure_ascii=True)
        return self._put(asked, COMPARED, model, weights, text, work, zlib.compress(shift_to_json(shift), 1))

    def _put(self, asked: str, *about: str | bytes) -> str:
        with self._open() as file:
            (id_,) = file.execute(
                "insert into reports (id, asked, task, model, weights, text, work, report)"
                " values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (asked) do update"
                " set work = excluded.work, report = excluded.report, changed = datetime('now') returning id",
                [secrets.token_urlsafe(9), asked, *about],
            ).fetchone()
            self._make_room(file)
        return str(id_)

    def find(self, words: str = "", task: str | None = None, most: int = 20) -> list[Entry]:
        """The entries that hold every word in their text or model's name, the newest first; at most so many."""
        if self._path is None or not self._path.exists():
            return []
        wanted = ["instr(lower(text || ' ' || model), lower(?)) > 0" for _ in words.split()]
        condition = " and ".join(["(? is null or task = ?)", *wanted])
        with self._open() as file:
            rows = file.execute(
                f"select id, changed, task, model, text from reports where {condition}"  # noqa: S608 (no value in it)
                " order by changed desc, rowid desc limit ?",
                [task, task, *words.split(), most],
            ).fetchall()
        return [Entry(*row) for row in rows]

    def open(self, id_: str) -> tuple[Work, Report] | None:
        """What was asked and the report of an entry; None where there is none.

        Raises:
            HistoryError: it can't be read.
        """
        return self._read(id_, False, lambda work, report: (_work(work), load_report(report)))

    def open_shift(self, id_: str) -> tuple[Choices, SetShift] | None:
        """The models and what was found of a comparison over texts; None where there is none.

        Raises:
            HistoryError: it can't be read.
        """
        return self._read(id_, True, lambda work, report: (_choices(work), load_shift(report)))

    def _read(self, id_: str, compared: bool, read: Callable[[str, bytes], T]) -> T | None:
        if self._path is None or not self._path.exists():
            return None
        with self._open() as file:
            row = file.execute("select task, work, report from reports where id = ?", [id_]).fetchone()
        if row is None or (row[0] == COMPARED) is not compared:
            return None
        try:
            return read(row[1], zlib.decompress(row[2]))
        except (ValueError, TypeError, KeyError, zlib.error) as error:
            raise HistoryError(f"this entry of the history can't be read: {error}; clear the history") from error

    def clear(self) -> None:
        """Forgets everything, and leaves no trace of it in the file.

        Raises:
            HistoryError: it can't be written.
        """
        if self._path is None or not self._path.exists():
            return
        with self._open() as file:
            file.execute("delete from reports")
        with self._open() as file:
            file.execute("vacuum")

    def _make_room(self, file: sqlite3.Connection) -> None:
        kept, size = 0, 0
        for id_, length in file.execute(
            "select id, length(report) from reports order by changed desc, rowid desc"
        ).fetchall():
            kept, size = kept + 1, size + length
            if kept > 1 and (kept > MOST_REPORTS or size > MOST_BYTES):
                file.execute("delete from reports where id = ?", [id_])

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        if self._path is None:
            raise HistoryError("this Sidelight keeps no history; it was started for others, or with --no-history")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch(mode=0o600)
            file = sqlite3.connect(self._path, timeout=5, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise HistoryError(f"the history can't be opened: {error}") from error
        try:
            file.execute("pragma secure_delete = on")
            file.executescript(TABLES)
            yield file
        except sqlite3.Error as error:
            raise HistoryError(f"the history can't be used: {error}; clear it or free some space") from error
        finally:
            file.close()


def _work(text: str) -> Work:
    plain = json.loads(text)
    asked = plain["asked"]
    prompt = TypeAdapter(Prompt).validate_python(asked) if isinstance(asked, dict) else str(asked)
    requests = tuple(TypeAdapter(MethodRequest).validate_python(one) for one in plain["requests"])
    return Work(prompt, requests, str(plain["unit"]), int(plain["seed"]))


def _choices(text: str) -> Choices:
    before, after = (TypeAdapter(Choice).validate_python(one) for one in json.loads(text))
    return before, after


def _written(text: str) -> str:
    """The text as SQLite can hold it, without lone surrogates."""
    return text.encode("utf-8", "replace").decode()

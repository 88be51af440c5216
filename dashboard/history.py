"""What was explained on this machine: reports, and comparisons of two models, in one SQLite file, found by their text
and opened again at once.
"""

from __future__ import annotations

import secrets
import sqlite3
import zlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from sidelight.explain.report import Report
from sidelight.explain.set_shift import SetShift
from sidelight.models import TASKS

from . import entries
from .entries import Choices, Row, Written, storable
from .history_file import DamagedError, HistoryError, delete, opened
from .workers.messages import Work

T = TypeVar("T")

MOST_REPORTS = 500
MOST_BEGUN = 100  # requests without a report
MOST_BYTES = 500_000_000  # of the reports, packed; the oldest leave first


@dataclass(frozen=True, slots=True)
class Entry:
    """A report in the history: its id, when it was last changed (UTC), and what it is about.

    `unit` is what its text was taken apart into; comparisons have none.
    """

    id: str
    changed: str
    task: str
    model: str
    text: str
    unit: str | None


class History:
    """The history of one machine; safe to use from several threads and processes.

    Args:
        path: the file, made when it is first written to; only its owner may read it. None is a history in which
            nothing can be kept.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path

    @property
    def possible(self) -> bool:
        """Whether this machine's users may have a history at all."""
        return self.path is not None

    @property
    def enabled(self) -> bool:
        """Whether what is explained is kept from now on."""
        if self.path is None:
            return False
        if not self.path.exists():
            return True
        with opened(self.path) as file:
            row = file.execute("select value from settings where name = 'enabled'").fetchone()
        return row is None or bool(row[0])

    def enable(self, enabled: bool) -> None:
        """Switches the history on or off; what it holds stays until it is cleared.

        Raises:
            HistoryError: it can't be written.
        """
        with opened(self.path) as file:
            file.execute("insert or replace into settings values ('enabled', ?)", [int(enabled)])

    def id_for(self, work: Work, model: str, weights: str) -> str | None:
        """The id of the entry that will hold what is asked of a model: a new one, where there is none of it yet.

        None if nothing is kept.

        Raises:
            HistoryError: it can't be read.
        """
        if not self.enabled:
            return None
        with opened(self.path) as file:
            row = file.execute(
                "select id from reports where asked = ?", [entries.asked_of(work, model, weights)]
            ).fetchone()
        return str(row[0]) if row else _new_id()

    def begin(self, work: Work, id_: str) -> None:
        """Keeps what is asked until there is a report of it under this id, so that a reload or a kill loses nothing.

        Raises:
            HistoryError: it can't be written.
        """
        with opened(self.path) as file:
            file.execute("insert or replace into begun values (?, ?)", [id_, entries.of_work(work)])
            file.execute(
                "delete from begun where rowid not in (select rowid from begun order by rowid desc limit ?)",
                [MOST_BEGUN],
            )

    def begun(self, id_: str) -> Work | None:
        """What was asked under an id and has no report yet; None where nothing was.

        Raises:
            HistoryError: it can't be read.
        """
        if self.path is None or not self.path.exists():
            return None
        with opened(self.path) as file:
            row = file.execute("select work from begun where id = ?", [id_]).fetchone()
        try:
            return entries.work_of(row[0]) if row else None
        except (ValueError, TypeError, KeyError) as error:
            raise HistoryError(
                "this entry of the history can't be read: {error}; clear the history", error=error
            ) from error

    def keep(self, work: Work, report: Report, id_: str | None = None) -> str | None:
        """Keeps a report of one input, in place of an earlier one of the same; its id, None if nothing is kept.

        Args:
            work: what was asked.
            report: what was found.
            id_: of a new entry.

        Raises:
            HistoryError: it can't be written.
        """
        return self._put(entries.of_report(work, report), id_) if self.enabled else None

    def keep_set(self, choices: Choices, shift: SetShift) -> str | None:
        """As `keep`, a comparison of these models over texts."""
        return self._put(entries.of_set(choices, shift)) if self.enabled else None

    def keep_written(self, choices: Choices, written: Written) -> str | None:
        """As `keep`, a comparison of these generators on one continuation."""
        return self._put(entries.of_written(choices, written)) if self.enabled else None

    def _put(self, row: Row, id_: str | None = None) -> str:
        with opened(self.path) as file:
            if file.execute("select 1 from reports where id = ? and asked <> ?", [id_, row.asked]).fetchone():
                id_ = None  # of what was asked of a model that is another one by now
            (kept,) = file.execute(
                "insert into reports (id, asked, task, model, weights, text, work, report)"
                " values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (asked) do update"
                " set work = excluded.work, report = excluded.report, changed = datetime('now') returning id",
                [id_ or _new_id(), *row],
            ).fetchone()
            file.execute("delete from begun where id = ?", [kept])
            self._make_room(file)
        return str(kept)

    def find(self, words: str = "", task: str | None = None, most: int = 20) -> list[Entry]:
        """The entries that hold every word in their text or model's name, the newest first; at most so many.

        Capital letters count as small ones, in every script.
        """
        if self.path is None or not self.path.exists():
            return []
        wanted = words.casefold().split()
        holds = ["instr(folded(text || ' ' || model), ?) > 0" for _ in wanted]
        condition = " and ".join(["(? is null or task = ?)", *holds])
        with opened(self.path) as file:
            file.create_function("folded", 1, str.casefold, deterministic=True)  # SQLite's own knows A to Z alone
            rows = file.execute(
                f"select id, changed, task, model, text, work from reports where {condition}"  # noqa: S608 (no value)
                " order by changed desc, rowid desc limit ?",
                [task, task, *wanted, most],
            ).fetchall()
        return [
            Entry(id_, changed, of, model, text, entries.unit_of(work)) for id_, changed, of, model, text, work in rows
        ]

    def open(self, id_: str) -> tuple[Work, Report] | None:
        """What was asked and the report of an entry, with the note on it; None where there is none.

        Raises:
            HistoryError: it can't be read.
        """
        found = self._read(id_, TASKS, entries.report_of)
        if found is None or not (note := self.note_of(id_)):
            return found
        work, report = found
        return work, replace(report, notes=(note,))

    def write_note(self, id_: str, note: str) -> None:
        """Keeps a reader's note on an entry, as long as there is that entry, whatever else is kept of it.

        Raises:
            HistoryError: it can't be written.
        """
        with opened(self.path) as file:
            file.execute("insert or replace into notes select id, ? from reports where id = ?", [storable(note), id_])

    def note_of(self, id_: str) -> str:
        """The note on an entry; empty where there is none.

        Raises:
            HistoryError: it can't be read.
        """
        with opened(self.path) as file:
            row = file.execute("select note from notes where report = ?", [id_]).fetchone()
        return str(row[0]) if row else ""

    def open_set(self, id_: str) -> tuple[Choices, SetShift] | None:
        """As `open`, the models and what was found of a comparison over texts."""
        return self._read(id_, (entries.OF_TEXTS,), entries.set_of)

    def open_written(self, id_: str) -> tuple[Choices, Written] | None:
        """As `open`, the models and what was found of two generators."""
        return self._read(id_, (entries.OF_WRITING,), entries.written_of)

    def _read(self, id_: str, tasks: Collection[str], read: Callable[[str, bytes], T]) -> T | None:
        if self.path is None or not self.path.exists():
            return None
        with opened(self.path) as file:
            row = file.execute("select task, work, report from reports where id = ?", [id_]).fetchone()
        if row is None or row[0] not in tasks:
            return None
        try:
            return read(row[1], row[2])
        except (ValueError, TypeError, KeyError, zlib.error) as error:
            raise HistoryError(
                "this entry of the history can't be read: {error}; clear the history", error=error
            ) from error

    def clear(self) -> None:
        """Forgets everything, and leaves no trace of it in the file; a damaged file is deleted.

        Raises:
            HistoryError: it can't be written.
        """
        if self.path is None or not self.path.exists():
            return
        try:
            with opened(self.path) as file:
                file.execute("delete from reports")
                file.execute("delete from collected")
                file.execute("delete from begun")
            with opened(self.path) as file:
                file.execute("vacuum")
        except DamagedError:
            delete(self.path)

    def _make_room(self, file: sqlite3.Connection) -> None:
        kept, size = 0, 0
        for id_, length in file.execute(
            "select id, length(report) from reports order by changed desc, rowid desc"
        ).fetchall():
            kept, size = kept + 1, size + length
            if kept > 1 and (kept > MOST_REPORTS or size > MOST_BYTES):
                file.execute("delete from reports where id = ?", [id_])


def _new_id() -> str:
    return secrets.token_urlsafe(9)

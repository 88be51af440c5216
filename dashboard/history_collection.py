"""The reports that are collected for one file: in the file of the history while one is kept, else in the session."""

from __future__ import annotations

import zlib
from dataclasses import replace

from sidelight.explain.report import Report

from . import entries
from .history import History
from .history_file import HistoryError, opened

MOST = 50


class Collection:
    """What was collected on this machine and is kept, and what this session has collected while nothing is.

    Args:
        history: in whose file it is kept.

    Raises:
        HistoryError: what was kept can't be read.
    """

    def __init__(self, history: History) -> None:
        self._history = history
        self._held: dict[str, Report] = {}  # all of it, by what each is about
        self._unkept: dict[str, Report] = {}
        self._opened: dict[bytes, Report] = {}  # what was kept as it was read last
        self.refresh()

    @property
    def reports(self) -> list[Report]:
        """What is collected, in the order in which it was."""
        return list(self._held.values())

    @property
    def full(self) -> bool:
        """Whether nothing more can be added."""
        return len(self._held) >= MOST

    def refresh(self) -> None:
        """Takes in what other pages have collected, noted or taken out since.

        Raises:
            HistoryError: what was kept can't be read.
        """
        kept = _kept(self._history)
        try:
            self._opened = {report: self._opened.get(report) or entries.unpacked(report) for report in kept.values()}
        except (ValueError, TypeError, KeyError, zlib.error) as error:
            raise HistoryError("what was collected can't be read: {error}; clear the history", error=error) from error
        self._held = {about: self._opened[report] for about, report in kept.items()} | self._unkept

    def add(self, report: Report) -> None:
        """Adds a report with the notes in it; one of the same inputs to the same models takes the place of the one
        before.

        Raises:
            HistoryError: it can't be kept.
        """
        about = entries.about_of(report)
        self._unkept[about] = report
        if self._history.enabled:
            with opened(self._history.path) as file:
                file.execute(
                    "insert into collected values (?, ?) on conflict (about) do update set report = excluded.report",
                    [about, entries.packed(report)],
                )
            del self._unkept[about]
        self.refresh()

    def note(self, report: Report) -> None:
        """Gives the collected report of the same inputs, if there is one, the notes in this one.

        Raises:
            HistoryError: it can't be kept.
        """
        if held := self._held.get(entries.about_of(report)):
            self.add(replace(held, notes=report.notes))

    def take_out(self, *reports: Report) -> None:
        """Forgets these.

        Raises:
            HistoryError: what was kept of them can't be deleted.
        """
        about = [entries.about_of(one) for one in reports]
        for one in about:
            self._unkept.pop(one, None)
        if self._history.path and self._history.path.exists():
            with opened(self._history.path) as file:
                file.executemany("delete from collected where about = ?", [[one] for one in about])
        self.refresh()


def _kept(history: History) -> dict[str, bytes]:
    """The reports in the file, packed, by what each is about."""
    if history.path is None or not history.path.exists():
        return {}
    with opened(history.path) as file:
        return dict(file.execute("select about, report from collected order by rowid").fetchall())

"""The reports that are collected for one file: in the session, and in the file of the history while one is kept."""

from __future__ import annotations

import zlib

from sidelight.explain.report import Report

from . import entries
from .history import History
from .history_file import HistoryError, opened

MOST = 50


class Collection:
    """What was collected on this machine and is kept, and what is collected from now on.

    Args:
        history: in whose file it is kept.

    Raises:
        HistoryError: what was kept can't be read.
    """

    def __init__(self, history: History) -> None:
        self._history = history
        self.reports = _kept(history)

    @property
    def full(self) -> bool:
        """Whether nothing more can be added."""
        return len(self.reports) >= MOST

    def add(self, report: Report) -> None:
        """Adds a report with the notes in it; one of the same inputs to the same models takes the place of the one
        before.

        Raises:
            HistoryError: it can't be kept.
        """
        about, known = entries.about_of(report), [entries.about_of(one) for one in self.reports]
        if about in known:
            self.reports[known.index(about)] = report
        else:
            self.reports.append(report)
        if self._history.enabled:
            with opened(self._history.path) as file:
                file.execute(
                    "insert into collected values (?, ?) on conflict (about) do update set report = excluded.report",
                    [about, entries.packed(report)],
                )

    def take_out(self, *reports: Report) -> None:
        """Forgets these.

        Raises:
            HistoryError: what was kept of them can't be deleted.
        """
        self.reports = [one for one in self.reports if one not in reports]
        if self._history.path and self._history.path.exists():
            with opened(self._history.path) as file:
                file.executemany("delete from collected where about = ?", [[entries.about_of(one)] for one in reports])


def _kept(history: History) -> list[Report]:
    if history.path is None or not history.path.exists():
        return []
    with opened(history.path) as file:
        rows = file.execute("select report from collected order by rowid").fetchall()
    try:
        return [entries.unpacked(report) for (report,) in rows]
    except (ValueError, TypeError, KeyError, zlib.error) as error:
        raise HistoryError(f"what was collected can't be read: {error}; clear the history") from error

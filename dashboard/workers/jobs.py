"""A job as the pages see it: what a session asked for, and how it stands."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sidelight.explain.report import Report
from sidelight.explain.scoring import Progress

from .messages import Work

ABANDONED = 180.0  # seconds without a look after which nobody waits for a job; hidden pages look once a minute
GONE = 5.0  # seconds after which the browser of a page that was closed is not coming back


Watched = Callable[[], bool]


def always() -> bool:
    """Of work that no page waits for."""
    return True


@dataclass(frozen=True, slots=True)
class Status:
    """How a job stands. `report` is all that there is of it so far, and stays if the job is stopped or fails."""

    state: Literal["waiting", "running", "done", "stopped", "failed"] = "waiting"
    report: Report | None = None
    progress: Progress | None = None
    message: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.state not in ("waiting", "running")


class Job:
    """One piece of work that a session asked for; `work` loses the methods that are skipped.

    Args:
        number: tells it from others.
        work: that was asked for.
        watched: tells whether the page that it is for is still open.
    """

    def __init__(self, number: int, work: Work, watched: Watched = always) -> None:
        self.number = number
        self.work = work
        self.status = Status()
        self.stopping = self.begun_again = False
        self.looked_at = self._open_at = time.monotonic()
        self._watched = watched

    @property
    def abandoned(self) -> bool:
        """Whether nobody will look at it: its page was closed, or has not looked for long."""
        now = time.monotonic()
        if self._watched():
            self._open_at = now
        return now - self._open_at > GONE or now - self.looked_at > ABANDONED

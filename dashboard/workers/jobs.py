"""A job as the pages see it: what a session asked for, and how it stands."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from sidelight.explain.report import Report
from sidelight.explain.scoring import Progress

from .messages import Work

ABANDONED = 180.0  # seconds without a look after which nobody waits for a job; hidden pages look once a minute


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
    """One piece of work that a session asked for; `work` loses the methods that are skipped."""

    def __init__(self, number: int, work: Work) -> None:
        self.number = number
        self.work = work
        self.status = Status()
        self.looked_at = time.monotonic()

    @property
    def abandoned(self) -> bool:
        """Whether nobody has looked at it for so long that nobody will."""
        return time.monotonic() - self.looked_at > ABANDONED

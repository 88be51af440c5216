"""Two generators on one prompt and one continuation: what a session has asked for, and how that stands."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from sidelight.dashboard.visitor import check_text, ids_written
from sidelight.dashboard.workers.jobs import Job
from sidelight.dashboard.workers.messages import Choice, Work
from sidelight.dashboard.workers.supervisor import PATIENCE, Supervisor
from sidelight.explain.methods import MethodRequest
from sidelight.explain.report import FINE_PARTS, Report
from sidelight.models.prompt import Prompt

Pair = tuple[Supervisor, Supervisor]


class WritingShift:
    """The first model writes, or takes the given continuation; then the second one is asked about the same."""

    def __init__(self) -> None:
        self.problem = ""
        self._models: Pair | None = None
        self._jobs: list[Job] = []
        self._work: Work | None = None
        self._by_text = False
        self._session = uuid4().hex

    def ask(self, models: Pair, prompt: Prompt, method: MethodRequest) -> None:
        """Asks the first model, in place of what was asked before.

        Raises:
            ValueError: there is no prompt, or too long a one, or too much is waiting.
        """
        self.stop()
        check_text(prompt.text)
        self._jobs, self.problem, self._models, self._by_text = [], "", models, False
        self._work = Work(prompt, (method,), parts=FINE_PARTS)
        self._jobs = [models[0].submit(self._session, self._work)]

    def advance(self) -> None:
        """Asks the second model once the first one's words are known."""
        if self._models is None or self._work is None or not self._jobs:
            return
        first, *second = [model.look(job) for model, job in zip(self._models, self._jobs, strict=False)]
        before = first.report
        if first.state == "failed":
            self.problem = first.message
        elif first.state == "done" and before and not second:
            self._ask_second(self._models[1], self._work, ids_written(before))
        elif second and before:
            text, after = before.predictions[0].segments[1], second[0].report
            other = second[0].state == "failed" or (after and after.predictions[0].segments[1] != text)
            if other and not self._by_text:
                self._by_text = True  # the same ids are another text to it, or none: it reads the text itself
                self._models[1].stop(self._jobs.pop())
                self._ask_second(self._models[1], self._work, text)
            elif second[0].state == "failed":
                self.problem = second[0].message

    def _ask_second(self, model: Supervisor, work: Work, continuation: str | tuple[int, ...]) -> None:
        asked = replace(work.asked, continuation=continuation) if isinstance(work.asked, Prompt) else work.asked
        try:
            self._jobs.append(model.submit(self._session, replace(work, asked=asked)))
        except ValueError as error:
            self.problem = str(error)

    @property
    def busy(self) -> bool:
        """Whether something is still being made, or about to be."""
        if not self._jobs or self._work is None or self.problem:
            return False
        states = [job.status for job in self._jobs]
        if any(one.state == "stopped" for one in states):
            return False
        return len(states) < 2 or not all(one.over for one in states)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The first model's job and the second one's, as far as they were begun."""
        return tuple(self._jobs)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The models that were asked."""
        return tuple(model.choice for model in self._models or ())

    @property
    def reports(self) -> tuple[Report, Report] | None:
        """Both models' reports, once both have read the continuation."""
        found = [job.status.report for job in self._jobs]
        if len(found) < 2 or found[0] is None or found[1] is None:
            return None
        return found[0], found[1]

    def stop(self) -> None:
        """Stops what is being made, and asks nothing more; what there is of it stays."""
        self._work = None
        for model, job in zip(self._models or (), self._jobs, strict=False):
            if not job.status.over:
                model.stop(job)
                model.wait_for(job, lambda status: status.over, 2 * PATIENCE)

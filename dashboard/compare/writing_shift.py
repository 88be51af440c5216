"""Two generators on one prompt and one continuation: what a session has asked for, and how that stands."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple, cast
from uuid import uuid4

from sidelight.dashboard import session
from sidelight.dashboard.entries import Written
from sidelight.dashboard.visitor import check_text, made_before
from sidelight.dashboard.workers.jobs import Job
from sidelight.dashboard.workers.messages import Choice, Work
from sidelight.dashboard.workers.supervisor import PATIENCE, Supervisor
from sidelight.explain.focus import ids_written
from sidelight.explain.methods import METHODS, MethodRequest
from sidelight.explain.report import FINE_PARTS, Report
from sidelight.explain.written_shift import by_text, by_tokens, foils_by_text, same_text
from sidelight.models.inputs import Prompt

Pair = tuple[Supervisor, Supervisor]
Targets = tuple[int, ...]
Foils = tuple[tuple[int, str | int], ...]


class Question(NamedTuple):
    """What is asked of both models."""

    prompt: Prompt
    method: MethodRequest


class WritingShift:
    """The first model writes, or takes the given continuation; then the second one is asked about the same."""

    def __init__(self) -> None:
        self.problem = ""
        self.question: Question | None = None
        self._models: Pair | None = None
        self._jobs: list[Job] = []
        self._last: tuple[Question | None, list[Job]] = (None, [])  # to go back to where nothing comes of the next
        self._completed: set[tuple[Targets, Targets]] = set()
        self._by_text = self._stopped = False
        self._foils: Foils = ()  # of the second model, where its tokens are others
        self.entry: str | None = None  # of the history
        self.lost = ""  # why what the address asked for can't be had
        self.kept = False  # whether the history was told of what there is now
        self._session = uuid4().hex
        self._watched = session.watched()

    def ask(self, models: Pair, prompt: Prompt, method: MethodRequest) -> None:
        """Asks the first model, in place of what was asked before.

        Raises:
            ValueError: there is no prompt, or too long a one, or too much is waiting.
        """
        check_text(prompt.text)
        self.stop()
        self._jobs, self.question, self._models, self.entry = [], None, models, None
        self._begin(Question(prompt, method))

    def contrast(self, foil: tuple[int, str]) -> None:
        """Asks both again about what was written, with one more foil for a token, which is given by its place.

        Raises:
            ValueError: too much is waiting, or the token is several in the second model.
        """
        if self.reports is None or self.question is None:
            return
        prompt, method = self.question
        mine, theirs = (report.predictions[0] for report in self.reports)
        own = foils_by_text([foil, *prompt.foils], mine, theirs)
        written = prompt.continuation or ids_written(self.reports[0].predictions[0])
        foils = (foil, *(known for known in prompt.foils if known != foil))
        self._begin(Question(replace(prompt, continuation=written, foils=foils), method), own)

    def adopt(self, models: Pair, written: Written, entry: str) -> None:
        """Shows a comparison of the history as if it had just been made."""
        self.stop()
        self.question, self._models = Question(written.prompts[0], written.method), models
        self._jobs = [
            made_before(_work(self.question._replace(prompt=prompt)), report)
            for prompt, report in zip(written.prompts, written.reports, strict=True)
        ]
        self.problem, self._by_text, self._stopped, self._completed = "", True, False, set()
        self.entry, self.kept = entry, True

    def _begin(self, question: Question, foils: Foils = ()) -> None:
        """Asks the first model; the second one about these foils, where it reads the text itself."""
        if self._models is None:
            return
        first = self._models[0].submit(self._session, _work(question), self._watched)
        self._last = self.question, self._jobs
        self.question, self._jobs = question, [first]
        self.problem, self._by_text, self._stopped, self._completed = "", False, False, set()
        self.kept, self._foils = False, foils

    def complete(self, targets: tuple[Targets, Targets]) -> bool:
        """Asks a method to which each target costs a pass about these of both models, once; says whether it had to.

        Raises:
            ValueError: too much is waiting.
        """
        reports, models = self.reports, self._models
        if reports is None or models is None or self.question is None or targets in self._completed:
            return False
        made = [(one, target) for report, own in zip(reports, targets, strict=True) for one in report.attributions
                for target in own]  # fmt: skip
        if not METHODS[self.question.method.name].chooses or all(one.covers(target) for one, target in made):
            return False
        self._completed.add(targets)
        works = [
            replace(job.work, targets=own, known=report)
            for job, own, report in zip(self._jobs, targets, reports, strict=True)
        ]
        self._last = self.question, self._jobs
        self._jobs = [
            model.submit(self._session, work, self._watched) for model, work in zip(models, works, strict=True)
        ]
        self._by_text = True  # both have read it already
        self.kept = False
        return True

    def advance(self) -> None:
        """Asks the second model once the first one's words are known."""
        if self._models is None or self.question is None or self._stopped or self.problem:
            return
        first, *second = [model.look(job) for model, job in zip(self._models, self._jobs, strict=False)]
        before, prompt = first.report, self.question.prompt
        if first.state == "failed":
            self._fail(first.message)
        elif first.state == "done" and before and not second:
            self._ask_second(self._models[1], by_tokens(prompt, before))
        elif second and before:
            after = second[0].report
            other = second[0].state == "failed" or (after and not same_text(before, after))
            if other and not self._by_text:
                self._by_text = True  # the same ids are another text to it, or none: it reads the text itself
                self._models[1].stop(self._jobs.pop())
                self._ask_second(self._models[1], replace(by_text(prompt, before), foils=self._foils))
            elif second[0].state == "failed":
                self._fail(second[0].message)

    def _ask_second(self, model: Supervisor, prompt: Prompt) -> None:
        if self.question is None:
            return
        try:
            self._jobs.append(model.submit(self._session, _work(self.question._replace(prompt=prompt)), self._watched))
        except ValueError as error:
            self._fail(str(error))

    def _fail(self, message: str) -> None:
        self.problem = message
        self._go_back()

    def _go_back(self) -> None:
        """Shows what was there before, where nothing has come of the last question."""
        if self.reports is None:
            self.question, self._jobs = self._last

    @property
    def busy(self) -> bool:
        """Whether something is still being made, or about to be."""
        if not self._jobs or self._stopped or self.problem:
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
    def choices(self) -> tuple[Choice, Choice] | None:
        """The models that were asked."""
        return self._models and (self._models[0].choice, self._models[1].choice)

    @property
    def reports(self) -> tuple[Report, Report] | None:
        """Both models' reports, once both have read the continuation."""
        found = [job.status.report for job in self._jobs]
        if len(found) < 2 or found[0] is None or found[1] is None:
            return None
        return found[0], found[1]

    @property
    def written(self) -> Written | None:
        """What was found, once nothing more is being made of it."""
        prompts = [cast(Prompt, job.work.asked) for job in self._jobs]
        if self.busy or self.reports is None or self.question is None or len(prompts) < 2:
            return None
        return Written(self.question.method, (prompts[0], prompts[1]), self.reports)

    def stop(self) -> None:
        """Stops what is being made, and asks nothing more; what there is of it stays."""
        self._stopped = True
        for model, job in zip(self._models or (), self._jobs, strict=False):
            if not job.status.over:
                model.stop(job)
                model.wait_for(job, lambda status: status.over, 2 * PATIENCE)
        self._go_back()


def _work(question: Question) -> Work:
    return Work(question.prompt, (question.method,), parts=FINE_PARTS)

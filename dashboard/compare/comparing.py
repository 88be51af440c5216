"""What one session compares: the reports that the columns are taken from, and what is being asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import uuid4

from sidelight.dashboard import session
from sidelight.dashboard.workers.fleet import FleetError
from sidelight.dashboard.workers.jobs import Job
from sidelight.dashboard.workers.messages import Loaded, Work
from sidelight.dashboard.workers.turns import BusyError
from sidelight.explain.comparison import Column
from sidelight.explain.methods import MethodRequest, request
from sidelight.explain.report import FINE_PARTS, Report

from .chosen import Input, Item, label_options

MOST_KEPT = 60  # reports of one session


class Comparing:
    """What one session has asked for on the page, and what there is of it.

    Reports are kept by what they are about and grow by the methods that are asked for later.
    """

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.asked = False
        self.lost = ""  # why what the address asked for can't be had
        self._reports: dict[Input, Report] = {}
        self._entries: dict[Input, tuple[Report, str | None]] = {}  # of the history
        self._waiting: list[tuple[Input, Work]] = []
        self._running: dict[Input, Job] = {}
        self._total = 0
        self._session = uuid4().hex
        self._watched = session.watched()

    def ask(self, items: Sequence[Item]) -> None:
        """Asks for what these columns need, in place of what was asked before."""
        self.stop()
        self._running, self.problems, self.asked = {}, [], True
        self._waiting = list(self._works(items))
        self._total = len(self._waiting)
        self.advance()

    def _works(self, items: Sequence[Item]) -> Iterator[tuple[Input, Work]]:
        """One work for each input: what is wanted of it, and what its report holds already."""
        for input_ in dict.fromkeys(item.input for item in items):
            own = [item for item in items if item.input == input_]
            known = self.report(input_)
            wanted = tuple(dict.fromkeys(item.method for item in own if item.answers))
            requests: tuple[MethodRequest, ...] = tuple(request(name) for name in wanted)
            if known:
                made = dict.fromkeys(one.method for one in known.attributions)
                requests += tuple(request(name) for name in made if name not in wanted)
            yield (
                input_,
                Work(
                    input_.text, requests, input_.unit, targets=self._targets(own, items), known=known, parts=FINE_PARTS
                ),
            )

    def _targets(self, own: Sequence[Item], items: Sequence[Item]) -> tuple[int, ...] | None:
        """The targets that methods to which each costs a pass are asked about; None leaves it to them."""
        model = session.supervisor(own[0].input.choice).model
        if not isinstance(model, Loaded):
            return None
        names = label_options(model.labels)
        if not names:
            return ()
        wanted = [item.label or self.predicted(items) for item in own]
        return tuple(dict.fromkeys(names.index(name) for name in wanted if name in names)) or None

    def advance(self) -> None:
        """Takes in what the models have told, and asks them on."""
        for entry in list(self._waiting):
            input_, work = entry
            try:
                self._running[input_] = session.supervisor(input_.choice).submit(self._session, work, self._watched)
            except BusyError:
                continue  # its turn comes when another has ended
            except FleetError as error:
                self.problems.append(str(error))
            self._waiting.remove(entry)
        for input_, job in list(self._running.items()):
            status = session.supervisor(input_.choice).look(job)
            if status.report:
                self._keep(input_, status.report)
            if status.over:
                del self._running[input_]
            if status.state == "failed" and status.message not in self.problems:
                self.problems.append(status.message)

    def _keep(self, input_: Input, report: Report) -> None:
        self._reports.pop(input_, None)
        self._reports[input_] = report
        while len(self._reports) > MOST_KEPT:
            del self._reports[next(iter(self._reports))]

    def adopt(self, input_: Input, report: Report, entry: str | None) -> None:
        """Takes in a report that the history has under this id, None where it keeps nothing."""
        self.asked = True
        self._keep(input_, report)
        self._entries[input_] = report, entry

    def is_kept(self, input_: Input) -> bool:
        """Whether the history was told of the report as it is now."""
        return input_ in self._entries and self._entries[input_][0] is self._reports.get(input_)

    def entry(self, input_: Input) -> str | None:
        """The id of its report in the history; None where that has none of it as it is now."""
        return self._entries[input_][1] if self.is_kept(input_) else None

    def stop(self, seconds: float = 0.0) -> None:
        """Stops what is being made, and waits so long for its end; what there is of it stays."""
        self._waiting = []
        for input_, job in self._running.items():
            supervisor = session.supervisor(input_.choice)
            supervisor.stop(job)
            supervisor.wait_for(job, lambda status: status.over, seconds)

    @property
    def busy(self) -> bool:
        """Whether something is still being made."""
        return bool(self._waiting or self._running)

    @property
    def done(self) -> tuple[int, int]:
        """How many inputs have their answers, and how many were asked."""
        return self._total - len(self._waiting) - len(self._running), self._total

    @property
    def jobs(self) -> list[Job]:
        """What is being made now."""
        return list(self._running.values())

    def report(self, input_: Input) -> Report | None:
        """What is known of an input; nothing if it was made by other weights than those that are loaded now."""
        report, model = self._reports.get(input_), session.supervisor(input_.choice).model
        if report and isinstance(model, Loaded) and report.provenance.weights != {model.name: model.weights}:
            return None
        return report

    def notices(self, items: Sequence[Item]) -> list[str]:
        """What is to be said of the reports that these columns are taken from."""
        reports = [report for item in items if (report := self.report(item.input))]
        return list(dict.fromkeys(notice for report in reports for notice in report.provenance.notices))

    def shown(self) -> tuple[object, ...]:
        """Differs as soon as a page drawn now would show more."""
        grown = tuple((input_, len(report.attributions)) for input_, report in self._reports.items())
        return grown, self.busy, tuple(self.problems)

    def predicted(self, items: Sequence[Item]) -> str:
        """The label that the first column's model predicts, once it is known."""
        report = next((self.report(item.input) for item in items if item.answers), None)
        if report is None:
            return ""
        prediction = report.predictions[0]
        return label_options([one.name for one in prediction.targets])[prediction.predicted]

    def can_have(self, item: Item, items: Sequence[Item]) -> bool:
        """Whether a column's model can answer about its label, as far as that is known."""
        model, label = session.supervisor(item.input.choice).model, item.label or self.predicted(items)
        lacking = isinstance(model, Loaded) and label and label not in label_options(model.labels)
        return item.answers and not lacking

    def columns(self, items: Sequence[Item]) -> list[Column]:
        """The columns that there are already."""
        predicted = self.predicted(items)
        asked = [item for item in items if item.answers]
        return [column for item in asked if (column := self._column(item, item.label or predicted))]

    def _column(self, item: Item, label: str) -> Column | None:
        report = self.report(item.input)
        if report is None:
            return None
        prediction = report.predictions[0]
        names = label_options([one.name for one in prediction.targets])
        if label not in names:
            return None
        target = names.index(label)
        places = (place for place, one in enumerate(report.attributions) if one.method == item.method)
        covering = (place for place in places if report.attributions[place].covers(target))
        return next((Column(item.title, report, place, target) for place in covering), None)

"""What of a report was asked for: which attributions answer which requests, and what is still missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sidelight.models.message import Message, RefusedError
from sidelight.models.prediction import Prediction

from .methods import METHODS, MethodRequest
from .report import Attribution, Report

ALL_OF = 8  # targets: a method to which each costs a pass explains as many unasked, else only the one looked at first


def choose_targets(prediction: Prediction, targets: Sequence[int] | None) -> tuple[int, ...]:
    """The targets that are explained where each of them costs a pass.

    Raises:
        ValueError: there is no such target.
    """
    everything = range(len(prediction.targets))
    if targets is None:
        return tuple(everything) if len(everything) <= ALL_OF else (prediction.predicted,)
    for target in targets:
        if target not in everything:
            raise RefusedError(
                "there is no target {target}; the prediction has {count}, counted from 0",
                target=target,
                count=len(everything),
            )
    return tuple(dict.fromkeys(targets))


def answer(report: Report, place: int, request: MethodRequest, default: str) -> Attribution | None:
    """The attribution of a prediction that answers a request, if there is one.

    Args:
        report: is looked through.
        place: of the prediction.
        request: what was asked.
        default: the kind of hiding that a request means which names none.
    """
    hiding = (request.hiding or default) if METHODS[request.name].hides else None
    asked = (request.name, dict(request.settings), hiding)
    return next((one for one in report.attributions_of(place) if _made_by(one) == asked), None)


def _made_by(attribution: Attribution) -> tuple[str, dict[str, object], str | None]:
    hiding = attribution.hiding.kind if attribution.hiding else None
    return attribution.method, dict(attribution.settings), hiding


def requested(report: Report, requests: Sequence[MethodRequest], default: str) -> Report:
    """The report with the attributions that were requested, in the order of the requests."""
    found = [
        one
        for place in range(len(report.predictions))
        for request in requests
        if (one := answer(report, place, request, default))
    ]
    return replace(report, attributions=tuple(found))


def is_complete(
    report: Report, requests: Sequence[MethodRequest], default: str, targets: Sequence[int] | None = None
) -> bool:
    """Whether every request has its answer, for the targets that were asked about."""
    for place, prediction in enumerate(report.predictions):
        wanted = choose_targets(prediction, targets)
        for request in requests:
            found = answer(report, place, request, default)
            if found is None or (METHODS[request.name].chooses and not all(map(found.covers, wanted))):
                return False
    return True


def left_out(title: str, reason: object) -> Message:
    """The notice of a method that the model can't be explained by."""
    return Message("{method} was left out: {error}.", method=title, error=reason)


def _is_left_out(title: str, notices: Sequence[str]) -> bool:
    template = left_out(title, "").template
    return any(
        isinstance(one, Message) and (one.template, one.values.get("method")) == (template, title) for one in notices
    )


def with_missing(report: Report, requests: Sequence[MethodRequest]) -> Report:
    """The report with a notice of every method that was requested and has not come: it runs still, or was stopped.

    One that was left out has its notice already.
    """
    notices = list(report.provenance.notices)
    made = {(report.index_of(one), one.method) for one in report.attributions}
    for title in dict.fromkeys(
        METHODS[request.name].title
        for request in requests
        if not all((place, request.name) in made for place in range(len(report.predictions)))
    ):
        if not _is_left_out(title, notices):
            notices.append(Message("{method} was not finished and is missing here.", method=title))
    return replace(report, provenance=replace(report.provenance, notices=tuple(dict.fromkeys(notices))))

"""What of a report was asked for: which attributions answer which requests, and what is still missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from . import choose_targets
from .methods import METHODS, MethodRequest
from .report import Attribution, Report


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

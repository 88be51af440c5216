"""Several reports as one: all of their inputs, and where each comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sidelight.models.message import Message, RefusedError

from .report import Provenance, Report

LONGEST_NUMBER = 10  # digits of the number of an input
NUMBERED = "Input {number}: {notice}"


def join(reports: Sequence[Report]) -> Report:
    """One report of all inputs, in the order given.

    Each input keeps its date. Versions and seeds that differ are all named, and what was noticed about one input says
    which one. Models of one name that have other weights are numbered.

    Raises:
        ValueError: there is none.
    """
    if not reports:
        raise RefusedError("there is no report to join; give at least one")
    if len(reports) == 1:
        return reports[0]
    reports = [_apart(report, names) for report, names in zip(reports, _names(reports), strict=True)]
    starts = [sum(len(one.predictions) for one in reports[:place]) for place in range(len(reports))]
    moved = [
        replace(one, attributions=tuple(past + place for place in one.attributions))
        for report, past in zip(reports, _counts(reports), strict=True)
        for one in report.measurements
    ]
    return Report(
        tuple(prediction for report in reports for prediction in report.predictions),
        tuple(one for report in reports for one in report.attributions),
        tuple(moved),
        tuple(one for report in reports for one in report.attention),
        _provenance(reports, starts),
        tuple(report.note_of(place) for report in reports for place in range(len(report.predictions))),
    )


def notices_about(report: Report, prediction: int) -> list[str]:
    """What was noticed about one of the inputs, or about all of them; not what is said of another one."""
    if len(report.predictions) == 1:
        return list(report.provenance.notices)
    return [notice for notice in report.provenance.notices if _input_of(notice) in (None, prediction + 1)]


def own_notice(notice: str) -> str:
    """A notice without the number of its input."""
    return notice.values["notice"] if isinstance(notice, Message) and notice.template == NUMBERED else notice


def _input_of(notice: str) -> int | None:
    """The number of the input that a notice is about, from 1; None where it is about all of them."""
    number = notice.values["number"] if isinstance(notice, Message) and notice.template == NUMBERED else ""
    return int(number) if number.isdecimal() and len(number) < LONGEST_NUMBER else None


def _numbered(notice: str, start: int) -> str:
    """A notice with the number of its input; those of the report that it is from begin past `start` others."""
    return Message("Input {number}: {notice}", number=start + (_input_of(notice) or 1), notice=own_notice(notice))


def _names(reports: Sequence[Report]) -> Iterator[dict[str, str]]:
    """What the models of each report are called when they stand together."""
    taken: dict[str, str] = {}
    for report in reports:
        called = {}
        for name, digest in report.provenance.weights.items():
            found, number = name, 2
            while taken.setdefault(found, digest) != digest:
                found, number = f"{name} {number}", number + 1
            called[name] = found
        yield called


def _apart(report: Report, names: Mapping[str, str]) -> Report:
    """The report with predictions of its own, since its records know theirs by identity, and others may share them."""
    predictions = tuple(replace(one, model=names.get(one.model, one.model)) for one in report.predictions)
    weights = {names[name]: digest for name, digest in report.provenance.weights.items()}
    return replace(
        report,
        predictions=predictions,
        attributions=tuple(replace(one, prediction=predictions[report.index_of(one)]) for one in report.attributions),
        attention=tuple(replace(one, prediction=predictions[report.index_of(one)]) for one in report.attention),
        provenance=replace(report.provenance, weights=weights),
    )


def _counts(reports: Sequence[Report]) -> list[int]:
    """How many attributions stand before those of each report."""
    return [sum(len(one.attributions) for one in reports[:place]) for place in range(len(reports))]


def _provenance(reports: Sequence[Report], starts: Sequence[int]) -> Provenance:
    made = [report.provenance for report in reports]
    names = dict.fromkeys(name for one in made for name in one.versions)
    versions = {
        name: " / ".join(dict.fromkeys(one.versions[name] for one in made if name in one.versions)) for name in names
    }
    seeds = list(dict.fromkeys(one.seed for one in made))
    notices = [_numbered(notice, start) for one, start in zip(made, starts, strict=True) for notice in one.notices]
    if len(seeds) > 1:
        notices.append(Message("The seeds differ: {seeds}.", seeds=", ".join(map(str, seeds))))
    weights = {name: digest for one in made for name, digest in one.weights.items()}
    dates = tuple(report.created_of(place) for report in reports for place in range(len(report.predictions)))
    return Provenance(max(one.created for one in made), seeds[0], versions, weights, tuple(notices), dates)

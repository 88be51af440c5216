"""Several reports as one: all of their inputs, and where each comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .report import Provenance, Report


def join(reports: Sequence[Report]) -> Report:
    """One report of all inputs, in the order given.

    Versions and seeds that differ are all named, and what was noticed about one input says which one.

    Raises:
        ValueError: there is none, or two models of one name have other weights.
    """
    if not reports:
        raise ValueError("there is no report to join; give at least one")
    if len(reports) == 1:
        return reports[0]
    reports = [_apart(report) for report in reports]
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


def _apart(report: Report) -> Report:
    """The report with predictions of its own, since its records know theirs by identity, and others may share them."""
    predictions = tuple(replace(prediction) for prediction in report.predictions)
    return replace(
        report,
        predictions=predictions,
        attributions=tuple(replace(one, prediction=predictions[report.index_of(one)]) for one in report.attributions),
        attention=tuple(replace(one, prediction=predictions[report.index_of(one)]) for one in report.attention),
    )


def _counts(reports: Sequence[Report]) -> list[int]:
    """How many attributions stand before those of each report."""
    return [sum(len(one.attributions) for one in reports[:place]) for place in range(len(reports))]


def _provenance(reports: Sequence[Report], starts: Sequence[int]) -> Provenance:
    made = [report.provenance for report in reports]
    weights: dict[str, str] = {}
    for one in made:
        for name, digest in one.weights.items():
            if weights.setdefault(name, digest) != digest:
                raise ValueError(f"two models are called {name!r} and have other weights; save a report of each")
    names = dict.fromkeys(name for one in made for name in one.versions)
    versions = {
        name: " / ".join(dict.fromkeys(one.versions[name] for one in made if name in one.versions)) for name in names
    }
    seeds = list(dict.fromkeys(one.seed for one in made))
    notices = [
        f"Input {start + 1}: {notice}" for one, start in zip(made, starts, strict=True) for notice in one.notices
    ]
    if len(seeds) > 1:
        notices.append(f"The seeds differ: {', '.join(map(str, seeds))}.")
    return Provenance(max(one.created for one in made), seeds[0], versions, weights, tuple(notices))

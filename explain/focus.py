"""A report narrowed to what is looked at: one target of one prediction, or the sum over neighbouring written tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sidelight.models.prediction import Alternative, Feature, Prediction, Span, Target
from sidelight.models.units import make_features

from .joining import notices_about
from .report import Attribution, Report, Rows


def focused(report: Report, prediction: int, targets: Sequence[int]) -> Report:
    """A report of one prediction with one target.

    Values, base and score of several targets are added up, which is what each method would give for the sum: all
    of them are linear in the score, or add up shares of a look. A sum has no standard error and no figures of
    quality. Attributions that do not cover all of the targets are left out; measurements are, too.

    Args:
        report: what to narrow.
        prediction: its place in the report.
        targets: their places in the prediction; several only of written tokens.
    """
    whole = report.predictions[prediction]
    narrow = replace(whole, targets=(_together([whole.targets[target] for target in targets], whole),))
    attributions = tuple(
        _narrowed(one, narrow, targets)
        for one in report.attributions_of(prediction)
        if all(one.covers(target) for target in targets)
    )
    attention = tuple(replace(one, prediction=narrow) for one in report.attention if report.index_of(one) == prediction)
    notices = tuple(notices_about(report, prediction))
    made = replace(report.provenance, created=report.created_of(prediction), notices=notices, dates=())
    return Report((narrow,), attributions, (), attention, made)


def output_pieces(prediction: Prediction) -> tuple[Feature, ...]:
    """What a generator wrote, cut into pieces of the prediction's unit; `tokens` are positions in the ids."""
    pieces = make_features(prediction.segments, prediction.tokens, prediction.unit)
    return tuple(one for one in pieces if one.segment == len(prediction.segments) - 1)


def ids_written(prediction: Prediction) -> tuple[int, ...]:
    """The tokens that a generator wrote."""
    return tuple(prediction.targets[place].id for place in prediction.placed)


def targets_at(prediction: Prediction, positions: Sequence[int | None]) -> tuple[int, ...]:
    """The targets of the tokens written at these positions in the ids, each against all others."""
    return tuple(place for place in prediction.placed if prediction.targets[place].position in positions)


def _together(targets: Sequence[Target], prediction: Prediction) -> Target:
    """One target, or the sum of several."""
    if len(targets) == 1:
        return _alone(targets[0], prediction)
    place = _around([target.place for target in targets if target.place])
    text = "" if place is None else prediction.segments[place.segment][place.start : place.end]
    return replace(
        targets[0],
        name=text or " ".join(target.name for target in targets),
        kind="span",
        score=sum(target.score for target in targets),
        place=place,
        sums=len(targets),
        against=_foils_together([target.against for target in targets]),
        entropy=None,
        alternatives=(),
        chance=None,
    )


def _around(places: Sequence[Span]) -> Span | None:
    """The characters from the first to the last of some places in one text."""
    if not places:
        return None
    return Span(places[0].segment, min(one.start for one in places), max(one.end for one in places))


def _alone(target: Target, prediction: Prediction) -> Target:
    """A target that has to do without the others: one against a foil takes along what is known of its token."""
    plain = next((prediction.targets[place] for place in targets_at(prediction, [target.position])), None)
    if target.against is None or plain is None:
        return target
    return replace(target, entropy=plain.entropy, alternatives=plain.alternatives, chance=plain.probability)


def _foils_together(foils: Sequence[Alternative | None]) -> Alternative | None:
    known = [foil for foil in foils if foil is not None]
    if len(known) < len(foils):
        return None
    probability = 1.0
    for foil in known:
        probability *= foil.probability
    return Alternative(known[0].id, "".join(foil.text for foil in known), probability)


def _narrowed(attribution: Attribution, prediction: Prediction, targets: Sequence[int]) -> Attribution:
    error, base, figures = attribution.error, attribution.base, attribution.diagnostics
    alone = len(targets) == 1
    return replace(
        attribution,
        prediction=prediction,
        values=_sum(attribution.values, targets),
        base=None if base is None else (sum(base[target] for target in targets),),
        error=(error[targets[0]],) if error and alone else None,
        diagnostics={name: (numbers[targets[0]],) for name, numbers in figures.items()} if alone else {},
    )


def _sum(rows: Rows, targets: Sequence[int]) -> Rows:
    return (tuple(map(sum, zip(*(rows[target] for target in targets), strict=True))),)

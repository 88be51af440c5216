"""What a model's answers mean: methods turn predictions into attributions, and a report holds them.

`explain` is the entry point; `explaining` is the same, yielding the report each time that it has grown. Nothing
here plots, and nothing here but the gradient methods knows a network.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version

from sidelight.models.prediction import Hiding, Model, Prediction, UnsupportedError
from sidelight.models.units import joined

from .methods import METHODS, USUAL, MethodRequest, adds_up, parse_request
from .report import Attribution, Provenance, Report, keep_attention, load_report
from .scoring import Listener, Scoring, ignore

__all__ = ["explain", "explaining", "load_report"]

LIBRARIES = ("sidelight", "torch", "transformers", "shap", "lime", "numpy")

Input = str | Prediction


def explain(
    model: Model,
    inputs: Input | Sequence[Input],
    methods: Sequence[str | MethodRequest] = USUAL,
    *,
    unit: str = "word",
    seed: int = 0,
    attention: bool = True,
    listener: Listener = ignore,
) -> Report:
    """Explains a model's answer to one or several inputs.

    Args:
        model: from `sidelight.models.load`, or any object that keeps the `Model` protocol.
        inputs: texts to be read by the model, or predictions it already made.
        methods: names in METHODS, with settings as `name:key=value,...` where wanted; each runs on each input.
        unit: what texts are taken apart into: word, character, token or sentence.
        seed: of every random choice; the same arguments give the same numbers.
        attention: whether the report keeps the attention weights.
        listener: is told of the progress and may raise `Stopped` to end the work.

    Raises:
        ValueError: an input has nothing to explain, or a method, setting or unit is unknown.
    """
    *_, report = explaining(model, inputs, methods, unit=unit, seed=seed, attention=attention, listener=listener)
    return report


def explaining(
    model: Model,
    inputs: Input | Sequence[Input],
    methods: Sequence[str | MethodRequest] = USUAL,
    *,
    unit: str = "word",
    seed: int = 0,
    attention: bool = True,
    listener: Listener = ignore,
) -> Iterator[Report]:
    """As `explain`, yielding the report each time it has grown: predictions, then each attribution, attention."""
    requests = [request if isinstance(request, MethodRequest) else parse_request(request) for request in methods]
    hidings = [choose_hiding(model, request) for request in requests]
    scoring = Scoring(model, listener)
    given = [inputs] if isinstance(inputs, str | Prediction) else inputs
    predictions = tuple(scoring.predict(one, unit) if isinstance(one, str) else one for one in given)
    if not predictions:
        raise ValueError("there is no input to explain; give at least one text")
    report = Report(predictions, provenance=_provenance(model, seed, _notices(predictions)))
    yield report
    for prediction in predictions:
        for request, hiding in zip(requests, hidings, strict=True):
            try:
                report = _with_attribution(report, run(scoring, prediction, request, hiding, seed))
            except UnsupportedError as error:
                if len(requests) == 1:
                    raise
                report = _with_notice(report, f"{METHODS[request.name].title} was left out: {error}.")
            yield report
        if attention:
            yield (report := _with_attention(report, scoring, prediction))


def run(
    scoring: Scoring, prediction: Prediction, request: MethodRequest, hiding: Hiding | None, seed: int
) -> Attribution:
    """One method on one prediction, with the record of how it was made."""
    method = METHODS[request.name]
    planned = method.calls(len(prediction.features), len(prediction.targets), request.settings)
    scoring.begin(request.name, planned)
    start = time.perf_counter()
    how = {} if hiding is None else {"hiding": hiding}
    attribution = method.run(scoring, prediction, seed=seed, **how, **request.settings)
    return replace(
        attribution,
        signed=method.signed,
        hiding=hiding,
        precision=scoring.precision,
        settings=dict(request.settings),
        calls=scoring.calls,
        seconds=round(time.perf_counter() - start, 3),
    )


def choose_hiding(model: Model, request: MethodRequest) -> Hiding | None:
    """The way of hiding that a request asks for; the model's default where it asks for none.

    Raises:
        ValueError: the model does not support it.
    """
    if not METHODS[request.name].hides:
        return None
    if request.hiding is None:
        return model.hidings[0]
    for hiding in model.hidings:
        if hiding.kind == request.hiding:
            return hiding
    supported = ", ".join(hiding.kind for hiding in model.hidings)
    raise ValueError(f"hiding={request.hiding!r} is not supported by {model.name}; it supports {supported}")


def _with_attribution(report: Report, attribution: Attribution) -> Report:
    grown = replace(report, attributions=(*report.attributions, attribution))
    if all(adds_up(attribution, target) for target in range(len(attribution.prediction.targets))):
        return grown
    largest = max(abs(gap) for gap in attribution.gap or ())
    title = METHODS[attribution.method].title
    return _with_notice(grown, f"{title} does not add up: base + values misses the score by {largest:.2g}.")


def _with_attention(report: Report, scoring: Scoring, prediction: Prediction) -> Report:
    scoring.begin("attention", 1)
    try:
        maps = tuple(keep_attention(prediction, exact) for exact in scoring.attention(prediction))
    except UnsupportedError as error:
        return _with_notice(report, f"There is no attention map: {error}.")
    return replace(report, attention=report.attention + maps)


def _with_notice(report: Report, notice: str) -> Report:
    provenance = replace(report.provenance, notices=(*report.provenance.notices, notice))
    return replace(report, provenance=provenance)


def _notices(predictions: Iterable[Prediction]) -> tuple[str, ...]:
    found: list[str] = []
    for prediction in predictions:
        for span in prediction.unseen:
            found.append(
                f"The model reads {len(prediction.ids):,} tokens: characters {span.start + 1:,} to {span.end:,} of "
                f"{len(prediction.segments[span.segment]):,} were not seen and have no values."
            )
        if together := joined(prediction):
            shown = ", ".join(repr(feature.text[:40]) for feature in together[:5])
            found.append(
                f"{len(together)} features hold more than one {prediction.unit}, because the model reads them as one "
                f"token or more that can't be parted: {shown}{', …' if len(together) > 5 else ''}."
            )
    return tuple(found)


def _provenance(model: Model, seed: int, notices: tuple[str, ...]) -> Provenance:
    versions = {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}
    created = datetime.now(UTC).isoformat(timespec="seconds")
    return Provenance(created, seed, versions, {model.name: model.weights}, notices)

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

from sidelight.models.inputs import Asked
from sidelight.models.message import Message, RefusedError
from sidelight.models.model import Hiding, Model
from sidelight.models.prediction import Prediction, UnsupportedError
from sidelight.models.units import joined

from .methods import METHODS, USUAL, MethodRequest, adds_up, parse_request
from .report import PARTS, Attribution, Provenance, Report, keep_attention
from .report_file import load_report
from .requested import answer, choose_targets, left_out
from .scoring import Listener, Scoring, Skipped, ignore

__all__ = ["explain", "explaining", "load_report", "versions"]

LIBRARIES = ("sidelight", "torch", "transformers", "shap", "lime", "numpy")

Input = Asked | Prediction


def explain(
    model: Model,
    inputs: Input | Sequence[Input] | Report,
    methods: Sequence[str | MethodRequest] = USUAL,
    *,
    unit: str = "word",
    seed: int = 0,
    targets: Sequence[int] | None = None,
    attention: bool = True,
    parts: int = PARTS,
    listener: Listener = ignore,
) -> Report:
    """Explains a model's answer to one or several inputs.

    Args:
        model: from `sidelight.models.load`, or any object that keeps the `Model` protocol.
        inputs: texts, `Texts` (one for each field of the task) or prompts to be answered by the model, or predictions
            that it already made; or a report of its predictions, to which only what it does not hold yet is added.
        methods: names in METHODS, with settings as `name:key=value,...` where wanted; each runs on each input.
        unit: what texts are taken apart into: word, character, token or sentence.
        seed: of every random choice; the same arguments give the same numbers.
        targets: what methods to which every target costs a pass explain, by place among the prediction's targets; by
            default all of at most 8, else the one that is looked at first.
        attention: whether the report keeps the attention weights.
        parts: to one part in how many it keeps them: 255, or 65,535 in twice the space.
        listener: is told of the progress and may raise `Stopped` to end the work, or `Skipped` to end a method.

    Raises:
        ValueError: an input has nothing to explain, a method, setting, unit or target is unknown, or a report is of
            another model.
    """
    *_, report = explaining(
        model,
        inputs,
        methods,
        unit=unit,
        seed=seed,
        targets=targets,
        attention=attention,
        parts=parts,
        listener=listener,
    )
    return report


def explaining(
    model: Model,
    inputs: Input | Sequence[Input] | Report,
    methods: Sequence[str | MethodRequest] = USUAL,
    *,
    unit: str = "word",
    seed: int = 0,
    targets: Sequence[int] | None = None,
    attention: bool = True,
    parts: int = PARTS,
    listener: Listener = ignore,
) -> Iterator[Report]:
    """As `explain`, yielding the report each time it has grown: predictions, then each attribution, attention."""
    requests = [request if isinstance(request, MethodRequest) else parse_request(request) for request in methods]
    hidings = [choose_hiding(model, request) for request in requests]
    scoring = Scoring(model, listener)
    report = _begin(scoring, inputs, unit, seed)
    yield report
    for place, prediction in enumerate(report.predictions):
        wanted = choose_targets(prediction, targets)
        for request, hiding in zip(requests, hidings, strict=True):
            known = answer(report, place, request, model.hidings[0].kind)
            missing = [target for target in wanted if known is None or not known.covers(target)]
            if known and not (missing and METHODS[request.name].chooses):
                continue
            try:
                fresh = run(scoring, prediction, request, hiding, seed, missing)
                report = _with_attribution(report, fresh, known)
            except Skipped:
                continue
            except UnsupportedError as error:
                if len(requests) == 1:
                    raise
                report = _with_notice(report, left_out(METHODS[request.name].title, error))
            yield report
        if attention and not any(report.index_of(map_) == place for map_ in report.attention):
            yield (report := _with_attention(report, scoring, prediction, parts))


def _begin(scoring: Scoring, inputs: Input | Sequence[Input] | Report, unit: str, seed: int) -> Report:
    """The report to be grown: the given one, or one of the predictions alone."""
    if isinstance(inputs, Report):
        if inputs.provenance.weights != {scoring.name: scoring.weights}:
            made_by = ", ".join(inputs.provenance.weights) or Message("an unknown model")
            raise RefusedError(
                "the report is of {models}, not of this {model}; load that model to add to it",
                models=made_by,
                model=scoring.name,
            )
        return inputs
    given = inputs if isinstance(inputs, Sequence) and not isinstance(inputs, str) else [inputs]
    predictions = tuple(one if isinstance(one, Prediction) else scoring.predict(one, unit) for one in given)
    if not predictions:
        raise RefusedError("there is no input to explain; give at least one text")
    return Report(predictions, provenance=_provenance(scoring, seed, _notices(predictions)))


def run(
    scoring: Scoring,
    prediction: Prediction,
    request: MethodRequest,
    hiding: Hiding | None,
    seed: int,
    targets: Sequence[int],
) -> Attribution:
    """One method on one prediction, with the record of how it was made; `targets` where each costs a pass."""
    method = METHODS[request.name]
    planned = method.calls(len(prediction.features), len(targets), request.settings)
    scoring.begin(request.name, planned)
    start = time.perf_counter()
    how: dict[str, object] = {} if hiding is None else {"hiding": hiding}
    how |= {"targets": targets} if method.chooses else {}
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
    raise RefusedError(
        "hiding={kind!r} is not supported by {model}; it supports {known}",
        kind=request.hiding,
        model=model.name,
        known=supported,
    )


def _with_attribution(report: Report, fresh: Attribution, known: Attribution | None) -> Report:
    """The report with one more attribution, or with one that covers more targets."""
    attribution = joined_rows(known, fresh) if known else fresh
    others = tuple(one for one in report.attributions if one is not known)
    place = report.attributions.index(known) if known else len(others)
    grown = replace(report, attributions=(*others[:place], attribution, *others[place:]))
    if all(adds_up(attribution, target) for target in range(len(attribution.prediction.targets))):
        return grown
    largest = max(abs(gap) for gap in attribution.gap or ())
    title = METHODS[attribution.method].title
    return _with_notice(
        grown,
        Message("{method} does not add up: base + values misses the score by {gap:.2g}.", method=title, gap=largest),
    )


def joined_rows(known: Attribution, fresh: Attribution) -> Attribution:
    """Two runs of one method for different targets as one."""
    figures = {
        name: tuple(new if old is None else old for old, new in zip(known.diagnostics[name], numbers, strict=True))
        for name, numbers in fresh.diagnostics.items()
    }
    return replace(
        known,
        values=tuple(old or new for old, new in zip(known.values, fresh.values, strict=True)),
        diagnostics=figures,
        calls=known.calls + fresh.calls,
        seconds=round(known.seconds + fresh.seconds, 3),
    )


def _with_attention(report: Report, scoring: Scoring, prediction: Prediction, parts: int) -> Report:
    scoring.begin("attention", 1)
    try:
        maps = tuple(keep_attention(prediction, exact, parts) for exact in scoring.attention(prediction))
    except UnsupportedError as error:
        return _with_notice(report, Message("There is no attention map: {error}.", error=error))
    return replace(report, attention=report.attention + maps)


def _with_notice(report: Report, notice: str) -> Report:
    notices = dict.fromkeys((*report.provenance.notices, notice))
    return replace(report, provenance=replace(report.provenance, notices=tuple(notices)))


def _notices(predictions: Iterable[Prediction]) -> tuple[str, ...]:
    found: list[str] = []
    for prediction in predictions:
        found += prediction.notices
        for span in prediction.unseen:
            found.append(
                Message(
                    "The model reads {tokens:,} tokens: characters {start:,} to {end:,} of {length:,} "
                    "were not seen and have no values.",
                    tokens=len(prediction.ids),
                    start=span.start + 1,
                    end=span.end,
                    length=len(prediction.segments[span.segment]),
                )
            )
        if together := joined(prediction):
            shown = ", ".join(f"“{feature.text[:40]}”" for feature in together[:5])
            found.append(
                Message(
                    "The model's tokens reach over more than one {unit} in {count:,} {places}, which are explained "
                    "as one: {features}.",
                    unit=Message(prediction.unit),
                    count=len(together),
                    places=Message("place") if len(together) == 1 else Message("places"),
                    features=f"{shown}, …" if len(together) > 5 else shown,
                )
            )
    return tuple(dict.fromkeys(found))


def _provenance(model: Scoring, seed: int, notices: tuple[str, ...]) -> Provenance:
    created = datetime.now(UTC).isoformat(timespec="seconds")
    return Provenance(created, seed, versions(), {model.name: model.weights}, notices)


def versions() -> dict[str, str]:
    """What is installed of Python and of the libraries that numbers depend on."""
    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}

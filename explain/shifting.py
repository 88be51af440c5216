"""Two models asked about the same texts, one after the other, and what changed; `shift` does it at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sidelight.models.finetuning.texts import Given
from sidelight.models.message import RefusedError
from sidelight.models.model import Model

from . import explain
from .labels import labels_of_both, match_labels, notices_of_models
from .methods import MethodRequest, parse_request
from .report import FINE_PARTS, Report
from .scoring import Listener, ignore
from .set_shift import FEWEST, Asked, SetShift
from .tally import Tally, target_index, text_shift

METHOD = "occlusion"  # one pass a word: what can be afforded for many texts


def shift(
    before: Model,
    after: Model,
    texts: Sequence[str | Given],
    method: str | MethodRequest = METHOD,
    *,
    label: str | None = None,
    unit: str = "word",
    seed: int = 0,
    fewest: int = FEWEST,
    listener: Listener = ignore,
) -> SetShift:
    """What changed from one model to another over a set of texts.

    Args:
        before: from `sidelight.models.load`: a classifier, or a network without a head (`encode`), whose attention
            alone is compared.
        after: likewise.
        texts: what both are asked about, with labels where they are known.
        method: a name in METHODS, with settings as `name:key=value,...` where wanted.
        label: whose probability and attributions are compared; by default the last that both models have.
        unit: what texts are taken apart into: word, character, token or sentence.
        seed: of every random choice.
        fewest: occurrences that a word is told of from.
        listener: is told of the progress within a text and may raise to end the work.

    Raises:
        ValueError: there is no text, or a label, method or unit is unknown.
    """
    asked = ask(before, after, method, label=label, unit=unit, seed=seed, fewest=fewest)
    *_, tally = shifting(before, after, texts, asked, parse(method), listener)
    return tally.shift


def shifting(
    before: Model,
    after: Model,
    texts: Sequence[str | Given],
    asked: Asked,
    method: MethodRequest,
    listener: Listener = ignore,
    notices: Sequence[str] = (),
) -> Iterator[Tally]:
    """As `shift`, yielding the same tally before the first text and after each; `notices` are said of the texts.

    Raises:
        ValueError: there is no text.
    """
    if not texts:
        raise RefusedError("there are no texts to compare the models on; give at least one")
    every = [Given(one) if isinstance(one, str) else one for one in texts]
    rows, found = match_labels(every, _labels(before), _labels(after), asked)
    of_models = notices_of_models((model.name, getattr(model, "notices", ())) for model in (before, after))
    tally = Tally(asked, (*notices, *of_models, *found))
    yield tally
    for given in rows:
        try:
            reports = [_report(model, given.text, asked, method, listener) for model in (before, after)]
            tally.add(text_shift(reports[0], reports[1], asked, given.label))
        except ValueError as error:
            tally.leave_out(str(error))
        yield tally


def _report(model: Model, text: str, asked: Asked, method: MethodRequest, listener: Listener) -> Report:
    """What is asked of one model about one text."""
    if asked.label is None:
        return explain(model, text, (), unit=asked.unit, seed=asked.seed, parts=FINE_PARTS, listener=listener)
    prediction = model.predict(text, asked.unit)
    target = target_index(prediction, asked)
    return explain(model, prediction, [method], seed=asked.seed, targets=[target], parts=FINE_PARTS, listener=listener)


def ask(
    before: Model,
    after: Model,
    method: str | MethodRequest = METHOD,
    *,
    label: str | None = None,
    unit: str = "word",
    seed: int = 0,
    fewest: int = FEWEST,
) -> Asked:
    """What is asked of two models about every text; arguments as of `shift`.

    Raises:
        ValueError: a label or method is unknown.
    """
    asked = Asked(before.name, after.name, (before.weights, after.weights), None, None, unit, {}, seed, fewest)
    return with_label(asked, (_labels(before), _labels(after)), label, parse(method))


def _labels(model: Model) -> tuple[str, ...]:
    return tuple(getattr(model, "labels", ()))


def with_label(
    asked: Asked, labels: tuple[tuple[str, ...], tuple[str, ...]], wanted: str | None, method: MethodRequest
) -> Asked:
    """The question with the label that is looked at and the method; with neither where the models share no label.

    Raises:
        ValueError: one of the models lacks the wanted label.
    """
    common, by_id = labels_of_both(*labels)
    if wanted is not None and not common:
        raise RefusedError("{label!r} is not a label of both models; they have none in common", label=wanted)
    if wanted is not None and wanted not in common:
        raise RefusedError(
            "{label!r} is not a label of both models; labels of both are {known}", label=wanted, known=", ".join(common)
        )
    if not common:
        return replace(asked, labels=labels)
    label, names = wanted or common[-1], common if by_id else ()
    return replace(asked, label=label, method=method.name, settings=dict(method.settings), names=names)


def parse(method: str | MethodRequest) -> MethodRequest:
    """A method as it was asked for, checked."""
    return parse_request(method) if isinstance(method, str) else method

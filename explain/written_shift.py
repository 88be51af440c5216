"""What changed between two generators on one prompt and one continuation: how likely each holds every written token.

The continuation is the same for both (teacher forcing), so that token for token the two can be compared, and so are
the foils: the second model is asked about those of the first, too. Where it cuts the text into other tokens, both are
asked alike about what is one token in each of them: the text is the same at the same place, and so is the foil's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log1p

from sidelight.models.inputs import Prompt
from sidelight.models.message import RefusedError
from sidelight.models.model import Model
from sidelight.models.prediction import Alternative, Prediction, Span

from . import explain
from .focus import ids_written
from .methods import USUAL, MethodRequest
from .report import FINE_PARTS, Report
from .scoring import Listener, ignore


@dataclass(frozen=True, slots=True)
class TokenShift:
    """A written token, and its log-probability in nats in each model.

    Tokens that write a part of one character each have the text of all of it; `part` is which of the `parts` this is.
    """

    text: str
    before: float
    after: float
    part: int = 1
    parts: int = 1

    @property
    def change(self) -> float:
        """By how much the log-probability grew."""
        return self.after - self.before


def explain_both(
    before: Model,
    after: Model,
    prompt: Prompt,
    methods: Sequence[str | MethodRequest] = USUAL,
    *,
    unit: str = "word",
    seed: int = 0,
    listener: Listener = ignore,
) -> tuple[Report, Report]:
    """Explains one prompt and one continuation in two generators; the first one writes it unless it is given.

    Args:
        before: from `sidelight.models.load`.
        after: likewise.
        prompt: what both are asked.
        methods: names in METHODS, with settings as `name:key=value,...` where wanted.
        unit: what the prompt is taken apart into: word, character, token or sentence.
        seed: of every random choice.
        listener: is told of the progress and may raise to end the work.

    Raises:
        ValueError: there is nothing to explain in the prompt, a method, setting or unit is unknown, or a foil is for
            a token that is several in the second model.
    """

    def asked(model: Model, question: Prompt, methods: Sequence[str | MethodRequest] = methods) -> Report:
        return explain(model, question, methods, unit=unit, seed=seed, parts=FINE_PARTS, listener=listener)

    first = asked(before, prompt)
    try:
        second = asked(after, by_tokens(prompt, first))
        if same_text(first, second):
            return first, second
    except ValueError:  # the second model has no such tokens
        pass
    question = by_text(prompt, first)
    if prompt.foils:
        read = asked(after, question, ()).predictions[0]
        question = replace(question, foils=foils_by_text(prompt.foils, first.predictions[0], read))
    return first, asked(after, question)


def by_tokens(prompt: Prompt, written: Report) -> Prompt:
    """What the second model is asked: about the very tokens that the first one wrote, and against the same foils."""
    found = written.predictions[0]
    foils = [(place, found.targets[index].against) for place in found.placed for index in found.foils_of(place)]
    named = tuple((place, foil.id) for place, foil in foils if foil)
    return replace(prompt, continuation=ids_written(found), foils=named)


def by_text(prompt: Prompt, written: Report) -> Prompt:
    """What it is asked where these tokens are another text to it, or none: about the text, against foils of its own."""
    return replace(prompt, continuation=written.predictions[0].segments[1], foils=())


def foils_by_text(
    foils: Sequence[tuple[int, str | int]], before: Prediction, after: Prediction
) -> tuple[tuple[int, str | int], ...]:
    """The foils of `before` by their texts, for the tokens of `after`.

    Raises:
        ValueError: a token is several in `after`.
    """
    found: list[tuple[int, str | int]] = []
    for place, foil in foils:
        other, target = same_token(before, after, place), before.placed[place]
        if other is None:
            raise RefusedError(
                "{token!r} is not one token in both models, so no foil can stand for it; name one for another token",
                token=before.targets[target].name,
            )
        known = [before.targets[index].against for index in before.foils_of(target)]
        text = next((one.text for one in known if one and one.id == foil), foil)
        found.append((other, text.strip() if isinstance(text, str) else text))
    return tuple(found)


def same_token(before: Prediction, after: Prediction, place: int) -> int | None:
    """The place of the token in `after` that is the same text at the same place; None if it has no such one.

    Args:
        before: of a generator.
        after: of another one, on the same continuation.
        place: of a written token, from 0.
    """
    if same_written(before, after):
        return place
    mine, theirs = ([_seen(one, target) for target in one.placed] for one in (before, after))
    asked = mine[place]
    return theirs.index(asked) if mine.count(asked) == theirs.count(asked) == 1 else None


def _seen(prediction: Prediction, target: int) -> tuple[int, str]:
    """Where a written token's text begins, without the blanks around it, and that text."""
    place = prediction.targets[target].place or Span(len(prediction.segments) - 1, 0, 0)
    text = prediction.segments[place.segment][place.start : place.end]
    return place.start + len(text) - len(text.lstrip()), text.strip()


def counterparts(before: Prediction, after: Prediction, targets: Sequence[int]) -> tuple[int, ...] | None:
    """Where `after` asks what these targets of `before` ask, by the texts of tokens and foils; None if it does not."""
    found = [_counterpart(before, after, target) for target in targets]
    return None if None in found else tuple(one for one in found if one is not None)


def _counterpart(before: Prediction, after: Prediction, target: int) -> int | None:
    asked = before.targets[target]
    place = [before.targets[index].position for index in before.placed].index(asked.position)
    other = same_token(before, after, place)
    if other is None or asked.against is None:
        return None if other is None else after.placed[other]
    foils = ((index, after.targets[index].against) for index in after.foils_of(after.placed[other]))
    alike = [(foil.id != asked.against.id, index) for index, foil in foils if foil and _alike(asked.against, foil)]
    return min(alike)[1] if alike else None


def _alike(foil: Alternative, other: Alternative) -> bool:
    """Whether two models' foils are one text, or one token that is only a part of a character."""
    return foil.text.strip() == other.text.strip()


def same_text(before: Report, after: Report) -> bool:
    """Whether the written text is the same in both."""
    return before.predictions[0].segments[1] == after.predictions[0].segments[1]


def token_shifts(before: Report, after: Report) -> tuple[TokenShift, ...]:
    """Every written token's log-probability before and after.

    Raises:
        ValueError: the models did not read and write the same tokens.
    """
    mine, theirs = before.predictions[0], after.predictions[0]
    if not same_written(mine, theirs):
        raise RefusedError(
            "the models write this continuation as different tokens, so these can't be compared one by one; "
            "give two models with one tokenizer"
        )
    spans = [mine.tokens[mine.targets[one].position or 0].span for one in mine.placed]
    return tuple(
        TokenShift(
            mine.targets[one].name,
            log_probability(mine.targets[one].score),
            log_probability(theirs.targets[other].score),
            spans[: place + 1].count(spans[place]),
            spans.count(spans[place]),
        )
        for place, (one, other) in enumerate(zip(mine.placed, theirs.placed, strict=True))
    )


def same_written(before: Prediction, after: Prediction) -> bool:
    """Whether two predictions have the same written tokens, character for character."""
    written = [[one.tokens[one.targets[at].position or 0] for at in one.placed] for one in (before, after)]
    return written[0] == written[1]


def log_probability(score: float) -> float:
    """Log-odds to the log-probability in nats, without overflow."""
    return -log1p(exp(-score)) if score >= 0 else score - log1p(exp(score))

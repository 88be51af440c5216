"""What changed between two generators on one prompt and one continuation: how likely each holds every written token.

The continuation is the same for both (teacher forcing), so that token for token the two can be compared, and so are
the foils: the second model is asked about those of the first, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log1p

from sidelight.models.model import Model
from sidelight.models.prediction import Prediction
from sidelight.models.prompt import Prompt

from . import explain
from .focus import ids_written
from .methods import USUAL, MethodRequest
from .report import FINE_PARTS, Report
from .scoring import Listener, ignore


@dataclass(frozen=True, slots=True)
class TokenShift:
    """A written token, and its log-probability in nats in each model."""

    text: str
    before: float
    after: float

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
        ValueError: there is nothing to explain in the prompt, or a method, setting or unit is unknown.
    """

    def asked(model: Model, question: Prompt) -> Report:
        return explain(model, question, methods, unit=unit, seed=seed, parts=FINE_PARTS, listener=listener)

    first = asked(before, prompt)
    try:
        second = asked(after, by_tokens(prompt, first))
    except ValueError:  # the second model has no such tokens
        return first, asked(after, by_text(prompt, first))
    if same_text(first, second):
        return first, second
    return first, asked(after, by_text(prompt, first))


def by_tokens(prompt: Prompt, written: Report) -> Prompt:
    """What the second model is asked: about the very tokens that the first one wrote, and against the same foils."""
    found = written.predictions[0]
    foils = [(place, found.targets[index].against) for place in found.written for index in found.foils_of(place)]
    named = tuple((place, foil.id) for place, foil in foils if foil)
    return replace(prompt, continuation=ids_written(found), foils=named)


def by_text(prompt: Prompt, written: Report) -> Prompt:
    """What it is asked where these tokens are another text to it, or none: about the text, against foils of its own."""
    return replace(prompt, continuation=written.predictions[0].segments[1], foils=())


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
        raise ValueError(
            "the models write this continuation as different tokens, so these can't be compared one by one; "
            "give two models with one tokenizer"
        )
    return tuple(
        TokenShift(
            mine.targets[one].name,
            log_probability(mine.targets[one].score),
            log_probability(theirs.targets[other].score),
        )
        for one, other in zip(mine.written, theirs.written, strict=True)
    )


def same_written(before: Prediction, after: Prediction) -> bool:
    """Whether two predictions have the same written tokens, character for character."""
    written = [[one.tokens[one.targets[at].position or 0] for at in one.written] for one in (before, after)]
    return written[0] == written[1]


def counterparts(before: Prediction, after: Prediction, targets: Sequence[int]) -> tuple[int, ...]:
    """Where the second prediction asks what these targets of the first one ask.

    Raises:
        KeyError: it does not.
    """
    asked, known = _questions(before), {question: place for place, question in enumerate(_questions(after))}
    return tuple(known[asked[target]] for target in targets)


def _questions(prediction: Prediction) -> list[tuple[int, int | None]]:
    """Of every target which written token it is about, counted from 0, and its foil's id."""
    places = {prediction.targets[index].position: place for place, index in enumerate(prediction.written)}
    return [(places[one.position], one.against.id if one.against else None) for one in prediction.targets]


def log_probability(score: float) -> float:
    """Log-odds to the log-probability in nats, without overflow."""
    return -log1p(exp(-score)) if score >= 0 else score - log1p(exp(score))

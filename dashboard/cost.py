"""What an explanation will cost, told before it is made: passes through the model, and seconds at its last pace."""

from __future__ import annotations

from dataclasses import dataclass

from sidelight.explain import ALL_OF
from sidelight.explain.methods import METHODS, MethodRequest
from sidelight.models.prediction import Prediction
from sidelight.models.units import UNITS

from .palette import number
from .wording import say

BACKWARD = 3  # passes that a gradient takes as long as
TOKENS_PER_WORD = 1.4  # of a text that no model has read yet


@dataclass(frozen=True, slots=True)
class Size:
    """How large a question is, as far as it is known before it is asked: features, targets, and tokens a pass."""

    features: int
    targets: int
    tokens: int


def size_of(prediction: Prediction) -> Size:
    """The size of what a model has read."""
    return Size(len(prediction.features), len(prediction.targets), len(prediction.ids))


def guessed(text: str, unit: str, like: Size | None) -> Size:
    """The size of a text that nothing has read yet; targets as in an earlier one."""
    words = len(UNITS["word"](text))
    tokens = round(TOKENS_PER_WORD * words) + 2
    features = tokens if unit == "token" else len(UNITS[unit](text))
    return Size(max(features, 1), like.targets if like else 2, tokens)


def passes(request: MethodRequest, size: Size) -> int:
    """The passes through the model that a method will take at most."""
    targets = size.targets if size.targets <= ALL_OF else 1
    return METHODS[request.name].calls(size.features, targets, request.settings)


def cost_text(request: MethodRequest, size: Size, seconds_per_token: float | None) -> str:
    """The cost of a method in words: `about 320 passes, 1.2 s`."""
    calls = passes(request, size)
    if seconds_per_token is None:
        return say("about_pass" if calls == 1 else "about_passes", count=f"{calls:,}")
    effort = calls if METHODS[request.name].hides else calls * BACKWARD
    seconds = effort * size.tokens * seconds_per_token
    key = "about_pass_seconds" if calls == 1 else "about_passes_seconds"
    return say(key, count=f"{calls:,}", seconds=number(seconds, 1) if seconds >= 0.1 else "0.1")

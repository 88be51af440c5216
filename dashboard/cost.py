"""What an explanation will cost, told before it is made: passes through the model, and seconds at its last pace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sidelight.explain.methods import METHODS, MethodRequest
from sidelight.explain.requested import ALL_OF
from sidelight.models.message import Message
from sidelight.models.prediction import Prediction
from sidelight.models.units import UNITS

from .palette import number
from .wording import say

MANY_SECONDS = 90  # from where minutes are told
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


def cost_text(asked: Sequence[tuple[MethodRequest, Size]], seconds_per_token: float | None) -> str:
    """What methods will cost together, in words: `about 320 passes, 1.2 s`."""
    calls = sum(passes(request, size) for request, size in asked)
    if seconds_per_token is None:
        return say("1 pass" if calls == 1 else "about {count} passes", count=f"{calls:,}")
    seconds = sum(_effort(request, size) for request, size in asked) * seconds_per_token
    time = say("{seconds} s", seconds=number(max(seconds, 0.1), 1))
    key = Message("1 pass, {time}") if calls == 1 else Message("about {count} passes, {time}")
    return say(key, count=f"{calls:,}", time=time if seconds < MANY_SECONDS else time_text(seconds))


def time_text(seconds: float) -> str:
    """Roughly how long, in words."""
    if seconds < MANY_SECONDS:
        return say("about {count} s", count=max(round(seconds), 1))
    return say("about {count} min", count=round(seconds / 60))


def _effort(request: MethodRequest, size: Size) -> int:
    """The tokens that a method has the model read; a gradient counts for several passes."""
    return passes(request, size) * size.tokens * (1 if METHODS[request.name].hides else BACKWARD)

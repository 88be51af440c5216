"""What is asked of a generator, as plain frozen data; nothing here knows a network."""

from __future__ import annotations

from dataclasses import dataclass, field

from .message import RefusedError

MOST_NEW_TOKENS = 256


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen: the likeliest where `temperature` is 0, else drawn.

    Args:
        max_new_tokens: at most so many are written; up to three more where these would only begin a character.
        temperature: above 1 flattens the distribution, below 1 sharpens it.
        top_p: only the likeliest tokens that together have this probability are drawn from.
        seed: of the drawing; the same seed writes the same text.

    Raises:
        ValueError: a number is out of its range.
    """

    max_new_tokens: int = 20
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.max_new_tokens <= MOST_NEW_TOKENS:
            raise RefusedError(
                "max_new_tokens={value} is not allowed; it takes 1 to {most}",
                value=self.max_new_tokens,
                most=MOST_NEW_TOKENS,
            )
        if not 0 <= self.temperature <= 10:
            raise RefusedError("temperature={value} is not allowed; it takes 0 to 10", value=self.temperature)
        if not 0 <= self.seed < 2**63:
            raise RefusedError("seed={value} is not allowed; it takes 0 to 2^63 - 1", value=self.seed)
        if not 0 < self.top_p <= 1:
            raise RefusedError("top_p={value} is not allowed; it takes more than 0 and at most 1", value=self.top_p)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt, and what to do with it.

    Args:
        text: what the model is asked.
        sampling: how tokens are chosen; the likeliest by default.
        continuation: explained instead of writing one: a text, or the ids of what was written before.
        template: puts the text into the model's chat template, where it has one.
        explain_output: makes the words already written features, too.
        foils: pairs of a written token's place, from 0, and what it is contrasted with: a word, or a token's id.
            Every other token is contrasted with the likeliest other one.
    """

    text: str
    sampling: Sampling = field(default_factory=Sampling)
    continuation: str | tuple[int, ...] | None = None
    template: bool = True
    explain_output: bool = False
    foils: tuple[tuple[int, str | int], ...] = ()

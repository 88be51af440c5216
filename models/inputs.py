"""The inputs of models, as plain frozen data; nothing here knows a network.

Every input has `texts`, one for each field of its task; a `Prompt` says besides how a model is to write. What a page
asks of an input, it asks of both kinds alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from .message import RefusedError
from .prediction import Prediction

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
class Texts:
    """Texts that a model answers: one for each field of its task, as a premise and a hypothesis."""

    texts: tuple[str, ...]

    most_written: ClassVar[int] = 0
    template: ClassVar[bool] = False
    explain_output: ClassVar[bool] = False
    foils: ClassVar[tuple[tuple[int, str | int], ...]] = ()

    @property
    def text(self) -> str:
        """The first of them."""
        return self.texts[0]

    def after(self, _answer: Prediction | None, _foil: tuple[int, str] | None = None, **_changes: Any) -> Texts:
        """As `Prompt.after`: the same, since an answer that is not written has nothing that could be kept."""
        return self


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

    @property
    def texts(self) -> tuple[str, ...]:
        """The prompt alone."""
        return (self.text,)

    @property
    def most_written(self) -> int:
        """So many tokens are written at most."""
        return self.sampling.max_new_tokens

    def after(self, answer: Prediction | None, foil: tuple[int, str] | None = None, **changes: Any) -> Prompt:
        """The prompt that asks once more about what was written.

        Args:
            answer: that it got before; None where it got none yet.
            foil: one more for a written token, given by its place; it comes before the others.
            changes: to its other fields.
        """
        if answer is not None:
            changes["continuation"] = tuple(answer.targets[index].id for index in answer.placed)
        if foil is not None:
            changes["foils"] = (foil, *(known for known in self.foils if known != foil))
        return replace(self, **changes)


Input = Texts | Prompt
Asked = str | Input


def as_input(asked: Asked) -> Input:
    """An input, where a text alone may be given."""
    return Texts((asked,)) if isinstance(asked, str) else asked

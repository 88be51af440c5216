"""What changed between two generators on one prompt and one continuation: how likely each holds every written token.

The continuation is the same for both (teacher forcing), so that token for token the two can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log1p

from sidelight.models.prediction import Prediction

from .report import Report


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


def log_probability(score: float) -> float:
    """Log-odds to the log-probability in nats, without overflow."""
    return -log1p(exp(-score)) if score >= 0 else score - log1p(exp(score))

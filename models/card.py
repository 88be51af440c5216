"""The model card of a fine-tuned classifier: what it was made of and how well it does, for people and programs."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from pydantic import TypeAdapter

FILE = "card.json"
NORMAL_975 = 1.959964  # the 97.5th percentile of the normal distribution, for an interval of 95 %


@dataclass(frozen=True, slots=True)
class Card:
    """What a classifier was made of, and its accuracy on rows that it had not seen.

    Args:
        name: for people.
        base: the pretrained model, with its licence.
        data: the rows, with their licence.
        split: what was held out, and which of the other rows were learned.
        labels: by their ids.
        train_rows: how many rows it learned from.
        held_out_rows: how many it was checked with, in float32 and without masks.
        correct: how many of those it got right.
        settings: how it was trained.
        seconds: what training and checking took.
        created: the day, as year-month-day.
    """

    name: str
    base: str
    data: str
    split: str
    labels: tuple[str, ...]
    train_rows: int
    held_out_rows: int
    correct: int
    settings: dict[str, bool | int | float]
    seconds: float
    created: str

    @property
    def accuracy(self) -> float:
        """The share of the held-out rows that it got right."""
        return self.correct / self.held_out_rows

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the accuracy."""
        return wilson_interval(self.correct, self.held_out_rows)


_CARDS = TypeAdapter(Card)


def wilson_interval(correct: int, rows: int) -> tuple[float, float]:
    """The 95 % score interval of a share, `correct` of `rows` (Wilson 1927); never outside of 0 to 1."""
    share, z = correct / rows, NORMAL_975
    middle = (share + z**2 / (2 * rows)) / (1 + z**2 / rows)
    half = z / (1 + z**2 / rows) * sqrt(share * (1 - share) / rows + z**2 / (4 * rows**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def write_card(card: Card, folder: Path) -> None:
    """Writes card.json and README.md beside the weights."""
    (folder / FILE).write_bytes(_CARDS.dump_json(card, indent=1))
    (folder / "README.md").write_text(describe(card), encoding="utf-8")


def read_card(folder: Path) -> Card:
    """Reads card.json.

    Raises:
        OSError: there is none.
        ValueError: it is not a card.
    """
    return _CARDS.validate_json((folder / FILE).read_bytes())


def describe(card: Card) -> str:
    """The card as Markdown."""
    low, high = card.interval
    settings = "\n".join(f"| {name} | {value} |" for name, value in card.settings.items())
    return f"""# {card.name}

Labels: {", ".join(f"{index} {label}" for index, label in enumerate(card.labels))}.

- Base: {card.base}
- Data: {card.data}
- Split: {card.split}
- Rows: {card.train_rows:,} learned, {card.held_out_rows:,} held out
- Held-out accuracy: {card.accuracy:.3f} (95 % interval {low:.3f} to {high:.3f})
- Made on {card.created} in {card.seconds:.0f} seconds

| setting | value |
|---|---|
{settings}

It answers every text, also one that is no film review. Use it to try explanations, not to decide anything.
"""

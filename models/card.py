"""The model card of a demo model: what it was made of and how well it does, for people and programs."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from pydantic import TypeAdapter

FILE = "card.json"
NORMAL_975 = 1.959964  # the 97.5th percentile of the normal distribution, for an interval of 95 %


Facts = tuple[tuple[str, str], ...]


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

    @property
    def facts(self) -> Facts:
        """What the card says, for people: titles and texts."""
        low, high = self.interval
        return (
            ("Labels", ", ".join(f"{index} {label}" for index, label in enumerate(self.labels))),
            ("Base", self.base),
            ("Data", self.data),
            ("Split", self.split),
            ("Rows", f"{self.train_rows:,} learned, {self.held_out_rows:,} held out"),
            ("Held-out accuracy", f"{self.accuracy:.3f} (95 % interval {low:.3f} to {high:.3f})"),
            ("Made", f"on {self.created} in {self.seconds:.0f} seconds"),
            ("Settings", ", ".join(f"{name} {value}" for name, value in self.settings.items())),
            ("Use", "it answers every text, also one that is no film review; try explanations on it, decide nothing"),
        )


@dataclass(frozen=True, slots=True)
class GeneratorCard:
    """What a generator was made of. Nothing about it is measured: it writes what its base writes.

    Args:
        name: for people.
        base: the pretrained model, with its licence.
        conversion: what was done to its weights.
        size: of its files in bytes.
        seconds: what the conversion took.
        created: the day, as year-month-day.
    """

    name: str
    base: str
    conversion: str
    size: int
    seconds: float
    created: str

    @property
    def facts(self) -> Facts:
        """What the card says, for people: titles and texts."""
        return (
            ("Base", self.base),
            ("Conversion", self.conversion),
            ("Size", f"{self.size / 1e6:,.1f} MB"),
            ("Made", f"on {self.created} in {self.seconds:.0f} seconds"),
            ("Use", "it is small and often wrong, above all in other languages than English; try explanations on it"),
        )


_CARDS: TypeAdapter[Card | GeneratorCard] = TypeAdapter(Card | GeneratorCard)


def wilson_interval(correct: int, rows: int) -> tuple[float, float]:
    """The 95 % score interval of a share, `correct` of `rows` (Wilson 1927); never outside of 0 to 1."""
    share, z = correct / rows, NORMAL_975
    middle = (share + z**2 / (2 * rows)) / (1 + z**2 / rows)
    half = z / (1 + z**2 / rows) * sqrt(share * (1 - share) / rows + z**2 / (4 * rows**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def write_card(card: Card | GeneratorCard, folder: Path) -> None:
    """Writes card.json and README.md beside the weights."""
    (folder / FILE).write_bytes(_CARDS.dump_json(card, indent=1))
    (folder / "README.md").write_text(describe(card), encoding="utf-8")


def read_card(folder: Path) -> Card | GeneratorCard:
    """Reads card.json.

    Raises:
        OSError: there is none.
        ValueError: it is not a card.
    """
    return _CARDS.validate_json((folder / FILE).read_bytes())


def describe(card: Card | GeneratorCard) -> str:
    """The card as Markdown."""
    lines = [f"- {title}: {text}" for title, text in card.facts]
    return "\n".join([f"# {card.name}", "", *lines, ""])

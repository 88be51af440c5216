"""The model card of a model that was made here: what of and how well it does, for people and programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt
from pathlib import Path

from pydantic import TypeAdapter

from .finetuning.request import Point
from .message import Message, Sentence

FILE = "card.json"
NORMAL_975 = 1.959964  # the 97.5th percentile of the normal distribution, for an interval of 95 %
TRY = Message("it answers every text, also one that is no film review; try explanations on it, decide nothing")

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file that rows came from: its name, how many, and the SHA-256 of its bytes."""

    name: str
    rows: int
    sha256: str


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
        use: what it is good for.
        loss: the mean cross-entropy of the held-out rows in nats.
        confusion: the held-out rows of each label, a line each, by the label that they were given.
        files: where the rows came from.
        notices: what was said of the rows.
        points: what was found on the held-out rows while it trained.
        task: that it serves.
    """

    name: Sentence
    base: Sentence
    data: Sentence
    split: Sentence
    labels: tuple[str, ...]
    train_rows: int
    held_out_rows: int
    correct: int
    settings: dict[str, bool | int | float]
    seconds: float
    created: str
    use: Sentence = TRY
    loss: float | None = None
    confusion: tuple[tuple[int, ...], ...] = ()
    files: tuple[DataFile, ...] = ()
    notices: tuple[Sentence, ...] = ()
    points: tuple[Point, ...] = ()
    task: str = "classify"

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
            (Message("Labels"), ", ".join(with_ids(self.labels))),
            (Message("Base"), self.base),
            (Message("Data"), self.data),
            (Message("Split"), self.split),
            (
                Message("Rows"),
                Message("{learned:,} learned, {held:,} held out", learned=self.train_rows, held=self.held_out_rows),
            ),
            (
                Message("Held-out accuracy"),
                Message(
                    "{figure:.3f} (95 % interval {low:.3f} to {high:.3f})", figure=self.accuracy, low=low, high=high
                ),
            ),
            (Message("Made"), Message("on {date} in {seconds:.0f} seconds", date=self.created, seconds=self.seconds)),
            (Message("Settings"), ", ".join(f"{name} {value}" for name, value in self.settings.items())),
            (Message("Use"), self.use),
        )


@dataclass(frozen=True, slots=True)
class FinetunedGeneratorCard:
    """What a generator was fine-tuned on, and how well it foresees texts that it had not seen, before and after.

    Args:
        name: for people.
        base: the model that it was made of.
        data: the rows.
        split: what was held out.
        train_rows: how many rows it learned from.
        held_out_rows: how many it was checked with.
        tokens: the learned tokens of those.
        loss_before: their mean cross-entropy in nats, of the base.
        loss: the same of the fine-tuned model.
        interval_before: the 95 % interval of the base's perplexity; None of a single held-out row.
        interval: the same of the fine-tuned model.
        settings: how it was trained.
        seconds: what training and checking took.
        created: the day, as year-month-day.
        files: where the rows came from.
        notices: what was said of the rows.
        points: what was found on the held-out rows while it trained.
        task: that it serves.
    """

    name: Sentence
    base: Sentence
    data: Sentence
    split: Sentence
    train_rows: int
    held_out_rows: int
    tokens: int
    loss_before: float
    loss: float
    settings: dict[str, bool | int | float]
    seconds: float
    created: str
    files: tuple[DataFile, ...]
    notices: tuple[Sentence, ...] = ()
    points: tuple[Point, ...] = ()
    interval_before: tuple[float, float] | None = None
    interval: tuple[float, float] | None = None
    task: str = "generate"

    @property
    def facts(self) -> Facts:
        """What the card says, for people: titles and texts."""
        return (
            (Message("Base"), self.base),
            (Message("Data"), self.data),
            (Message("Split"), self.split),
            (
                Message("Rows"),
                Message("{learned:,} learned, {held:,} held out", learned=self.train_rows, held=self.held_out_rows),
            ),
            (Message("Held-out perplexity"), _perplexity(self.loss, self.interval)),
            (Message("Perplexity of the base"), _perplexity(self.loss_before, self.interval_before)),
            (Message("Held-out tokens"), f"{self.tokens:,}"),
            (Message("Made"), Message("on {date} in {seconds:.0f} seconds", date=self.created, seconds=self.seconds)),
            (Message("Settings"), ", ".join(f"{name} {value}" for name, value in self.settings.items())),
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
        task: that it serves.
    """

    name: Sentence
    base: Sentence
    conversion: Sentence
    size: int
    seconds: float
    created: str
    task: str = "generate"

    @property
    def facts(self) -> Facts:
        """What the card says, for people: titles and texts."""
        return (
            (Message("Base"), self.base),
            (Message("Conversion"), self.conversion),
            (Message("Size"), Message("{size:,.1f} MB", size=self.size / 1e6)),
            (Message("Made"), Message("on {date} in {seconds:.0f} seconds", date=self.created, seconds=self.seconds)),
            (
                Message("Use"),
                Message(
                    "it is small and often wrong, above all in other languages than English; try explanations on it"
                ),
            ),
        )


AnyCard = Card | GeneratorCard | FinetunedGeneratorCard

CARDS: TypeAdapter[AnyCard] = TypeAdapter(AnyCard)


def with_ids(labels: Sequence[str]) -> list[str]:
    """The labels in the order of their ids, each with its id where it is not just that number."""
    return [label if label == str(index) else f"{label} (id {index})" for index, label in enumerate(labels)]


def perplexity_of(loss: float) -> float:
    """The exponential of a mean cross-entropy in nats."""
    return exp(min(loss, 700))


def perplexity_interval(loss: float, error: float | None) -> tuple[float, float] | None:
    """The 95 % interval of a perplexity: the exponential of the loss's, which has this standard error."""
    if error is None:
        return None
    return perplexity_of(loss - NORMAL_975 * error), perplexity_of(loss + NORMAL_975 * error)


def _perplexity(loss: float, interval: tuple[float, float] | None) -> str:
    found = f"{perplexity_of(loss):.2f}"
    return (
        found
        if interval is None
        else Message(
            "{figure} (95 % interval {low:.2f} to {high:.2f})", figure=found, low=interval[0], high=interval[1]
        )
    )


def wilson_interval(correct: int, rows: int) -> tuple[float, float]:
    """The 95 % score interval of a share, `correct` of `rows` (Wilson 1927); never outside of 0 to 1."""
    share, z = correct / rows, NORMAL_975
    middle = (share + z**2 / (2 * rows)) / (1 + z**2 / rows)
    half = z / (1 + z**2 / rows) * sqrt(share * (1 - share) / rows + z**2 / (4 * rows**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def read_card(folder: Path) -> AnyCard:
    """Reads card.json.

    Raises:
        OSError: there is none.
        ValueError: it is not a card.
    """
    return CARDS.validate_json((folder / FILE).read_bytes())

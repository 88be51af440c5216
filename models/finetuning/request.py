"""What is asked of fine-tuning and what it tells while it works, as plain frozen data; nothing here knows a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from sidelight.models.message import Message, RefusedError
from sidelight.models.prediction import ModelError
from sidelight.models.tasks import TASKS, find_task

from .tables import Reading

CHECKPOINT_SECONDS = 45.0  # a step may take some more, so that a minute is kept
TOLD_EVERY = 1000  # rows that are read

Row = TypeVar("Row")


class FinetuneError(ModelError):
    """Training had to end before its time; the last good checkpoint is kept where checkpoints are."""


class DivergedError(FinetuneError):
    """The numbers of a training are finite no more; from its last checkpoint it would come to the same again."""


@dataclass(frozen=True, slots=True)
class FinetuneSettings:
    """How to train.

    Args:
        epochs: how often each row is seen.
        learning_rate: at its highest; it rises over the `warm_up` share of the steps and falls linearly to 0.
        batch_size: rows that are computed at once.
        weight_decay: of AdamW.
        max_tokens: a longer training text is cut to so many tokens.
        mask_fraction: the share of the rows that is shown with masked tokens; classifiers only.
        freeze_embeddings: leaves the token embeddings as they were pretrained, nearly half of a small model's weights;
            a step then takes little more than half the time.
        bfloat16: multiplies matrices in bfloat16; faster only where the processor has instructions for it.
        seed: of the new layer, the order of the rows, dropout and masking.
        accumulation: batches a step; a step learns from batch_size times accumulation rows.
        balanced: a row counts the more the rarer its label is, so that all labels count the same; classifiers only.
            The held-out loss, and so `patience`, counts every row the same.
        evaluations: how often an epoch the held-out rows are checked while it trains; 0 checks them at the end alone.
        patience: ends after so many evaluations without a new lowest held-out loss, and keeps the weights of the
            lowest; 0 always trains to the end and keeps the last weights.
        learn_prompt: prompts are learned too, and not only responses; generators only.

    Raises:
        ValueError: a number is out of its range.
    """

    epochs: int = 1
    learning_rate: float = 5e-5
    batch_size: int = 32
    weight_decay: float = 0.01
    warm_up: float = 0.1
    max_tokens: int = 128
    mask_fraction: float = 0.5
    freeze_embeddings: bool = False
    bfloat16: bool = False
    seed: int = 0
    accumulation: int = 1
    balanced: bool = False
    evaluations: int = 0
    patience: int = 0
    learn_prompt: bool = False

    def __post_init__(self) -> None:
        allowed = (
            ("epochs", 1 <= self.epochs <= 1000, Message("{low} to {high}", low=1, high="1,000")),
            ("learning_rate", 0 < self.learning_rate <= 1, Message("more than 0 and at most 1; 1e-5 to 1e-3 is usual")),
            ("batch_size", 1 <= self.batch_size <= 4096, Message("{low} to {high}", low=1, high="4,096")),
            ("accumulation", 1 <= self.accumulation <= 4096, Message("{low} to {high}", low=1, high="4,096")),
            ("weight_decay", 0 <= self.weight_decay < 1, Message("{low} to less than {high}", low=0, high=1)),
            (
                "warm_up",
                0 <= self.warm_up < 1,
                Message("{low} to less than {high}, a share of the steps", low=0, high=1),
            ),
            ("max_tokens", self.max_tokens >= 4, Message("{most} or more", most=4)),
            ("mask_fraction", 0 <= self.mask_fraction <= 1, Message("{low} to {high}", low=0, high=1)),
            ("seed", 0 <= self.seed < 2**32, Message("{low} to {high}", low=0, high="2^32 - 1")),
            ("evaluations", 0 <= self.evaluations <= 100, Message("{low} to {high}", low=0, high=100)),
            ("patience", self.patience >= 0, Message("{most} or more", most=0)),
            ("patience", not self.patience or self.evaluations > 0, Message("0 where evaluations=0")),
        )
        for name, fine, range_ in allowed:
            if not fine:
                raise RefusedError(
                    "{name}={value} is not allowed; it takes {range}",
                    name=name,
                    value=getattr(self, name),
                    range=range_,
                )


USUAL = {  # by what a task is capable of
    "labels": FinetuneSettings(epochs=2, learning_rate=1e-4, batch_size=16, mask_fraction=0, evaluations=2),
    "writes": FinetuneSettings(batch_size=8, mask_fraction=0, max_tokens=256, evaluations=2),
}
TRAINED = tuple(name for name, task in TASKS.items() if task.capabilities & USUAL.keys())  # the tasks that can be


def learns(task: str) -> str:
    """The capability that a task's models are trained for: `labels` or `writes`.

    Raises:
        ValueError: they can't be trained.
    """
    found = find_task(task).capabilities & USUAL.keys()
    if not found:
        raise RefusedError(
            "models for the task {task} can't be fine-tuned; choose one of {known}", task=task, known=", ".join(TRAINED)
        )
    return next(iter(found))


@dataclass(frozen=True, slots=True)
class Shape:
    """Of a BERT: layers, the width of a vector, heads a layer, the width inside a layer, and tokens at most."""

    layers: int = 4
    width: int = 256
    heads: int = 4
    inner: int = 512
    tokens: int = 128


@dataclass(frozen=True, slots=True)
class Point:
    """What was found on the held-out rows after `step` steps of training, in its precision: a card's figures are those
    of float32.

    Args:
        step: how many steps had been trained.
        training_loss: the mean loss of the steps since the last point, in nats.
        loss: the mean cross-entropy of the held-out rows, of their learned tokens for a generator, in nats.
        accuracy: the share of the held-out rows that a classifier got right; None for a generator.
    """

    step: int
    training_loss: float
    loss: float
    accuracy: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """How far fine-tuning has come: `done` of `total` rows to read, steps of training, or held-out rows to check.

    Rows are read several times over: out of the lines of each file, and as tokens.

    `loss` is that of the step itself, None before the first one and while checking; `point` is there after a step
    that the held-out rows were checked at. A training that goes on first tells of the points before, without a loss.
    """

    stage: Literal["read", "train", "check"]
    done: int
    total: int
    loss: float | None = None
    point: Point | None = None


Listener = Callable[[Step], None]
Notify = Callable[[str], None]


def ignore(_step: Step) -> None:
    """A listener that wants to know nothing."""


def told_of(rows: Sequence[Row], listener: Listener) -> Iterator[Row]:
    """The rows one after the other; the listener is told of every thousandth as it is read."""
    for done, row in enumerate(rows):
        if done % TOLD_EVERY == 0:
            listener(Step("read", done, len(rows)))
        yield row


def ignore_notice(_notice: str) -> None:
    """Wants no notices."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of the data are called; None where the name is to be found by what is usual.

    `group` is never guessed: rows of one group, such as a film's reviews, are held out together. `context` is what a
    prompt is about, such as the text to be summed up; a row may have none. `further` are the columns of the task's
    fields after the first, by the names of the fields.
    """

    text: str | None = None
    label: str | None = None
    group: str | None = None
    prompt: str | None = None
    context: str | None = None
    response: str | None = None
    further: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """A fine-tuning that is wanted.

    Args:
        task: a name in TASKS.
        base: `demo`, `demo-zh`, a folder, a .gguf file (for `generate`) or a hub id.
        data: the files to learn from.
        held_out: the files to check with; where there are none, a share of the data is held out.
        share: that share of the rows, drawn by the seed, with every label in proportion.
        columns: what the columns are called.
        skip_empty: leaves rows out that lack a text or a label; else they are refused.
        paragraphs, encoding, header, skip_bad: how the files are read; see `Reading`.
        template: puts prompts into the model's chat template, where it has one.
        settings: how to train.
        checkpoint_seconds: between two checkpoints.
        keep_checkpoints: leaves all of them beside the finished model, each a model folder of its own.

    Raises:
        ValueError: a number is out of its range, or there is no data.
    """

    task: str
    base: str
    data: tuple[str, ...]
    held_out: tuple[str, ...] = ()
    share: float = 0.1
    columns: Columns = field(default_factory=Columns)
    skip_empty: bool = False
    paragraphs: bool = False
    template: bool = True
    settings: FinetuneSettings = field(default_factory=FinetuneSettings)
    checkpoint_seconds: float = CHECKPOINT_SECONDS
    keep_checkpoints: bool = False
    encoding: str | None = None
    header: bool | None = None
    skip_bad: bool = False

    @property
    def reading(self) -> Reading:
        """How the files are to be read."""
        return Reading(self.encoding, self.header, self.skip_bad, self.paragraphs)

    def __post_init__(self) -> None:
        learns(self.task)
        if not 0 <= self.checkpoint_seconds <= 60:
            raise RefusedError(
                "{name}={value} is not allowed; it takes {range}",
                name="checkpoint_seconds",
                value=self.checkpoint_seconds,
                range=Message("{low} to {high}", low=0, high=60),
            )
        if not 0 < self.share < 1:
            raise RefusedError(
                "{name}={value} is not allowed; it takes {range}",
                name="share",
                value=self.share,
                range=Message("more than 0 and less than 1"),
            )
        if not self.data:
            raise RefusedError("there is no data to learn from; give a file with --data")

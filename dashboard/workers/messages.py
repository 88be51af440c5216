"""What the app and a worker process tell each other: orders and events, all of them plain frozen data."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sidelight.explain.methods import MethodRequest
from sidelight.explain.report import PARTS, Report
from sidelight.explain.scoring import Progress
from sidelight.models.card import AnyCard
from sidelight.models.demo import Preparing
from sidelight.models.finetuning.request import Request, Step
from sidelight.models.inputs import Asked, as_input
from sidelight.models.prediction import Prediction


@dataclass(frozen=True, slots=True)
class Choice:
    """A model to load, and how it computes; as the arguments of `sidelight.models.load`."""

    reference: str = "demo"
    device: str = "cpu"
    precision: str = "float32"
    task: str = "classify"


@dataclass(frozen=True, slots=True)
class Work:
    """What to explain, and how; as the arguments of `sidelight.explain.explain`.

    `known` is a report of the same input to which only what is missing is added.
    """

    asked: Asked
    requests: tuple[MethodRequest, ...]
    unit: str = "word"
    seed: int = 0
    targets: tuple[int, ...] | None = None
    known: Report | None = None
    parts: int = PARTS

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts that it is about, as they were typed: one for each field of the task."""
        return as_input(self.asked).texts

    @property
    def text(self) -> str:
        """The first of them."""
        return self.texts[0]

    @property
    def subject(self) -> Hashable:
        """Equal for work that the same report can grow to answer."""
        return self.asked, self.unit, self.seed, self.parts


@dataclass(frozen=True, slots=True)
class Start:
    """The order to begin with a job."""

    number: int
    work: Work


@dataclass(frozen=True, slots=True)
class Halt:
    """The order to end a job."""

    number: int


@dataclass(frozen=True, slots=True)
class Skip:
    """The order to end one method of a job, or not to begin it; the others go on."""

    number: int
    method: str


@dataclass(frozen=True, slots=True)
class Rescore:
    """The question what the targets' scores are when only some features are seen.

    Args:
        number: names the answer.
        prediction: what was answered.
        keep: for each feature whether it is seen.
        hiding: how the others are hidden; None as the model prefers.
    """

    number: int
    prediction: Prediction
    keep: tuple[bool, ...]
    hiding: str | None = None


@dataclass(frozen=True, slots=True)
class Train:
    """The order to fine-tune a model into a folder; `resume` goes on from its last checkpoint."""

    request: Request
    out: Path
    resume: bool = False


Order = Choice | Start | Halt | Skip | Rescore | Train


@dataclass(frozen=True, slots=True)
class Loaded:
    """The model is ready; what there is to say of it. `pace` is the seconds a token of a pass takes, where known, and
    `notices` are what is to be known of it wherever it answers.
    """

    name: str
    labels: tuple[str, ...]
    parameters: int
    device: str
    precision: str
    hidings: tuple[str, ...]
    limit: int = 0
    has_template: bool = False
    weights: str = ""
    pace: float | None = None
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotLoaded:
    """The model can't be had, and why; the worker ends."""

    message: str


@dataclass(frozen=True, slots=True)
class Advanced:
    """How far the job is."""

    number: int
    progress: Progress


@dataclass(frozen=True, slots=True)
class Grown:
    """All that there is of the job's report so far."""

    number: int
    report: Report


@dataclass(frozen=True, slots=True)
class Ended:
    """The job has ended, and how."""

    number: int
    state: Literal["done", "stopped", "failed"]
    message: str = ""


@dataclass(frozen=True, slots=True)
class Rescored:
    """The answer to a `Rescore`: a score a target, or why there is none."""

    number: int
    scores: tuple[float, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something that people should know of the data."""

    notice: str


@dataclass(frozen=True, slots=True)
class Trained:
    """The model is made; its card."""

    card: AnyCard


@dataclass(frozen=True, slots=True)
class NotTrained:
    """Training has ended without a model: it was stopped, or why it failed."""

    stopped: bool
    message: str = ""


Told = Preparing | Step | Noticed | Trained | NotTrained
Event = Told | Loaded | NotLoaded | Advanced | Grown | Ended | Rescored

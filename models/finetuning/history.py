"""What a training has found so far: its losses, and how the held-out rows did."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from typing import Any

from .request import Point


@dataclass(slots=True)
class History:
    """Grows while a training goes on, and is kept in its checkpoints.

    Args:
        losses: of each step that has ended.
        points: what was found on the held-out rows.
        lowest: the lowest held-out loss so far; None where there is none.
        stale: how many points came since.
        ended: whether the training was ended early.
        seconds: what was spent before this process went on with it.
    """

    losses: list[float] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    lowest: float | None = None
    stale: int = 0
    ended: bool = False
    seconds: float = 0.0
    _step: float = 0.0
    _start: float = field(default_factory=time.perf_counter)

    @property
    def mean(self) -> float:
        """The mean loss of all steps."""
        return _mean(self.losses)

    def add(self, loss: float) -> None:
        """A batch's part of a step's loss."""
        self._step += loss

    def step_ended(self) -> float:
        """Closes a step and returns its loss."""
        loss, self._step = self._step, 0.0
        self.losses.append(loss)
        return loss

    def evaluated(self, step: int, loss: float, accuracy: float | None) -> Point:
        """Adds a point."""
        last = self.points[-1].step if self.points else 0
        point = Point(step, _mean(self.losses[last:]), loss, accuracy)
        self.points.append(point)
        lower = self.lowest is None or loss < self.lowest
        self.stale = 0 if lower else self.stale + 1
        self.lowest = loss if lower else self.lowest
        return point

    def has_point(self, step: int) -> bool:
        """Whether the held-out rows were checked after this step."""
        return any(point.step == step for point in self.points)

    def elapsed(self) -> float:
        """The seconds in all, of every process that worked at it."""
        return self.seconds + time.perf_counter() - self._start

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps of it, as plain values."""
        kept = {name: value for name, value in asdict(self).items() if not name.startswith("_")}
        return kept | {"seconds": self.elapsed()}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> History:
        """The inverse of `state`."""
        points = [Point(**point) for point in state["points"]]
        return cls(**{**state, "points": points})


def _mean(losses: list[float]) -> float:
    return sum(losses) / max(len(losses), 1)

"""The models that this server holds: one supervisor, and so one process, a model."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from sidelight.models import DEMO_BASE
from sidelight.models.message import RefusedError
from sidelight.models.tasks import TASKS

from .messages import Choice
from .process import is_hub_id
from .supervisor import Supervisor, Unavailable

MOST_MODELS = 4


class FleetError(RefusedError):
    """No further model can be loaded."""


class Fleet:
    """Supervisors by what they were chosen to load; the first use of a choice starts its process."""

    def __init__(self) -> None:
        self._supervisors: dict[Choice, Supervisor] = {}
        self._lock = Lock()

    def get(self, choice: Choice) -> Supervisor:
        """The one supervisor of a model; where there is no place left, one that has no model gives way.

        Raises:
            FleetError: too many models are loaded already.
        """
        with self._lock:
            if choice not in self._supervisors:
                if len(self._supervisors) >= MOST_MODELS:
                    self._supervisors.pop(self._without_model()).close()
                self._supervisors[choice] = Supervisor(choice)
            return self._supervisors[choice]

    def _without_model(self) -> Choice:
        """The first that could not be loaded, or is no more."""
        for choice, supervisor in self._supervisors.items():
            if isinstance(supervisor.model, Unavailable):
                return choice
        raise FleetError("{most} models are loaded already; unload one on the page Models first.", most=MOST_MODELS)

    def all(self, task: str | None = None) -> list[Supervisor]:
        """Those that there are, in the order in which they were asked for."""
        with self._lock:
            return [one for one in self._supervisors.values() if task in (None, one.choice.task)]

    def release(self, choice: Choice) -> None:
        """Ends a model's process and makes room for another."""
        with self._lock:
            supervisor = self._supervisors.pop(choice, None)
        if supervisor:
            supervisor.close()

    def close(self) -> None:
        """Ends all of them."""
        for supervisor in self.all():
            self.release(supervisor.choice)


def name_of(choice: Choice) -> str:
    """What people call a model: never by a path."""
    reference = choice.reference
    if reference == "demo" and choice.task not in TASKS:
        return DEMO_BASE
    name = reference if is_hub_id(reference) else Path(reference).expanduser().name
    return name if choice.precision == "float32" else f"{name} ({choice.precision})"


def by_name(choices: list[Choice]) -> dict[str, Choice]:
    """The choices by their names, numbered where several share one."""
    named: dict[str, Choice] = {}
    for choice in dict.fromkeys(choices):
        name, number = name_of(choice), 2
        while name in named:
            name, number = f"{name_of(choice)} {number}", number + 1
        named[name] = choice
    return named

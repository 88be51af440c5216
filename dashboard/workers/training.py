"""Fine-tuning as the app sees it: one training at a time, in a process of its own.

What a page sees is `standing`, frozen data that is replaced whole. What is on disk is of `training_folder`.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from threading import Condition, Thread
from typing import Literal

from sidelight.models.card import AnyCard
from sidelight.models.demo import Preparing
from sidelight.models.finetuning.request import Point, Request, Step
from sidelight.models.finetuning.run import read_run
from sidelight.models.message import Message

from .messages import Event, Halt, Noticed, NotTrained, Train, Trained
from .process import Process
from .training_folder import Files, TrainingError, check_name, claim, folder, keep, sweep

PATIENCE = 3.0  # seconds


@dataclass(frozen=True, slots=True)
class Standing:
    """How a training stands.

    Args:
        state: how it goes or has ended.
        name: of its folder.
        task: what the model is for.
        losses: of each step that was told of, in nats, by its number.
        points: what was found on the held-out rows.
        step: the last that was told.
        preparing: how far the fetching of the base is, until the first step.
        notices: what people should know of the data.
        message: why it failed.
        card: of the finished model.
    """

    state: Literal["running", "done", "stopped", "failed"]
    name: str
    task: str
    losses: tuple[tuple[int, float], ...] = ()
    points: tuple[Point, ...] = ()
    step: Step | None = None
    preparing: Preparing | None = None
    notices: tuple[str, ...] = ()
    message: str = ""
    card: AnyCard | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.state != "running"

    @property
    def has_begun(self) -> bool:
        """Whether all is read."""
        return self.step is not None and self.step.stage != "read"

    def after(self, event: Event) -> Standing:
        """How it stands once this was told."""
        match event:
            case Preparing():
                return replace(self, preparing=event)
            case Noticed(notice):
                return replace(self, notices=(*self.notices, notice))
            case Step(loss=loss, point=point):
                losses = self.losses if loss is None else (*self.losses, (event.done, loss))
                points = self.points if point is None else (*self.points, point)
                return replace(self, step=event, losses=losses, points=points)
            case Trained(card):
                return replace(self, state="done", card=card)
            case NotTrained(stopped, message):
                return replace(self, state="stopped" if stopped else "failed", message=message)
        return self


class Trainings:
    """The one training that is going on, or was last, for all sessions."""

    def __init__(self) -> None:
        self.standing: Standing | None = None
        self._changed = Condition()
        self._process: Process | None = None
        self._ordered = self._halted = False  # whether the process was told to begin, and to end
        self._claim = ExitStack()  # holds the training's claim until it is over

    def begin(self, name: str, request: Request, data: Files, held_out: Files) -> None:
        """Starts a training with uploaded files.

        Args:
            name: of the new model.
            request: what is wanted; its files are those uploaded, whatever it names.
            data: to learn from.
            held_out: to check with.

        Raises:
            TrainingError: another one is going on, the name can't be used, or the files can't be kept.
        """
        with self._changed, ExitStack() as stack:
            self._refuse_second()
            check_name(name)
            sweep()
            stack.enter_context(claim(name))
            kept, checked = keep(name, "data", data), keep(name, "held_out", held_out)
            self._start(name, replace(request, data=kept, held_out=checked), stack, resume=False)

    def resume(self, name: str) -> None:
        """Goes on with a training that was broken off.

        Raises:
            TrainingError: another one is going on, or another process works at this one.
            ValueError: there is none of this name, or its file can't be read.
        """
        with self._changed, ExitStack() as stack:
            self._refuse_second()
            stack.enter_context(claim(name))
            self._start(name, read_run(folder() / name).request, stack, resume=True)

    def _refuse_second(self) -> None:
        if self.standing and not self.standing.over:
            raise TrainingError("{name} is being trained; stop it or wait for it", name=self.standing.name)

    def _start(self, name: str, request: Request, claimed: ExitStack, *, resume: bool) -> None:
        self.standing = Standing("running", name, request.task)
        self._process, self._ordered, self._halted = Process(request.base, "trainer"), False, False
        self._claim = claimed.pop_all()
        order = Train(request, folder() / name, resume)
        Thread(target=self._keep, args=(self._process, order), name="keeper of the trainer", daemon=True).start()

    def stop(self, patience: float = PATIENCE) -> None:
        """Ends the step that is going on, and keeps a checkpoint; before the first step it may end the process.

        Args:
            patience: seconds that it waits for the end of a step.
        """
        with self._changed:
            if self._process and self.standing and not self.standing.over:
                self._halted = True
                if self._ordered:  # else it hears of it once it is there
                    self._process.send(Halt(0))
        over = self.wait_for(lambda standing: standing.over, patience)
        if not over and self.standing and not self.standing.has_begun:  # it may hear nothing, and has nothing to keep
            self.close()

    def forget(self) -> None:
        """Leaves what has ended."""
        with self._changed:
            if self.standing and self.standing.over:
                self.standing = None

    def wait_for(self, state: Callable[[Standing], bool], seconds: float) -> bool:
        """Waits until the training stands so, and says whether it does."""
        with self._changed:
            return self._changed.wait_for(lambda: self.standing is not None and state(self.standing), seconds)

    def close(self) -> None:
        """Ends the process at once; what it had written by then is kept."""
        if self._process:
            self._process.kill()

    def _keep(self, process: Process, order: Train) -> None:
        """Hears what the process tells until it ends, which is then told in its place."""
        try:
            with process:
                process.connect()
                self._order(process, order)
                while not self._take(process.receive()):
                    pass
        except (EOFError, OSError):
            self._take(NotTrained(stopped=self._halted, message=_gone(process)))
        except Exception as error:  # whatever came over the connection: the page must be told that it is over
            traceback.print_exception(error)
            self._take(NotTrained(stopped=False, message=f"{type(error).__name__}: {error}"))

    def _order(self, process: Process, order: Train) -> None:
        with self._changed:
            process.send(order)
            self._ordered = True
            if self._halted:
                process.send(Halt(0))

    def _take(self, event: Event) -> bool:
        """Takes up what was told; where that ends the training, after its files were put away."""
        with self._changed:
            if self.standing:
                standing = self.standing.after(event)
                if standing.over:
                    self._claim.close()
                    sweep()
                self.standing = standing
            self._changed.notify_all()
            return self.standing is None or self.standing.over


def _gone(process: Process) -> str:
    return Message("the trainer {ending}; go on with the training, or begin it anew", ending=process.ending)

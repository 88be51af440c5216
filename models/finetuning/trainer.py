"""transformers' Trainer, made so that it can go on after a kill.

A resumed Trainer draws another order of rows in the epoch that was broken off, and forgets what a collator drew. Here
a checkpoint also holds the generators' states at the start of its epoch and of the masking, and what the training has
said so far, so that a resumed training ends with the very weights of an undisturbed one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sized
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from safetensors.torch import save_model
from sidelight.models.faults import in_one_line
from torch import Tensor
from torch.utils.data import Dataset, Sampler
from transformers import (
    PreTrainedTokenizerBase,
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from .history import History
from .lesson import Lesson
from .request import DivergedError, FinetuneError, FinetuneSettings, Listener, Point, Step
from .resuming import BEST, STAGING, Checkpoints
from .rows import Row

RUN_STATE = "run_state.pt"


class _Order(Sampler[int]):
    """A sampler that remembers the state that the process's generator had when it drew the order of an epoch."""

    def __init__(self, inner: Sampler[int]) -> None:
        self._inner = inner
        self.began: Tensor | None = None
        self.next: Tensor | None = None  # the state to draw the next order from

    def __iter__(self) -> Iterator[int]:
        if self.next is not None:
            torch.set_rng_state(self.next)
            self.next = None
        self.began = torch.get_rng_state()
        return iter(self._inner)

    def __len__(self) -> int:
        return len(cast(Sized, self._inner))


class Loop(Trainer):
    """Trainer with what it leaves out: counted generators, whole checkpoints, and an end where numbers are no more."""

    def __init__(
        self, lesson: Lesson, settings: FinetuneSettings, listener: Listener, checkpoints: Checkpoints
    ) -> None:
        super().__init__(
            model=lesson.model,
            args=_arguments(settings, checkpoints.folder),
            data_collator=lesson.pad,
            train_dataset=cast(Dataset[Row], lesson.rows),
            compute_loss_func=lesson.loss,
            callbacks=[_Watch(self, lesson, settings, listener)],
        )
        self.remove_callback(PrinterCallback)
        self.lesson = lesson
        self.checkpoints = checkpoints
        self.history = History()
        self._order: _Order | None = None
        self._broken_off: Tensor | None = None

    def training_step(self, model: Any, inputs: dict[str, Any], num_items_in_batch: Any = None) -> Tensor:
        """As Trainer's, of masked inputs."""
        with in_one_line(
            "{network} can't be trained on these rows ({cause}); give another base",
            FinetuneError,
            network=type(self.lesson.model).__name__,
        ):
            loss = super().training_step(model, self.lesson.masking(inputs), num_items_in_batch)
        value = float(loss)
        if not np.isfinite(value):
            raise DivergedError(
                "the loss became {value} at step {step} of {steps}: training is stopped; {kept}; "
                "begin anew with a lower learning rate",
                value=value,
                step=self.state.global_step + 1,
                steps=self.state.max_steps,
                kept=self.checkpoints.kept(),
            )
        self.history.add(value)
        return loss

    def check_weights(self) -> None:
        """Refuses weights that are no finite numbers.

        Raises:
            DivergedError: there are some.
        """
        if not all(bool(torch.isfinite(weights).all()) for weights in self.lesson.model.parameters()):
            raise DivergedError(
                "weights are no finite numbers any more after step {step}: training is stopped; "
                "{kept}; begin anew with a lower learning rate",
                step=self.state.global_step,
                kept=self.checkpoints.kept(),
            )

    def save(self) -> None:
        """Writes a checkpoint of the step that has just ended.

        Raises:
            DivergedError: the weights are no finite numbers.
            FinetuneError: it can't be written.
        """
        self.check_weights()
        self.checkpoints.write(self.state.global_step, self._fill)

    def save_if_due(self) -> None:
        """Writes a checkpoint where it is time for one; raises as `save`."""
        if self.state.global_step and self.checkpoints.is_due():
            self.save()

    def keep_best(self) -> None:
        """Keeps the weights as the best so far.

        Raises:
            FinetuneError: they can't be written.
        """

        def fill(staging: Path) -> Path:
            save_model(self.lesson.model, str(staging / BEST))
            return staging / BEST

        self.checkpoints.write_best(fill)

    def restore(self, checkpoint: Path) -> None:
        """Takes up what Trainer itself does not keep."""
        state = torch.load(checkpoint / RUN_STATE, weights_only=True)
        self.history = History.from_state(state["history"])
        self.lesson.masking.generator.set_state(state["masking"])
        self._broken_off = state["order"] if state["inside_epoch"] else None

    def _fill(self, staging: Path) -> Path:
        super()._save_checkpoint(self.model, None)  # type: ignore[arg-type]
        made = staging / f"checkpoint-{self.state.global_step}"
        save_tokenizer(self.lesson.tokenizer, made)
        (made / "training_args.bin").unlink(missing_ok=True)  # a pickle that names this machine's folders
        state = {
            "history": self.history.state(),
            "masking": self.lesson.masking.generator.get_state(),
            "order": self._order.began if self._order else None,
            "inside_epoch": float(self.state.epoch or 0) % 1 != 0,
        }
        torch.save(state, made / RUN_STATE)
        return made

    def _save_checkpoint(self, *_args: object, **_named: object) -> None:
        self.save()

    def _get_output_dir(self, trial: Any = None) -> str:
        return str(self.checkpoints.folder / STAGING)

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        self._order = _Order(cast(Sampler[int], super()._get_train_sampler(train_dataset)))
        self._order.next = self._broken_off
        return self._order


class EndedEarlyError(Exception):
    """A check that was broken off shows, once it is done, that the training is over."""


class _Watch(TrainerCallback):
    """After each step: checks the held-out rows where that is due, tells the listener, and has checkpoints written."""

    def __init__(self, loop: Loop, lesson: Lesson, settings: FinetuneSettings, listener: Listener) -> None:
        self._loop = loop
        self._lesson = lesson
        self._settings = settings
        self._listener = listener

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: object
    ) -> None:
        """Called by Trainer before the first step; where the last check was broken off, it is done now."""
        points = {point.step: point for point in self._loop.history.points}
        for step, loss in enumerate(self._loop.history.losses, 1):  # of before, where it goes on
            self._listener(Step("train", step, state.max_steps, loss, points.get(step)))
        self._listener(Step("train", state.global_step, state.max_steps))
        if state.global_step and self._is_due(state) and not self._loop.history.has_point(state.global_step):
            self._end_step(state, None)
            if self._loop.history.ended:
                raise EndedEarlyError

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: object
    ) -> None:
        """Called by Trainer after each step."""
        self._end_step(state, self._loop.history.step_ended())
        control.should_training_stop = self._loop.history.ended
        control.should_save = self._loop.checkpoints.is_due()

    def _end_step(self, state: TrainerState, loss: float | None) -> None:
        history = self._loop.history
        try:
            point = self._evaluate(state) if self._is_due(state) else None
            history.ended = bool(self._settings.patience) and history.stale >= self._settings.patience
            self._listener(Step("train", state.global_step, state.max_steps, loss, point))
        except FinetuneError:
            raise
        except BaseException:
            self._loop.save()
            raise

    def _is_due(self, state: TrainerState) -> bool:
        """Whether the step is one of so many an epoch, the last of which ends it."""
        steps = state.max_steps // self._settings.epochs
        place, times = (state.global_step - 1) % steps, self._settings.evaluations
        return (place + 1) * times // steps > place * times // steps

    def _evaluate(self, state: TrainerState) -> Point:
        self._loop.save_if_due()  # a check may take minutes
        found = self._lesson.check()
        point = self._loop.history.evaluated(state.global_step, found.loss, found.accuracy)
        if self._settings.patience and self._loop.history.stale == 0:
            self._loop.keep_best()
        return point


def save_tokenizer(tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Saves a tokenizer as it came: without the limits of the last call."""
    tokenizer("", truncation=False, padding=False)
    tokenizer.save_pretrained(folder)


def _arguments(settings: FinetuneSettings, folder: Path) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=settings.epochs,
        learning_rate=settings.learning_rate,
        per_device_train_batch_size=settings.batch_size,
        gradient_accumulation_steps=settings.accumulation,
        weight_decay=settings.weight_decay,
        warmup_steps=settings.warm_up,
        seed=settings.seed,
        bf16=settings.bfloat16,
        use_cpu=True,
        train_sampling_strategy="group_by_length",
        remove_unused_columns=False,
        save_strategy="no",
        logging_strategy="no",
        report_to=[],
        disable_tqdm=True,
    )

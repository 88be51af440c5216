"""What trainings in the app leave on disk: the models that were made, those that were broken off, uploaded files.

Each model has a folder by its name in `folder()`. The uploaded files are kept until it is finished, so that its
training can go on after a stop or a kill. A training that goes on is claimed by a lock, which the kernel takes from a
process that ends: so several apps can share a cache folder.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import AcquireReturnProxy, FileLock, Timeout
from sidelight.models.cache import home
from sidelight.models.card import FILE
from sidelight.models.finetuning.resuming import Checkpoints
from sidelight.models.finetuning.run import LOCK, MOMENT, RUN, is_held, is_taken, read_run
from sidelight.models.message import RefusedError

NAME = re.compile(r"[\w][\w .-]{0,59}")
Files = Mapping[str, bytes]  # uploaded ones, by their names


class TrainingError(RefusedError):
    """A training can't be begun, gone on with or removed."""


@dataclass(frozen=True, slots=True)
class BrokenOff:
    """A training that has begun and not ended.

    Args:
        name: of its folder.
        step: of its last checkpoint; 0 without one.
        task: what the model is for; empty where that can't be read.
        problem: why it can't go on; empty where it can.
    """

    name: str
    step: int
    task: str = ""
    problem: str = ""

    @property
    def checkpoint(self) -> Path:
        """The last one's folder, a model of its own."""
        return folder() / self.name / f"checkpoint-{self.step}"


def folder() -> Path:
    """Where the models are that were fine-tuned in the app."""
    return home() / "finetuned"


def check_name(name: str) -> str:
    """A new training's name.

    Raises:
        TrainingError: it can't be a folder's, or is taken.
    """
    if not NAME.fullmatch(name) or name != name.strip(" ."):
        raise TrainingError(
            "give the model a name of up to 60 letters, digits, spaces, dots and dashes that begins with "
            "a letter or digit"
        )
    if is_taken(folder() / name):
        raise TrainingError("there is a model or training {name} already; give another name", name=name)
    return name


def finished() -> Sequence[Path]:
    """The models that were made in the app, by name."""
    return sorted(path.parent for path in folder().glob(f"*/{FILE}") if not (path.parent / RUN).exists())


def broken_off() -> Sequence[BrokenOff]:
    """The trainings that have begun and not ended and that nobody works at, by name."""
    return [_broken_off(name) for name in _begun() if not _is_claimed(name)]


def under_way() -> Sequence[str]:
    """The trainings that a process works at, this app's too."""
    return sorted(name for name in {*_begun(), *(path.name for path in _uploads().glob("*"))} if _is_claimed(name))


def claim(name: str) -> AcquireReturnProxy[FileLock]:
    """Keeps a training to this app, until the claim is released or the app ends.

    Raises:
        TrainingError: another process works at it, or the disk can't be written.
    """
    path = _claim(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if is_held(folder() / name / LOCK):
            raise Timeout(str(path))
        return FileLock(path, thread_local=False).acquire(timeout=MOMENT)
    except Timeout as error:
        raise TrainingError("{name} is under way in another app; stop it there, or wait for it", name=name) from error
    except OSError as error:
        raise TrainingError(
            "the uploaded files can't be kept in {folder} ({cause}); free some space and start again",
            folder=home(),
            cause=error.strerror or error,
        ) from error


def remove(name: str) -> None:
    """Deletes a model, or a training that was broken off, with all that belongs to it.

    Raises:
        TrainingError: another process works at it.
    """
    with claim(name):
        shutil.rmtree(folder() / name, ignore_errors=True)
    sweep()


def keep(name: str, kind: str, files: Files) -> tuple[str, ...]:
    """Writes uploaded files of a claimed training and returns their paths; `kind` tells two sets apart.

    Raises:
        TrainingError: they can't be written, as on a full disk.
    """
    target = _uploads() / name / kind
    try:
        target.mkdir(parents=True)
        for file, content in files.items():
            (target / Path(file).name).write_bytes(content)
    except OSError as error:
        shutil.rmtree(_uploads() / name, ignore_errors=True)
        raise TrainingError(
            "the uploaded files can't be kept in {folder} ({cause}); free some space and start again",
            folder=home(),
            cause=error.strerror or error,
        ) from error
    return tuple(str(target / Path(file).name) for file in files)


def sweep() -> None:
    """Removes uploaded files that no training needs any more."""
    needed = {*_begun(), *under_way()}
    for path in _uploads().glob("*"):
        if path.name not in needed:
            shutil.rmtree(path, ignore_errors=True)


def _broken_off(name: str) -> BrokenOff:
    step = max(Checkpoints(folder() / name).found(), default=0)
    try:
        run = read_run(folder() / name)
    except ValueError as error:
        return BrokenOff(name, step, problem=str(error))
    return BrokenOff(name, step, run.request.task, run.diverged)


def _begun() -> list[str]:
    """Those that have begun to train and have not ended."""
    return sorted(path.parent.name for path in folder().glob(f"*/{RUN}"))


def _is_claimed(name: str) -> bool:
    """Whether an app has claimed it, or the command line trains in its folder."""
    return is_held(_claim(name)) or is_held(folder() / name / LOCK)


def _claim(name: str) -> Path:
    return _uploads() / name / LOCK


def _uploads() -> Path:
    return home() / "finetuned-data"

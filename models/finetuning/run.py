"""A fine-tuning's folder: what was asked, kept until it is finished, so that it can go on after a kill.

While it trains the folder holds run.json and the checkpoints; once it is finished, an ordinary Hugging Face folder
with a card, which is moved there last.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from filelock import AcquireReturnProxy, FileLock, Timeout
from pydantic import TypeAdapter, ValidationError
from sidelight.models.card import FILE
from sidelight.models.message import Message, RefusedError, Sentence

from .request import DivergedError, Request
from .resuming import BEST, NAME, STAGING

RUN, LOCK, FINISHED = "run.json", ".lock", ".finished"
MOMENT = 0.5  # seconds that one waits for a lock: it may be held for less, to see whether it is held
UNTIL_CHECKPOINT = (LOCK, f".{RUN}", BEST, STAGING, FINISHED)  # what there may be beside it


@dataclass(frozen=True, slots=True)
class Run:
    """What was asked, with the SHA-256 of every data file by its path, and of the base's weights.

    `diverged` says how the training came to numbers that are finite no more; empty where it did not.
    """

    request: Request
    hashes: dict[str, str]
    diverged: Sentence = ""


_RUNS: TypeAdapter[Run] = TypeAdapter(Run)


def check_out(out: Path) -> None:
    """Refuses a folder in which something is already.

    Raises:
        ValueError: it is a file, holds files, or a training that was broken off.
    """
    if out.exists() and not out.is_dir():
        raise RefusedError("{folder!r} is a file; give a new folder with --out", folder=str(out))
    held = {path.name for path in out.iterdir()} if out.is_dir() else set()
    left = held - {RUN, *UNTIL_CHECKPOINT}
    if left and RUN in held:
        raise RefusedError(
            "{folder!r} holds a broken-off training; go on with --resume, or give another --out", folder=str(out)
        )
    if left:
        raise RefusedError("the folder {folder!r} is not empty; give a new one with --out", folder=str(out))


def is_taken(out: Path) -> bool:
    """Whether a folder holds more than what a kill at the very beginning leaves there."""
    return any(path.name not in (LOCK, f".{RUN}") for path in out.glob("*"))


def is_held(lock: Path) -> bool:
    """Whether a process holds a lock; the kernel takes it from one that has ended."""
    if not lock.exists():
        return False
    try:
        with FileLock(lock).acquire(blocking=False):
            return False
    except Timeout:
        return True


def read_run(out: Path) -> Run:
    """What was asked of the training in a folder.

    Raises:
        ValueError: there is none, or its file can't be read.
    """
    if not (out / RUN).is_file():
        why = Message("is finished") if (out / FILE).is_file() else Message("has not begun; begin it without --resume")
        raise RefusedError(
            "there is nothing to go on with in {folder!r}: its training {state}", folder=str(out), state=why
        )
    try:
        return _RUNS.validate_json((out / RUN).read_bytes())
    except ValidationError as error:
        raise RefusedError(
            "{file} has been changed and can't be read; begin anew in another folder", file=out / RUN
        ) from error


def refuse_changes(request: Request, given: Mapping[str, Any]) -> None:
    """Refuses to go on with anything else than what was asked; `given` are the options that were named again.

    Raises:
        ValueError: one of them has another value.
    """
    asked = asdict(request)
    columns = asked.pop("columns")
    known = {**asked.pop("settings"), **columns.pop("further"), **columns, **asked}
    for name, value in given.items():
        if name in known and known[name] != value:
            raise RefusedError(
                "this training began with {name} {known}, not {value}; go on without that option, or "
                "begin anew in another folder",
                name=name,
                known=known[name],
                value=value,
            )


def refuse_diverged(run: Run) -> None:
    """Refuses to go on where it would come to the same end again.

    Raises:
        ValueError: the training diverged.
    """
    if run.diverged:
        raise RefusedError(run.diverged)


def refuse_other_files(run: Run, hashes: Mapping[str, str]) -> None:
    """Refuses to go on with other files than before.

    Raises:
        ValueError: a file has changed.
    """
    for name, found in hashes.items():
        if run.hashes.get(name) != found:
            raise RefusedError(
                "{file!r} has changed since this training began; begin anew in another folder", file=name
            )


@contextmanager
def at_work(out: Path, run: Run) -> Iterator[None]:
    """Makes the folder, keeps other processes out, and leaves nothing where no checkpoint was written.

    Raises:
        ValueError: another process trains there, or the folder can't be written.
    """
    ours = not out.exists() or (out / RUN).exists()
    try:
        with _enter(out):
            try:
                _write(out, run)
                yield
            except DivergedError as error:
                _write(out, replace(run, diverged=str(error)))
                raise
            finally:
                _tidy(out)
    finally:
        if out.is_dir() and not (out / RUN).exists():
            (out / LOCK).unlink(missing_ok=True)
            if ours and not any(out.iterdir()):
                out.rmdir()


def _enter(out: Path) -> AcquireReturnProxy[FileLock]:
    """Makes the folder and keeps other processes out."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        return FileLock(out / LOCK).acquire(timeout=MOMENT)
    except Timeout as error:
        raise RefusedError(
            "another process trains in {folder!r}; wait for it, or give another folder", folder=str(out)
        ) from error
    except OSError as error:
        raise _unwritable(out, error) from error


def _write(out: Path, run: Run) -> None:
    new, content = out / f".{RUN}", _RUNS.dump_json(run, indent=1)
    if (out / RUN).is_file() and (out / RUN).read_bytes() == content:
        return
    try:
        new.write_bytes(content)
        new.replace(out / RUN)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise _unwritable(out, error) from error


def _unwritable(out: Path, error: OSError) -> ValueError:
    return RefusedError(
        "{folder!r} can't be written ({cause}); free some space, or give another folder",
        folder=str(out),
        cause=error.strerror,
    )


def _tidy(out: Path) -> None:
    """A training without a checkpoint or a card is as if it had not been."""
    if not any(NAME.fullmatch(path.name) for path in out.iterdir()):
        for name in (RUN, BEST):
            (out / name).unlink(missing_ok=True)
        for name in (FINISHED, STAGING):
            shutil.rmtree(out / name, ignore_errors=True)


def move_in(out: Path) -> None:
    """Moves what is finished into the folder, its card last: that says that all is there."""
    finished = out / FINISHED
    for path in sorted(finished.iterdir(), key=lambda path: path.name == FILE):
        path.replace(out / path.name)
    finished.rmdir()

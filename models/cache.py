"""The cache folder: what is made once on the user's machine and kept there, each folder made whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock, Timeout
from platformdirs import user_cache_dir

from .message import Message
from .prediction import ModelError


def home() -> Path:
    """The cache folder: SIDELIGHT_HOME where that is set, else the platform's own place for caches."""
    named = os.environ.get("SIDELIGHT_HOME")
    return Path(named).expanduser() if named else Path(user_cache_dir("sidelight"))


def size_of(folder: Path) -> int:
    """The bytes that a folder's files take; 0 where there is none."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def size_text(size: int) -> str:
    """Bytes for people, in gigabytes or megabytes."""
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else Message("{size:,.1f} MB", size=size / 1e6)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A part of the cache folder on which one process makes one folder at a time.

    Args:
        name: what its lock and its work folders are called by.
        pattern: matches the folders that it keeps, as a glob in the cache folder.
        proof: the file that every finished folder holds.
        title: what it holds, for messages.
    """

    name: str
    pattern: str
    proof: str
    title: str

    def holds(self, folder: Path) -> bool:
        """Whether the folder has been made."""
        return (folder / self.proof).is_file()

    def folders(self) -> list[Path]:
        """What it keeps, made by this version of the program or by earlier ones."""
        return sorted(home().glob(self.pattern))

    def make(self, folder: Path, make: Callable[[Path], Path], waiting: Callable[[], None]) -> None:
        """Makes a folder if it is not there; a second process waits for the first one's.

        Args:
            folder: one that the pattern matches.
            make: is given a work folder and returns the folder in it that becomes the finished one in a single step.
                Nothing of it remains where it raises.
            waiting: is called several times a second while another process works, and may raise to give up.

        Raises:
            OSError: the cache folder can't be written.
        """
        if self.holds(folder):
            return
        with self._alone(waiting):
            if not self.holds(folder):
                self._make(folder, make)

    def remove(self) -> None:
        """Deletes all that it keeps, and what broken-off work left.

        Raises:
            ModelError: it is being added to, or a file can't be deleted.
        """
        if not home().is_dir():
            return
        try:
            with self._lock().acquire(blocking=False):
                found = [*self.folders(), *self._broken_off()]
                with TemporaryDirectory(prefix=self._work, dir=home()) as bin_folder:
                    for path in found:
                        path.replace(Path(bin_folder) / path.name)
        except Timeout as error:
            raise ModelError("{title} is being prepared; stop that before you remove it", title=self.title) from error
        except OSError as error:
            raise ModelError(
                "{title} can't be removed: {cause}; stop what uses it", title=self.title, cause=error
            ) from error

    @property
    def _work(self) -> str:
        """What a work folder begins with; others never look into one."""
        return f".{self.name}."

    def _broken_off(self) -> Iterator[Path]:
        return home().glob(f"{self._work}*")

    def _lock(self) -> FileLock:
        return FileLock(home() / f"{self.name}.lock")

    @contextmanager
    def _alone(self, waiting: Callable[[], None]) -> Iterator[None]:
        """Waits until no other process works here, and keeps others out."""

        def waited() -> bool:
            waiting()
            return False

        home().mkdir(parents=True, exist_ok=True)
        with self._lock().acquire(poll_interval=0.25, cancel_check=waited):
            yield

    def _make(self, folder: Path, make: Callable[[Path], Path]) -> None:
        self._sweep()
        with TemporaryDirectory(prefix=self._work, dir=home(), ignore_cleanup_errors=True) as work:
            made = make(Path(work))
            shutil.rmtree(folder, ignore_errors=True)
            folder.parent.mkdir(exist_ok=True)
            made.replace(folder)
        self._sweep()  # the child of a killed process may have gone on writing

    def _sweep(self) -> None:
        for path in self._broken_off():
            shutil.rmtree(path, ignore_errors=True)

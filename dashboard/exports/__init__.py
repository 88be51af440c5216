"""EXPORTS: every kind of file a report can be written to, by its ending.

To add one, write a function from a report to bytes in a file of its own and a line in the table.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sidelight.explain.report import Report

from . import csv_file, html, json_file, pdf

__all__ = [
    "EXPORTS",
    "Export",
    "SaveError",
    "caution",
    "check_path",
    "check_place",
    "export_for",
    "save",
    "write_whole",
]


@dataclass(frozen=True, slots=True)
class Export:
    """A kind of file: its name for people, how a report becomes its bytes, and its media type.

    `missing` says what of a report such a file can't hold; empty where it holds all of it.
    """

    title: str
    write: Callable[[Report], bytes]
    media_type: str
    missing: Callable[[Report], str] | None = None


EXPORTS: dict[str, Export] = {
    ".html": Export("HTML page", html.write, "text/html"),
    ".pdf": Export("PDF", pdf.write, "application/pdf", pdf.missing),
    ".json": Export("JSON, opens again", json_file.write, "application/json"),
    ".csv": Export("CSV table", csv_file.write, "text/csv"),
}


class SaveError(ValueError):
    """A report can't be written to where it was asked to go."""


def export_for(path: str | Path) -> Export:
    """The kind of file that a path's ending asks for.

    Raises:
        SaveError: no such kind.
    """
    ending = Path(path).suffix.lower()
    if ending not in EXPORTS:
        raise SaveError(f"can't write {str(path)!r}: the ending {ending!r} is not one of {', '.join(EXPORTS)}")
    return EXPORTS[ending]


def caution(report: Report, path: str | Path) -> str:
    """What of a report can't be held by a file of the kind that the path's ending says; empty if it holds all.

    Raises:
        SaveError: no such kind.
    """
    missing = export_for(path).missing
    return missing(report) if missing else ""


def check_path(path: str | Path) -> None:
    """Finds out before the work whether a report can be saved there.

    Raises:
        SaveError: the ending is unknown, or the path or its folder can't be written to.
    """
    export_for(path)
    check_place(path)


def check_place(path: str | Path) -> None:
    """Finds out before the work whether a file can be written there.

    Raises:
        SaveError: the path or its folder can't be written to.
    """
    folder = Path(path).parent
    if Path(path).is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise SaveError(f"can't write {str(path)!r}: {_reason(Path(path), PermissionError())}")


def save(report: Report, path: str | Path) -> None:
    """Writes a report to a file of the kind that the path's ending says, whole or not at all.

    Raises:
        SaveError: the ending is unknown, or the file can't be written there.
    """
    write_whole(export_for(path).write(report), path)


def write_whole(data: bytes, path: str | Path) -> None:
    """Writes a file whole or not at all.

    Raises:
        SaveError: it can't be written there.
    """
    path = Path(path)
    unfinished = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        try:
            with unfinished.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise SaveError(f"can't write {str(path)!r}: {_reason(path, error)}") from error


def _reason(path: Path, error: OSError) -> str:
    if path.is_dir():
        return "it is a folder; name a file in it"
    if not path.parent.is_dir():
        return f"the folder {str(path.parent)!r} does not exist; make it or choose another"
    if isinstance(error, PermissionError):
        return "writing is not allowed there; choose a folder that you may write to"
    return f"{error.strerror or error}; choose another place"

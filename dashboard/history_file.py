"""The SQLite file of the history, opened for one thing at a time, so that threads and processes can share it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sidelight.models.message import RefusedError

PATIENCE = 5.0  # seconds for which another process may be writing
TABLES = """
create table if not exists reports (
    id text primary key, asked text not null unique, task text not null, model text not null, weights text not null,
    text text not null, work text not null, changed text not null default (datetime('now')), report blob not null
);
create index if not exists newest on reports (changed);
create table if not exists notes (
    report text primary key references reports (id) on delete cascade, note text not null
);
create table if not exists collected (about text primary key, report blob not null);
create table if not exists begun (id text primary key, work text not null);
create table if not exists settings (name text primary key, value integer not null);
"""


class HistoryError(RefusedError):
    """The history can't be read or written."""


class DamagedError(HistoryError):
    """The file is no history, or not whole; clearing it makes it one again."""


@contextmanager
def opened(path: Path | None) -> Iterator[sqlite3.Connection]:
    """The file, made where there is none, with its tables; only its owner may read it. It is closed at the end.

    Args:
        path: None where nothing may be kept.

    Raises:
        HistoryError: it can't be opened or used.
        DamagedError: it is no history, or not whole.
    """
    if path is None:
        raise HistoryError("this Sidelight keeps no history; it was started for others, or with --no-history")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        file = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise HistoryError("the history can't be opened: {cause}", cause=error) from error
    try:
        file.execute("pragma secure_delete = on")
        file.execute("pragma foreign_keys = on")
        file.executescript(TABLES)
        yield file
    except sqlite3.OperationalError as error:  # a full disk, another process that does not let go
        raise HistoryError("the history can't be used: {cause}; clear it or free some space", cause=error) from error
    except sqlite3.Error as error:
        raise DamagedError("the history is damaged: {cause}; clear it to begin a new one", cause=error) from error
    finally:
        file.close()


def delete(path: Path) -> None:
    """Deletes the file, and what SQLite leaves beside it.

    Raises:
        HistoryError: it can't be deleted.
    """
    try:
        for ending in ("-journal", ""):
            path.with_name(path.name + ending).unlink(missing_ok=True)
    except OSError as error:
        raise HistoryError("the history can't be deleted: {cause}", cause=error) from error

"""A child process at work: its log says how far it has come, and a listener can end it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

POLL = 0.2  # seconds between two looks at its log


def run(command: list[str], settings: Mapping[str, str], log: Path, listener: Callable[[int], None]) -> int:
    """Runs a command to its end, or until the listener raises.

    Args:
        command: writes lines such as `Progress 3 of 10` and, where it fails, `ERROR: why`. Its input ends when this
            process does.
        settings: environment variables for it, besides this process's own.
        log: all that it writes; read it with `last_error`.
        listener: is told the last progress, several times a second.

    Returns:
        The command's exit code.
    """
    with (
        log.open("wb") as output,
        subprocess.Popen(  # noqa: S603
            command,
            env={**os.environ, "PYTHONUTF8": "1", **settings},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            while True:
                listener(_progress(log))
                try:
                    return process.wait(POLL)
                except subprocess.TimeoutExpired:
                    continue
        finally:
            process.kill()


def last_error(log: Path) -> str | None:
    """Why the command failed, by its own words; None where it gave no reason."""
    errors = re.findall(r"^ERROR: (.+)$", log.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    return str(errors[-1]) if errors else None


def _progress(log: Path) -> int:
    reports: list[bytes] = re.findall(rb"^Progress (\d+) of \d+$", log.read_bytes(), re.MULTILINE)
    return int(reports[-1]) if reports else 0

"""A .gguf file as a model: converted once to a folder such as save_pretrained writes, which is kept in the cache.

A child process does it, so that it can be ended at any time.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path

from .cache import Shelf, home
from .child import last_error, run
from .message import Message, from_plain
from .prediction import ModelError

SHELF = Shelf("gguf", "gguf/" + "[0-9a-f]" * 16, "config.json", Message("the conversion of a .gguf file"))
STEPS = 3  # of a conversion
MAGIC = b"GGUF"
PROGRAM = "from sidelight.models.gguf_reader import main; main()"
SETTINGS = {"HF_HUB_OFFLINE": "1", "TQDM_DISABLE": "1"}


def is_gguf(reference: str) -> bool:
    """Whether a model's reference names a .gguf file, be it there or not."""
    return Path(reference).suffix.lower() == ".gguf" and not Path(reference).expanduser().is_dir()


def find_converted(file: Path) -> Path:
    """The folder that a .gguf file was converted to, made on its first use; a second process waits for the first one's.

    Raises:
        ModelError: the file can't be converted, or the cache folder can't be written.
    """
    if not file.is_file():
        raise ModelError("there is no file {name!r} there; check the spelling", name=file.name)
    try:
        folder = home() / "gguf" / _hash(file)[:16]
        SHELF.make(folder, lambda work: _convert_into(work, file.absolute()), waiting=lambda: None)
    except OSError as error:
        raise ModelError("{file!r} can't be converted: {error}", file=file.name, error=error) from error
    return folder


def convert(file: Path, out: Path, listener: Callable[[int], None]) -> None:
    """Converts a .gguf file to safetensors in float32, with its tokenizer.

    Args:
        file: holds a causal language model and its tokenizer.
        out: a new folder; what is in it after an error is of no use.
        listener: is told how many of the STEPS are done, several times a second, and may raise to end the work.

    Raises:
        ModelError: the file is damaged, holds what would not be read from it, or the folder can't be written.
    """
    log = out.with_suffix(".log")
    code = run([sys.executable, "-P", "-c", PROGRAM, str(file), str(out)], SETTINGS, log, listener)
    if code:
        said = last_error(log)
        ended = Message(
            "the process that reads it ended with code {code}, perhaps because the memory is too small", code=code
        )
        raise ModelError(
            "{file!r} can't be converted: {error}",
            file=file.name,
            error=from_plain(json.loads(said)) if said else ended,
        )


def _hash(file: Path) -> str:
    """The SHA-256 of a file that begins as a .gguf file does."""
    with file.open("rb") as opened:
        if opened.read(len(MAGIC)) != MAGIC:
            raise ModelError(
                "{file!r} is no GGUF file; fetch it again, or give a folder with safetensors", file=file.name
            )
        opened.seek(0)
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _convert_into(work: Path, file: Path) -> Path:
    convert(file, work / "model", lambda _done: None)
    return work / "model"

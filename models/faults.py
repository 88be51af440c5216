"""One line for whatever another library raises: a network, a tokenizer or a config says in its own words why not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .prediction import ModelError

LONGEST = 160  # characters of another library's words


def words_of(error: BaseException | None) -> str:
    """The type and the first line of an error, as far as it makes one line; a line that ends in a colon goes on."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    line = " ".join(lines[: 2 if lines and lines[0].endswith(":") else 1])
    shown = line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
    return f"{type(error).__name__}: {shown}" if shown else type(error).__name__


@contextmanager
def in_one_line(message: str, kind: type[ModelError] = ModelError, **values: object) -> Iterator[None]:
    """Turns every error of another library into one of ours.

    Args:
        message: with {placeholders} for the values, and {cause} for the library's own words.
        kind: of our error.
        values: by their placeholders.

    Raises:
        ModelError: of the given kind; one that is raised within passes as it is.
    """
    try:
        yield
    except ModelError:
        raise
    except Exception as error:
        raise kind(message, **values, cause=words_of(error)) from error

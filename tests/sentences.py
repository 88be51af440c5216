"""The sentences that people read, as Babel extracts them from the code, and the catalogues of their translations.

`python -m tests.sentences` brings the catalogues up to date: new sentences get an empty translation to be filled in,
those that nobody says any more go.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import IO, Any

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from sidelight.dashboard.exports import EXPORTS
from sidelight.explain.methods import METHODS
from sidelight.explain.settings import settings_of

from tests import ROOT

WORDING = ROOT / "dashboard" / "wording"
FOLDERS = ("models", "explain", "dashboard")
SPEAKING = ("Message", "in_one_line", "say", "say_html", "text_of")
FIGURES = ("r2", "intercept", "special share")  # that methods find of themselves
SCALES = ("log-odds", "log probability ratio", "predicted value")  # of the scores of targets
WIDTH = 110  # of a line in a catalogue


def sources() -> list[Path]:
    """The files of the code."""
    return sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


@cache
def speaking() -> frozenset[str]:
    """The names of what takes a sentence first: functions that say it, and errors of our own that keep it."""
    known, classes = {"RefusedError"}, list(classes_of(sources()))
    while found := {name for name, bases in classes if bases & known} - known:
        known |= found
    return frozenset({*SPEAKING, *known})


def classes_of(paths: Iterable[Path]) -> Iterator[tuple[str, set[str]]]:
    """Every class of some files, with the names of its bases."""
    for path in paths:
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.ClassDef):
                yield node.name, {base.id for base in node.bases if isinstance(base, ast.Name)}


def sentences_in(
    file: IO[bytes], _keywords: Any, _tags: Any, options: Any
) -> Iterator[tuple[int, None, str, list[str]]]:
    """The sentences of a Python file, for Babel: also of a choice between two, which Babel's own way would join."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call) and node.args and called(node) in speaking():
            yield from ((node.lineno, None, text, []) for text in literals(node.args[0]))


def called(node: ast.Call) -> str:
    """The name of what is called."""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def literals(node: ast.AST) -> Iterator[str]:
    """The texts that an argument can be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*literals(node.body), *literals(node.orelse))


def said() -> dict[str, str]:
    """Every sentence, with a place where it is said."""
    found: dict[str, str] = dict.fromkeys(of_tables(), "a table")
    for path in sources():
        found |= {sentence: place for sentence, place in of_file(path, sentences_in) if sentence not in found}
    for path in sorted((ROOT / "dashboard" / "templates").iterdir()):
        found |= dict(of_file(path, "jinja2.ext:babel_extract"))
    return found


def of_file(path: Path, method: Any) -> Iterator[tuple[str, str]]:
    """The sentences of a file, with their places."""
    with path.open("rb") as file:
        for line, sentence, *_ in extract(method, file, keywords={"say": None}):
            if sentence:
                yield str(sentence), f"{path.relative_to(ROOT)}:{line}"


def of_tables() -> Iterator[str]:
    """What the tables say of their entries: a method's first line and its settings, a file's kind."""
    for method in METHODS.values():
        yield method.help
        for setting in settings_of(method.run):
            yield from (setting.name.replace("_", " "), setting.help)
    yield from (export.title for export in EXPORTS.values())
    yield from (*FIGURES, *SCALES)


def catalogues() -> dict[Path, Catalog]:
    """The catalogue of every language but English, by its file."""
    return {path: read(path) for path in sorted(WORDING.glob("*.po"))}


def read(path: Path) -> Catalog:
    """A catalogue."""
    with path.open("rb") as file:
        return read_po(file)


def update(path: Path, sentences: dict[str, str]) -> None:
    """Brings a catalogue up to date."""
    catalogue = read(path)
    for sentence in [str(entry.id) for entry in catalogue if entry.id and entry.id not in sentences]:
        catalogue.delete(sentence)
    for sentence in sorted(sentences):
        if sentence not in catalogue:
            catalogue.add(sentence)
    with path.open("wb") as file:
        write_po(file, catalogue, width=WIDTH, sort_output=True)


if __name__ == "__main__":
    for place in catalogues():
        update(place, said())

"""What training changed, as files: a JSON document with everything, a CSV table, and a page for reading."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from sidelight.dashboard.markup import render, shown
from sidelight.dashboard.views import set_shift
from sidelight.dashboard.views.naming import minute, pairs_text
from sidelight.dashboard.wording import say
from sidelight.explain.set_shift import SetShift
from sidelight.explain.shift_file import to_json

from . import SaveError, check_place, write_whole
from .csv_file import Cell, table

COLUMNS = ("kind", "name", "layer", "head", "count", "texts", "given", "answer_before", "answer_after", "before",
           "after", "change", "error")  # fmt: skip


def to_csv(shift: SetShift) -> bytes:
    """A line a text, a word and a head, by `kind`; as spreadsheets want it, see `csv_file`.

    `before`, `after` and `change` are probabilities (scores where there are none) of a text, attributions of a word,
    and bits of a head.
    """
    return table(COLUMNS, _lines(shift))


def _lines(shift: SetShift) -> Iterator[tuple[Cell, ...]]:
    for one in shift.answers:
        before, after = one.chances or one.scores or (None, None)
        yield "text", one.text, None, None, 1, 1, one.given, one.before, one.after, before, after, one.change, None
    for word in shift.words:
        change = word.change
        figures = (word.before, word.after, change.value, change.error)
        yield "word", word.text, None, None, change.count, word.texts, None, None, None, *figures
    if shift.heads:
        for layer, row in enumerate(shift.heads.means):
            for head, bits in enumerate(row):
                error = shift.heads.errors[layer][head] if shift.heads.errors else None
                yield "head", None, layer + 1, head + 1, shift.heads.count, shift.heads.count, *(None,) * 5, bits, error


def to_html(shift: SetShift) -> bytes:
    """One page without script or link."""
    page = render(
        "shift_report.html.jinja",
        before=shift.asked.before,
        after=shift.asked.after,
        count=f"{len(shift.answers):,}",
        created=minute(shift.created),
        content=set_shift.content(shift),
        provenance=list(_provenance(shift)),
    )
    return page.encode()


def _provenance(shift: SetShift) -> Iterator[str]:
    asked = shift.asked
    for name, digest in zip((asked.before, asked.after), asked.weights, strict=True):
        yield f"{shown(name)}: {say('weights, SHA-256')} {digest}"
    if asked.method is not None:
        yield f"{say('Method')} {shown(asked.method)}, {pairs_text(asked.settings)}"
    yield f"{say('seed')} {asked.seed} · {pairs_text(shift.versions)}"


WRITERS: dict[str, tuple[Callable[[SetShift], bytes], str]] = {
    ".html": (to_html, "text/html"),
    ".json": (to_json, "application/json"),
    ".csv": (to_csv, "text/csv"),
}


def check_path(path: str | Path) -> None:
    """Finds out before the work whether it can be saved there.

    Raises:
        SaveError: the ending is unknown, or the path or its folder can't be written to.
    """
    ending = Path(path).suffix.lower()
    if ending not in WRITERS:
        raise SaveError(f"can't write {str(path)!r}: the ending {ending!r} is not one of {', '.join(WRITERS)}")
    check_place(path)


def save(shift: SetShift, path: str | Path) -> None:
    """Writes it to a file of the kind that the path's ending says, whole or not at all.

    Raises:
        SaveError: the ending is unknown, or the file can't be written there.
    """
    check_path(path)
    write, _ = WRITERS[Path(path).suffix.lower()]
    write_whole(write(shift), path)

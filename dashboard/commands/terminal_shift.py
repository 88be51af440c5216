"""What `sidelight compare` prints: what changed in sentences, the most-changed words, and every head's shift."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text
from sidelight.dashboard.markup import shown
from sidelight.dashboard.palette import number, signed_number
from sidelight.dashboard.views.set_shift import sentences
from sidelight.explain.set_shift import HeadShift, SetShift

from .terminal import plain_console

WORDS = 15


def print_shift(shift: SetShift) -> None:
    """What changed between two models, on stdout."""
    console = plain_console()
    console.print(Text(f"{shown(shift.asked.before)} -> {shown(shift.asked.after)}", style="bold"))
    for sentence in sentences(shift):
        console.print(Text(sentence.text.striptags()))
    if shift.words:
        console.print()
        _print_words(console, shift)
    if shift.heads:
        console.print()
        _print_heads(console, shift.heads)


def _print_words(console: Console, shift: SetShift) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("", no_wrap=True)
    for title in ("n", "before", "after", "change", "±"):
        table.add_column(title, justify="right", no_wrap=True)
    for word in shift.words[:WORDS]:
        error = "" if word.change.error is None else number(word.change.error)
        figures = (signed_number(one) for one in (word.before, word.after, word.change.value))
        table.add_row(Text(shown(word.text)), str(word.change.count), *figures, error)
    console.print(table)
    if (more := len(shift.words) - WORDS) > 0:
        console.print(f"and {more} more words")


def _print_heads(console: Console, heads: HeadShift) -> None:
    console.print(Text(f"Attention shift in bits, a row a layer; mean of {heads.count} texts"))
    for layer, row in enumerate(heads.means, 1):
        bits = " ".join(number(one, 3).removeprefix("0") for one in row)
        console.print(Text(f"{layer:>3}  {bits}"), soft_wrap=True)

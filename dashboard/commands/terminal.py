"""What the command line prints: progress while it works, then a table of words and methods."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TYPE_CHECKING

import typer
from rich import progress as bars
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sidelight.dashboard.markup import shown
from sidelight.dashboard.palette import number, percent, signed_number
from sidelight.dashboard.views.around import around_sentences, written_text
from sidelight.dashboard.views.naming import method_titles
from sidelight.explain.methods import METHODS
from sidelight.explain.report import Attribution, Report
from sidelight.models.prediction import Prediction

if TYPE_CHECKING:
    from sidelight.explain.scoring import Listener, Progress
    from sidelight.models.demo import Preparing

LABELS_SHOWN = 10


@contextmanager
def progress_bar() -> Iterator[Callable[[str, float, float], None]]:
    """A bar on stderr, where that is a terminal: a function of what is done, how much of it, and of how much."""
    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.TextColumn("{task.percentage:3.0f} %"),
        bars.TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with bars.Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("")

        def show(what: str, done: float, total: float) -> None:
            progress.update(task, description=what, completed=done, total=total)

        yield show


@contextmanager
def interruptible(note: str) -> Iterator[Callable[[], bool]]:
    """The first Ctrl-C is remembered and noted, so that what is going on can be ended and kept; the second ends at
    once.
    """
    asked: list[int] = []

    def remember(number: int, _frame: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        typer.echo(f"{note}; again to end at once.", err=True)

    before = signal.signal(signal.SIGINT, remember)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


def listener(show: Callable[[str, float, float], None]) -> Listener:
    """Shows the progress of an explanation."""

    def tell(progress: Progress) -> None:
        title = METHODS[progress.stage].title if progress.stage in METHODS else progress.stage
        show(title, progress.done, progress.total)

    return tell


def preparing(show: Callable[[str, float, float], None]) -> Callable[[Preparing], None]:
    """Shows the preparation of the demo model."""
    return lambda step: show(step.stage, step.done, step.total)


def print_report(report: Report, target: int) -> None:
    """A report's predictions and what its methods say of one target, as tables on stdout."""
    console = plain_console()
    for index, prediction in enumerate(report.predictions):
        if prediction.placed:
            for sentence in around_sentences(prediction):
                console.print(Text(sentence))
            console.print(Text(shown(written_text(prediction)), style="bold"))
        else:
            _print_answers(console, prediction)
        console.print()
        console.print(_heading(prediction, target))
        if found := report.attributions_of(index, target):
            console.print(_table(found, target))
    for notice in report.provenance.notices:
        console.print(Text(f"Note: {notice}"))


def plain_console() -> Console:
    """Stdout for texts of strangers, which are no markup."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # not every terminal has every sign
    return Console(markup=False, emoji=False, highlight=False)


def _print_answers(console: Console, prediction: Prediction) -> None:
    ranked = sorted(prediction.targets, key=lambda found: -found.score)
    for found in ranked[:LABELS_SHOWN]:
        chance = "" if found.probability is None else f"{percent(found.probability):>8}  "
        console.print(Text(f"{chance}{shown(found.name)}  ({signed_number(found.score)} {found.unit})"))
    if len(ranked) > LABELS_SHOWN:
        console.print(f"and {len(ranked) - LABELS_SHOWN} more labels")


def _heading(prediction: Prediction, target: int) -> Text:
    asked = prediction.targets[target]
    rather = f" rather than {shown(asked.against.text.strip())!r}" if asked.against else ""
    chance = f" ({percent(asked.probability)})" if asked.probability is not None and asked.placed else ""
    return Text(f"For {shown(asked.name.strip())!r}{chance}{rather}, by {prediction.unit}, in {asked.unit}")


def _table(attributions: tuple[Attribution, ...], target: int) -> Table:
    prediction = attributions[0].prediction
    table = Table(box=None, pad_edge=False)
    table.add_column("", no_wrap=True)
    for name in method_titles(attributions):
        table.add_column(Text(name), justify="right")
    for place, feature in enumerate(prediction.features):
        cells = (_cell(attribution, attribution.values[target][place]) for attribution in attributions)
        table.add_row(Text(shown(feature.text)), *cells)
    if any(attribution.base for attribution in attributions):
        bases = ("" if found.base is None else signed_number(found.base[target]) for found in attributions)
        table.add_row(Text("all hidden", style="italic"), *bases)
    return table


def _cell(attribution: Attribution, value: float) -> str:
    return signed_number(value) if attribution.signed else number(value)

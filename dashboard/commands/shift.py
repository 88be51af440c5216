"""The command `sidelight compare`: what training, or another model, changed over a set of texts."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sidelight.explain.methods import MethodRequest
    from sidelight.explain.set_shift import Asked, SetShift
    from sidelight.models.base import TransformerModel
    from sidelight.models.finetuning.dataset import Reading
    from sidelight.models.finetuning.request import Notify
    from sidelight.models.finetuning.texts import Given

Show = Callable[[str, float, float], None]
MOST = 200  # texts, where nobody asks for more
LIMIT = 2_000  # texts
INTERRUPTED = 130

Before = Annotated[
    str, typer.Argument(metavar="BEFORE", help="demo, demo-zh, demo-base, a folder (a checkpoint, say), a hub id")
]
After = Annotated[str, typer.Argument(metavar="AFTER", help="likewise")]
Files = Annotated[
    list[Path] | None, typer.Option(metavar="FILE", help=".csv, .tsv, .jsonl, .json or .txt; may be repeated")
]
Text = Annotated[str | None, typer.Option(metavar="COLUMN", help="of the texts")]
Label = Annotated[str | None, typer.Option(metavar="COLUMN", help="of the labels, to count what is right")]
Explained = Annotated[str | None, typer.Option(metavar="LABEL", help="explained; by default the last of both models")]
Method = Annotated[str, typer.Option(metavar="NAME[:key=value,...]", help="of the attributions")]
Unit = Annotated[str, typer.Option(help="word, character, token or sentence")]
HeldOut = Annotated[
    float | None,
    typer.Option(
        metavar="SHARE",
        help="only the rows that a fine-tuning on this --data held out, by the same share, --seed and --group",
    ),
]
Group = Annotated[str | None, typer.Option(metavar="COLUMN", help="of the fine-tuning's groups")]
SkipBad = Annotated[bool, typer.Option("--skip-bad", help="leave out rows that can't be read, and list them")]
Encoding = Annotated[str | None, typer.Option(metavar="NAME", help="of the files, where it is not UTF-8")]
Header = Annotated[
    bool | None, typer.Option("--header/--no-header", help="whether the first line names the columns; else 1, 2, ...")
]
Most = Annotated[int, typer.Option(min=1, max=LIMIT, help="texts; of more as many are drawn")]
Fewest = Annotated[int, typer.Option(min=1, help="occurrences that a word is told of from")]
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="of every random choice")]
Out = Annotated[list[str] | None, typer.Option(metavar="FILE.html|.json|.csv", help="may be repeated")]
Device = Annotated[str, typer.Option(help="torch device, for example cpu or cuda")]


def compare(
    before: Before,
    after: After,
    data: Files = None,
    text: Text = None,
    label: Label = None,
    explained: Explained = None,
    method: Method = "occlusion",
    unit: Unit = "word",
    held_out_share: HeldOut = None,
    group: Group = None,
    skip_bad: SkipBad = False,
    encoding: Encoding = None,
    header: Header = None,
    most: Most = MOST,
    fewest: Fewest = 3,
    seed: Seed = 0,
    out: Out = None,
    device: Device = "cpu",
) -> None:
    """Compare two classifiers, or checkpoints, over texts: answers, words and attention, before and after."""
    from sidelight.dashboard.exports.shift import check_path, save
    from sidelight.explain.shifting import ask, parse
    from sidelight.models.finetuning.dataset import Reading
    from sidelight.models.finetuning.texts import drawn
    from sidelight.models.units import find_unit

    from .terminal import interruptible, progress_bar
    from .terminal_shift import print_shift

    request = parse(method)
    find_unit(unit)
    for path in out or ():
        check_path(path)
    notices: list[str] = []
    reading = Reading(encoding, header, skip_bad)
    rows = _texts(data, reading, (text, label, group), held_out_share, seed, notices.append)
    texts = drawn(rows, most, seed, notices.append)
    for notice in notices:
        _tell(notice)
    with progress_bar() as show, interruptible("Ending with this text") as interrupted:
        models = _load(before, device, show), _load(after, device, show)
        asked = ask(models[0], models[1], request, label=explained, unit=unit, seed=seed, fewest=fewest)
        found, whole = _shift(models, texts, asked, request, notices, show, interrupted)
    for path in out or ():
        save(found, path)
    print_shift(found)
    if not whole:
        typer.echo(f"Stopped after {len(found.answers)} of {len(texts)} texts.", err=True)
        raise typer.Exit(INTERRUPTED)


def _texts(
    data: list[Path] | None,
    reading: Reading,
    columns: tuple[str | None, str | None, str | None],
    share: float | None,
    seed: int,
    notify: Notify,
) -> list[Given]:
    """The texts of the files, by the columns of the texts, the labels and the groups."""
    from sidelight.models.finetuning.dataset import read_table
    from sidelight.models.finetuning.texts import given_texts, held_out

    if not data:
        raise ValueError("there are no texts to compare the models on; give a file with --data")
    tables = [read_table(path, reading=reading) for path in data]
    for table in tables:
        for notice in table.said:
            notify(notice)
    text, label, group = columns
    rows = given_texts(tables, text, label, notify, group=group)
    return rows if share is None else held_out(rows, share, seed, notify)


def _load(reference: str, device: str, show: Show) -> TransformerModel:
    from sidelight.models import comparable, fetch_demo, load
    from sidelight.models.demo import is_demo

    from .terminal import preparing

    named, task = comparable(reference)
    if is_demo(named):
        fetch_demo(named, task, preparing(show))
    show("loading the models", 0, 1)
    return load(named, task, device)


def _shift(
    models: tuple[TransformerModel, TransformerModel],
    texts: list[Given],
    asked: Asked,
    request: MethodRequest,
    notices: list[str],
    show: Show,
    interrupted: Callable[[], bool],
) -> tuple[SetShift, bool]:
    """What changed, and whether all texts were asked about."""
    from sidelight.explain.shifting import shifting

    for done, tally in enumerate(shifting(models[0], models[1], texts, asked, request, notices=notices)):
        show("comparing", done, len(texts))
        if interrupted():
            return tally.shift, done == len(texts)
    return tally.shift, True


def _tell(notice: str) -> None:
    from sidelight.dashboard.markup import shown

    encoding = sys.stderr.encoding or "utf-8"
    typer.echo(f"Note: {shown(notice)}".encode(encoding, errors="replace").decode(encoding), err=True)

"""Fine-tuning from data files to a finished folder with its card: what the command line and the app both call."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sidelight.models.cache import size_of, size_text
from sidelight.models.card import FILE, AnyCard, Card, FinetunedGeneratorCard, perplexity_interval, read_card
from sidelight.models.card_page import write_card
from sidelight.models.demo import Listener as OnPreparing
from sidelight.models.demo import ignore as ignore_preparing
from sidelight.models.demo import is_demo
from sidelight.models.message import Message, RefusedError
from sidelight.models.tasks import find_task
from sidelight.models.weights import hash_weights, weight_files

from .bases import describe_base, find_base
from .data import Data, read_data, split_labelled, split_writings
from .dataset import Table
from .request import Listener, Notify, Request, ignore, ignore_notice, learns
from .resuming import Checkpoints
from .run import FINISHED, RUN, Run, at_work, check_out, move_in, read_run, refuse_diverged, refuse_other_files

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from .chats import Passage

USE = Message(
    "it answers every text, also one that is like none of its rows; the figures hold for rows like the held-out ones"
)


def finetune(
    request: Request,
    out: Path,
    listener: Listener = ignore,
    notify: Notify = ignore_notice,
    on_preparing: OnPreparing = ignore_preparing,
    *,
    resume: bool = False,
) -> AnyCard:
    """Fine-tunes a model on data files.

    Args:
        request: what is wanted; where it goes on, that of `read_run(out)`.
        out: the new folder of the finished model, and of the checkpoints until then.
        listener: is told of rows that are read and of every step, and may raise to end the work; in training a
            checkpoint is written first.
        notify: is told what people should know of the data.
        on_preparing: is told how far the fetching of a demo base has come.
        resume: goes on from the last whole checkpoint in `out`; where there is none it begins anew, which is said.

    Returns:
        The card, which is also in `out`.

    Raises:
        ValueError: the data, the base, a setting or the folder can't be used; the message says why.
        FinetuneError: training had to end, as where it diverged; the last good checkpoint is kept.
    """
    request = _absolute(request)
    before = read_run(out) if resume else None
    if before is None:
        check_out(out)
    else:
        refuse_diverged(before)
    notices: list[str] = []

    def tell(notice: str) -> None:
        notices.append(notice)
        notify(notice)

    data = read_data(request, listener, tell)
    base = find_base(request.base, request.task, on_preparing)
    run = Run(request, _hashes(request, data, base))
    if before is not None:
        refuse_other_files(before, run.hashes)
    with at_work(out, run):
        checkpoints = Checkpoints(out, request.checkpoint_seconds, keep=request.keep_checkpoints)
        work = Work(request, data, base, out, listener, tell, checkpoints)
        if not (out / FILE).is_file():  # it is there where a kill came between the card and what follows
            refuse_small_disk(base, out)
            if before is not None and not checkpoints.found():
                notify(
                    Message("no checkpoint was written yet: the training begins anew, with the same data and settings")
                )
            _make(work, notices)
        checkpoints.clear()
        (out / RUN).unlink()
    return read_card(out)


def _hashes(request: Request, data: Data, base: Path) -> dict[str, str]:
    """The SHA-256 of every file by its path, and of the base's weights."""
    paths, tables = (*request.data, *request.held_out), (*data.train, *data.held_out)
    found = {path: table.sha256 for path, table in zip(paths, tables, strict=True)}
    return {**found, request.base: hash_weights(weight_files(base))}


def refuse_small_disk(base: Path, out: Path) -> None:
    """Refuses to work where two checkpoints, each the weights and two moments, and the model would not fit; a part of
    these may be in `out` already.

    Raises:
        ValueError: there is too little space.
    """
    needed = 7 * sum(path.stat().st_size for path in weight_files(base)) - size_of(out)
    if (free := shutil.disk_usage(out).free) < needed:
        raise RefusedError(
            "about {needed} of disk space are needed for checkpoints and the model, and {free} "
            "are free at {folder!r}; free some, or give another folder",
            needed=size_text(needed),
            free=size_text(free),
            folder=str(out),
        )


@dataclass(frozen=True, slots=True)
class Work:
    """What is at hand once the data is read and the base found; see `finetune`."""

    request: Request
    data: Data
    base: Path
    out: Path
    listener: Listener
    notify: Notify
    checkpoints: Checkpoints

    @property
    def finished(self) -> Path:
        """Where the model is written, to be moved into `out` as a whole."""
        return self.out / FINISHED


def _make(work: Work, notices: Sequence[str]) -> None:
    """Trains the model and puts it with its card in its place."""
    shutil.rmtree(work.finished, ignore_errors=True)
    makers: dict[str, Callable[[Work], Card | FinetunedGeneratorCard]] = {"labels": _classifier, "writes": _generator}
    card = makers[learns(work.request.task)](work)
    whole = replace(card, notices=tuple(notices))
    work.checkpoints.guard(Message("the finished model"), lambda: write_card(whole, work.finished))
    move_in(work.out)


def _classifier(work: Work) -> Card:
    from .classifier import finetune_classifier
    from .rows import Example

    request, data = work.request, work.data
    rows, held = split_labelled(request, data, work.listener, work.notify)
    train, held_out = ([Example(row.text, row.label, row.place, row.further) for row in part] for part in (rows, held))
    found = finetune_classifier(
        work.base,
        train,
        held_out,
        work.finished,
        request.settings,
        work.listener,
        work.checkpoints,
        work.notify,
        skip_empty=request.skip_empty or request.skip_bad,
    )
    return Card(
        name=Message("{name}: a fine-tuned {model}", name=work.out.resolve().name, model=find_task(request.task).model),
        task=request.task,
        base=describe_base(request.base, request.task, work.base),
        data=Message("rows by file: {files}", files=_named(data.train)),
        split=_split(request, data, found.train_rows, found.rows),
        labels=found.labels,
        train_rows=found.train_rows,
        held_out_rows=found.rows,
        correct=found.correct,
        settings=asdict(request.settings),
        seconds=round(found.seconds, 1),
        created=_today(),
        use=USE,
        loss=found.loss,
        confusion=found.confusion,
        files=data.files,
        points=found.points,
    )


def _generator(work: Work) -> FinetunedGeneratorCard:
    from .generator import finetune_generator
    from .passages import to_passages

    request, data = work.request, work.data
    parts = split_writings(request, data, work.listener, work.notify)
    learn = request.settings.learn_prompt

    def make(tokenizer: PreTrainedTokenizerBase, ends: Sequence[str]) -> tuple[list[Passage], list[Passage]]:
        rows, held = (
            to_passages(part, tokenizer, ends, work.notify, template=request.template, learn_prompt=learn)
            for part in parts
        )
        return rows, held

    found = finetune_generator(
        work.base, make, work.finished, request.settings, work.listener, work.checkpoints, work.notify
    )
    return FinetunedGeneratorCard(
        name=Message("{name}: a fine-tuned generator", name=work.out.resolve().name),
        base=describe_base(request.base, request.task, work.base),
        data=Message("rows by file: {files}", files=_named(data.train)),
        split=_split(request, data, found.train_rows, found.rows),
        train_rows=found.train_rows,
        held_out_rows=found.rows,
        tokens=found.tokens,
        loss_before=found.loss_before,
        loss=found.loss,
        interval_before=perplexity_interval(found.loss_before, found.error_before),
        interval=perplexity_interval(found.loss, found.error),
        settings=asdict(request.settings),
        seconds=round(found.seconds, 1),
        created=_today(),
        files=data.files,
        points=found.points,
    )


def _split(request: Request, data: Data, learned: int, held_out: int) -> str:
    """What was held out: the share that was reached, and the one that was asked where that is another; or how many
    rows of the files to check with.
    """
    column = request.columns.group
    by = (
        Message(
            ", whole groups of {group!r} alone, whose rows are not independent: intervals are too narrow", group=column
        )
        if column
        else ""
    )
    reached, asked = f"{held_out / (learned + held_out):.3g}", f"{request.share:.3g}"
    share = asked if reached == asked else Message("{reached} (asked was {asked})", reached=reached, asked=asked)
    split = Message(
        "a share of {share} of the rows held out (seed {seed}){groups}",
        share=share,
        seed=request.settings.seed,
        groups=by,
    )
    if data.held_out:
        names, rows = zip(*((table.name, len(table.records)) for table in data.held_out), strict=True)
        split = Message(
            "checked with {count:,} of the {all:,} rows of {files}",
            count=held_out,
            all=sum(rows),
            files=", ".join(names),
        )
    return (
        Message("{split}; they also chose the weights that were kept", split=split)
        if request.settings.patience
        else split
    )


def _named(tables: Sequence[Table]) -> str:
    return ", ".join(f"{table.name} ({len(table.records):,})" for table in tables)


def _absolute(request: Request) -> Request:
    """A request that means the same from any folder."""
    data, held_out = (tuple(str(Path(name).absolute()) for name in names) for names in (request.data, request.held_out))
    base = Path(request.base).expanduser()
    is_path = not is_demo(request.base) and base.exists()
    return replace(request, data=data, held_out=held_out, base=str(base.absolute()) if is_path else request.base)


def _today() -> str:
    return datetime.now(UTC).date().isoformat()

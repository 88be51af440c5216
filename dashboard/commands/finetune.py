"""The command `sidelight finetune`: make a classifier or a generator of one's own from data files."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from sidelight.models.finetuning.request import TRAINED, learns
from sidelight.models.tasks import TASKS

from .options import copied, with_options

if TYPE_CHECKING:
    from sidelight.models.card import AnyCard
    from sidelight.models.demo import Preparing
    from sidelight.models.finetuning.request import Request, Step

app = typer.Typer(help="Fine-tune a model on data files, into a folder that is explained like any other.")

Show = Callable[[str, float, float], None]
INTERRUPTED = 130
CHECKPOINTS = {"checkpoint_seconds", "keep_checkpoints"}  # options that change nothing of what is learned

Out = Annotated[Path, typer.Option(metavar="DIR", help="a new folder for the model, and its checkpoints until then")]
Base = Annotated[str, typer.Option(metavar="REF", help="demo, demo-zh, a folder, or a hub id: the pretrained model")]
Data = Annotated[
    list[Path] | None, typer.Option(metavar="FILE", help=".csv, .tsv, .jsonl, .json or .txt; may be repeated")
]
HeldOut = Annotated[list[Path] | None, typer.Option(metavar="FILE", help="to check with; may be repeated")]
Share = Annotated[float, typer.Option(help="of the data, held out where no file is")]
Text = Annotated[str | None, typer.Option(metavar="COLUMN", help="of the texts")]
Group = Annotated[str | None, typer.Option(metavar="COLUMN", help="rows of one group are held out together")]
SkipEmpty = Annotated[bool, typer.Option("--skip-empty", help="leave out rows that lack a value")]
SkipBad = Annotated[bool, typer.Option("--skip-bad", help="leave out rows that can't be read, too, and list them")]
Encoding = Annotated[str | None, typer.Option(metavar="NAME", help="of the files, where it is not UTF-8")]
Header = Annotated[
    bool | None, typer.Option("--header/--no-header", help="whether the first line names the columns; else 1, 2, ...")
]
Resume = Annotated[bool, typer.Option("--resume", help="go on from the last checkpoint in --out")]
Keep = Annotated[bool, typer.Option("--keep-checkpoints", help="leave all checkpoints there, each a model")]
Seconds = Annotated[float, typer.Option(min=0, max=60, help="between two checkpoints")]
Epochs = Annotated[int, typer.Option(help="how often each row is seen")]
Rate = Annotated[float, typer.Option(help="at its highest")]
Batch = Annotated[int, typer.Option(help="rows computed at once")]
Accumulation = Annotated[int, typer.Option(help="batches a step")]
WarmUp = Annotated[float, typer.Option(help="share of the steps in which the learning rate rises")]
Decay = Annotated[float, typer.Option(help="of the weights")]
Evaluations = Annotated[int, typer.Option(help="checks with the held-out rows an epoch")]
Patience = Annotated[int, typer.Option(help="end after so many checks without a lower loss; 0: never")]
MaxTokens = Annotated[int, typer.Option(help="longer texts are cut to, which is said")]
Masked = Annotated[float, typer.Option(help="share of the rows shown with masked words, as explanations hide them")]
Freeze = Annotated[bool, typer.Option("--freeze-embeddings", help="train faster, without the token embeddings")]
BFloat16 = Annotated[bool | None, typer.Option(help="in bfloat16; by default where the processor has it")]
Seed = Annotated[int, typer.Option(help="of every random choice")]


def labelled(
    command: typer.Context,
    out: Out,
    base: Base = "demo",
    data: Data = None,
    held_out: HeldOut = None,
    share: Share = 0.1,
    text: Text = None,
    label: Annotated[str | None, typer.Option(metavar="COLUMN", help="of the labels")] = None,
    group: Group = None,
    skip_empty: SkipEmpty = False,
    skip_bad: SkipBad = False,
    encoding: Encoding = None,
    header: Header = None,
    epochs: Epochs = 2,
    learning_rate: Rate = 1e-4,
    batch_size: Batch = 16,
    accumulation: Accumulation = 1,
    warm_up: WarmUp = 0.1,
    weight_decay: Decay = 0.01,
    evaluations: Evaluations = 2,
    patience: Patience = 0,
    balanced: Annotated[
        bool, typer.Option("--balanced", help="learn from all labels the same; checks count rows")
    ] = False,
    mask_fraction: Annotated[
        float, typer.Option(help="share of rows shown with masked words: explains better, learns slower")
    ] = 0,
    max_tokens: MaxTokens = 128,
    freeze_embeddings: Freeze = False,
    bfloat16: BFloat16 = None,
    seed: Seed = 0,
    resume: Resume = False,
    keep_checkpoints: Keep = False,
    checkpoint_seconds: Seconds = 45,
    **_further: str | None,
) -> None:
    """Fine-tune it on texts with labels."""
    _run(command, command.params)


def written(
    command: typer.Context,
    out: Out,
    base: Base = "demo",
    data: Data = None,
    held_out: HeldOut = None,
    share: Share = 0.1,
    text: Text = None,
    prompt: Annotated[str | None, typer.Option(metavar="COLUMN", help="of the prompts")] = None,
    context: Annotated[str | None, typer.Option(metavar="COLUMN", help="of what prompts are about")] = None,
    response: Annotated[str | None, typer.Option(metavar="COLUMN", help="of the responses")] = None,
    group: Group = None,
    skip_empty: SkipEmpty = False,
    skip_bad: SkipBad = False,
    encoding: Encoding = None,
    header: Header = None,
    paragraphs: Annotated[bool, typer.Option("--paragraphs", help=".txt: texts are parted by empty lines")] = False,
    template: Annotated[bool, typer.Option(help="put prompts into the model's chat template")] = True,
    learn_prompt: Annotated[bool, typer.Option("--learn-prompt", help="learn prompts too")] = False,
    epochs: Epochs = 1,
    learning_rate: Rate = 5e-5,
    batch_size: Batch = 8,
    accumulation: Accumulation = 1,
    warm_up: WarmUp = 0.1,
    weight_decay: Decay = 0.01,
    evaluations: Evaluations = 2,
    patience: Patience = 0,
    max_tokens: MaxTokens = 256,
    freeze_embeddings: Freeze = False,
    bfloat16: BFloat16 = None,
    seed: Seed = 0,
    resume: Resume = False,
    keep_checkpoints: Keep = False,
    checkpoint_seconds: Seconds = 45,
) -> None:
    """Fine-tune it on texts, prompts with responses, or conversations (JSONL with messages)."""
    _run(command, {**command.params, "mask_fraction": 0.0})


def _further(task: str) -> dict[str, tuple[Any, object]]:
    """Options for the columns of a task's fields after the first."""
    return {
        field.name: (Annotated[str | None, typer.Option(metavar="COLUMN", help=f"of the {field.title.lower()}")], None)
        for field in TASKS[task].fields[1:]
    }


COMMANDS = {TASKS[task].key.replace("_", "-"): task for task in TRAINED}
KINDS: dict[str, Callable[..., None]] = {"labels": labelled, "writes": written}


def _add(name: str, task: str) -> None:
    """The command that makes models for a task."""
    made = KINDS[learns(task)]
    about = (made.__doc__ or "").replace("it", f"a {TASKS[task].model}", 1)
    app.command(name, help=about)(with_options(_further(task))(copied(made)))


for _name, _task in COMMANDS.items():
    _add(_name, _task)


def _run(command: typer.Context, options: dict[str, Any]) -> None:
    """Makes or goes on with a model, and tells of it."""
    task = COMMANDS[str(command.info_name)]
    from sidelight.models.finetuning.finetune import finetune

    from .terminal import interruptible, preparing, progress_bar

    out, resume = options["out"], options["resume"]
    request = _resumed(command, task, options) if resume else _asked(task, options)
    last: list[Step] = []
    try:
        with progress_bar() as show, interruptible("Ending the step") as interrupted:

            def listener(step: Step) -> None:
                show(_doing(step, last), step.done, step.total)
                last[:] = [step] if step.stage == "train" else last
                if interrupted():
                    raise KeyboardInterrupt

            def fetching(progress: Preparing) -> None:
                preparing(show)(progress)
                if interrupted():
                    raise KeyboardInterrupt

            card = finetune(
                request,
                out,
                listener,
                lambda notice: typer.echo(f"Note: {_plain(notice)}", err=True),
                fetching,
                resume=resume,
            )
    except KeyboardInterrupt:
        _tell_stopped(task, out, last)
        raise typer.Exit(INTERRUPTED) from None
    _tell_done(out, card)


def _asked(task: str, options: dict[str, Any]) -> Request:
    from sidelight.models.finetuning.request import Columns, FinetuneSettings, Request

    further = {field.name: options[field.name] for field in TASKS[task].fields[1:]}
    columns = Columns(**_part(options, Columns), further=further)
    settings = FinetuneSettings(**_part({**options, "bfloat16": _bfloat16(options)}, FinetuneSettings))
    request = _part({**options, "task": task, "columns": columns, "settings": settings}, Request)
    names = {name: tuple(map(str, options[name] or ())) for name in ("data", "held_out")}
    return Request(**{**request, **names})


def _resumed(command: typer.Context, task: str, options: dict[str, Any]) -> Request:
    """What was asked before; what is named again must be the same, but for how checkpoints are kept."""
    from sidelight.models.demo import is_demo
    from sidelight.models.finetuning.run import read_run, refuse_changes

    request = read_run(options["out"]).request
    named = {name for name in command.params if command.get_parameter_source(name).name == "COMMANDLINE"}  # type: ignore[union-attr]
    given = {name: value for name, value in options.items() if name in named}
    for name in {"data", "held_out"} & given.keys():
        given[name] = tuple(str(path.absolute()) for path in given[name])
    if "base" in given and Path(given["base"]).exists() and not is_demo(given["base"]):
        given["base"] = str(Path(given["base"]).absolute())
    checkpoints = {name: given.pop(name) for name in CHECKPOINTS & given.keys()}
    refuse_changes(request, {**given, "task": task})
    return replace(request, **checkpoints)


def _part(options: dict[str, Any], kind: Any) -> dict[str, Any]:
    """The options that are fields of a dataclass."""
    return {name: value for name, value in options.items() if name in kind.__dataclass_fields__}


def _bfloat16(options: dict[str, Any]) -> bool:
    if options["bfloat16"] is not None:
        return bool(options["bfloat16"])
    from sidelight.models.finetuning.classifier import has_bfloat16

    return has_bfloat16()


def _doing(step: Step, last: list[Step]) -> str:
    if step.stage != "train":
        return {"read": "reading the rows", "check": "checking"}[step.stage]
    known = step.point or (last[0].point if last else None)
    loss = "" if step.loss is None else f", loss {step.loss:.3f}"
    return f"training{loss}" if known is None else f"training{loss}, held out {known.loss:.3f}"


def _tell_stopped(task: str, out: Path, last: list[Step]) -> None:
    from sidelight.models.finetuning.resuming import Checkpoints

    found = Checkpoints(out).found() if out.is_dir() else {}
    name = next(name for name, known in COMMANDS.items() if known == task)
    if not found:
        typer.echo("Stopped; there was no checkpoint yet, and nothing is left.", err=True)
        return
    total = f" of {last[0].total}" if last else ""
    typer.echo(
        f"Stopped; the checkpoint at step {max(found)}{total} is kept. Go on with:\n"
        f"sidelight finetune {name} --out {out} --resume",
        err=True,
    )


def _tell_done(out: Path, card: AnyCard) -> None:
    typer.echo(f"{out}")
    for title, text in card.facts:
        typer.echo(f"{title}: {_plain(text)}")


def _plain(text: str) -> str:
    """Text of strangers on one line of a terminal, in signs that it has."""
    from sidelight.dashboard.markup import shown

    encoding = sys.stdout.encoding or "utf-8"
    return shown(text).encode(encoding, errors="replace").decode(encoding)

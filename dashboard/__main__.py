"""The command line: serve the app, explain a text, look after the demo model."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from sidelight.models.tasks import TASKS
from typer.exceptions import TyperException

from .commands import benchmark, finetune, shift
from .commands.options import with_options

if TYPE_CHECKING:
    from sidelight.models.base import TransformerModel
    from sidelight.models.inputs import Asked
    from sidelight.models.prediction import Prediction

app = typer.Typer(
    help="Explains what a transformer decided or wrote, word by word.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

app.add_typer(benchmark.app, name="benchmark")
app.add_typer(finetune.app, name="finetune")
app.command()(shift.compare)

WRONG_INPUT = 2
OUR_FAULT = 1

MODEL_HELP = "demo, demo-zh, a folder, a .gguf file that writes, or a Hugging Face model id"
Reference = Annotated[str, typer.Option(metavar="REF", help=MODEL_HELP)]
Port = Annotated[int, typer.Option(min=1, max=65535, help="of the page")]
Host = Annotated[str, typer.Option(help="address to listen on; 127.0.0.1 is this machine alone")]
Device = Annotated[str, typer.Option(help="torch device, for example cpu or cuda")]
Precision = Annotated[str, typer.Option(help="float32, or bfloat16: faster, less exact")]


@app.callback(invoke_without_command=True)
def by_default(context: typer.Context) -> None:
    """Serves the app when no command is given."""
    if context.invoked_subcommand is None:
        serve()


@app.command()
@with_options(
    {
        task.key: (Annotated[str, typer.Option(metavar="REF", help=f"of the page {task.title}")], "demo")
        for task in TASKS.values()
    }
)
def serve(
    port: Port = 8501,
    host: Host = "127.0.0.1",
    device: Device = "cpu",
    precision: Precision = "float32",
    history: Annotated[bool, typer.Option(help="keep what is explained, for this machine's user to open again")] = True,
    **models: str,
) -> None:
    """Serve the app in the browser."""
    from .serve import serve as start

    named = {name: models.get(task.key, "demo") for name, task in TASKS.items()}
    start(named, host, port, device, precision, history)


@app.command()
@with_options(
    {
        field.name: (Annotated[str | None, typer.Option(help=f"{name}: the {field.title.lower()}")], None)
        for name, task in TASKS.items()
        for field in task.fields[1:]
    }
)
def explain(
    text: Annotated[str, typer.Argument(help="the text, or - to read it from standard input")],
    task: Annotated[str, typer.Option(help=", ".join(TASKS))] = "classify",
    model: Reference = "demo",
    method: Annotated[list[str] | None, typer.Option(metavar="NAME[:key=value,...]", help="may be repeated")] = None,
    unit: Annotated[str, typer.Option(help="word, character, token or sentence")] = "word",
    target: Annotated[str | None, typer.Option(metavar="LABEL", help="the label, or written token, to show")] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="of every random choice")] = 0,
    out: Annotated[list[str] | None, typer.Option(metavar="FILE.html|.pdf|.json|.csv", help="may be repeated")] = None,
    max_new_tokens: Annotated[int, typer.Option(help="generate: at most so many tokens are written")] = 20,
    temperature: Annotated[float, typer.Option(help="generate: 0 takes the likeliest token, above 0 one is drawn")] = 0,
    top_p: Annotated[float, typer.Option(help="generate: drawn from the likeliest with this probability")] = 1,
    continuation: Annotated[str | None, typer.Option(help="generate: explain this output instead of writing")] = None,
    contrast: Annotated[str | None, typer.Option(metavar="TOKEN", help="generate: why the target and not this")] = None,
    explain_output: Annotated[bool, typer.Option(help="generate: explain by the words already written, too")] = False,
    template: Annotated[bool, typer.Option(help="generate: put the prompt into the model's chat template")] = True,
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="of standard input, where it is not UTF-8")
    ] = None,
    device: Device = "cpu",
    precision: Precision = "float32",
    **further: str | None,
) -> None:
    """Explain one text: a table on the terminal, and files by their ending."""
    from sidelight.explain import explain as explained
    from sidelight.explain.methods import USUAL, parse_request
    from sidelight.explain.requested import ALL_OF
    from sidelight.models import check, load
    from sidelight.models.demo import is_demo, prepare
    from sidelight.models.inputs import Prompt, Sampling, Texts
    from sidelight.models.units import find_unit

    from .commands.terminal import listener, preparing, print_report, progress_bar
    from .exports import caution, check_path, save

    requests = [parse_request(name) for name in method or USUAL]
    find_unit(unit)
    check(model, task, precision)
    sampling = Sampling(max_new_tokens, temperature, top_p, seed)
    for path in out or ():
        check_path(path)
    given = _texts(task, _given(text, encoding), further)
    writes = "writes" in TASKS[task].capabilities
    if not writes and (contrast or continuation):
        raise ValueError(f"--contrast and --continuation are for a task that writes; {task} does not")
    asked: Asked = Prompt(given[0], sampling, continuation, template, explain_output) if writes else Texts(given)
    with progress_bar() as show:
        if is_demo(model):
            prepare(preparing(show), task, model)
        show("loading the model", 0, 1)
        loaded = load(model, task, device, precision)
        prediction, chosen = _answered(loaded, asked, unit, target, contrast)
        targets = None if len(prediction.targets) <= ALL_OF else (chosen,)
        report = explained(loaded, prediction, requests, seed=seed, targets=targets, listener=listener(show))
    for path in out or ():
        save(report, path)
        if told := caution(report, path):
            sys.stderr.write(f"sidelight: {path}: {told}\n")
    print_report(report, chosen)


@app.command()
def demo(
    name: Annotated[str, typer.Argument(help="demo, or demo-zh: a classifier of Chinese reviews")] = "demo",
    task: Annotated[str, typer.Option(help=", ".join(TASKS))] = "classify",
    remove: Annotated[bool, typer.Option("--remove", help="free the disk space of all of them instead")] = False,
) -> None:
    """Prepare a demo model, and say where it is and how large; or remove them all, and what was made of GGUF files."""
    from sidelight.models import demo as model

    from .commands.terminal import preparing, progress_bar

    if remove:
        size = model.size_on_disk()
        model.remove()
        typer.echo(f"removed {size / 1e6:.0f} MB from {model.home()}")
        return
    with progress_bar() as show:
        folder = model.prepare(preparing(show), task, name)
    typer.echo(f"{folder} ({model.size_on_disk(task, name) / 1e6:.0f} MB)")
    if card := model.card(task, name):
        typer.echo("\n".join(f"{title}: {text}" for title, text in card.facts))


def _texts(task: str, text: str, further: Mapping[str, str | None]) -> tuple[str, ...]:
    """The texts of an input, one for each field of the task.

    Raises:
        ValueError: one of them is missing or empty, or one was given that the task does not take.
    """
    known = {field.name: further.get(field.name) for field in TASKS[task].fields[1:]}
    for name, value in further.items():
        option = f"--{name.replace('_', '-')}"
        if value is not None and name not in known:
            raise ValueError(f"{option} is not taken by the task {task}; leave it out, or choose another --task")
        if value is None and name in known:
            raise ValueError(f"the task {task} takes a further text; give it with {option}")
    texts = (text, *(value or "" for value in known.values()))
    if not all(one.strip() for one in texts):
        raise ValueError("there is nothing to explain: the text is empty; give it some words")
    return texts


def _answered(
    model: TransformerModel, asked: Asked, unit: str, target: str | None, contrast: str | None
) -> tuple[Prediction, int]:
    """The answer, and the target of it that is shown: by default the first to look at, against its foil."""
    prediction = model.predict(asked, unit)
    if not prediction.placed:
        return prediction, prediction.predicted if target is None else prediction.target_index(target)
    place = 0 if target is None else prediction.target_index(target)
    if contrast is not None and not isinstance(asked, str):
        again = model.predict(asked.after(prediction, (place, contrast)), unit)
        prediction = replace(again, notices=prediction.notices)  # some are of the writing
    return prediction, next(iter(prediction.foils_of(place)), place)


def _given(text: str, encoding: str | None) -> str:
    """The text, or what stands on standard input."""
    if text != "-":
        return text
    from sidelight.models.finetuning.encodings import given

    return given(sys.stdin.buffer.read(), encoding)


def _fail(message: str, code: int = WRONG_INPUT) -> NoReturn:
    sys.stderr.write(f"sidelight: {' '.join(message.split())}\n")
    sys.exit(code)


def main() -> None:
    """Runs the command line; a wrong input ends with exit code 2 and one line on stderr, a fault of ours with 1.

    Python's development mode shows where a fault of ours is.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("DISABLE_SAFETENSORS_CONVERSION", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        sys.exit(app(standalone_mode=False))
    except TyperException as error:
        _fail(error.format_message())
    except (ValueError, OSError) as error:
        _fail(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        words = f"{type(error).__name__}: {error}"[:300]
        _fail(
            f"a fault of Sidelight itself ({words}); with PYTHONDEVMODE=1 set it says where; please report it",
            OUR_FAULT,
        )


if __name__ == "__main__":
    main()

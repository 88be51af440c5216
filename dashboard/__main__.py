"""The command line: serve the app, explain a text, look after the demo model."""

from __future__ import annotations

import os
import sys
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

app = typer.Typer(
    help="Explains what a transformer classifier decided, word by word.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

WRONG_INPUT = 2

Reference = Annotated[str, typer.Option(metavar="REF", help="demo, a folder, or a Hugging Face model id")]
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
def serve(
    classifier: Reference = "demo",
    port: Port = 8501,
    host: Host = "127.0.0.1",
    device: Device = "cpu",
    precision: Precision = "float32",
) -> None:
    """Serve the app in the browser."""
    from .serve import serve as start

    start(classifier, host, port, device, precision)


@app.command()
def explain(
    text: Annotated[str, typer.Argument(help="the text, or - to read it from standard input")],
    task: Annotated[str, typer.Option(help="what the model does")] = "classify",
    model: Reference = "demo",
    method: Annotated[list[str] | None, typer.Option(metavar="NAME[:key=value,...]", help="may be repeated")] = None,
    unit: Annotated[str, typer.Option(help="word, character, token or sentence")] = "word",
    target: Annotated[str | None, typer.Option(metavar="LABEL", help="the label to show; by default the first")] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="of every random choice")] = 0,
    out: Annotated[list[str] | None, typer.Option(metavar="FILE.html|.json|.csv", help="may be repeated")] = None,
    device: Device = "cpu",
    precision: Precision = "float32",
) -> None:
    """Explain one text: a table on the terminal, and files by their ending."""
    from sidelight.explain import explain as explained
    from sidelight.explain.methods import METHODS, parse_request
    from sidelight.models import load
    from sidelight.models.units import find_unit

    from .exports import check_path, save
    from .terminal import listener, preparing, print_report, progress_bar

    requests = [parse_request(name) for name in method or METHODS]
    find_unit(unit)
    for path in out or ():
        check_path(path)
    given = _given(text)
    with progress_bar() as show:
        if model == "demo":
            from sidelight.models.demo import prepare

            prepare(preparing(show))
        show("loading the model", 0, 1)
        loaded = load(model, task, device, precision)
        prediction = loaded.predict(given, unit)
        chosen = None if target is None else prediction.target_index(target)
        report = explained(loaded, prediction, requests, seed=seed, listener=listener(show))
    print_report(report, chosen)
    for path in out or ():
        save(report, path)


@app.command()
def demo(remove: Annotated[bool, typer.Option("--remove", help="free its disk space instead")] = False) -> None:
    """Prepare the demo model, or remove it, and say where it is and how large."""
    from sidelight.models import demo as model

    from .terminal import preparing, progress_bar

    if remove:
        size = model.size_on_disk()
        model.remove()
        typer.echo(f"removed {size / 1e6:.0f} MB from {model.home()}")
        return
    with progress_bar() as show:
        folder = model.prepare(preparing(show))
    card = model.card()
    accuracy = f", held-out accuracy {card.accuracy:.3f}" if card else ""
    typer.echo(f"{folder} ({model.size_on_disk() / 1e6:.0f} MB{accuracy})")


def _given(text: str) -> str:
    if text != "-":
        return text
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"standard input is not UTF-8 (byte {error.start + 1}); convert it first") from error


def _fail(message: str) -> NoReturn:
    sys.stderr.write(f"sidelight: {' '.join(message.split())}\n")
    sys.exit(WRONG_INPUT)


def main() -> None:
    """Runs the command line; a wrong input ends with exit code 2 and one line on stderr."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("DISABLE_SAFETENSORS_CONVERSION", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        sys.exit(app(standalone_mode=False))
    except TyperException as error:
        _fail(error.format_message())
    except (ValueError, OSError) as error:
        _fail(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()

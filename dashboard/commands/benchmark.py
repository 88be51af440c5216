"""The command `sidelight benchmark`: do methods find the words that are known to matter, and what does a pass cost?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sidelight.explain.asking import Evidence
    from sidelight.models.generator import Generator

app = typer.Typer(help="Measure the methods on prompts whose important words are known, and the speed.")

Show = Callable[[str, float, float], None]
Reference = Annotated[str, typer.Option(metavar="REF", help="demo, a folder, a .gguf file or a hub id")]


@app.command()
def evidence(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="JSONL: prompt, target, key_spans a line")],
    model: Reference = "demo",
    method: Annotated[list[str] | None, typer.Option(metavar="NAME[:key=value,...]", help="may be repeated")] = None,
    longest: Annotated[
        int | None, typer.Option(metavar="WORDS", min=1, help="pass over longer prompts; punctuation marks count")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="at most so many right prompts of each file")] = None,
    template: Annotated[bool, typer.Option(help="put prompts into the model's chat template")] = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE.json", help="every number, for others to check")] = None,
) -> None:
    """How often methods find the words that are known to matter."""
    from sidelight.explain.asking import Choice, gather, with_every_hiding
    from sidelight.explain.evidence import read_rows
    from sidelight.explain.methods import METHODS, parse_request

    from .measured import document, print_evidence
    from .terminal import progress_bar

    named = method or list(METHODS)
    requests = [parse_request(name) for name in named]
    _check_out(out)
    rows = {path: read_rows(path) for path in files}
    choice = Choice(longest, limit, template)
    found: dict[Path, Evidence] = {}
    with progress_bar() as show:
        loaded = _load(model, show)
        asked = with_every_hiding(loaded, requests)
        for path, of in rows.items():
            try:
                found[path] = gather(loaded, of, asked, choice, show)
            except ValueError as error:
                raise ValueError(f"{path.name}, {error}") from error
    if out is not None:
        out.write_text(json.dumps(document(loaded, found, choice), ensure_ascii=False, indent=1), encoding="utf-8")
    for path, evidence in found.items():
        print_evidence(path.name, evidence)


@app.command()
def speed(
    model: Reference = "demo",
    prompt_words: Annotated[int, typer.Option(min=1, help="of the prompt, a text of ours")] = 36,
    new_tokens: Annotated[int, typer.Option(min=1, help="of the output, all of them scored")] = 20,
    coalitions: Annotated[int, typer.Option(min=1, help="drawn at random, with half of the words")] = 96,
    rounds: Annotated[int, typer.Option(min=1, help="of which the median is told")] = 3,
) -> None:
    """What a coalition of words costs, beside shap's own path."""
    from sidelight.explain.speed import measure

    from .measured import print_speed
    from .terminal import progress_bar

    with progress_bar() as show:
        _prepare(model, show)
        timings = measure(model, prompt_words, new_tokens, coalitions, rounds, show)
    print_speed(timings, f"{prompt_words} prompt words, {new_tokens} output tokens, {coalitions} coalitions")


@app.command()
def interface(
    model: Annotated[str, typer.Option(metavar="REF", help="demo, demo-zh, a folder, or a hub id")] = "demo",
    rounds: Annotated[int, typer.Option(min=1, help="of which the median is told, each with another sentence")] = 5,
) -> None:
    """What a visitor of the page waits for, in Chromium."""
    from sidelight.models import check
    from sidelight.models.demo import is_demo, prepare

    from .measured import print_waiting
    from .stopwatch import measure, medians
    from .terminal import preparing, progress_bar

    check(model, "classify", "float32")
    with progress_bar() as show:
        if is_demo(model):
            prepare(preparing(show), "classify", model)
        found = measure(model, rounds, show)
    print_waiting(medians(found), f"a sentence of 20 words, {rounds} rounds, {model}")


def _check_out(out: Path | None) -> None:
    from sidelight.dashboard.exports import check_path

    if out is not None and out.suffix != ".json":
        raise ValueError(f"can't write {str(out)!r}: the numbers are written as .json")
    if out is not None:
        check_path(out)


def _load(reference: str, show: Show) -> Generator:
    from sidelight.models import load

    _prepare(reference, show)
    return load(reference, "generate")


def _prepare(reference: str, show: Show) -> None:
    from sidelight.models import check
    from sidelight.models.demo import is_demo, prepare

    from .terminal import preparing

    check(reference, "generate", "float32")
    if is_demo(reference):
        prepare(preparing(show), "generate", reference)
    show("loading the model", 0, 1)

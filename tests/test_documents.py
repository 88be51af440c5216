"""README.md and docs/ are true: what they show is run, with tiny models and small files in the place of those named."""

import json
import re
import shlex
import shutil
import sys
from collections.abc import Iterable
from io import BytesIO, TextIOWrapper
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sidelight.dashboard.__main__ import app, main
from sidelight.models import load
from sidelight.models.demo import DEMOS, is_demo
from typer.main import get_command

from tests import ROOT
from tests.tiny import save_bert, save_generator

DOCUMENTS = {path.relative_to(ROOT).as_posix(): path for path in (ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")))}
WRITTEN = (" Paris", " London", " wrote")  # words that the examples ask for, each one token
PLACES = {  # what the documents call a model, and what stands in its place
    "path/to/model": "classifier",
    "path/to/generator": "generator",
    "path/to/generator.gguf": "tiny.gguf",
    "path/to/pair-model": "classifier",
    "my-classifier": "classifier",
    "my-classifier/checkpoint-200": "other",
}
STAND_INS = {  # of the demos, by name and task
    ("demo", "classify"): "classifier",
    ("demo", "generate"): "generator",
    ("demo-zh", "classify"): "classifier",
}
LABELS = (("good", "positive"), ("bad", "negative"))


def text_of(name: str) -> str:
    return DOCUMENTS[name].read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    """The fenced blocks of a document in one language, without what they are indented by."""
    found = re.finditer(rf"^( *)```{language}\n(.*?)^ *```$", text_of(name), re.DOTALL | re.MULTILINE)
    return [re.sub(rf"^{one[1]}", "", one[2], flags=re.MULTILINE) for one in found]


def commands(name: str) -> list[str]:
    """The lines of a document that call `sidelight`: in its blocks, and in its sentences, which may name a command
    alone: of that the help is asked.
    """
    in_blocks = "\n".join(blocks(name, "sh")).replace("\\\n", " ").split("\n")
    named = re.findall(r"`(sidelight [^`]+)`", text_of(name))
    found = [*in_blocks, *(one if " -" in one else f"{one} --help" for one in named)]
    return list(dict.fromkeys(one for one in found if one.startswith("sidelight ")))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of tiny models: two classifiers, a generator and a .gguf file."""
    from tests.tiny_gguf import save_gguf

    folder = tmp_path_factory.mktemp("documents")
    save_bert(folder / "classifier")
    save_bert(folder / "other", seed=1)
    save_writer(folder / "generator")
    save_gguf(folder)
    return folder


def save_writer(folder: Path) -> None:
    """A generator that writes " Paris" and then ends, whatever it reads; it reads long texts, too."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    save_generator(folder, "llama", words=WRITTEN)
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    network: Any = AutoModelForCausalLM.from_pretrained(folder)
    paris, end = tokenizer.convert_tokens_to_ids(" Paris"), tokenizer.eos_token_id
    read, said = network.get_input_embeddings().weight.data, network.get_output_embeddings().weight.data
    going, ending = torch.eye(read.shape[1])[:2]  # the two numbers of a state that say which is next
    read += 5 * going
    read[paris] += 5 * (ending - going)
    said *= 0.1
    said[paris], said[end] = 5 * going, 5 * ending
    network.config.max_position_embeddings = tokenizer.model_max_length = 1024
    network.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


@pytest.fixture(autouse=True)
def desk(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working folder with all that the documents name, and a cache that holds the demos."""
    for name, model in PLACES.items():
        copy(models / model, tmp_path / "desk" / name)
    monkeypatch.setenv("SIDELIGHT_HOME", str(tmp_path / "home"))
    add_demos(models)
    monkeypatch.chdir(tmp_path / "desk")
    write_files()
    monkeypatch.setattr("sidelight.dashboard.serve.serve", loads_all)
    monkeypatch.setattr("sidelight.dashboard.commands.stopwatch.measure", measured)
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"a quiet film"), encoding="utf-8"))


def copy(source: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, to, dirs_exist_ok=True)
    else:
        shutil.copy(source, to)


def add_demos(models: Path) -> None:
    """Tiny models where the demos are kept, each with its card, and the base of the first."""
    from sidelight.models import demo
    from sidelight.models.card import Card
    from sidelight.models.card_page import write_card

    card = Card(name="tiny", base="", data="", split="", labels=("negative", "positive"), train_rows=1,
                held_out_rows=1, correct=1, settings={}, seconds=1, created="")  # fmt: skip
    for (name, task), model in STAND_INS.items():
        copy(models / model, demo.folder(task, name))
        write_card(card, demo.folder(task, name))
    copy(models / "other", Path(f"{demo.folder()}-base"))


def write_files() -> None:
    """The data files that the documents name."""
    rows = [(f"a {word} film number {number}", label) for number in range(20) for word, label in LABELS]
    dev = [(f"the {word} plot number {number}", label) for number in range(10) for word, label in LABELS]
    files = {
        "reviews.csv": table("text,label", (f"{text},{label}" for text, label in rows)),
        "dev.csv": table("text,label", (f"{text},{label}" for text, label in dev)),
        "films.csv": table("film,review,stars", (f"{at // 4},{text},{label}" for at, (text, label) in enumerate(rows))),
        "pairs.csv": table("premise,hypothesis,label", (f"{text},so,{label}" for text, label in rows)),
        "rows.tsv": "\n".join(f"{label}\t{text}" for text, label in dev),
        "poems.txt": "\n\n".join(f"{text}\nand so on" for text, _ in rows),
        "answers.jsonl": lines({"prompt": f"{text}?", "response": label} for text, label in rows),
        "support.jsonl": lines({"question": f"{text}?", "reply": label} for text, label in rows),
        "prompts.jsonl": "\n".join(blocks("docs/benchmarks.md", "json")),
    }
    for name, content in files.items():
        Path(name).write_text(content, encoding="utf-8")
    Path("gbk.csv").write_text(table("text,label", (f"电影{text},{label}" for text, label in rows)), encoding="gb18030")


def table(header: str, rows: Iterable[str]) -> str:
    return "\n".join((header, *rows))


def lines(rows: Iterable[dict[str, str]]) -> str:
    return "\n".join(map(json.dumps, rows))


def loads_all(named: dict[str, str], *_others: object) -> None:
    """In the place of the server: the models that it would load can be loaded."""
    for task, reference in named.items():
        if not is_demo(reference) or task in DEMOS[reference]:
            load(reference, task)


def measured(_reference: str, rounds: int, _show: object) -> dict[str, list[float]]:
    """In the place of a browser."""
    from sidelight.dashboard.commands.stopwatch import STEPS

    return {name: [1.0] * rounds for name in STEPS}


def break_off(out: str) -> None:
    """Leaves a training that can be gone on with."""
    from sidelight.models.finetuning.finetune import finetune
    from sidelight.models.finetuning.request import Request, Step

    def stop(step: Step) -> None:
        if step.stage == "train" and step.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        finetune(Request("classify", "path/to/model", ("reviews.csv",), checkpoint_seconds=0), Path(out), stop)


@pytest.mark.parametrize(("name", "line"), [(name, line) for name in DOCUMENTS for line in commands(name)])
def test_every_line_runs(name: str, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = shlex.split(line, comments=True)
    made = [Path(after) for option, after in pairwise(arguments) if option == "--out"]
    for path in made:
        shutil.rmtree(path, ignore_errors=True)
    if "--resume" in arguments:
        break_off(str(made[0]))
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code
    assert all(path.exists() for path in made)


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if blocks(name, "python")])
def test_every_example_in_python_runs(name: str) -> None:
    left: dict[str, Any] = {}
    for code in blocks(name, "python"):
        exec(compile(code, name, "exec"), left)  # noqa: S102
    if name == "README.md":
        assert "charming" in Path("report.html").read_text(encoding="utf-8")
    if name == "docs/generation.md":
        assert left["report"].predictions[0].segments == ("Who wrote Hamlet?", " Paris")


def options() -> set[str]:
    """Every option of every command, and what switches it off."""
    waiting: list[Any] = [get_command(app)]
    found = {"--help"}
    while waiting:
        command = waiting.pop()
        waiting += getattr(command, "commands", {}).values()
        found |= {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    return found


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_option_and_link_is_there(name: str) -> None:
    text = text_of(name)
    named = {one for span in re.findall(r"`[^`\n]+`", text) for one in re.findall(r"(?<=[ `])--[a-z][a-z-]*", span)}
    assert named <= options()
    for target in re.findall(r"\]\((?!https:)([^)#]+)", text):
        assert (DOCUMENTS[name].parent / target).is_file()
    for target in re.findall(r"^make (\w+)", "\n".join(blocks(name, "sh")), re.MULTILINE):
        assert f"\n{target}:" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_method_unit_and_ending_is_named() -> None:
    from sidelight.dashboard.exports import EXPORTS
    from sidelight.explain.methods import METHODS
    from sidelight.models.finetuning.dataset import ENDINGS
    from sidelight.models.units import UNITS

    for name in (*METHODS, *UNITS):
        assert f"`{name}`" in text_of("README.md")
    for ending in EXPORTS:
        assert ending.strip(".").upper() in text_of("README.md")
    for ending in ENDINGS:
        assert f"`{ending}`" in text_of("docs/models.md")


def test_every_document_is_found_from_the_first() -> None:
    for name in DOCUMENTS:
        assert name == "README.md" or f"]({name})" in text_of("README.md")

"""`sidelight finetune` as a user types it: from data files to a folder with its card, through kills and bad input."""

import json
import re
import signal
import subprocess
import sys
from dataclasses import replace
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from sidelight.dashboard.__main__ import main
from sidelight.models import load
from sidelight.models.card import Card, FinetunedGeneratorCard, read_card, wilson_interval
from sidelight.models.finetuning.finetune import finetune
from sidelight.models.finetuning.request import Columns, FinetuneSettings, Request
from sidelight.models.finetuning.resuming import Checkpoints
from sidelight.models.finetuning.run import read_run

from tests.tiny import save_bert, save_generator

QUICK = ("--epochs", "2", "--learning-rate", "0.003", "--batch-size", "16")


def row(index: int) -> dict[str, Any]:
    """A film that is good or bad; four rows share a film."""
    draw = np.random.default_rng(index)
    label = int(draw.integers(2))
    words = [*draw.choice(["the", "a", "film", "is", "was", "this", "plot"], 7), ("bad", "good")[label]]
    return {"text": " ".join(draw.permutation(words)), "label": ("negative", "positive")[label], "film": index // 4}


def jsonl(rows: list[dict[str, Any]]) -> str:
    return "\n".join(json.dumps(values) for values in rows)


@pytest.fixture
def folder(tmp_path: Path, tiny_classifier: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with data and bases of both kinds."""
    (tmp_path / "bert").symlink_to(tiny_classifier)
    (tmp_path / "train.jsonl").write_text(jsonl([row(index) for index in range(160)]))
    (tmp_path / "dev.jsonl").write_text(jsonl([row(index) for index in range(200, 240)]))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["sidelight", "finetune", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


def train(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    return run(monkeypatch, "classifier", "--base", "bert", *arguments)


def test_a_classifier_with_its_card(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(monkeypatch, "--data", "train.jsonl", "--held-out", "dev.jsonl", "--out", "out", *QUICK) == 0
    names = {path.name for path in (folder / "out").iterdir()}
    weights = {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}
    assert names == {*weights, "card.json", "README.md"}
    card = read_card(folder / "out")
    assert isinstance(card, Card)
    assert load("out").labels == card.labels == ("negative", "positive")
    assert (card.train_rows, card.held_out_rows, len(card.points)) == (160, 40, 4)
    assert sum(map(sum, card.confusion)) == 40
    assert card.correct == card.confusion[0][0] + card.confusion[1][1]
    assert [file.name for file in card.files] == ["train.jsonl", "dev.jsonl"]
    shown = capsys.readouterr()
    low, high = wilson_interval(card.correct, 40)
    assert f"{card.correct / 40:.3f} (95 % interval {low:.3f} to {high:.3f})" in shown.out
    assert "Note: train.jsonl: 'text' is taken for the text" in shown.err
    page = (folder / "out" / "README.md").read_text(encoding="utf-8")
    assert f"| positive | {card.confusion[1][0]} | {card.confusion[1][1]} |" in page
    assert card.files[0].sha256 in page
    assert (
        str(folder)
        not in page + (folder / "out" / "card.json").read_text() + (folder / "out" / "config.json").read_text()
    )


def test_a_generator_with_its_card(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    save_generator(folder / "gpt", "gpt2")
    (folder / "texts.txt").write_text("\n".join(str(row(index)["text"]) for index in range(60)))
    assert run(monkeypatch, "generator", "--base", "gpt", "--data", "texts.txt", "--out", "out", *QUICK) == 0
    card = read_card(folder / "out")
    assert isinstance(card, FinetunedGeneratorCard)
    assert card.loss < card.loss_before
    assert (card.train_rows, card.held_out_rows) == (54, 6)
    assert card.tokens > 6 * 8
    shown, page = capsys.readouterr().out, (folder / "out" / "README.md").read_text(encoding="utf-8")
    for title, loss, interval in (
        ("Perplexity of the base", card.loss_before, card.interval_before),
        ("Held-out perplexity", card.loss, card.interval),
    ):
        assert interval is not None
        low, high = interval
        assert low < exp(loss) < high < 3 * low
        said = f"{title}: {exp(loss):.2f} (95 % interval {low:.2f} to {high:.2f})\n"
        assert said in shown
        assert said in page
    assert f"Held-out tokens: {card.tokens:,}" in shown
    assert load("out", "generate").predict("the film").targets


def test_a_group_is_held_out_whole_and_the_same_seed_holds_out_the_same(folder: Path) -> None:
    settings = FinetuneSettings(max_tokens=16)
    request = Request("classify", "bert", ("train.jsonl",), columns=Columns(group="film"), share=0.2, settings=settings)
    cards = [finetune(request, folder / name) for name in ("one", "two")]
    assert cards[0].held_out_rows in range(24, 41)
    reached = f"{cards[0].held_out_rows / 160:.3g}"
    share = "0.2" if reached == "0.2" else f"{reached} (asked was 0.2)"
    assert cards[0].split == (
        f"a share of {share} of the rows held out (seed 0), whole groups of 'film' alone, whose rows are not "
        f"independent: intervals are too narrow"
    )
    one, two = (load_file(folder / name / "model.safetensors") for name in ("one", "two"))
    assert all(torch.equal(one[key], two[key]) for key in one)


BAD = {
    "no data": ([], "there is no data to learn from; give a file with --data"),
    "no such file": (["--data", "none.csv"], "none.csv can't be read"),
    "no such column": (["--data", "train.jsonl", "--label", "stars"], "no column 'stars'; there are text, label, film"),
    "one class": (["--data", "one.csv"], "all 20 rows to learn have the label '1'; give at least two"),
    "never learned": (["--data", "train.jsonl", "--held-out", "odd.csv"], "odd.csv, line 2: the held-out label 'so'"),
    "all known": (["--data", "train.jsonl", "--held-out", "train.jsonl"], "all 160 held-out rows are training rows"),
    "empty rows": (["--data", "gaps.csv"], "gaps.csv: 1 of 2 rows lack a value in 'text', 'label' (line 3)"),
    "encoding": (["--data", "latin.csv"], "latin.csv, line 2: byte 15 (0xe9) is not UTF-8; say by --encoding which"),
    "few rows": (["--data", "few.csv"], "there are 2 rows to learn from; give at least 10"),
    "a setting": (["--data", "train.jsonl", "--epochs", "0"], "epochs=0 is not allowed; it takes 1 to 1,000"),
    "a share": (["--data", "train.jsonl", "--share", "1"], "share=1.0 is not allowed"),
    "a base": (["--data", "train.jsonl", "--base", "./none"], "there is no folder './none'"),
    "nothing to resume": (["--resume"], "there is nothing to go on with in 'out': its training has not begun;"),
    "a full folder": (["--data", "train.jsonl", "--out", "full"], "the folder 'full' is not empty"),
    "a file as folder": (["--data", "train.jsonl", "--out", "few.csv"], "'few.csv' is a file"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_ends_with_code_2_and_one_line_and_leaves_nothing(
    case: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "one.csv").write_text("text,label\n" + "good,1\n" * 20)
    (folder / "odd.csv").write_text("text,label\nwell,so\n")
    (folder / "gaps.csv").write_text("text,label\ngood,1\n ,2\n")
    (folder / "few.csv").write_text("text,label\ngood,1\nbad,2\n")
    (folder / "latin.csv").write_bytes(b"text,label\ncaf\xe9,1\n")
    (folder / "full").mkdir()
    (folder / "full" / "mine").touch()
    arguments, message = BAD[case]
    assert train(monkeypatch, "--out", "out", *arguments) == 2
    *notes, error = capsys.readouterr().err.splitlines()
    assert message in error
    assert error.startswith("sidelight: ")
    assert all(note.startswith("Note: ") for note in notes)
    assert not (folder / "out").exists()


def test_a_file_of_another_encoding_without_names_and_with_bad_rows_is_learned_as_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"{row(number)['text']} é,{number % 2}.0" for number in range(40)]
    (folder / "old.csv").write_bytes("\n".join([*lines[:4], "a,b,c", *lines[4:]]).encode("cp1252"))
    given = ("--data", "old.csv", "--out", "out", *QUICK)
    assert train(monkeypatch, *given) == 2
    assert "say by --encoding which encoding it is" in capsys.readouterr().err
    assert train(monkeypatch, *given, "--encoding", "Windows-1252") == 2
    assert "old.csv, line 1: this looks like a row" in capsys.readouterr().err
    named = ("--encoding", "Windows-1252", "--no-header", "--text", "1", "--label", "2")
    assert train(monkeypatch, *given, *named) == 2
    assert "old.csv, line 5: 3 cells, but the first row has 2" in capsys.readouterr().err
    assert train(monkeypatch, *given, *named, "--skip-bad") == 0
    card = read_card(folder / "out")
    assert isinstance(card, Card)
    assert card.labels == ("0", "1")
    assert card.train_rows + card.held_out_rows == 40
    assert "old.csv, line 5 is left out: 3 cells, but the first row has 2; put cells that hold" in " ".join(
        card.notices
    )
    assert "old.csv: 40 labels are floats of whole numbers: 0.0 is read as 0" in card.notices


def test_rows_that_are_left_out_or_cut_are_counted_and_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known = [row(0), {"text": " ", "label": "positive"}, {"text": "good " * 30, "label": "positive"}, row(999)]
    (folder / "dev.jsonl").write_text(jsonl(known))
    given = ("--data", "train.jsonl", "--held-out", "dev.jsonl", "--skip-empty", "--max-tokens", "20", *QUICK)
    assert train(monkeypatch, "--out", "out", *given) == 0
    said = capsys.readouterr().err
    assert "dev.jsonl: 1 of 4 rows are left out, which lack a value" in said
    assert "1 of 3 held-out rows equal training rows" in said
    assert "1 of 162 texts are longer than 20 tokens; the rest of them is not read" in said
    card = read_card(folder / "out")
    assert isinstance(card, Card)
    assert len(card.notices) == len(said.splitlines())
    assert card.split == "checked with 2 of the 4 rows of dev.jsonl"


WATCHED = """
import torch
torch.set_num_threads(1)
from sidelight.dashboard.__main__ import main
from sidelight.models.finetuning.resuming import Checkpoints
write = Checkpoints.write
def told(self, step, fill):
    write(self, step, fill)
    print(step, flush=True)
Checkpoints.write = told
main()
"""


def start(*arguments: str) -> "subprocess.Popen[str]":
    """A training in a process of its own, once it has written its second checkpoint."""
    command = [sys.executable, "-P", "-c", WATCHED, "finetune", "classifier", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    assert [process.stdout.readline() for _ in range(2)] == ["1\n", "2\n"]
    return process


LONG = ("--base", "bert", "--data", "train.jsonl", "--out", "out", "--epochs", "9", "--batch-size", "32")
LONG = (*LONG, "--checkpoint-seconds", "0", "--keep-checkpoints")


@pytest.mark.parametrize("sign", [signal.SIGINT, pytest.param(signal.SIGKILL, marks=pytest.mark.long)])
def test_killed_or_interrupted_it_is_gone_on_with_and_ends_as_if_undisturbed(
    sign: signal.Signals, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with start(*LONG) as process:
        process.send_signal(sign)
        _, said = process.communicate()
    assert process.returncode == (130 if sign == signal.SIGINT else -sign)
    if sign == signal.SIGINT:
        assert re.search(r"Stopped; the checkpoint at step \d+ of 45 is kept. Go on with:\n", said)
        assert said.splitlines()[-1] == "sidelight finetune classifier --out out --resume"
    assert not (folder / "out" / "model.safetensors").exists()
    assert train(monkeypatch, *LONG) == 2
    assert "holds a broken-off training; go on with --resume" in capsys.readouterr().err
    assert run(monkeypatch, "classifier", "--out", "out", "--resume", "--epochs", "3") == 2
    assert "this training began with epochs 9, not 3; go on without that option" in capsys.readouterr().err

    request = read_run(folder / "out").request
    assert run(monkeypatch, "classifier", "--out", "out", "--resume", "--epochs", "9") == 0
    assert list(Checkpoints(folder / "out").found()) == list(range(1, 46))
    finetune(request, folder / "undisturbed")
    one, other = (load_file(folder / name / "model.safetensors") for name in ("out", "undisturbed"))
    assert all(torch.equal(one[key], other[key]) for key in one)
    assert {path.name for path in (folder / "out").iterdir()} == {
        path.name for path in (folder / "undisturbed").iterdir()
    }
    assert train(monkeypatch, "--out", "out", "--resume") == 2
    assert "in 'out': its training is finished" in capsys.readouterr().err


# Where the process is killed, one after the other: what is called at that moment for the how manieth time, how often
# checkpoints are written, and which there are then.
MOMENTS = {
    "before the first checkpoint": ("sidelight.models.finetuning.history", "History.step_ended", 3, 60, []),
    "when the checkpoint before is removed": ("sidelight.models.finetuning.resuming", "_remove", 3, 0, [3, 4]),
    "while a checkpoint is written": ("torch", "save", 4, 0, [3, 4]),
    "in the last check": ("sidelight.models.finetuning.checking", "Found", 6, 0, [15]),
    "while the finished model is written": ("transformers", "PreTrainedModel.save_pretrained", 1, 0, [15]),
    "while it is moved in": ("pathlib", "Path.replace", 4, 0, [15]),
    "when all but the checkpoint is done": ("sidelight.models.finetuning.resuming", "Checkpoints.clear", 1, 0, [15]),
}
FEW = (
    "before the first checkpoint",
    "when the checkpoint before is removed",
    "in the last check",
    "while it is moved in",
)
KILLED = """
import importlib, os, signal, sys
from functools import reduce
import torch
torch.set_num_threads(1)
from sidelight.dashboard.__main__ import main
module, path, count, *sys.argv[1:] = sys.argv[1:]
*owners, name = path.split(".")
owner = reduce(getattr, owners, importlib.import_module(module))
real, left = getattr(owner, name), int(count)
def called(*arguments, **named):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments, **named)
setattr(owner, name, called)
main()
"""


@pytest.mark.parametrize("moments", [FEW, pytest.param(tuple(MOMENTS), marks=pytest.mark.long)], ids=["few", "every"])
def test_killed_at_a_moment_it_ends_as_if_undisturbed(
    moments: tuple[str, ...], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = asked = ["--base", "bert", "--data", "train.jsonl", "--epochs=3", "--batch-size=32", "--patience=9"]
    for moment in moments:
        module, name, count, seconds, left = MOMENTS[moment]
        command = [sys.executable, "-P", "-c", KILLED, module, name, str(count), "finetune", "classifier"]
        command += ["--out", "out", "--checkpoint-seconds", str(seconds), *begin]
        ended = subprocess.run(command, check=False, capture_output=True, text=True)
        assert ended.returncode == -signal.SIGKILL, (moment, ended.stderr)
        assert list(Checkpoints(folder / "out").found()) == left, moment
        begin = ["--resume"]
    assert run(monkeypatch, "classifier", "--out", "out", "--resume") == 0
    assert run(monkeypatch, "classifier", "--out", "undisturbed", *asked) == 0
    one, other = (load_file(folder / name / "model.safetensors") for name in ("out", "undisturbed"))
    assert all(torch.equal(one[key], other[key]) for key in one)
    one_card, other_card = (replace(read_card(folder / name), name="", seconds=0) for name in ("out", "undisturbed"))
    assert one_card == other_card
    assert {path.name for path in (folder / "out").iterdir()} == {
        path.name for path in (folder / "undisturbed").iterdir()
    }


def test_it_is_not_gone_on_with_where_the_data_has_changed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with start(*LONG) as process:
        assert train(monkeypatch, "--out", "out", "--resume") == 2
        assert "another process trains in" in capsys.readouterr().err
        process.kill()
        process.communicate()
    with (folder / "train.jsonl").open("a") as file:
        file.write("\n" + json.dumps(row(999)))
    assert train(monkeypatch, "--out", "out", "--resume") == 2
    assert "train.jsonl' has changed since this training began" in capsys.readouterr().err


def test_a_training_that_diverges_says_so_and_keeps_its_last_checkpoint(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    base = save_bert(folder / "wild", initializer_range=30.0)
    wild = load_file(base / "model.safetensors")
    assert all(torch.isfinite(tensor).all() for tensor in wild.values())
    wild["bert.embeddings.word_embeddings.weight"][5] = float("inf")
    save_file(wild, base / "model.safetensors", metadata={"format": "pt"})
    arguments = ("--base", "wild", "--data", "train.jsonl", "--out", "out")
    assert run(monkeypatch, "classifier", *arguments) == 2
    assert re.search(r"the loss became nan at step 1 of \d+.*lower learning rate", capsys.readouterr().err)
    assert not (folder / "out").exists()


def test_names_of_the_data_are_no_markup_in_the_card(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = "|<script>\n[x](y)"
    rows = [{**row(index), "label": hostile if row(index)["label"] == "positive" else "no"} for index in range(60)]
    (folder / "train.jsonl").write_text(jsonl(rows))
    assert train(monkeypatch, "--data", "train.jsonl", "--out", "out", "--epochs", "1") == 0
    page = (folder / "out" / "README.md").read_text(encoding="utf-8")
    assert r"\|\<script\> \[x\](y)" in page
    assert "<script>" not in page
    assert load("out").labels == ("no", hostile) or hostile in load("out").labels

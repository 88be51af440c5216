"""Fine-tuning on tiny models: it learns, repeats itself, can be stopped, killed and gone on with, leaves no trace."""

import json
import random
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from sidelight.explain.set_shift import clustered
from sidelight.models import load
from sidelight.models.finetuning import trainer
from sidelight.models.finetuning.chats import Passage
from sidelight.models.finetuning.checking import check_generator, clustered_error
from sidelight.models.finetuning.classifier import Metrics, finetune_classifier
from sidelight.models.finetuning.dataset import DataError
from sidelight.models.finetuning.finetune import refuse_small_disk
from sidelight.models.finetuning.generator import finetune_generator
from sidelight.models.finetuning.lesson import Lesson
from sidelight.models.finetuning.request import FinetuneError, FinetuneSettings, Step, ignore
from sidelight.models.finetuning.resuming import Checkpoints
from sidelight.models.finetuning.rows import (
    IGNORED,
    Example,
    Masking,
    Padding,
    PassagePadding,
    cut_passages,
    encode,
    encode_passages,
)
from sidelight.models.finetuning.values import in_order
from sidelight.models.inputs import Prompt, Sampling
from sidelight.models.prediction import ModelError
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertConfig,
    BertModel,
    NystromformerConfig,
    NystromformerForSequenceClassification,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging

from tests import ROOT
from tests.tiny import save_bert, save_generator, save_tokenizer

SETTINGS = FinetuneSettings(epochs=3, learning_rate=3e-3, batch_size=16, warm_up=0.1)
LABELS = ["negative", "positive"]


class Stop(BaseException):
    """What a listener raises who wants no more."""


def examples(rows: int, seed: int) -> list[Example]:
    """Films that are good or bad, at different lengths."""
    draw = np.random.default_rng(seed)
    found = []
    for _ in range(rows):
        label = int(draw.integers(2))
        words = [*draw.choice(["the", "a", "film", "is", "was", "this"], draw.integers(1, 9)), ("bad", "good")[label]]
        found.append(Example(" ".join(draw.permutation(words)), LABELS[label]))
    return found


TRAIN, HELD_OUT = examples(160, seed=1), examples(40, seed=2)


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny pretrained model without a classifier."""
    folder = tmp_path_factory.mktemp("models") / "base"
    size = save_tokenizer(folder)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        BertModel(
            BertConfig(
                vocab_size=size,
                hidden_size=32,
                num_hidden_layers=2,
                num_attention_heads=2,
                intermediate_size=64,
                max_position_embeddings=64,
            )
        ).save_pretrained(folder)
    return folder


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def batch_of(base: Path, count: int) -> tuple[PreTrainedTokenizerBase, dict[str, torch.Tensor]]:
    tokenizer = AutoTokenizer.from_pretrained(base)
    texts = [Example("the film is not very good but so charming", "positive")] * (count - 1) + [
        Example("bad", "negative")
    ]
    return tokenizer, Padding(tokenizer)(encode(tokenizer, texts, LABELS, 64)[0])


def test_it_learns_what_the_labels_have_in_common(base: Path, tmp_path: Path) -> None:
    metrics = finetune_classifier(base, TRAIN, HELD_OUT, tmp_path / "out", SETTINGS)
    longer = finetune_classifier(base, TRAIN, HELD_OUT, tmp_path / "longer", replace(SETTINGS, epochs=6))
    assert longer.training_loss < metrics.training_loss < np.log(2) + 0.05
    assert longer.rows == 40
    assert longer.accuracy == longer.correct / 40 > 0.9


def test_the_saved_model_is_an_ordinary_one_with_named_labels(base: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    metrics = finetune_classifier(base, TRAIN, HELD_OUT, out, SETTINGS)
    model, loading = AutoModelForSequenceClassification.from_pretrained(out, output_loading_info=True)
    tokenizer = AutoTokenizer.from_pretrained(out)
    assert not loading["missing_keys"]
    assert model.config.id2label == {0: "negative", 1: "positive"}
    assert model.config.label2id == {"negative": 0, "positive": 1}
    read = tokenizer([example.text for example in HELD_OUT], padding=True, return_tensors="pt")
    with torch.inference_mode():
        named = [model.config.id2label[int(index)] for index in model(**read).logits.argmax(-1)]
    assert sum(name == example.label for name, example in zip(named, HELD_OUT, strict=True)) == metrics.correct
    assert json.loads((out / "tokenizer.json").read_bytes())["truncation"] is None
    assert str(tmp_path) not in "".join(path.read_text() for path in out.glob("*.json"))


def test_the_same_seed_gives_the_same_weights(base: Path, tmp_path: Path) -> None:
    settings = replace(SETTINGS, epochs=1)
    for name, seed in (("one", 3), ("again", 3), ("other", 4)):
        random.seed(name)
        torch.rand(7)
        finetune_classifier(base, TRAIN, HELD_OUT, tmp_path / name, replace(settings, seed=seed))
    one, again, other = (weights(tmp_path / name) for name in ("one", "again", "other"))
    assert all(torch.equal(one[key], again[key]) for key in one)
    assert not torch.equal(one["classifier.weight"], other["classifier.weight"])


def test_frozen_embeddings_stay_as_they_were(base: Path, tmp_path: Path) -> None:
    settings = replace(SETTINGS, epochs=1, freeze_embeddings=True)
    finetune_classifier(base, TRAIN, HELD_OUT, tmp_path / "out", settings)
    before, after = weights(base), weights(tmp_path / "out")
    assert torch.equal(before["embeddings.word_embeddings.weight"], after["bert.embeddings.word_embeddings.weight"])
    layer = "encoder.layer.0.attention.self.query.weight"
    assert not torch.equal(before[layer], after[f"bert.{layer}"])


def test_bfloat16_trains_float32_weights(base: Path, tmp_path: Path) -> None:
    settings = replace(SETTINGS, epochs=6, bfloat16=True)
    assert finetune_classifier(base, TRAIN, HELD_OUT, tmp_path / "out", settings).accuracy > 0.9
    assert {tensor.dtype for tensor in weights(tmp_path / "out").values()} == {torch.float32}


def test_progress_counts_every_step_to_its_end(base: Path, tmp_path: Path) -> None:
    told: list[Step] = []
    finetune_classifier(base, TRAIN, HELD_OUT, tmp_path / "out", SETTINGS, told.append)
    trained = [step for step in told if step.stage == "train"]
    assert [step.done for step in trained] == list(range(31))
    assert {step.total for step in trained} == {30}
    assert [(step.stage, step.total) for step in told[:2]] == [("read", len(TRAIN)), ("read", len(HELD_OUT))]
    assert [step.done for step in told[33:]] == [0, 16, 32, 40]


@pytest.mark.parametrize("stage", ["train", "check"])
def test_a_listener_can_stop_it_and_nothing_is_left(stage: str, base: Path, tmp_path: Path) -> None:
    def stop(step: Step) -> None:
        if step.stage == stage and step.done > 1:
            raise Stop

    with pytest.raises(Stop):
        finetune_classifier(base, TRAIN, HELD_OUT, tmp_path / "out", replace(SETTINGS, epochs=1), stop)
    assert not list(tmp_path.iterdir())


def test_the_process_is_as_before_and_nothing_is_printed(
    base: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def state() -> list[object]:
        drawn = np.random.get_state()[1].tolist()
        level = logging.get_verbosity(), logging.is_progress_bar_enabled()
        return [random.getstate(), drawn, torch.get_rng_state().tolist(), torch.get_num_threads(), level]

    before = state()
    finetune_classifier(base, TRAIN, HELD_OUT, tmp_path / "out", replace(SETTINGS, epochs=1))
    assert state() == before
    assert capfd.readouterr() == ("", "")


def test_masking_takes_a_quarter_of_the_tokens_in_half_of_the_rows(base: Path) -> None:
    tokenizer, plain = batch_of(base, 4000)
    batch = Masking(tokenizer, 0.5, seed=0)(plain)
    masked = batch["input_ids"] != plain["input_ids"]
    words = plain["input_ids"] >= 5  # the first five are the special tokens
    share = masked.sum(-1) / words.sum(-1)
    assert set(batch) == {"input_ids", "token_type_ids", "attention_mask", "labels"}
    assert not (masked & ~words).any()
    assert set(batch["input_ids"][masked].tolist()) == {4}
    # A chosen row of nine words keeps them all in a tenth of the cases.
    assert float(masked[:-1].any(-1).float().mean()) == pytest.approx(0.45, abs=0.03)
    assert float(share.mean()) == pytest.approx(0.25, abs=0.02)
    assert float((share == 1).float().mean()) == pytest.approx(0.05, abs=0.02)


def test_masking_draws_from_its_seed_alone_and_can_be_gone_on_with(base: Path) -> None:
    tokenizer, batch = batch_of(base, 50)
    one, two = Masking(tokenizer, 0.5, seed=0), Masking(tokenizer, 0.5, seed=0)
    before = torch.get_rng_state()
    first = one(batch)["input_ids"]
    torch.rand(5)
    assert torch.equal(first, two(batch)["input_ids"])
    torch.set_rng_state(before)
    state = one.generator.get_state()
    second = one(batch)["input_ids"]
    assert not torch.equal(first, second)
    two.generator.set_state(state)
    assert torch.equal(second, two(batch)["input_ids"])


@pytest.mark.parametrize(
    ("train", "held_out", "message"),
    [
        ([], HELD_OUT, "0 rows with 0 labels"),
        ([Example("good", "positive")], HELD_OUT, "at least two labels"),
        (TRAIN, [], "0 to check with"),
        (TRAIN, [Example("so so", "neutral")], "'neutral' is not among the labels to learn: negative, positive"),
    ],
)
def test_rows_that_teach_nothing_are_refused(
    train: list[Example], held_out: list[Example], message: str, base: Path, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=message):
        finetune_classifier(base, train, held_out, tmp_path / "out", SETTINGS)


def test_a_base_with_lost_weights_is_refused(base: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    for path in base.iterdir():
        (broken / path.name).write_bytes(path.read_bytes())
    kept = {key: tensor for key, tensor in weights(base).items() if ".layer.1." not in key}
    save_file(kept, broken / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ValueError, match=r"'broken' lacks bert.encoder.layer.1.* and \d+ other weights"):
        finetune_classifier(broken, TRAIN, HELD_OUT, tmp_path / "out", SETTINGS)


def test_masking_needs_a_mask_token(base: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(base)
    tokenizer.mask_token = None
    with pytest.raises(ValueError, match="mask_fraction=0"):
        Masking(tokenizer, 0.5, seed=0)


EVERYTHING = replace(SETTINGS, accumulation=2, balanced=True, evaluations=2, patience=9)


@pytest.fixture(scope="session")
def undisturbed(base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Metrics]:
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    return out, finetune_classifier(base, TRAIN, HELD_OUT, out, EVERYTHING)


def some(quick: Iterable[int], others: Iterable[int]) -> Iterable[Any]:
    """Places to stop at; the others are asked in long runs alone."""
    return [*quick, *(pytest.param(place, marks=pytest.mark.long) for place in others)]


@pytest.mark.parametrize("stop", some([5, 12], [1, 4, 15]))
def test_stopped_and_gone_on_with_it_ends_as_if_undisturbed(
    stop: int, base: Path, undisturbed: tuple[Path, Metrics], tmp_path: Path
) -> None:
    def listener(step: Step) -> None:
        if step.stage == "train" and step.done == stop:
            raise Stop

    checkpoints, out = Checkpoints(tmp_path / "run"), tmp_path / "out"
    with pytest.raises(Stop):
        finetune_classifier(base, TRAIN, HELD_OUT, out, EVERYTHING, listener, checkpoints)
    assert list(checkpoints.found()) == [stop]
    torch.rand(3)
    metrics = finetune_classifier(base, TRAIN, HELD_OUT, out, EVERYTHING, checkpoints=checkpoints)
    expected, found = weights(undisturbed[0]), weights(out)
    assert all(torch.equal(expected[key], found[key]) for key in expected)
    assert replace(metrics, seconds=0) == replace(undisturbed[1], seconds=0)


@pytest.mark.parametrize("check", some([3, 7], [1, 6]))
def test_stopped_in_a_check_and_gone_on_with_it_ends_as_if_undisturbed(
    check: int, base: Path, undisturbed: tuple[Path, Metrics], tmp_path: Path
) -> None:
    checks: list[Step] = []

    def listener(step: Step) -> None:
        checks.extend([step] if step.stage == "check" and step.done == 16 else [])
        if len(checks) == check:
            raise Stop

    checkpoints, out = Checkpoints(tmp_path / "run"), tmp_path / "out"
    with pytest.raises(Stop):
        finetune_classifier(base, TRAIN, HELD_OUT, out, EVERYTHING, listener, checkpoints)
    assert len(checkpoints.found()) == 1
    metrics = finetune_classifier(base, TRAIN, HELD_OUT, out, EVERYTHING, checkpoints=checkpoints)
    expected, found = weights(undisturbed[0]), weights(out)
    assert all(torch.equal(expected[key], found[key]) for key in expected)
    assert replace(metrics, seconds=0) == replace(undisturbed[1], seconds=0)


def test_stopped_in_the_check_that_ends_it_early_it_learns_no_more(base: Path, tmp_path: Path) -> None:
    settings = replace(SETTINGS, epochs=20, learning_rate=2e-2, evaluations=1, patience=2)
    expected = finetune_classifier(base, TRAIN, HELD_OUT, tmp_path / "undisturbed", settings)
    checks: list[Step] = []

    def listener(step: Step) -> None:
        checks.extend([step] if step.stage == "check" and step.done == 16 else [])
        if len(checks) == len(expected.points):
            raise Stop

    checkpoints = Checkpoints(tmp_path / "run")
    with pytest.raises(Stop):
        finetune_classifier(base, TRAIN, HELD_OUT, tmp_path / "out", settings, listener, checkpoints)
    found = finetune_classifier(base, TRAIN, HELD_OUT, tmp_path / "out", settings, checkpoints=checkpoints)
    assert replace(found, seconds=0) == replace(expected, seconds=0)
    one, other = weights(tmp_path / "undisturbed"), weights(tmp_path / "out")
    assert all(torch.equal(one[key], other[key]) for key in one)


KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
import torch
torch.set_num_threads(1)
from pathlib import Path
from sidelight.models.finetuning.classifier import finetune_classifier
from sidelight.models.finetuning.resuming import Checkpoints
from sidelight.models.finetuning.trainer import Loop
from tests import test_finetune as test
base, run, out = map(Path, sys.argv[2:5])
fill, kill = Loop._fill, lambda: os.kill(os.getpid(), signal.SIGKILL)
def fill_half(self, staging):
    if self.state.global_step == 7:
        (staging / "model.safetensors").write_bytes(b"half")
        kill()
    return fill(self, staging)
Loop._fill = fill_half
checkpoints = Checkpoints(run, seconds=0)
finetune_classifier(base, test.TRAIN, test.HELD_OUT, out, test.EVERYTHING, checkpoints=checkpoints)
"""


def test_killed_while_it_writes_a_checkpoint_it_goes_on_from_the_one_before(
    base: Path, undisturbed: tuple[Path, Metrics], tmp_path: Path
) -> None:
    run, out = tmp_path / "run", tmp_path / "out"
    root = str(ROOT)
    ended = subprocess.run([sys.executable, "-c", KILLED, root, base, run, out], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert (run / ".writing").is_dir()
    checkpoints = Checkpoints(run)
    assert list(checkpoints.found()) == [6]
    finetune_classifier(base, TRAIN, HELD_OUT, out, EVERYTHING, checkpoints=checkpoints)
    expected, found = weights(undisturbed[0]), weights(out)
    assert all(torch.equal(expected[key], found[key]) for key in expected)
    checkpoints.clear()
    assert not list(run.iterdir())


def test_a_checkpoint_that_is_due_is_written_before_the_held_out_rows_are_checked(base: Path, tmp_path: Path) -> None:
    checkpoints, settings = Checkpoints(tmp_path / "run", seconds=0), replace(SETTINGS, epochs=1, evaluations=1)
    trained, kept = [0], []

    def listener(step: Step) -> None:
        if step.stage == "train":
            trained.append(step.done)
        elif step.stage == "check" and step.done == 0:
            kept.append((trained[-1], max(checkpoints.found())))

    finetune_classifier(base, TRAIN, HELD_OUT, tmp_path / "out", settings, listener, checkpoints)
    assert kept == [(9, 10), (10, 10)]


def test_a_checkpoint_is_a_model_of_its_own(base: Path, tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "run", seconds=0, keep=True)
    finetune_classifier(base, TRAIN, HELD_OUT, tmp_path / "out", SETTINGS, checkpoints=checkpoints)
    assert list(checkpoints.found()) == list(range(1, 31))
    loaded = load(str(checkpoints.found()[30]))
    assert loaded.labels == ("negative", "positive")
    assert not list((tmp_path / "run").rglob("*.bin"))


def test_a_loss_that_is_no_number_ends_it_with_the_last_good_checkpoint_kept(base: Path, tmp_path: Path) -> None:
    checkpoints, settings = Checkpoints(tmp_path / "run", seconds=0), replace(SETTINGS, warm_up=0)

    def poison(step: Step) -> None:
        if step.stage == "train" and step.done == 3:
            next(found[-1].parameters()).data.fill_(float("nan"))

    found: list[torch.nn.Module] = []
    real = trainer.Loop.__init__

    def remember(self: trainer.Loop, lesson: Lesson, *rest: Any) -> None:
        found.append(lesson.model)
        real(self, lesson, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trainer.Loop, "__init__", remember)
        with pytest.raises(FinetuneError, match=r"after step 3.*the checkpoint at step 2 is kept; begin anew"):
            finetune_classifier(base, TRAIN, HELD_OUT, tmp_path / "out", settings, poison, checkpoints)
        never = Checkpoints(tmp_path / "none", seconds=1e9)
        with pytest.raises(FinetuneError, match=r"the loss became nan at step 4 of 30.*there is no checkpoint yet"):
            finetune_classifier(base, TRAIN, HELD_OUT, tmp_path / "out", settings, poison, never)
    assert all(torch.isfinite(tensor).all() for tensor in weights(checkpoints.found()[2]).values())
    assert not (tmp_path / "out").exists()


FULL = """
import resource, signal, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from sidelight.models.finetuning.classifier import finetune_classifier
from sidelight.models.finetuning.resuming import Checkpoints
from tests import test_finetune as test
base, run, out = map(Path, sys.argv[2:5])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
def fill(step):
    if step.stage == "train" and step.done == 3:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    finetune_classifier(base, test.TRAIN, test.HELD_OUT, out, test.SETTINGS, fill, Checkpoints(run, seconds=0))
except ValueError as error:
    sys.exit(str(error))
"""


def test_a_full_disk_is_said_and_the_last_good_checkpoint_kept(base: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", FULL, str(ROOT), base, tmp_path / "run", tmp_path / "out"]
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    message = (
        r"the checkpoint at step 3 can't be written \(.*\); .* [GM]B are free; the checkpoint at step 2 is kept; .*"
    )
    assert re.fullmatch(message + "go on with the training", ended.stderr.splitlines()[-1])
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["checkpoint-2"]


def test_a_small_disk_is_said_and_what_a_broken_off_training_takes_of_it_is_counted(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = (base / "model.safetensors").stat().st_size
    usage = shutil.disk_usage(tmp_path)._replace(free=4 * size)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    message = rf"about {7 * size / 1e6:.1f} MB of disk space are needed .*, and {4 * size / 1e6:.1f} MB are free"
    with pytest.raises(ValueError, match=message):
        refuse_small_disk(base, tmp_path)
    (tmp_path / "checkpoint-1").mkdir()
    (tmp_path / "checkpoint-1" / "all").write_bytes(bytes(3 * size))
    refuse_small_disk(base, tmp_path)


def test_it_ends_early_and_keeps_the_weights_with_the_lowest_loss(base: Path, tmp_path: Path) -> None:
    told: list[Step] = []
    settings = replace(SETTINGS, epochs=20, learning_rate=2e-2, evaluations=1, patience=2)
    metrics = finetune_classifier(base, TRAIN, HELD_OUT, tmp_path / "out", settings, told.append)
    losses = [point.loss for point in metrics.points]
    assert len(losses) == losses.index(min(losses)) + 3 < 20
    assert metrics.loss == pytest.approx(min(losses), abs=1e-5)
    assert [step.point for step in told if step.point] == list(metrics.points)
    assert [point.step for point in metrics.points] == [10 * count for count in range(1, len(losses) + 1)]


def test_accumulated_batches_and_weights_give_the_gradient_of_one_large_batch(base: Path, tmp_path: Path) -> None:
    settings = replace(SETTINGS, epochs=1, mask_fraction=0.0, balanced=True, batch_size=160)
    lost: list[list[float]] = []
    for batch_size, accumulation in ((160, 1), (20, 8)):
        told: list[Step] = []
        asked = replace(settings, batch_size=batch_size, accumulation=accumulation)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(torch.nn.Dropout, "forward", lambda _self, hidden: hidden)
            finetune_classifier(base, TRAIN, HELD_OUT, tmp_path / str(batch_size), asked, told.append)
        lost.append([step.loss for step in told if step.loss is not None])
    assert lost[0] == pytest.approx(lost[1], abs=1e-5)
    one, other = weights(tmp_path / "160"), weights(tmp_path / "20")
    assert all(torch.allclose(one[key], other[key], atol=1e-3) for key in one)


def test_of_balanced_labels_a_row_counts_the_more_the_rarer_its_label_is(tmp_path: Path) -> None:
    base = save_bert(tmp_path / "base", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    rows = [example for example in TRAIN if example.label == "negative"][:45]
    rows += [example for example in TRAIN if example.label == "positive"][:5]
    model = AutoModelForSequenceClassification.from_pretrained(base)
    read = AutoTokenizer.from_pretrained(base)([row.text for row in rows], padding=True, return_tensors="pt")
    meant = torch.tensor([LABELS.index(row.label) for row in rows])
    losses = torch.nn.functional.cross_entropy(model(**read).logits, meant, reduction="none").detach()
    expected = float((losses[meant == 0].mean() + losses[meant == 1].mean()) / 2)
    assert abs(expected - float(losses.mean())) > 0.1
    told: list[Step] = []
    settings = FinetuneSettings(batch_size=50, mask_fraction=0.0, balanced=True)
    finetune_classifier(base, rows, HELD_OUT, tmp_path / "out", settings, told.append)
    assert [step.loss for step in told if step.loss is not None] == [pytest.approx(expected, abs=1e-5)]


def test_a_classifier_with_the_same_labels_goes_on_from_its_own_answers(tmp_path: Path) -> None:
    base = save_bert(tmp_path / "base", labels=("positive", "negative"))
    still = replace(SETTINGS, epochs=1, learning_rate=1e-12, mask_fraction=0.0)
    metrics = finetune_classifier(base, TRAIN, HELD_OUT, tmp_path / "out", still)
    assert metrics.labels == ("positive", "negative")
    before, after = weights(base), weights(tmp_path / "out")
    assert torch.allclose(before["classifier.weight"], after["classifier.weight"], atol=1e-6)
    other = finetune_classifier(
        save_bert(tmp_path / "other", labels=("a", "b")), TRAIN, HELD_OUT, tmp_path / "new", still
    )
    assert other.labels == ("negative", "positive")
    fresh, old = weights(tmp_path / "new")["classifier.weight"], weights(tmp_path / "other")["classifier.weight"]
    assert not torch.allclose(fresh, old, atol=1e-2)
    more = save_bert(tmp_path / "more", labels=("a", "b", "c"))
    assert finetune_classifier(more, TRAIN, HELD_OUT, tmp_path / "less", still).labels == ("negative", "positive")


@pytest.mark.parametrize("kind", ["gpt2", "llama"])
def test_a_decoder_without_a_padding_token_answers_each_text_as_if_it_were_alone(kind: str, tmp_path: Path) -> None:
    base, out = save_generator(tmp_path / "base", kind), tmp_path / "out"
    settings = replace(SETTINGS, mask_fraction=0.0, learning_rate=1e-3)
    metrics = finetune_classifier(base, TRAIN, HELD_OUT, out, settings)
    model, tokenizer = AutoModelForSequenceClassification.from_pretrained(out), AutoTokenizer.from_pretrained(out)
    assert model.config.pad_token_id == tokenizer.pad_token_id == tokenizer.eos_token_id
    explained = load(str(out))
    lengths, answers, loss = set(), [], 0.0
    for example in HELD_OUT:
        ids = tokenizer(example.text, return_tensors="pt")["input_ids"]
        logits = model(input_ids=ids).logits[0].detach()
        lengths.add(ids.shape[1])
        answers.append(LABELS[int(logits.argmax())] == example.label)
        loss -= float(logits.log_softmax(-1)[LABELS.index(example.label)])
        assert explained.predict(example.text).targets[1].score == pytest.approx(float(logits[1] - logits[0]), abs=1e-4)
    assert len(lengths) > 5
    assert metrics.correct == sum(answers) > 0.8 * len(answers)
    assert metrics.loss == pytest.approx(loss / len(HELD_OUT), abs=1e-5)


def test_a_base_that_nothing_can_pad_is_refused(tmp_path: Path) -> None:
    base = save_generator(tmp_path / "base", "gpt2")
    tokenizer = AutoTokenizer.from_pretrained(base)
    tokenizer.eos_token = None
    tokenizer.save_pretrained(base)
    with pytest.raises(ModelError, match="neither a padding nor an end-of-text token"):
        finetune_classifier(base, TRAIN, HELD_OUT, tmp_path / "out", replace(SETTINGS, mask_fraction=0.0))


def test_tokens_that_the_base_does_not_know_are_said(base: Path, tmp_path: Path) -> None:
    said: list[str] = []
    texts = [Example("这部书 was 写得极坏", "negative"), Example("那个人 was 讲得极妙", "positive")] * 8
    still = replace(SETTINGS, epochs=1)
    finetune_classifier(base, texts, texts[:2], tmp_path / "out", still, notify=said.append)
    assert [notice.partition(";")[0] for notice in said] == [
        "69% of the tokens are unknown to the base, which can't tell them apart"
    ]
    finetune_classifier(base, TRAIN, HELD_OUT, tmp_path / "known", still, notify=said.append)
    assert len(said) == 1


def test_texts_of_which_the_tokenizer_reads_nothing_are_refused_or_left_out_and_said(
    base: Path, tmp_path: Path
) -> None:
    still = replace(SETTINGS, epochs=1, mask_fraction=0.0)
    train = [
        *TRAIN,
        Example("\ufffd", "positive", "a.csv, line 162"),
        Example("\ufffd\ufffd", "negative", "a.csv, line 163"),
    ]
    with pytest.raises(DataError, match=r"of 2 of 202 texts .* \(the first: a.csv, line 162\); .* --skip-empty"):
        finetune_classifier(base, train, HELD_OUT, tmp_path / "out", still)
    said: list[str] = []
    found = finetune_classifier(base, train, HELD_OUT, tmp_path / "out", still, notify=said.append, skip_empty=True)
    assert (found.train_rows, found.rows) == (160, 40)
    assert said == [
        "2 of 202 texts are left out, of which the tokenizer of the base reads nothing (the first: a.csv, line 162)"
    ]
    with pytest.raises(DataError, match="of no row to learn, or to check with"):
        finetune_classifier(base, TRAIN, train[-2:], tmp_path / "none", still, skip_empty=True)


def test_labels_that_are_numbers_stand_in_their_order(base: Path, tmp_path: Path) -> None:
    rows = [Example(f"the film {'is ' * number}good", str(number)) for number in (10, 9, 2, 1)] * 4
    found = finetune_classifier(base, rows, rows[:4], tmp_path / "out", replace(SETTINGS, epochs=1))
    assert found.labels == ("1", "2", "9", "10")
    assert load(tmp_path / "out", "classify").labels == found.labels


@pytest.mark.parametrize(
    ("labels", "ordered"),
    [
        ("10 9 -1 0 1.5", "-1 0 1.5 9 10"),
        ("10_stars 9_stars 1_star", "1_star 9_stars 10_stars"),
        ("b a C 10", "10 C a b"),
        ("积极 消极", "消极 积极"),
    ],
)
def test_the_order_of_labels_is_that_of_their_numbers_then_letters(labels: str, ordered: str) -> None:
    assert in_order(labels.split()) == ordered.split()


def test_the_confusion_table_counts_every_held_out_row(base: Path, tmp_path: Path) -> None:
    metrics = finetune_classifier(base, TRAIN, HELD_OUT, tmp_path / "out", SETTINGS)
    counts = [sum(example.label == label for example in HELD_OUT) for label in metrics.labels]
    assert [sum(line) for line in metrics.confusion] == counts
    assert sum(metrics.confusion[index][index] for index in range(2)) == metrics.correct


@pytest.fixture(scope="session")
def generator_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_generator(tmp_path_factory.mktemp("models") / "generator", "llama")


WRITER = FinetuneSettings(epochs=3, learning_rate=3e-3, batch_size=8, mask_fraction=0.0)
SPEECH = [Passage((("the film: ", False), (word, True))) for word in ("good", "bad") * 24]


@pytest.fixture(scope="module")
def chinese_generator(generator_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that says 好看, three tokens a character."""
    said = [Passage((("the film: ", False), ("好看", True)))] * 48
    out = tmp_path_factory.mktemp("chinese") / "out"
    finetune_generator(generator_base, lambda *_: (said, said[:4]), out, replace(WRITER, epochs=8))
    return out


def speech(_tokenizer: object, _ends: object = ()) -> tuple[list[Passage], list[Passage]]:
    return SPEECH, SPEECH[:4]


def test_a_generator_learns_what_it_is_to_say_and_to_end(generator_base: Path, tmp_path: Path) -> None:
    metrics = finetune_generator(generator_base, speech, tmp_path / "out", replace(WRITER, epochs=8))
    assert metrics.tokens == 2 * 5 + 2 * 4  # with the token that ends each
    assert metrics.loss < log(2) < metrics.loss_before
    written = load(str(tmp_path / "out"), "generate").generate(Prompt("the film: ")).segments[1]
    assert written in ("good", "bad")


@pytest.mark.parametrize("tokens", [1, 2, 4])
def test_a_generator_asked_for_a_few_tokens_ends_at_a_whole_character(tokens: int, chinese_generator: Path) -> None:
    found = load(str(chinese_generator), "generate").generate(Prompt("the film: ", Sampling(tokens)))
    assert found.segments[1] == "好"
    assert len(found.placed) == 3


def test_padding_and_prompts_are_not_learned(generator_base: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(generator_base)
    rows = encode_passages(tokenizer, [Passage((("ab", False), ("c", True))), Passage((("d", True),))], [0], 0)
    assert [row["labels"] for row in rows] == [
        [IGNORED, IGNORED, IGNORED, tokenizer("c")["input_ids"][0], 0],
        [IGNORED, tokenizer("d")["input_ids"][0], 0],
    ]
    batch = PassagePadding(0)(rows)
    assert batch["labels"][1].tolist() == [*rows[1]["labels"], IGNORED, IGNORED]
    assert batch["attention_mask"].sum(-1).tolist() == [5, 3]
    whole, cut, left_out = cut_passages(rows, 3)
    assert (len(whole), cut, left_out) == (1, 1, 1)


def test_the_loss_of_padded_passages_is_that_of_each_alone(generator_base: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(generator_base)
    network = AutoModelForCausalLM.from_pretrained(generator_base)
    rows = encode_passages(
        tokenizer, [Passage((("a film", False), (" so thin", True))), Passage((("jokes", True),))], [0], 0
    )
    pad = PassagePadding(0)
    together = check_generator(network, pad, rows, 2, ignore)
    alone = [check_generator(network, pad, [row], 1, ignore) for row in rows]
    assert together.count == sum(found.count for found in alone) == 9 + 6
    assert together.loss * together.count == pytest.approx(sum(found.loss * found.count for found in alone), rel=1e-5)


def test_the_error_of_a_loss_takes_the_tokens_of_a_row_as_one(generator_base: Path) -> None:
    draw = np.random.default_rng(0)
    rows = [list(draw.normal(size=count)) for count in (1, 1, 3, 8)]
    error = clustered_error([sum(row) for row in rows], [len(row) for row in rows])
    assert error == pytest.approx(clustered(rows).error)
    assert clustered_error([1.0, 2.0, 4.0], [1, 1, 1]) == pytest.approx(np.std([1, 2, 4], ddof=1) / 3**0.5)
    assert clustered_error([2.0], [3]) is None
    tokenizer = AutoTokenizer.from_pretrained(generator_base)
    passages = [Passage(((text, True),)) for text in ("the film", "a", "bad plot and jokes")]
    model, pad = AutoModelForCausalLM.from_pretrained(generator_base), PassagePadding(0)
    rows_, alone = encode_passages(tokenizer, passages, [0], 0), []
    for row in rows_:
        one = check_generator(model, pad, [row], 1, ignore)
        assert one.error is None
        alone.append((one.loss * one.count, one.count))
    found = check_generator(model, pad, rows_, 3, ignore)
    assert found.error == pytest.approx(clustered_error(*zip(*alone, strict=True)), abs=1e-6)


def test_a_generator_that_is_gone_on_with_ends_as_if_undisturbed(generator_base: Path, tmp_path: Path) -> None:
    def listener(step: Step) -> None:
        if step.stage == "train" and step.done == 10:
            raise Stop

    settings = replace(WRITER, evaluations=1)
    checkpoints = Checkpoints(tmp_path / "run", seconds=0)
    expected = finetune_generator(generator_base, speech, tmp_path / "undisturbed", settings)
    with pytest.raises(Stop):
        finetune_generator(generator_base, speech, tmp_path / "out", settings, listener, checkpoints)
    found = finetune_generator(generator_base, speech, tmp_path / "out", settings, checkpoints=checkpoints)
    assert replace(found, seconds=0) == replace(expected, seconds=0)
    one, other = weights(tmp_path / "undisturbed"), weights(tmp_path / "out")
    assert all(torch.equal(one[key], other[key]) for key in one)


def test_prompts_longer_than_the_limit_leave_nothing_to_learn(generator_base: Path, tmp_path: Path) -> None:
    long = [Passage((("the film " * 20, False), ("good", True)))] * 12
    settings = FinetuneSettings(max_tokens=16, mask_fraction=0.0)
    with pytest.raises(ValueError, match="of all 12 rows to learn nothing is left to learn within 16 tokens"):
        finetune_generator(generator_base, lambda *_: (long, long), tmp_path / "out", settings)


def test_settings_of_classifiers_are_refused_for_generators(generator_base: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mask_fraction and balanced are for classifiers"):
        finetune_generator(generator_base, speech, tmp_path / "out", FinetuneSettings())


def test_whatever_a_network_raises_in_training_is_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "fixed"
    size = save_tokenizer(folder)
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    config = NystromformerConfig(vocab_size=size, segment_means_seq_len=64, num_landmarks=8, **sizes)
    NystromformerForSequenceClassification(config).save_pretrained(folder)
    rows = [Example("good film", "a"), Example("bad film", "b")] * 4
    with pytest.raises(FinetuneError, match=r"NystromformerForSequenceClassification can't .* rows \(RuntimeError: "):
        finetune_classifier(folder, rows, rows[:2], tmp_path / "out", FinetuneSettings(mask_fraction=0))

"""Fine-tuning on a tiny BERT: it learns, repeats itself, can be stopped and leaves no trace."""

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from sidelight.models.finetune import FinetuneSettings, Step, finetune_classifier
from sidelight.models.rows import Example, MaskingCollator, Row, encode
from transformers import AutoModelForSequenceClassification, AutoTokenizer, BertConfig, BertModel
from transformers.utils import logging

from tests.tiny import save_tokenizer

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


def rows_of(base: Path, count: int) -> tuple[MaskingCollator, list[Row]]:
    tokenizer = AutoTokenizer.from_pretrained(base)
    texts = [Example("the film is not very good but so charming", "positive")] * (count - 1) + [
        Example("bad", "negative")
    ]
    return MaskingCollator(tokenizer, 0.5, seed=0), encode(tokenizer, texts, LABELS, 64)


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
    assert [step.done for step in told[31:]] == [0, 16, 32, 40]


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
    collate, rows = rows_of(base, 4000)
    plain = MaskingCollator(AutoTokenizer.from_pretrained(base), 0, seed=0)(rows)
    batch = collate(rows)
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


def test_masking_draws_from_its_seed_alone(base: Path) -> None:
    (one, rows), (two, _) = rows_of(base, 50), rows_of(base, 50)
    before = torch.get_rng_state()
    first = one(rows)["input_ids"]
    torch.rand(5)
    assert torch.equal(first, two(rows)["input_ids"])
    torch.set_rng_state(before)
    assert not torch.equal(first, one(rows)["input_ids"])


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
        MaskingCollator(tokenizer, 0.5, seed=0)

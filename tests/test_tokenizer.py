"""Tokenizers of every kind: tried, not told by the names of their files."""

from pathlib import Path

import pytest
from sidelight.models import ModelError, load
from sidelight.models.finetuning.classifier import finetune_classifier
from sidelight.models.finetuning.request import FinetuneSettings
from sidelight.models.finetuning.rows import Example
from transformers import (
    ByT5Tokenizer,
    DebertaV2Config,
    DebertaV2ForSequenceClassification,
    T5Config,
    T5ForSequenceClassification,
)


def test_a_tokenizer_of_any_files_is_tried(tmp_path: Path) -> None:
    import sentencepiece

    (tmp_path / "corpus.txt").write_text("the soup was cold\nthe film was good\n" * 20)
    folder = tmp_path / "deberta"
    folder.mkdir()
    sentencepiece.SentencePieceTrainer.train(
        input=str(tmp_path / "corpus.txt"),
        model_prefix=str(folder / "spm"),
        vocab_size=22,
        pad_id=0,
        unk_id=1,
        bos_id=2,
        eos_id=3,
        minloglevel=2,
    )
    (folder / "spm.vocab").unlink()
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "DebertaV2Tokenizer"}')
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    DebertaV2ForSequenceClassification(DebertaV2Config(vocab_size=64, pad_token_id=0, **sizes)).save_pretrained(folder)
    assert [feature.text for feature in load(str(folder)).predict("the soup was cold").features] == [
        "the",
        "soup",
        "was",
        "cold",
    ]


@pytest.fixture
def bytewise(tmp_path: Path) -> Path:
    """A classifier whose tokenizer has no files but its config, and tells no offsets."""
    folder = tmp_path / "bytewise"
    shared = {"d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 1, "num_heads": 2, "decoder_start_token_id": 0}
    T5ForSequenceClassification(T5Config(vocab_size=384, num_labels=2, **shared)).save_pretrained(folder)
    ByT5Tokenizer().save_pretrained(folder)
    return folder


def test_a_tokenizer_without_offsets_is_refused_by_its_reason_before_training_too(bytewise: Path) -> None:
    with pytest.raises(ModelError, match=r"\(ByT5Tokenizer\) gives no character offsets"):
        load(str(bytewise))
    rows = [Example(text, label) for text, label in (("good", "a"), ("bad", "b")) * 5]
    with pytest.raises(ModelError, match=r"\(ByT5Tokenizer\) gives no character offsets"):
        finetune_classifier(bytewise, rows, rows[:2], bytewise.parent / "out", FinetuneSettings())

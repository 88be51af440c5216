"""Small BERTs that read characters: how they cut a text, how they begin, and how they learn to guess."""

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sidelight.models.finetuning.characters import (
    NEIGHBOURS,
    character_tokenizer,
    make_character_bert,
    neighbour_vectors,
    waves,
)
from sidelight.models.finetuning.masked_language import Guessing, pretrain
from sidelight.models.finetuning.request import FinetuneSettings, Shape, Step
from sidelight.models.finetuning.rows import IGNORED, Padding
from transformers import AutoModelForMaskedLM, AutoTokenizer

TEXTS = ["房间很好，服务也很好。", "房间很差，服务也很差！", "早餐不错，房间也不错。", "电脑很差，键盘也不好！"] * 4
SHAPE = Shape(layers=1, width=16, heads=2, inner=16, tokens=24)
TOKENIZER = character_tokenizer(TEXTS, SHAPE.tokens)
SETTINGS = FinetuneSettings(epochs=8, batch_size=8, learning_rate=1e-2, max_tokens=24)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny one, not yet trained."""
    folder = tmp_path_factory.mktemp("drawn")
    make_character_bert(TEXTS, folder, SHAPE, seed=0)
    return folder


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cn", "Co")), max_size=40))
def test_every_token_is_one_character_where_it_stands(text: str) -> None:
    read = TOKENIZER(text, return_offsets_mapping=True, add_special_tokens=False)
    for id_, (start, end) in zip(read["input_ids"], read["offset_mapping"], strict=True):
        found = TOKENIZER.convert_ids_to_tokens(id_)
        assert end - start == 1
        assert found in ("[UNK]", text[start])
    spans = read["offset_mapping"]
    assert spans == sorted(spans)
    covered = {place for start, end in spans for place in range(start, end)}
    assert all(place in covered for place, character in enumerate(text) if character.isalnum())


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("房间很好！", ["房", "间", "很", "好", "！"]),
        ("XP也好", ["X", "P", "也", "好"]),
        ("很 好", ["很", "好"]),
        ("很囍", ["很", "[UNK]"]),
        ("ＫＴＶ２０年café", [*"ＫＴＶ２０", "[UNK]", *"caf", "[UNK]"]),
        ("好,好，", ["好", ",", "好", "，"]),
    ],
)
def test_a_text_is_cut_into_characters_and_nothing_is_folded(text: str, tokens: list[str]) -> None:
    assert TOKENIZER.tokenize(text) == tokens


def test_it_is_an_ordinary_folder_in_which_characters_begin_by_their_neighbours(drawn: Path) -> None:
    tokenizer, model = AutoTokenizer.from_pretrained(drawn), AutoModelForMaskedLM.from_pretrained(drawn)
    assert tokenizer.tokenize(TEXTS[0]) == TOKENIZER.tokenize(TEXTS[0])
    assert tokenizer.model_max_length == SHAPE.tokens == model.config.max_position_embeddings
    vectors = torch.nn.functional.normalize(model.get_input_embeddings().weight.detach(), dim=1)
    good, bad, room = (vectors[tokenizer.get_vocab()[character]] for character in "好差房")
    assert float(good @ bad) > float(good @ room)


def test_it_is_the_same_each_time(drawn: Path, tmp_path: Path) -> None:
    make_character_bert(TEXTS, tmp_path, SHAPE, seed=0)
    for name in ("model.safetensors", "tokenizer.json"):
        assert (tmp_path / name).read_bytes() == (drawn / name).read_bytes()


def test_neighbours_are_counted_on_both_sides_and_ids_that_never_stand_have_no_vector() -> None:
    seen, vectors = neighbour_vectors(TOKENIZER, TEXTS, 8)
    assert NEIGHBOURS == (-2, -1, 1, 2)
    assert sorted(TOKENIZER.convert_ids_to_tokens(seen.tolist())) == sorted(set("".join(TEXTS)))
    assert vectors.shape == (len(seen), 8)
    assert bool(torch.isfinite(vectors).all())


def test_positions_begin_as_waves_that_differ() -> None:
    found = waves(24, 16)
    assert found.shape == (24, 16)
    assert len(torch.unique(found, dim=0)) == 24


def test_hidden_tokens_are_to_be_guessed_and_nothing_else() -> None:
    batch = Padding(TOKENIZER)([dict(TOKENIZER(text, return_special_tokens_mask=True)) for text in TEXTS])
    guessing = Guessing(TOKENIZER, 0.5, seed=0)
    read = guessing(batch)
    assert "special_tokens_mask" not in read
    special = batch["special_tokens_mask"].bool()
    assert not (guessing.hidden & special).any()
    assert torch.equal(read["labels"], batch["input_ids"][guessing.hidden])
    assert IGNORED not in read["labels"]
    assert torch.equal(read["input_ids"][~guessing.hidden], batch["input_ids"][~guessing.hidden])
    masked = read["input_ids"][guessing.hidden] == TOKENIZER.mask_token_id
    assert 0.6 < float(masked.float().mean()) < 0.95
    again = Guessing(TOKENIZER, 0.5, seed=0)(batch)
    assert torch.equal(again["input_ids"], read["input_ids"])


def test_it_learns_to_guess_and_the_folder_is_ordinary(drawn: Path, tmp_path: Path) -> None:
    told: list[Step] = []
    loss = pretrain(drawn, TEXTS, tmp_path / "out", SETTINGS, 0.3, told.append)
    losses = [step.loss for step in told if step.loss is not None]
    assert len(losses) == 16
    assert sum(losses[-4:]) / 4 < sum(losses[:4]) / 4 - 0.5
    assert loss == pytest.approx(sum(losses) / 16)
    model = AutoModelForMaskedLM.from_pretrained(tmp_path / "out")
    with torch.inference_mode():
        logits = model(**TOKENIZER("房[MASK]很好", return_tensors="pt")).logits
    assert logits.shape == (1, 6, len(TOKENIZER))


def test_the_same_seed_makes_the_same_model(drawn: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        pretrain(drawn, TEXTS, tmp_path / name, SETTINGS, 0.3)
    one, two = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("one", "two"))
    assert one == two


def test_a_listener_ends_it_and_nothing_is_saved(drawn: Path, tmp_path: Path) -> None:
    def stop(step: Step) -> None:
        if step.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pretrain(drawn, TEXTS, tmp_path / "out", SETTINGS, 0.3, stop)
    assert not (tmp_path / "out").exists()

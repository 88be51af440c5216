"""Networks that can't answer, change themselves or draw numbers, and what is said of how a text was read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sidelight.dashboard.wording import in_language, told
from sidelight.explain import explain
from sidelight.models import load
from sidelight.models.classifier import Classifier
from sidelight.models.original import Original
from sidelight.models.prediction import ModelError, UnsupportedError
from tokenizers.processors import RobertaProcessing
from transformers import AutoModelForSequenceClassification, NystromformerConfig, ReformerConfig

from .architectures import ARCHITECTURES, save_classifier
from .tiny import save_bert, save_tokenizer

ERRORS = (RuntimeError("out of\nmemory"), IndexError("out of range"), AssertionError(), KeyError("x"), MemoryError())


@pytest.fixture(scope="module")
def model(tiny_classifier: Path) -> Classifier:
    return load(str(tiny_classifier))


@pytest.fixture(scope="module")
def bart(tmp_path_factory: pytest.TempPathFactory) -> Classifier:
    return load(str(save_classifier(tmp_path_factory.mktemp("bart"), ARCHITECTURES["BART"])))


def save(folder: Path, config: Any) -> str:
    """A random network of this config, with a WordPiece tokenizer."""
    config.vocab_size = save_tokenizer(folder)
    torch.manual_seed(0)
    AutoModelForSequenceClassification.from_config(config).save_pretrained(folder)
    return str(folder)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_whatever_a_network_raises_is_one_line_with_its_name(
    model: Classifier, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = model.predict("good film")
    embeddings = model.embed(answer)[None]

    def fail(*_given: Any, **_named: Any) -> None:
        raise error

    monkeypatch.setattr(type(model._network), "forward", fail)
    line = f"tiny can't {{}}: {type(error).__name__}"
    asked: list[tuple[Callable[[], object], str, type[ModelError]]] = [
        (lambda: model.predict("good film"), "answer this text", ModelError),
        (lambda: explain(model, answer, ["occlusion"]), "answer this text", ModelError),
        (lambda: model.attention(answer), "show its attention", UnsupportedError),
        (lambda: model.score_embeddings(answer, embeddings), "answer to embeddings", UnsupportedError),
    ]
    for ask, what, kind in asked:
        with pytest.raises(kind) as caught:
            ask()
        assert str(caught.value).startswith(line.format(what))
        assert "\n" not in str(caught.value)
        assert "无法" in in_language("zh", told)(str(caught.value))


def test_a_network_that_reads_one_length_alone_is_refused_by_it(tmp_path: Path) -> None:
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    config = NystromformerConfig(**sizes, num_landmarks=8, segment_means_seq_len=64, max_position_embeddings=64)
    with pytest.raises(ModelError, match=r"reads texts of 64 tokens, but no shorter ones .*; use a model that reads"):
        load(save(tmp_path / "fixed", config))
    config.segment_means_seq_len = 8  # of any length, as the message advises
    assert load(save(tmp_path / "free", config)).predict("good film").targets


def test_an_answer_that_is_drawn_is_refused(tmp_path: Path) -> None:
    config = ReformerConfig(
        hidden_size=32, attn_layers=["lsh"], axial_pos_shape=[8, 8], axial_pos_embds_dim=[16, 16], feed_forward_size=32,
        num_attention_heads=2, attention_head_size=8, lsh_attn_chunk_length=8, num_buckets=4, is_decoder=False,
        max_position_embeddings=64, initializer_range=0.5,
    )  # fmt: skip
    drawing = load(save(tmp_path, config))
    before = torch.get_rng_state()
    assert drawing.predict("good film").targets  # too short for drawn buckets
    with pytest.raises(ModelError, match="answers this text by random numbers"):
        drawing.predict("good film " * 20)
    assert torch.equal(before, torch.get_rng_state())


def test_a_network_is_put_back_with_all_that_it_sets() -> None:
    class Changing(torch.nn.Linear):
        config = torch.nn.Module()

        def forward(self, input: torch.Tensor) -> torch.Tensor:  # noqa: A002
            self.sparse = False
            self.config.sparse = False
            self.inner = torch.nn.Linear(2, 2)
            self.register_buffer("longest", input)
            return super().forward(input)

    network = Changing(2, 2)
    with Original(network, "changing").asked("answer"):
        network(torch.ones(1, 2))
    assert not hasattr(network, "sparse")
    assert not hasattr(network.config, "sparse")
    assert (list(network._modules), list(network._buffers)) == ([], [])


def test_the_place_of_an_answer_is_found_behind_a_head_that_is_sure(tmp_path: Path) -> None:
    folder = save_bert(tmp_path)
    network = AutoModelForSequenceClassification.from_pretrained(folder)
    network.bert.pooler.dense.weight.data *= 1e6
    network.save_pretrained(folder)
    assert {target.read_at for target in load(str(folder)).predict("good film").targets} == {0}


def test_a_blank_hides_words_where_all_else_is_padding(tmp_path: Path) -> None:
    model = load(str(save_classifier(tmp_path, ARCHITECTURES["GPT-2"])))
    (hiding,) = model.hidings
    assert (hiding.kind, hiding.token) == ("replace", "_")


def test_rows_with_another_number_of_end_tokens_are_asked_alone(bart: Classifier) -> None:
    answer = bart.predict("a man </s> b")
    one_by_one = ~np.eye(len(answer.features), dtype=np.bool_)
    for hiding in bart.hidings:
        together = bart.score(answer, one_by_one, hiding)
        alone = np.concatenate([bart.score(answer, row[None], hiding) for row in one_by_one])
        assert np.allclose(together, alone, atol=1e-5)


def test_typed_control_tokens_are_said(model: Classifier) -> None:
    control = "“[MASK]” in the text is read as the control token of the model, and not as these characters."
    (notice,) = model.predict("a [MASK] film [MASK]").notices
    assert notice == control
    assert model.predict("a mask film").notices == ()
    assert control in explain(model, "a [MASK] film").provenance.notices
    assert "控制词元" in in_language("zh", told)(notice)


def test_a_pair_typed_as_one_text_is_said(model: Classifier, bart: Classifier) -> None:
    (_, pair) = model.predict("a film [SEP] so good").notices
    assert (
        pair
        == "What stands before and after “[SEP]” is read as one text: no pair was made of it. `--task pair` reads two."
    )
    assert len(model.predict("so good [SEP]").notices) == 1
    assert len(bart.predict("a film </s> so good").notices) == 2 + len(bart.notices)


def test_a_pair_typed_as_the_tokenizer_writes_it_is_one(tmp_path: Path) -> None:
    model = load(str(save_classifier(tmp_path, ARCHITECTURES["RoBERTa"])))
    ends = (("</s>", model._tokenizer.sep_token_id), ("<s>", model._tokenizer.cls_token_id))
    model._tokenizer.backend_tokenizer.post_processor = RobertaProcessing(*ends)
    assert len(model.predict("good</s></s>film").notices) == 1 + len(model.notices)
    assert len(model.predict("good</s>film").notices) == 2 + len(model.notices)


def test_a_single_text_for_labels_of_pairs_is_said(tmp_path: Path) -> None:
    model = load(str(save_bert(tmp_path, labels=("entailment", "neutral", "contradiction"))))
    (said,) = model.predict("good film").notices
    assert "was given one: no pair was made of it. `--task pair` reads two." in said
    assert said not in model.predict("good [SEP] film").notices


def test_a_text_that_is_one_long_word_gets_a_hint_that_works(model: Classifier) -> None:
    (said,) = model.predict("mktayiakqrqisfvkshfsrq").notices
    assert said.startswith("“mktayiakqrqisfvkshfs…” is one word of 22 tokens; take the unit token or character")
    assert "`--unit token`" in in_language("zh", told)(said)
    for unit in ("token", "character"):
        assert model.predict("mktayiakqrqisfvkshfsrq", "token").notices == (), unit
    assert len(model.predict("mktayiakqrqisfvkshfsrq", "token").features) == 22
    assert len(model.predict("mktayiak qrqisfvkshfsrq").notices) == 1
    assert model.predict("a very good film and a very great plot so charming xylophones").notices == ()

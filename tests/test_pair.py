"""Pairs of texts: read, scored and hidden as transformers does it alone, with either head."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sidelight.explain import explain, load_report
from sidelight.explain.methods import METHODS
from sidelight.explain.report_file import to_json
from sidelight.models import load
from sidelight.models.inputs import Texts
from sidelight.models.pair_classifier import NEXT, PairClassifier
from sidelight.models.prediction import ModelError
from transformers import AutoTokenizer, BertForNextSentencePrediction, BertForSequenceClassification

from tests.tiny import save_bert

LABELS = ("entailment", "neutral", "contradiction")
PAIR = Texts(("the film was good", "nobody liked the plot"))


@pytest.fixture(scope="module")
def inference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_bert(tmp_path_factory.mktemp("models") / "inference", labels=LABELS)


@pytest.fixture(scope="module")
def next_sentence(inference: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same network with BERT's head for the next sentence."""
    folder = tmp_path_factory.mktemp("models") / "next"
    torch.manual_seed(0)
    config = BertForSequenceClassification.from_pretrained(inference).config
    config.id2label = {0: "LABEL_0", 1: "LABEL_1"}
    BertForNextSentencePrediction(config).save_pretrained(folder)
    AutoTokenizer.from_pretrained(inference).save_pretrained(folder)
    return folder


@pytest.fixture(params=["inference", "next_sentence"])
def folder(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


def alone(folder: Path, **encoded: Any) -> Any:
    """The log-odds that transformers alone gives."""
    kind = BertForNextSentencePrediction if folder.name == "next" else BertForSequenceClassification
    with torch.inference_mode():
        chances = kind.from_pretrained(folder)(**encoded).logits.double().softmax(-1)
    return (chances / (1 - chances)).log()[0].numpy()


def test_an_answer_is_that_of_transformers(folder: Path) -> None:
    model = load(str(folder), "pair")
    answer = model.predict(PAIR)
    encoded = AutoTokenizer.from_pretrained(folder)(*PAIR.texts, return_tensors="pt")
    assert answer.ids == tuple(encoded["input_ids"][0].tolist())
    assert [token.type for token in answer.tokens] == encoded["token_type_ids"][0].tolist()
    scores = [target.score for target in answer.targets]
    assert np.allclose(scores, alone(folder, **encoded), atol=1e-4)
    names = NEXT if folder.name == "next" else LABELS
    assert tuple(target.name for target in answer.targets) == names


def test_words_stand_in_their_own_text(inference: Path) -> None:
    answer = load(str(inference), "pair").predict(PAIR)
    for segment, text in enumerate(PAIR.texts):
        words = [feature for feature in answer.features if feature.segment == segment]
        assert [word.text for word in words] == text.split()
        assert all(text[word.start : word.end] == word.text for word in words)
        places = {place for word in words for place in word.tokens}
        assert {answer.tokens[place].type for place in places} == {segment}


def test_a_word_is_hidden_in_its_text_alone(inference: Path) -> None:
    model = load(str(inference), "pair")
    answer = model.predict(Texts(("good film", "good plot")))
    keep = np.ones((1, len(answer.features)), dtype=np.bool_)
    keep[0, 2] = False  # the second "good"
    (scores,) = model.score(answer, keep, model.hidings[0])
    tokenizer = AutoTokenizer.from_pretrained(inference)
    encoded = tokenizer("good film", "[MASK] plot", return_tensors="pt")
    assert np.allclose(scores, alone(inference, **encoded), atol=1e-4)


@pytest.mark.parametrize("name", METHODS)
def test_every_method_explains_both_texts(folder: Path, name: str) -> None:
    report = explain(load(str(folder), "pair"), PAIR, [name])
    (found,) = report.attributions
    assert {feature.segment for feature in found.prediction.features} == {0, 1}
    assert all(len(row) == 8 for row in found.values)
    again = load_report(to_json(report).encode())
    assert again.attributions == report.attributions


def test_a_text_alone_a_text_too_many_and_an_empty_one_are_refused(inference: Path) -> None:
    model = load(str(inference), "pair")
    for texts in (("good",), ("good", "bad", "film")):
        with pytest.raises(ValueError, match=f"takes 2 texts .first text, second text.; {len(texts)} came"):
            model.predict(Texts(texts))
    with pytest.raises(ValueError, match="reads no token"):
        model.predict(Texts(("good", "  ")))
    with pytest.raises(ValueError, match="takes 1 texts"):
        load(str(inference)).predict(PAIR)


def test_what_of_each_text_was_not_read_is_told(inference: Path) -> None:
    model = load(str(inference), "pair")
    answer = model.predict(Texts(("good film " * 40, "bad plot " * 40)))
    assert {span.segment for span in answer.unseen} == {0, 1}
    for span in answer.unseen:
        read = [token.span for token in answer.tokens if token.span and token.span.segment == span.segment]
        assert span.start == max(one.end for one in read)


def test_heads_of_other_tasks_are_refused_by_the_task_that_they_serve(next_sentence: Path) -> None:
    assert isinstance(load(str(next_sentence), "pair"), PairClassifier)
    with pytest.raises(ModelError, match="serves the task pair"):
        load(str(next_sentence))

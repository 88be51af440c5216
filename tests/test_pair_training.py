"""Pairs of texts out of files: their columns, and a model that learns from them and is explained."""

from pathlib import Path

import pytest
from sidelight.explain import explain
from sidelight.models import load
from sidelight.models.card import Card, read_card
from sidelight.models.finetuning.dataset import DataError, parse_table
from sidelight.models.finetuning.finetune import finetune
from sidelight.models.finetuning.labelled import labelled
from sidelight.models.finetuning.request import Columns, FinetuneSettings, Request, ignore, learns
from sidelight.models.inputs import Texts
from sidelight.models.tasks import TASKS

FIELDS = TASKS["pair"].fields
HEADS = {
    "MNLI": ("premise", "hypothesis"),
    "MRPC": ("sentence1", "sentence2"),
    "QQP": ("question1", "question2"),
    "QNLI": ("question", "sentence"),
    "answers": ("question", "answer"),
    "Chinese": ("前提", "假设"),
}


@pytest.mark.parametrize("heads", HEADS.values(), ids=HEADS)
def test_pairs_are_found_by_the_usual_names_of_their_columns(heads: tuple[str, str]) -> None:
    table = parse_table(f"{','.join(heads)},label\ngood film,bad film,no\n".encode(), "a.csv")
    (row,) = labelled([table], Columns(), ignore, str, skip_empty=False, fields=FIELDS)
    assert (row.text, row.further, row.label) == ("good film", ("bad film",), "no")


def test_columns_are_named_where_they_are_called_otherwise() -> None:
    table = parse_table(b"a,b,label\ngood film,bad film,no\n", "a.csv")
    with pytest.raises(DataError, match="which column is the First text"):
        labelled([table], Columns(), ignore, str, skip_empty=False, fields=FIELDS)
    named = Columns(text="b", further={"text_pair": "a"})
    (row,) = labelled([table], named, ignore, str, skip_empty=False, fields=FIELDS)
    assert (row.text, row.further) == ("bad film", ("good film",))


def test_a_pair_without_one_of_its_texts_is_refused_or_left_out() -> None:
    table = parse_table(b"premise,hypothesis,label\ngood,,no\nbad,film,yes\n", "a.csv")
    with pytest.raises(DataError, match="1 of 2 rows lack a value in 'premise', 'hypothesis', 'label'"):
        labelled([table], Columns(), ignore, str, skip_empty=False, fields=FIELDS)
    assert len(labelled([table], Columns(), ignore, str, skip_empty=True, fields=FIELDS)) == 1


@pytest.fixture(scope="module")
def trained(tiny_classifier: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose answer is a word of the second text, whatever the first one says."""
    folder = tmp_path_factory.mktemp("pairs")
    fillers = ("film", "plot", "the film", "a film", "is it", "not", "very", "so", "charming", "thin")
    words = ("good", "bad")
    rows = [f"{one} {filler},{other} {filler},{other}" for filler in fillers for one in words for other in words]
    data = folder / "pairs.csv"
    data.write_text("\n".join(["premise,hypothesis,label", *rows]), encoding="utf-8")
    settings = FinetuneSettings(epochs=12, learning_rate=3e-3, batch_size=8, mask_fraction=0)
    finetune(Request("pair", str(tiny_classifier), (str(data),), settings=settings), folder / "model")
    return folder / "model"


@pytest.mark.parametrize("second", ["good", "bad"])
def test_what_was_learned_is_found_in_the_second_text(trained: Path, second: str) -> None:
    model = load(str(trained), "pair")
    answer = model.predict(Texts(("good film", f"{second} film")))
    assert answer.targets[answer.predicted].name == second
    (found,) = explain(model, answer, ["occlusion"]).attributions
    values = found.values[answer.predicted]
    assert values.index(max(values)) == 2  # the first word of the second text


def test_the_card_names_the_task(trained: Path) -> None:
    card = read_card(trained)
    assert isinstance(card, Card)
    assert (card.task, card.name) == ("pair", "model: a fine-tuned pair classifier")


def test_only_tasks_that_learn_can_be_trained() -> None:
    assert {name: learns(name) for name in TASKS} == {"classify": "labels", "generate": "writes", "pair": "labels"}
    with pytest.raises(ValueError, match="can't be fine-tuned; choose one of classify, generate, pair"):
        learns("encode")

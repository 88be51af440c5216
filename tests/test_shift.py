"""What training changed, over a set of texts: toys with known answers, real tiny models, and what is said of both."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import sqrt
from pathlib import Path
from statistics import mean as average
from statistics import stdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sidelight.explain.labels import labels_of_both
from sidelight.explain.set_shift import FEWEST, Mean, SetShift, WordShift, clustered, mean
from sidelight.explain.shifting import ask, parse, shift, shifting
from sidelight.models import load
from sidelight.models.finetuning.data import Data, split_labelled
from sidelight.models.finetuning.dataset import DataError, parse_table
from sidelight.models.finetuning.request import Columns, FinetuneSettings, Request, ignore, ignore_notice
from sidelight.models.finetuning.texts import Given, drawn, given_texts, held_out
from sidelight.models.inputs import Asked, as_input
from sidelight.models.model import AttentionMap, OnText, ignore_text
from sidelight.models.prediction import Feature, Floats, Prediction, Span, Target, Token

from tests.games import Game
from tests.tiny import save_bert

WEIGHTS = {"good": 2.0, "bad": -3.0, "film": 0.25, "the": 0.0}
TEXTS = ("the good film", "the bad film", "good good film", "the film")


@dataclass
class Words(Game):
    """A model that adds up a weight for each word it sees, and looks at all tokens alike."""

    table: dict[str, float] = field(default_factory=dict)
    labels: tuple[str, ...] = ("negative", "positive")
    sharpness: float = 0.0

    def predict(self, asked: Asked, _unit: str = "word", _on_text: OnText = ignore_text) -> Prediction:
        text = as_input(asked).text
        words = text.split()
        starts = [sum(len(word) + 1 for word in words[:place]) for place in range(len(words))]
        spans = [Span(0, start, start + len(word)) for start, word in zip(starts, words, strict=True)]
        values = np.array([self.table.get(word, 0.0) for word in words])
        self.function = lambda keep: np.stack([-(keep @ values), keep @ values], axis=1)
        scores = self.function(np.ones((1, len(words)), dtype=np.bool_))[0]
        return Prediction(
            self.name,
            "classify",
            (text,),
            tuple(range(len(words))),
            tuple(Token(word, span) for word, span in zip(words, spans, strict=True)),
            "word",
            tuple(Feature(word, 0, s.start, s.end, (at,)) for at, (word, s) in enumerate(zip(words, spans))),  # noqa: B905
            tuple(Target(at, label, "label", float(scores[at])) for at, label in enumerate(self.labels)),
        )

    def attention(self, prediction: Prediction) -> tuple[AttentionMap, ...]:
        count = len(prediction.ids)
        weights: Floats = np.full((2, 2, count, count), 1 / count)
        weights[1, 0] = (1 - self.sharpness) / count + self.sharpness * np.eye(count)
        return (AttentionMap("self", tuple(range(count)), tuple(range(count)), weights),)


def words(table: dict[str, float], **more: object) -> Words:
    return Words(lambda keep: keep, table=table, **more)  # type: ignore[arg-type, return-value]


def compared(after: Words, texts: Sequence[str | Given] = TEXTS, **more: object) -> SetShift:
    return shift(words(WEIGHTS), after, texts, fewest=1, **more)  # type: ignore[arg-type]


def test_of_a_model_and_itself_nothing_changed() -> None:
    found = compared(words(WEIGHTS))
    assert found.asked.label == "positive"
    assert (len(found.answers), found.changed) == (4, ())
    assert found.change == mean([0.0] * 4)
    assert all(word.change.value == 0 == (word.change.error or 0) for word in found.words)
    assert found.heads
    assert {bits for row in found.heads.means for bits in row} == {0.0}
    assert found.agreement
    assert found.agreement.value == pytest.approx(1)


def test_of_a_linear_model_only_the_word_whose_weight_changed_changes() -> None:
    found = compared(words({**WEIGHTS, "bad": 1.0}))
    first, *others = found.words
    assert (first.text, first.before, first.after) == ("bad", pytest.approx(-3), pytest.approx(1))
    assert first.change.value == pytest.approx(4)
    assert {word.text for word in others} == {"good", "film", "the"}
    assert all(word.change.value == pytest.approx(0, abs=1e-12) for word in others)
    assert [(one.text, one.before, one.after) for one in found.changed] == [("the bad film", "negative", "positive")]


def test_only_the_head_that_changed_has_a_shift_and_its_error_is_that_of_the_mean() -> None:
    found = compared(words(WEIGHTS, sharpness=1.0)).heads
    assert found
    assert [bits for row in found.means for bits in row if bits] == [found.means[1][0]]
    # Of n tokens a row 1/n against a row 1 at one: known in closed form, the mean of texts of 3, 3, 3 and 2 tokens.
    bits = [known_divergence(count) for count in (3, 3, 3, 2)]
    assert found.means[1][0] == pytest.approx(average(bits), abs=1e-5)
    assert found.errors
    assert found.errors[1][0] == pytest.approx(stdev(bits) / sqrt(4), abs=1e-5)
    assert found.count == 4
    assert found.floor < 1e-4


def known_divergence(count: int) -> float:
    middle = np.full(count, 1 / (2 * count))
    middle[0] += 0.5
    return float(-(middle * np.log2(middle)).sum() - np.log2(count) / 2)


def test_words_that_occur_too_seldom_are_counted_and_not_told_of() -> None:
    found = shift(words(WEIGHTS), words({}), TEXTS)
    assert found.asked.fewest == FEWEST == 3
    assert [(word.text, word.change.count) for word in found.words] == [("good", 3), ("film", 4), ("the", 3)]
    assert found.rare == 1


def test_capitals_do_not_tell_words_apart() -> None:
    found = compared(words({**WEIGHTS, "Good": 2.0}), ("Good film", "good film"))
    assert {word.text: word.change.count for word in found.words} == {"good": 2, "film": 2}


def given_labels(found: SetShift) -> list[str | None]:
    return [one.given for one in found.answers]


def test_what_was_right_is_counted_by_names_and_unknown_labels_are_said() -> None:
    texts = [Given("the good film", "positive"), Given("the bad film", "0"), Given("good", "neutral"), Given("film")]
    found = compared(words({**WEIGHTS, "bad": 1.0}), texts)
    assert given_labels(found) == ["positive", None, None, None]
    assert found.correct == (1, 1)
    assert found.notices == (
        "2 texts have a label that neither model has (0, neutral); what is right is counted without them",
    )


def test_labels_that_are_numbers_from_0_are_ids_which_is_said() -> None:
    found = compared(words({**WEIGHTS, "bad": 1.0}), [Given("the good film", "1"), Given("the bad film", "0")])
    assert given_labels(found) == ["positive", "negative"]
    assert found.correct == (2, 1)
    assert found.notices == ("labels of the data are taken by their ids: 0 = negative, 1 = positive",)


def test_ratings_from_1_are_no_ids() -> None:
    stars = ("1 star", "2 stars", "3 stars")
    model = words(WEIGHTS, labels=stars[:2])
    found = shift(model, model, [Given("good", "1"), Given("bad", "2")], fewest=1)
    assert given_labels(found) == [None, None]
    assert "neither model has (1, 2)" in found.notices[0]


def test_a_model_with_numbers_for_labels_is_compared_by_their_ids() -> None:
    texts = [Given("the good film", "1"), Given("the bad film", "0")]
    found = compared(words({**WEIGHTS, "bad": 1.0}, labels=("0", "1")), texts)
    assert (found.asked.label, found.asked.names) == ("positive", ("negative", "positive"))
    assert [(one.given, one.before, one.after) for one in found.answers] == [
        ("positive", "positive", "positive"),
        ("negative", "negative", "positive"),
    ]
    assert found.correct == (2, 1)
    assert found.words[0].change.value == pytest.approx(4)
    other = shift(words(WEIGHTS, labels=("LABEL_0", "LABEL_1")), words(WEIGHTS), texts, label="negative")
    assert (other.asked.label, other.correct) == ("negative", (2, 2))


def test_what_is_to_be_known_of_the_models_is_said_with_their_names(tmp_path: Path) -> None:
    before = load(str(save_bert(tmp_path / "plain")))
    after = load(str(save_bert(tmp_path / "reversed", label2id={"negative": 1, "positive": 0})))
    (notice,) = shift(before, after, ["good film"]).notices
    assert notice.startswith("Of reversed: config.json contradicts itself")


def test_an_end_that_a_model_does_not_read_is_counted(tiny_classifier: Path) -> None:
    model = load(str(tiny_classifier))
    found = shift(model, model, ["good film", "bad " * 600])
    assert (len(found.answers), found.cut) == (2, 1)


def test_only_words_that_changed_by_more_than_chance_are_named() -> None:
    assert WordShift("good", 2, 0.0, 1.0, Mean(2, 1.0, 0.4)).beyond_error
    assert not WordShift("good", 2, 0.0, 1.0, Mean(2, 1.0, 0.6)).beyond_error
    assert not WordShift("good", 1, 0.0, 1.0, Mean(2, 1.0, None)).beyond_error


def test_models_without_a_common_label_are_compared_by_attention_alone() -> None:
    found = compared(words(WEIGHTS, labels=("1 star", "5 stars")))
    assert (found.asked.label, found.asked.method, found.words, found.answered) == (None, None, (), ())
    assert found.heads
    assert found.heads.count == 4


def test_a_label_that_a_model_lacks_is_refused() -> None:
    assert labels_of_both(("a", "b", "c"), ("c", "b")) == (("c", "b"), False)
    assert labels_of_both((), ("c", "b")) == labels_of_both(("a", "b"), ("0", "2")) == ((), False)
    assert labels_of_both(("0", "1"), ("LABEL_0", "LABEL_1")) == (("LABEL_0", "LABEL_1"), True)
    with pytest.raises(ValueError, match="'a' is not a label of both models; labels of both are negative, positive"):
        compared(words({}), label="a")
    with pytest.raises(ValueError, match="'a' is not a label of both models; they have none in common"):
        compared(words({}, labels=("1 star", "5 stars")), label="a")


def test_one_text_has_no_standard_error_and_no_text_is_refused() -> None:
    found = compared(words({}), ("good film",))
    assert found.change
    assert found.change.error is None
    assert found.heads
    assert found.heads.errors is None
    with pytest.raises(ValueError, match="there are no texts"):
        compared(words({}), ())


def test_texts_that_can_not_be_read_are_counted_and_the_others_go_on(tiny_classifier: Path) -> None:
    model = load(str(tiny_classifier))
    found = shift(model, model, ["good film", "\u200b", "a \ud800", "bad film"])
    assert len(found.answers) == 2
    assert sum(found.left_out.values()) == 2
    assert any("half a character" in reason for reason in found.left_out)


def test_it_can_be_ended_after_any_text_and_holds_what_is_finished() -> None:
    before, after = words(WEIGHTS), words({})
    asked = ask(before, after)
    for tally in shifting(before, after, TEXTS, asked, parse("occlusion")):
        if len(tally.shift.answers) == 2:
            break
    assert [one.text for one in tally.shift.answers] == list(TEXTS[:2])


def test_other_tokens_keep_attention_out_but_not_the_words(tiny_classifier: Path, tmp_path: Path) -> None:
    other = save_bert(tmp_path / "other", num_attention_heads=2)
    found = shift(load(str(tiny_classifier)), load(str(other)), ["good film", "bad film"], fewest=1)
    assert found.unlike == {"heads": 2}
    assert found.heads is None
    assert {word.text for word in found.words} == {"good", "bad", "film"}


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30))
def test_means_have_their_standard_error(numbers: list[float]) -> None:
    found = mean(numbers)
    assert found
    assert found.value == pytest.approx(average(numbers), abs=1e-6)
    assert found.error == pytest.approx(stdev(numbers) / sqrt(len(numbers)), abs=1e-6, rel=1e-6)


def test_the_standard_error_over_texts_is_known_in_a_small_case() -> None:
    # The mean of 1, 2 and 6 is 3; the texts' sums miss it by −3 and 3: √(2 / 1 · (9 + 9)) / 3.
    assert clustered([[1.0, 2.0], [6.0]]) == Mean(3, 3.0, 2.0)
    assert clustered([[1.0, 2.0, 6.0]]) == Mean(3, 3.0, None)


CLUSTERS = st.lists(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=4), min_size=2, max_size=8)


@given(CLUSTERS)
def test_of_single_occurrences_it_is_that_of_independent_ones(clusters: list[list[float]]) -> None:
    alone = [[value] for one in clusters for value in one]
    found, expected = clustered(alone), mean([value for one in alone for value in one])
    assert expected
    assert found.value == pytest.approx(expected.value, abs=1e-9)
    assert found.error == pytest.approx(expected.error, abs=1e-9)


@given(CLUSTERS, st.integers(2, 5))
def test_saying_the_same_again_within_a_text_makes_nothing_surer(clusters: list[list[float]], times: int) -> None:
    found, again = clustered(clusters), clustered([one * times for one in clusters])
    assert (again.value, again.error) == pytest.approx((found.value, found.error), abs=1e-9)
    assert again.count == found.count * times


@given(CLUSTERS, st.floats(-10, 10), st.floats(-10, 10))
def test_it_follows_a_shift_and_a_scale(clusters: list[list[float]], by: float, times: float) -> None:
    found, other = clustered(clusters), clustered([[by + times * value for value in one] for one in clusters])
    assert found.error is not None
    assert other.value == pytest.approx(by + times * found.value, abs=1e-6)
    assert other.error == pytest.approx(abs(times) * found.error, abs=1e-6)


def test_a_word_twice_in_one_text_has_its_texts_counted_and_in_one_alone_no_error() -> None:
    after = words({"good": 1.0, "bad": 1.0})
    found = compared(after, ("good good film", "good bad bad bad"))
    told = {word.text: word for word in found.words}
    assert (told["good"].texts, told["good"].change.count) == (2, 3)
    assert (told["bad"].texts, told["bad"].change) == (1, Mean(3, 4.0, None))


def test_texts_come_out_of_tables_with_labels_where_there_are() -> None:
    said: list[str] = []
    table = parse_table(b"text,label\ngood film,1\n ,0\nbad film,\n", "films.csv")
    assert given_texts([table], None, None, said.append) == [Given("good film", "1"), Given("bad film")]
    assert "films.csv: 1 of 3 rows are left out, which have no text (line 3)" in said
    assert given_texts([table], None, None, said.append, labels=False)[0].label is None
    plain = parse_table(b"good film\nbad film\n", "films.txt")
    assert given_texts([plain], None, None, said.append) == [Given("good film"), Given("bad film")]
    with pytest.raises(DataError, match="there is no column 'review'"):
        given_texts([table], "review", None, said.append)


def test_of_many_rows_some_are_drawn_which_is_said() -> None:
    rows = [Given(str(number)) for number in range(10_000)]
    said: list[str] = []
    some = drawn(rows, 100, 7, said.append)
    assert len(some) == 100
    assert some == sorted(some, key=lambda one: int(one.text))
    assert some == drawn(rows, 100, 7, said.append) != drawn(rows, 100, 8, said.append)
    assert said[0] == "100 of 10,000 texts are compared, drawn with seed 7"
    assert drawn(rows[:5], 100, 7, said.append) == rows[:5]


def test_held_out_rows_are_those_of_a_fine_tuning() -> None:
    lines = [f"film {number},{'good' if number % 3 else 'bad'}" for number in range(60)]
    table = parse_table(("text,label\n" + "\n".join(lines) + "\n").encode(), "films.csv")
    request = Request("classify", "", ("films.csv",), share=0.2, settings=replace(FinetuneSettings(), seed=3))
    _, held = split_labelled(request, Data((table,), ()), ignore, ignore_notice)
    rows = given_texts([table], None, None, ignore_notice)
    assert [one.text for one in held_out(rows, 0.2, 3, ignore_notice)] == [one.text for one in held]
    films = [f"snippet {number},{'good' if number % 3 else 'bad'},film {number // 4}" for number in range(60)]
    grouped = parse_table(("text,label,film\n" + "\n".join(films) + "\n").encode(), "films.csv")
    by_film = replace(request, columns=Columns(group="film"))
    _, held = split_labelled(by_film, Data((grouped,), ()), ignore, ignore_notice)
    rows = given_texts([grouped], None, None, ignore_notice, group="film")
    assert [one.text for one in held_out(rows, 0.2, 3, ignore_notice)] == [one.text for one in held]
    with pytest.raises(DataError, match="rows without a label are never held out"):
        held_out([Given("film")], 0.2, 3, ignore_notice)

"""By how much heads look elsewhere: known distances, what rounding does, and what can't be compared."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sidelight.dashboard.views.attention_shift import (
    difference_values,
    draw_difference,
    draw_weights,
    weights_values,
)
from sidelight.explain import explain
from sidelight.explain.attention_shift import (
    UnlikeError,
    attention_of,
    attention_shift,
    divergence,
    rounding_floor,
)
from sidelight.explain.report import FINE_PARTS, PARTS, Attention, Report, keep_attention
from sidelight.explain.report_file import load_report, to_json
from sidelight.models import ModelError, load
from sidelight.models.model import AttentionMap

from tests.games import predict
from tests.tiny import save_bert

SEEDS = st.integers(0, 2**32 - 1)


def kept(weights: np.ndarray, tokens: int, parts: int = PARTS) -> Attention:
    places = tuple(range(tokens))
    return keep_attention(predict(tokens), AttentionMap("self", places, places, weights), parts)


def drawn(seed: int, tokens: int = 9, evenness: float = 0.5) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.full(tokens, evenness), (2, 3, tokens))


@pytest.mark.parametrize(
    ("before", "after", "bits"),
    [
        ([1.0, 0.0], [0.0, 1.0], 1.0),
        ([0.5, 0.5], [0.5, 0.5], 0.0),
        ([1.0, 0.0], [0.5, 0.5], 0.31127812445913283),  # H(3/4, 1/4) - 1/2
        ([0.0, 0.0], [0.0, 0.0], 0.0),  # all of it was rounded away
        ([0.5, 0.0], [0.5, 0.5], 0.5),  # half a row that was rounded away is elsewhere
    ],
)
def test_known_distances(before: list[float], after: list[float], bits: float) -> None:
    assert divergence(np.array(before), np.array(after)) == pytest.approx(bits)


@given(SEEDS, SEEDS, st.sampled_from([0.1, 1.0, 20.0]))
def test_the_distance_has_no_direction_and_stays_between_0_and_1(one: int, other: int, evenness: float) -> None:
    before, after = kept(drawn(one, evenness=evenness), 9), kept(drawn(other, evenness=evenness), 9)
    shift = attention_shift(before, after)
    assert shift.shape == (2, 3)
    assert ((shift >= 0) & (shift <= 1)).all()
    assert shift == pytest.approx(attention_shift(after, before))
    assert (attention_shift(before, before) == 0).all()


@pytest.mark.parametrize("parts", [PARTS, FINE_PARTS])
@pytest.mark.parametrize("tokens", [8, 30, 128])
@pytest.mark.parametrize("evenness", [0.1, 1.0, 5.0])
def test_rounding_makes_of_nearly_equal_rows_no_more_than_the_floor(tokens: int, evenness: float, parts: int) -> None:
    before = drawn(0, tokens, evenness)
    after = before ** (1 + 0.01 * np.random.default_rng(1).normal(size=before.shape))
    after /= after.sum(axis=-1, keepdims=True)
    exact = divergence(before, after).mean(axis=-1)
    rounded = attention_shift(kept(before, tokens, parts), kept(after, tokens, parts))
    assert abs(rounded - exact).max() < rounding_floor(tokens, parts)


@pytest.mark.parametrize("parts", [PARTS, FINE_PARTS])
def test_weights_are_kept_to_their_parts_and_open_again(parts: int) -> None:
    weights = drawn(0)
    record = kept(weights, 9, parts)
    assert abs(record.weights - weights).max() <= 0.5 / parts + 1e-6
    assert record.coarse == kept(weights, 9).data
    report = Report((record.prediction,), attention=(record,))
    assert load_report(to_json(report).encode()).attention == report.attention
    with pytest.raises(ValueError, match="255 or 65535 are known"):
        replace(record, parts=7)


def test_a_head_that_changed_is_found_alone() -> None:
    before = drawn(3)
    after = before.copy()
    after[1, 2] = np.roll(after[1, 2], 1, axis=-1)
    shift = attention_shift(kept(before, 9), kept(after, 9))
    assert shift[1, 2] > 0.1
    assert np.flatnonzero(shift).tolist() == [5]


def test_what_can_not_be_compared_says_why() -> None:
    one = kept(drawn(0), 9)
    turned = replace(one, prediction=replace(one.prediction, tokens=one.prediction.tokens[::-1]))
    for other, why in (
        (None, "one of the models gives none"),
        (turned, "other tokens, first 'a' and 'i'"),
        (kept(drawn(0, 8), 8), "the models read other tokens"),
        (kept(drawn(0)[:1], 9), "2 layers and the other 1; give two checkpoints of one model"),
        (kept(drawn(0)[:, :2], 9), "3 heads and the other 2"),
    ):
        with pytest.raises(UnlikeError, match=why):
            attention_shift(one, other)


def test_a_base_without_a_head_is_compared_by_its_attention_alone(tiny_classifier: Path, tmp_path: Path) -> None:
    from transformers import BertForMaskedLM, BertModel

    base = save_bert(tmp_path / "base")
    BertModel.from_pretrained(base).save_pretrained(base)
    with pytest.raises(ModelError, match="this checkpoint is a BertModel"):
        load(str(base))
    reports = [
        explain(load(str(folder), task), "a very charming film", ())
        for folder, task in ((base, "encode"), (tiny_classifier, "classify"))
    ]
    assert reports[0].predictions[0].targets == ()
    before, after = map(attention_of, reports)
    assert before
    assert after
    assert (attention_shift(before, after) == 0).all()  # the same seed made both

    BertForMaskedLM.from_pretrained(tiny_classifier).save_pretrained(base)  # has no pooler
    report = explain(load(str(base), "encode"), "a very charming film", ())
    assert attention_of(report) is not None


def test_the_maps_of_a_head_in_both_models_have_their_numbers_as_tables() -> None:
    before, after, heads = kept(drawn(0), 9), kept(drawn(1), 9), ((1, 2),)
    maps = (
        (draw_weights(before, heads, "before"), weights_values(before, heads), "{:.3f}"),
        (draw_difference(before, after, heads), difference_values(before, after, heads), "{:+.3f}"),
    )
    for drawing, values, form in maps:
        shown = [[text.replace("−", "-") for text in texts] for _, texts in values.rows]
        written = [[form.format(one).replace("+0.000", "0.000").replace("-0.000", "0.000") for one in row]
                   for row in drawing.data[0].z]  # fmt: skip
        assert shown == written
        assert len(values.columns) == 9
        assert [one.text for one in drawing.layout.annotations] == ["from"]  # upright, above the rows' names
        assert drawing.layout.yaxis.title.text is None

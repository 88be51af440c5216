import base64
import json
import math
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sidelight.explain import explain, load_report
from sidelight.explain.joining import notices_about
from sidelight.explain.report import Attention, Attribution, Provenance, Report, keep_attention
from sidelight.explain.report_file import ReportError, to_json
from sidelight.models import load
from sidelight.models.prediction import Feature, Prediction, Target, probability

from . import toys
from .games import linear, predict

numbers = st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    text = draw(texts)
    features, targets = draw(st.integers(0, 3)), draw(st.integers(1, 3))
    prediction = Prediction(
        draw(texts), "classify", (text,), (), (), "word",
        tuple(Feature(text, 0, 0, len(text), ()) for _ in range(features)),
        tuple(Target(index, draw(texts), "label", draw(numbers)) for index in range(targets)),
    )  # fmt: skip
    row = st.tuples(*[numbers] * features)
    attribution = Attribution(
        draw(texts), prediction, draw(st.tuples(*[row] * targets)), draw(st.tuples(*[numbers] * targets)),
        settings={draw(texts): draw(st.one_of(st.booleans(), st.integers(), numbers, texts))},
        diagnostics={"r2": draw(st.tuples(*[numbers] * targets))},
    )  # fmt: skip
    return Report((prediction,), (attribution,), provenance=Provenance(notices=(draw(texts),)))


@settings(deadline=None)
@given(reports())
def test_json_round_trip_loses_nothing(report: Report) -> None:
    text = to_json(report)
    again = load_report(text.encode())
    assert again == report
    assert to_json(again) == text


def test_a_real_report_opens_again_with_its_attention(tiny_classifier: Path, tmp_path: Path) -> None:
    report = explain(load(str(tiny_classifier)), ["a very good film", "这部电影"])
    path = tmp_path / "report.json"
    path.write_text(to_json(report), encoding="utf-8")
    assert load_report(path) == report


def test_the_file_holds_what_readers_rely_on(tiny_classifier: Path) -> None:
    document = json.loads(to_json(explain(load(str(tiny_classifier)), "a very good film", seed=4)))
    assert document["schema"] == "sidelight.report/2"
    (prediction,) = document["predictions"]
    assert prediction.keys() >= {"model", "task", "segments", "unit", "features", "targets"}
    assert prediction["features"][1].items() >= {"text": "very", "segment": 0, "start": 2, "end": 6}.items()
    assert prediction["targets"][0].keys() >= {"id", "name", "score", "probability"}
    assert sum(target["probability"] for target in prediction["targets"]) == pytest.approx(1)
    for attribution in document["attributions"]:
        assert attribution["prediction"] == 0
        assert attribution.keys() >= {
            "method", "values", "base", "error", "hiding", "precision", "settings", "diagnostics", "calls", "seconds",
        }  # fmt: skip
    assert document["measurements"] == []
    assert document["provenance"]["seed"] == 4
    assert document["provenance"].keys() >= {"versions", "weights", "notices"}


def test_attention_is_kept_to_one_part_in_255(tiny_classifier: Path) -> None:
    model = load(str(tiny_classifier))
    prediction = model.predict("a good film")
    (exact,) = model.attention(prediction)
    assert np.abs(keep_attention(prediction, exact).weights - exact.weights).max() <= 0.5 / 255 + 1e-6


def spoiled(**changes: Any) -> bytes:
    document = json.loads(to_json(explain(linear(np.ones(3)), "abc", ["shap"])))
    return json.dumps(document | changes).encode()


def changed(place: str, **changes: Any) -> bytes:
    document = json.loads(spoiled())
    document[place][0] |= changes
    return json.dumps(document).encode()


EXPECTED = "expected 'sidelight.report/2': choose the JSON file of a report"
DAMAGED = {
    "not JSON": (b"<html>", "not a report: the file is not JSON"),
    "cut off": (spoiled()[:200], "not a report: the file is not JSON"),
    "not text": (b"\xff\xfe\x00", "not a report: the file is not JSON"),
    "deep": (b"[" * 200_000, "not a report: the file is not JSON"),
    "a list": (b"[1]", f"it is JSON that names no schema; {EXPECTED}"),
    "another program's": (spoiled(schema="other/1"), f"its schema is 'other/1'; {EXPECTED}"),
    "newer": (spoiled(schema="sidelight.report/3"), "made by a newer version of Sidelight"),
    "no predictions": (json.dumps({"schema": "sidelight.report/1"}).encode(), "damaged report"),
    "strings for numbers": (changed("attributions", values=[["1", "=1+1", "<b>"]]), "values"),
    "too few values": (changed("attributions", values=[[1.0]]), r"values of shap has shape \(1, 1\)"),
    "not finite": (changed("attributions", values=[[1.0, 2.0, math.inf]]), "finite number"),
    "no such prediction": (changed("attributions", prediction=7), "prediction 7 is not among the 1"),
    "true as a prediction": (changed("attributions", prediction=True), "prediction True"),
    "ids beyond the tokens": (changed("predictions", ids=[1]), "1 ids but 3 tokens"),
    "no prediction": (spoiled(predictions=[]), "no prediction, or one without an answer"),
    "an answer to nothing": (changed("predictions", targets=[]), "no prediction, or one without an answer"),
    "seconds that are no number": (changed("attributions", seconds=math.nan), "seconds"),
    "predictions of another kind": (spoiled(predictions=[4]), "damaged report"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_file_is_refused_with_its_reason(case: str) -> None:
    data, message = DAMAGED[case]
    with pytest.raises(ReportError, match=message):
        load_report(data)


def test_a_small_file_can_not_fill_the_memory() -> None:
    packed = base64.b64encode(zlib.compress(bytes(40_000_000), 9)).decode()
    entry = {"prediction": 0, "name": "a", "queries": [0], "keys": [0], "layers": 1, "heads": 1, "data": packed}
    tracemalloc.start()
    with pytest.raises(ReportError, match="attention weights unpack to more than 100,000,000 bytes"):
        load_report(spoiled(attention=[entry] * 40))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 300_000_000


def test_shapes_and_numbers_are_checked_on_creation() -> None:
    prediction = predict(2)
    with pytest.raises(ValueError, match="attention 'a' has -1 layers of -1 heads"):
        Attention(prediction, "a", (0,), (0,), -1, -1, b"0")
    with pytest.raises(ValueError, match=r"values of m has shape \(1, 1\); the prediction asks for \(1, 2\)"):
        Attribution("m", prediction, ((1.0,),))
    with pytest.raises(ValueError, match="base of m holds a number that is not finite"):
        Attribution("m", prediction, ((1.0, 2.0),), base=(math.nan,))


def test_the_gap_is_what_an_additive_explanation_misses() -> None:
    prediction = predict(2, (3.0,))
    assert Attribution("m", prediction, ((1.0, 0.5),), base=(1.0,)).gap == (0.5,)
    assert Attribution("m", prediction, ((1.0, 0.5),)).gap is None


@given(st.floats(-800, 800))
def test_probability_is_the_logistic_function_without_overflow(score: float) -> None:
    assert probability(score) + probability(-score) == pytest.approx(1)


def test_a_label_is_found_by_name_or_number() -> None:
    prediction = predict(1, (0.0, 1.0))
    assert prediction.target_index("label 1") == prediction.target_index("1") == 1
    with pytest.raises(ValueError, match="'x' is not among the labels of this model; choose one"):
        prediction.target_index("x")


def test_equal_inputs_keep_their_own_attributions() -> None:
    report = explain(linear(np.ones(3)), ["abc", "abc"], ["occlusion"], attention=False)
    assert [len(report.attributions_of(place)) for place in range(2)] == [1, 1]
    assert [entry["prediction"] for entry in json.loads(to_json(report))["attributions"]] == [0, 1]


def test_notices_of_the_first_version_are_told_apart_by_their_input() -> None:
    report = toys.REPORTS["two"]
    document = json.loads(to_json(report))
    for target in (one for prediction in document["predictions"] for one in prediction["targets"]):
        target["position"] = target.pop("read_at")
    document["schema"] = "sidelight.report/1"
    document["provenance"]["notices"] = ["Input 2: There is no attention map: it has none.", "All of it"]
    again = load_report(json.dumps(document).encode())
    assert notices_about(again, 0) == ["All of it"]
    assert notices_about(again, 1) == ["Input 2: There is no attention map: it has none.", "All of it"]

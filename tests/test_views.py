"""Every view draws every report, says only what is so, and lets no text become markup."""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser
from plotly.offline import get_plotlyjs
from sidelight.dashboard.markup import Html, render, shown
from sidelight.dashboard.views import VIEWS, Selection, alt_text, plotly_config, waterfall, why_empty
from sidelight.dashboard.views.addition import steps
from sidelight.dashboard.views.bertviz import CAPS, LONGEST_TOKEN
from sidelight.dashboard.views.figures import OF_PLOTLY
from sidelight.dashboard.views.naming import feature_name, minute
from sidelight.dashboard.views.summary import sentences
from sidelight.dashboard.views.table import column, comparable, disputed
from sidelight.dashboard.views.trust import remarks
from sidelight.dashboard.views.words import pieces
from sidelight.dashboard.wording import in_language
from sidelight.explain.report import Report
from sidelight.models.prediction import Feature, Span

from tests import toys
from tests.browser import open_browser, requires_chromium
from tests.pages import assert_inert, read

REPORTS = toys.REPORTS
STATIC = ("words", "summary", "table", "alternatives")
FIGURES = ("waterfall", "heatmap", "tokens", "attention_map")
FRAMES = ("bertviz_head", "bertviz_model")


def selections(report: Report) -> Iterator[Selection]:
    """Every prediction and target, light and dark, every run of a method that there is."""
    for place, prediction in enumerate(report.predictions):
        runs = range(len(report.attributions_of(place)))
        for target in range(len(prediction.targets)):
            for dark in (False, True):
                yield Selection(place, target, dark=dark)
            for run in runs:
                yield Selection(place, target, run)


def best(report: Report) -> Selection:
    return Selection(target=report.predictions[0].predicted)


def strings(value: Any) -> Iterator[str]:
    """Every text in a figure."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


def frame_data(drawing: Html) -> tuple[str, dict[str, Any]]:
    """A frame's page and the data in it."""
    page = base64.b64decode(drawing.body.partition(",")[2]).decode()
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    return page, json.loads(found.group(1))


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("view", STATIC)
def test_static_views_are_inert(view: str, name: str) -> None:
    for selection in selections(REPORTS[name]):
        drawing = VIEWS[view].draw(REPORTS[name], selection)
        if drawing is not None:
            assert isinstance(drawing, Html)
            assert not drawing.scripted
            assert_inert(read(drawing.body))


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("view", FIGURES)
def test_figures_hold_no_markup_and_describe_themselves(view: str, name: str) -> None:
    for selection in selections(REPORTS[name]):
        drawing = VIEWS[view].draw(REPORTS[name], selection)
        if drawing is None:
            continue
        plain = json.loads(drawing.to_json())
        description = plain["layout"].pop("meta")["description"]
        assert description == alt_text(drawing) != ""
        assert 100 < drawing.layout.height < 2000
        assert drawing.layout.yaxis.title.text is None  # it would be turned on its side
        for text in strings([plain["data"], {**plain["layout"], "template": None}]):
            assert "<" not in text.removesuffix("<extra></extra>"), text


@pytest.mark.parametrize("name", [*REPORTS, *toys.WHOLE])
@pytest.mark.parametrize("view", FIGURES)
def test_every_figure_has_its_numbers_as_a_table(view: str, name: str) -> None:
    report = {**REPORTS, **toys.WHOLE}[name]
    for selection in selections(report):
        drawing, find = VIEWS[view].draw(report, selection), VIEWS[view].values
        if drawing is None:
            continue
        assert find
        values = find(report, selection)
        assert values
        page = read(f"<div>{render('values.html.jinja', values=values)}</div>")
        assert_inert(page)
        assert len([tag for tag, _ in page.elements if tag == "td"]) == values.count
        if view in ("tokens", "attention_map"):
            drawn = [row for row in drawing.data[0].z if row[0] is not None]
            assert (len(values.rows), len(values.columns)) == (len(drawn), len(drawn[0]))


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("view", FRAMES)
def test_frames_hold_tokens_only_as_data(view: str, name: str) -> None:
    report = REPORTS[name]
    for selection in (best(report), replace(best(report), dark=True)):
        drawing = VIEWS[view].draw(report, selection)
        if drawing is None:
            continue
        assert isinstance(drawing, Html)
        assert drawing.scripted
        page, data = frame_data(drawing)
        assert page.count("</script>") == 5
        assert "window.pwned" not in page.replace(json.dumps(toys.SCRIPT)[1:-1], "")
        (attention,) = data["attention"]
        assert len(attention["left_text"]) == len(report.predictions[0].tokens) == attention["attn"]["shape"][2]


@pytest.mark.parametrize("name", REPORTS)
def test_the_rows_are_the_text(name: str) -> None:
    report = REPORTS[name]
    for place, prediction in enumerate(report.predictions):
        drawing = VIEWS["words"].draw(report, Selection(place))
        if drawing is None:
            assert not report.attributions_of(place)
            continue
        assert read(drawing.body).paragraphs == toys.paragraphs(prediction, len(report.attributions_of(place, 0)))


@given(st.data())
def test_the_pieces_are_the_text_whatever_the_features(data: st.DataObject) -> None:
    text = data.draw(st.text(max_size=12))
    ends = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
    features = tuple(Feature(text[a:b], 0, a, b, ()) for a, b in data.draw(st.lists(ends, max_size=4)))
    unseen = tuple(Span(0, a, b) for a, b in data.draw(st.lists(ends, max_size=2)))
    prediction = replace(toys.english(), segments=(text,), ids=(), tokens=(), features=features, unseen=unseen)
    assert "".join(piece.text for piece in pieces(prediction, 0)) == text


def test_what_was_not_read_is_marked() -> None:
    prediction = REPORTS["cut"].predictions[0]
    assert [piece.text for piece in pieces(prediction, 0) if piece.part == "unread"] == [
        toys.SENTENCE[toys.SENTENCE.index("but") :]
    ]
    page = read(VIEWS["words"].draw(REPORTS["cut"], Selection()).body)
    assert sum(attributes.get("class") == "unread" for _, attributes in page.elements) == 5


def test_a_method_without_effect_says_so() -> None:
    page = read(VIEWS["words"].draw(REPORTS["all zeros"], Selection()).body)
    assert page.text.count("no effect: every value is 0") == len(toys.VALUES)
    summary = read(VIEWS["summary"].draw(REPORTS["all zeros"], Selection()).body)
    assert "No word has any effect on negative in SHAP" in summary.text


def test_the_chosen_method_comes_first() -> None:
    report = REPORTS["realistic"]
    page = VIEWS["words"].draw(report, replace(best(report), attribution=1)).body
    assert re.findall(r"<h4>(\w+)", page)[:2] == ["LIME", "SHAP"]


def test_what_stands_out_is_what_the_figures_say() -> None:
    found = list(sentences(REPORTS["realistic"].attributions, 1))
    assert [sentence.text.striptags().replace("\N{NO-BREAK SPACE}", " ") for sentence in found] == [
        "The answer is positive, mainly because of charming; without it positive goes from 95.7 % to 65.8 %.",
        "charming carries most: +1.79 ± 0.07 in SHAP (for positive). LIME and Occlusion say so too.",
        "First in other methods: leads (Input × Gradient −0.048, against positive).",
        "Strongest the other way: thin (−0.66).",
        "With every word hidden the model gives positive 55.3 %; the words take it to 95.7 %.",
    ]
    assert not any(sentence.warning for sentence in found)


def test_the_answer_without_its_word_is_another_one_where_that_is_so() -> None:
    prediction = toys.english("good film")
    asked = prediction.targets[1]
    row = (asked.score + 1, 0.0)  # what the score loses without the first word is more than there is of it
    (first, *_) = sentences((toys.attribute(prediction, "occlusion", row),), 1)
    assert first.text.striptags() == (
        "The answer is positive, mainly because of good; without it the answer becomes negative."
    )
    (of_other, *_) = sentences((toys.attribute(prediction, "occlusion", row),), 0)
    assert "The answer is" not in of_other.text


def test_the_chosen_method_says_what_stands_out() -> None:
    report = REPORTS["realistic"]
    said = read(VIEWS["summary"].draw(report, replace(best(report), attribution=3)).body).text
    assert "leads carries most: \N{MINUS SIGN}0.048 in Input × Gradient (against positive)" in said
    assert "charming (SHAP +1.79)" in said


def test_the_same_word_with_the_other_sign_is_said_to_have_it() -> None:
    prediction = toys.english("good , film")
    one, other = (
        toys.attribute(prediction, name, row) for name, row in {"shap": (2, 0, 1), "lime": (-2, 0, 1)}.items()
    )
    found = [sentence.text.striptags() for sentence in sentences((one, other), 1)]
    assert "First in other methods: good with the opposite sign (LIME \N{MINUS SIGN}2.00)." in found


def test_punctuation_can_be_read_in_a_sentence() -> None:
    prediction = toys.english("well , well !")
    assert [feature_name(prediction, place) for place in range(4)] == ["well (word 1)", "“,”", "well (word 3)", "“!”"]


def test_what_not_to_trust_is_a_warning() -> None:
    broken = REPORTS["does not add up"].attributions
    poor = tuple(
        replace(one, diagnostics={"r2": (0.2, 0.2)}) for one in toys.of(toys.english("a b"), ("lime",)).attributions
    )
    warnings = [sentence.text for sentence in sentences(broken + poor, 0) if sentence.warning]
    assert "SHAP does not add up" in warnings[0]
    assert "R² 0.20" in warnings[1]


def test_remarks_say_how_far_to_trust() -> None:
    said = {one.method: [remark.text for remark in remarks(one, 1)] for one in REPORTS["realistic"].attributions}
    assert said["shap"] == ["adds up (gap .000)", "512 passes, 1.8 s"]
    assert said["lime"] == ["local fit R² 0.87", "512 passes, 1.8 s"]
    assert said["attention_rollout"] == ["unsigned, no direction", "512 passes, 1.8 s"]


@pytest.mark.parametrize("method", ["occlusion", "attention_rollout", "shap"])
def test_however_long_the_text_is_the_bars_are_few(method: str) -> None:
    report = toys.of(toys.english("good film " * 45), (method,))
    selection = Selection(target=1)
    drawing, values = VIEWS["waterfall"].draw(report, selection), waterfall.values(report, selection)
    assert drawing.layout.height < 400
    assert values
    rows = [name for name, _ in values.rows]
    assert sum(name in ("good", "film") for name in rows) == 8
    assert "82 other words" in rows
    if method == "occlusion":
        assert values.rows[-1][1] == ("up to ± 1.00 each",)


def test_the_sum_leads_from_the_base_to_the_score() -> None:
    shap = next(one for one in REPORTS["realistic"].attributions if one.method == "shap")
    line = steps(shap, 1)
    assert [step.name for step in line][:2] == ["all hidden", "charming"]
    assert [step.name for step in line][-2:] == ["14 other words", "positive"]
    assert (line[0].text, line[-1].text) == ("+0.21 · 55.3 %", "+3.10 · 95.7 %")
    for before, after in pairwise(line):
        assert after.start == pytest.approx(before.end)


def test_a_sum_that_misses_the_score_shows_by_how_much() -> None:
    line = steps(REPORTS["does not add up"].attributions[0], 1)
    assert line[-2].name == "does not add up"
    assert line[-2].end == pytest.approx(line[-1].end)


def test_a_method_that_is_no_sum_has_no_steps() -> None:
    with pytest.raises(ValueError, match="choose an additive method"):
        steps(REPORTS["realistic"].attributions[1], 0)


def test_bars_stand_about_a_common_zero_and_inside_the_column() -> None:
    for report in REPORTS.values():
        for one in report.attributions_of(0, 0):
            drawn = column("", one, 0)
            for bar, value in zip(drawn.bars, one.values[0], strict=True):
                near = bar.left if value >= 0 or not one.signed else bar.left + bar.width
                assert near == pytest.approx(drawn.zero, abs=0.02)
                assert -0.02 <= bar.left <= bar.left + bar.width <= 100.02


def test_disputed_words_have_clear_values_of_both_signs() -> None:
    prediction = toys.english("one two three")
    first = toys.attribute(prediction, "occlusion", [1.0, 0.5, -0.01])
    second = toys.attribute(prediction, "lime", [1.0, -0.5, 1.0])
    guess = toys.attribute(prediction, "input_x_gradient", [-1.0, 1.0, 1.0])
    assert disputed(comparable((first, second, guess)), 1) == {1}
    assert disputed(comparable((first, guess)), 1) == {0}


def test_heat_map_rows_are_scaled_by_their_own_largest_value() -> None:
    figure = VIEWS["heatmap"].draw(REPORTS["realistic"], Selection(target=1))
    signed, unsigned = figure.data
    assert (signed.zmin, signed.zmax) == (-1, 1)
    for row in [*signed.z[:4], unsigned.z[4]]:
        assert max(map(abs, row)) == pytest.approx(1)
    assert set(signed.z[4]) == {None}


def test_words_that_occur_twice_keep_their_places() -> None:
    figure = VIEWS["heatmap"].draw(REPORTS["realistic"], Selection(target=1))
    names = [feature.text for feature in REPORTS["realistic"].predictions[0].features]
    assert names.count("the") == 2
    axis = figure.layout.xaxis
    assert [axis.labelalias[place] for place in axis.categoryarray] == names


def test_the_browser_thins_out_names_for_which_there_is_no_room() -> None:
    axis = VIEWS["heatmap"].draw(toys.of(toys.english("word " * 300)), Selection()).layout.xaxis
    assert (axis.type, len(axis.categoryarray)) == ("category", 300)
    assert axis.tickmode is axis.tickvals is axis.nticks is None


def test_the_attention_map_shows_the_chosen_head() -> None:
    report = REPORTS["realistic"]
    weights = report.attention[0].weights
    mean = VIEWS["attention_map"].draw(report, Selection())
    one = VIEWS["attention_map"].draw(report, Selection(heads=((1, 2),)))
    assert mean.data[0].z[3][0] == pytest.approx(weights[5, :, 3, 0].mean(), abs=1e-3)
    assert one.data[0].z[3][0] == pytest.approx(weights[1, 2, 3, 0], abs=1e-3)
    assert "Layer 2, head 3" in one.layout.title.text
    assert mean.layout.yaxis.autorange == "reversed"


@pytest.mark.parametrize(
    "selection", [Selection(heads=((6, 0),)), Selection(heads=((0, 12),)), Selection(heads=((-1, 0),))]
)
def test_a_layer_or_head_that_does_not_exist_is_refused(selection: Selection) -> None:
    with pytest.raises(ValueError, match="does not exist; this model has"):
        VIEWS["attention_map"].draw(REPORTS["realistic"], selection)


def test_past_the_cap_a_view_says_why() -> None:
    long = toys.of(toys.english("word " * 40))
    assert VIEWS["bertviz_model"].draw(long, Selection()) is None
    assert "at most 32 tokens and this text has 40 without special and hidden ones" in (
        why_empty(long, Selection(), "bertviz_model") or ""
    )
    assert why_empty(long, Selection(), "bertviz_head") is None
    assert VIEWS["bertviz_head"].draw(long, Selection()) is not None
    assert VIEWS["attention_map"].draw(long, Selection()) is not None


def at_the_cap(view: str, layers: int, heads: int) -> Report:
    """As many tokens as the view can draw of such a model, with names as long as they get."""
    most = CAPS[view].most(toys.attend(toys.english("one"), layers, heads))
    prediction = toys.english(" ".join(["影" * LONGEST_TOKEN] * (most - 2)))
    return replace(toys.of(prediction, ()), attention=(toys.attend(prediction, layers, heads),))


@pytest.mark.parametrize(("layers", "heads"), [(2, 2), (12, 12), (24, 16), (48, 25)])
@pytest.mark.parametrize("view", FRAMES)
def test_at_the_cap_a_frame_is_short_enough_for_a_browser(view: str, layers: int, heads: int) -> None:
    report = at_the_cap(view, layers, heads)
    assert why_empty(report, Selection(), view) is None
    drawing = VIEWS[view].draw(report, Selection())
    assert isinstance(drawing, Html)
    assert len(drawing.body) < 2 * 1024**2
    words = len(report.predictions[0].features)
    longer = replace(report, attention=(toys.attend(toys.english("word " * (words + 3)), layers, heads),))
    longer = replace(longer, predictions=(longer.attention[0].prediction,))
    assert f"and this text has {words + 3} without" in (why_empty(longer, Selection(), view) or "")
    assert VIEWS[view].draw(longer, Selection()) is None


def test_special_tokens_give_way_where_a_frame_can_not_draw_all() -> None:
    prediction = toys.english("word " * 31)
    report = replace(toys.of(prediction, ()), attention=(toys.attend(prediction),))
    drawing = VIEWS["bertviz_model"].draw(report, Selection())
    assert isinstance(drawing, Html)
    page, data = frame_data(drawing)
    (attention,) = data["attention"]
    assert attention["left_text"] == attention["right_text"] == ["word"] * 31
    assert base64.b64decode(attention["attn"]["bytes"]) == report.attention[0].stored[..., 1:-1, 1:-1].tobytes()
    assert "31 of 33 tokens are drawn" in page
    assert "need not add up to 1" not in frame_data(VIEWS["bertviz_head"].draw(report, Selection()))[0]


@pytest.mark.parametrize("view", FRAMES)
def test_a_frame_leaves_out_what_the_map_leaves_out(view: str) -> None:
    report = REPORTS["realistic"]
    drawing = VIEWS[view].draw(report, Selection(without=(0, 1)))
    assert isinstance(drawing, Html)
    page, data = frame_data(drawing)
    assert data["attention"][0]["left_text"][0] == "plot"
    assert "22 of 24 tokens are drawn" in page
    every = tuple(range(24))
    assert VIEWS[view].draw(report, Selection(without=every)) is None
    assert "Every token is hidden" in (why_empty(report, Selection(without=every), view) or "")


def test_the_model_view_has_room_for_more_tokens_that_only_look_back() -> None:
    kept = toys.attend(toys.english("one"), 30, 9)
    places = tuple(range(32))
    triangle = np.tril(np.full((30, 9, 32, 32), 9, np.uint8)).tobytes()
    prediction = toys.english("word " * 30)
    back = replace(kept, prediction=prediction, queries=places, keys=places, data=triangle)
    assert (CAPS["bertviz_model"].most(kept), CAPS["bertviz_model"].most(back)) == (23, 32)
    assert CAPS["bertviz_head"].most(kept) == CAPS["bertviz_head"].most(back)


def test_the_same_report_gives_the_same_frame() -> None:
    report = REPORTS["realistic"]
    for view in FRAMES:
        assert VIEWS[view].draw(report, Selection()) == VIEWS[view].draw(report, Selection())


def test_charts_upload_nothing() -> None:
    assert plotly_config()["showSendToCloud"] is False


def test_the_toolbar_of_charts_speaks_the_language_of_the_page() -> None:
    in_chinese = in_language("zh", plotly_config)()["locales"]["zh"]["dictionary"]
    assert list(in_chinese) == list(OF_PLOTLY)
    assert in_chinese["Pan"] == "平移"
    assert plotly_config()["locales"] == {"en": {"dictionary": {}}}
    script = get_plotlyjs()
    assert [text for text in OF_PLOTLY if f'"{text}"' not in script] == []


def test_drawing_needs_no_torch() -> None:
    code = """
import sys
from sidelight.dashboard.exports import EXPORTS
from sidelight.dashboard.views import VIEWS, Selection
from tests.toys import REPORTS
for view in VIEWS.values():
    view.draw(REPORTS["chinese"], Selection())
for export in EXPORTS.values():
    export.write(REPORTS["chinese"])
assert not {"torch", "bertviz", "streamlit", "shap", "lime"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@requires_chromium
@pytest.mark.parametrize("view", FRAMES)
def test_frames_draw_without_network_and_keep_to_themselves(view: str) -> None:
    with open_browser() as browser:
        for dark in (False, True):
            drawing = VIEWS[view].draw(REPORTS["hostile"], Selection(dark=dark))
            assert isinstance(drawing, Html)
            assert_frame_draws(browser, drawing)


@requires_chromium
@pytest.mark.parametrize("view", FRAMES)
def test_a_frame_at_the_cap_is_not_left_empty(view: str) -> None:
    report = at_the_cap(view, 12, 12)
    drawing = VIEWS[view].draw(report, Selection())
    assert isinstance(drawing, Html)
    with open_browser() as browser:
        page = browser.new_page()
        page.set_content(f'<iframe width=1000 height={drawing.height} src="{drawing.body}"></iframe>')
        page.frames[1].wait_for_selector("svg line", state="attached")
        (kept,) = report.attention
        weights = kept.stored[-1:] if view == "bertviz_head" else kept.stored
        assert page.frames[1].locator("svg line").count() >= np.count_nonzero(weights)


def assert_frame_draws(browser: Browser, drawing: Html) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.set_content(f'<title>app</title><iframe width=1000 height={drawing.height} src="{drawing.body}"></iframe>')
    frame = page.frames[1]
    frame.wait_for_selector("svg line", state="attached")
    for thumbnail in frame.locator("#attn_background_0_0 ~ rect").all():
        thumbnail.click()
    texts = frame.locator("svg text").all_text_contents()
    assert "</script><script>window…" in texts
    assert {name for name in map(shown, toys.HOSTILE) if len(name) < 20} <= set(texts)
    assert frame.evaluate("window.pwned") is None
    assert frame.evaluate("(() => { try { return parent.document.title } catch { return null } })()") is None
    assert frame.locator("img").count() == 0
    assert complaints == []
    assert [url for url in asked if not url.startswith("data:")] == []


@pytest.mark.parametrize(
    ("created", "text"),
    [
        ("", ""),
        ("2026-11-23T18:40:59+00:00", "2026-11-23 18:40 UTC"),
        ("2026-11-23 18:40:00", "2026-11-23 18:40 UTC"),
        ("2026-11-24T01:40:00+08:00", "2026-11-23 17:40 UTC"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00"),
        ("yesterday", "yesterday"),
    ],
)
def test_a_time_is_told_in_utc_and_what_is_no_time_as_it_is(created: str, text: str) -> None:
    assert minute(created) == text

"""Attention: small pictures of every head, sets of heads, and tokens left out."""

import base64
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sidelight.dashboard.attention import LARGEST_PICTURE, MARKUP, pictures
from sidelight.dashboard.component import STATIC
from sidelight.dashboard.palette import LIGHT
from sidelight.dashboard.views import Selection
from sidelight.dashboard.views.attention_map import draw, reduced, sink_share, sinks, special_tokens, token_names
from sidelight.explain.report import Attention, Report
from sidelight.models.message import Message
from streamlit.testing.v1 import AppTest

from tests.browser import open_browser, requires_chromium
from tests.toys import english, predict, realistic

REPORT = realistic(3, 4)
(KEPT,) = REPORT.attention
EVERY = tuple((layer, head) for layer in range(3) for head in range(4))


def attention(weights: np.ndarray, words: int) -> Attention:
    prediction = predict(" ".join("w" * 1 for _ in range(words)), ["w"] * words)
    places = tuple(range(words + 2))
    return Attention(prediction, "self", places, places, *weights.shape[:2], weights.astype(np.uint8).tobytes())


@given(st.integers(1, 120), st.integers(0, 3))
def test_small_pictures_hold_the_largest_weights_in_their_places(words: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    weights = random.integers(0, 256, (2, 3, words + 2, words + 2))
    drawn = pictures(attention(weights, words))
    assert drawn.shape[:2] == (2, 3)
    assert max(drawn.shape[2:]) <= LARGEST_PICTURE
    size = -(-(words + 2) // LARGEST_PICTURE)
    for layer, head in ((0, 0), (1, 2)):
        row, column = np.unravel_index(weights[layer, head].argmax(), weights.shape[2:])
        assert drawn[layer, head].max() == drawn[layer, head, row // size, column // size] == 255


def test_several_heads_are_drawn_as_their_mean_or_their_largest() -> None:
    heads = ((0, 1), (2, 3))
    one, other = (KEPT.weights[layer, head] for layer, head in heads)
    assert reduced(KEPT, heads) == pytest.approx((one + other) / 2)
    assert reduced(KEPT, heads, strongest=True) == pytest.approx(np.maximum(one, other))
    assert reduced(KEPT, EVERY) == pytest.approx(KEPT.weights.mean(axis=(0, 1)), abs=1e-6)


@pytest.mark.parametrize(
    ("heads", "strongest", "title"),
    [
        (((1, 2),), False, "Layer 2, head 3"),
        ((), False, "Layer 3, mean of 4 heads"),
        (((0, 0), (1, 2)), True, "largest weight of 2 heads of 2 layers"),
        (((0, 2), (1, 2), (2, 2)), False, "Head 3, mean of 3 layers"),
        (((0, 2), (1, 2)), False, "mean of 2 heads of 2 layers"),
    ],
)
def test_the_title_says_what_is_drawn(heads: tuple[tuple[int, int], ...], strongest: bool, title: str) -> None:
    figure = draw(REPORT, Selection(heads=heads, strongest=strongest))
    assert figure is not None
    assert figure.layout.title.text == title
    assert figure.layout.title.subtitle.text == "Where the model looks, not why it decides."


def test_tokens_left_out_are_gone_from_both_sides_and_the_rest_stays() -> None:
    without = special_tokens(KEPT.prediction)
    assert without == (0, len(KEPT.prediction.ids) - 1)
    figure = draw(REPORT, Selection(heads=((0, 0),), without=without))
    assert figure is not None
    z = np.array(figure.data[0].z)
    assert z == pytest.approx(KEPT.weights[0, 0][1:-1, 1:-1], abs=1e-3)
    assert list(figure.layout.xaxis.labelalias.values()) == token_names(
        KEPT.prediction, tuple(range(1, len(KEPT.prediction.ids) - 1))
    )


def test_what_takes_most_of_the_attention_is_a_sink() -> None:
    weights = np.full((2, 2, 12, 12), 5)
    weights[..., 0] = 200
    kept = attention(weights, 10)
    assert list(sinks(kept)) == [0]
    assert sinks(kept)[0] == pytest.approx(200 / 255)
    assert sinks(attention(np.full((2, 2, 12, 12), 21), 10)) == {}


@given(st.integers(1, 12), st.integers(0, 9))
def test_the_tokens_of_a_short_text_are_never_all_sinks(words: int, seed: int) -> None:
    weights = np.random.default_rng(seed).dirichlet(np.full(words + 2, 0.3), (2, 2, words + 2)) * 255
    found = sinks(attention(weights, words))
    assert 2 * len(found) <= words + 2
    even = attention(np.full((2, 2, words + 2, words + 2), 255 // (words + 2)), words)
    assert sinks(even) == {}
    assert sink_share(even) >= 0.2


def test_nothing_is_drawn_where_every_token_is_left_out() -> None:
    assert draw(REPORT, Selection(without=tuple(range(len(KEPT.prediction.ids))))) is None


def test_a_long_text_is_a_short_drawing_that_still_names_every_token() -> None:
    prediction = english("word " * 510)
    kept = replace(KEPT, prediction=prediction, queries=(), keys=(), data=b"")
    places = tuple(range(len(prediction.ids)))
    data = np.random.default_rng(0).integers(0, 256, 3 * 4 * len(places) ** 2, dtype=np.uint8).tobytes()
    report = Report((prediction,), attention=(replace(kept, queries=places, keys=places, data=data),))
    one_of_every_layer = Selection(heads=((0, 1), (1, 1), (2, 1)), without=(0, 511))
    for selection, size in ((Selection(), 512), (one_of_every_layer, 510)):
        figure = draw(report, selection)
        assert figure is not None
        assert np.array(figure.data[0].z).shape == (size, size)
        assert len(figure.to_json()) < 2_000_000
        assert figure.layout.xaxis.labelalias["333"] == "word"


def tab(report: Report, heads: object = None, growing: bool = False, view: str = "attention_map") -> AppTest:
    """The tab of a view of this report, where these heads were chosen before."""

    def script(report: "Report", growing: bool, view: str) -> None:
        from sidelight.dashboard.attention import show_attention, show_bertviz
        from sidelight.dashboard.views import Selection

        if view == "attention_map":
            show_attention(report, Selection(growing=growing))
        else:
            show_bertviz(view, report, Selection(growing=growing))

    asked = {"report": report, "growing": growing, "view": view}
    page = AppTest.from_function(script, kwargs=asked, default_timeout=30)
    if heads is not None:
        page.session_state["chosen attention heads"] = heads
    page.run()
    assert not page.exception
    return page


def drawn(page: AppTest) -> str:
    """The title of the drawing."""
    (chart,) = page.get("plotly_chart")
    title: str = json.loads(chart.proto.spec)["layout"]["meta"]["title"]
    return title


def captions(page: AppTest) -> str:
    """What the captions say once markdown is read."""
    return " ".join(one.value for one in page.caption).replace("\\", "")


NO_MAP = Message("There is no attention map: {error}.", error="GPT gives no attention weights")
OF_ANOTHER = Message("Input {number}: {notice}", number=2, notice=NO_MAP)


@pytest.mark.parametrize("view", ["attention_map", "bertviz_head", "bertviz_model"])
@pytest.mark.parametrize(
    ("notices", "growing", "reason"),
    [
        ((), False, "it was stopped before, or made without"),
        ((), True, "The attention comes after the methods"),
        ((NO_MAP,), False, "GPT gives no attention weights"),
        (
            (Message("Input {number}: {notice}", number=2, notice=NO_MAP),),
            False,
            "it was stopped before, or made without",
        ),
    ],
)
def test_a_report_without_attention_says_why(notices: tuple[str, ...], growing: bool, reason: str, view: str) -> None:
    two = (*REPORT.predictions, english("another film")) if "2" in "".join(notices) else REPORT.predictions
    made = replace(REPORT.provenance, notices=notices)
    page = tab(replace(REPORT, predictions=two, attention=(), provenance=made), growing=growing, view=view)
    assert reason in captions(page)
    assert not page.get("plotly_chart")
    assert not page.toggle


@pytest.mark.parametrize(
    ("heads", "title"),
    [
        (None, "Layer 3, mean of 4 heads"),
        ([[1, 2]], "Layer 2, head 3"),
        ([[1, 2], [2, 0]], "mean of 2 heads of 2 layers"),
        ([[1, 2], [11, 2]], "Layer 2, head 3"),
        ([[11, 2]], "Layer 3, mean of 4 heads"),
    ],
)
def test_the_chosen_heads_that_the_model_has_are_drawn(heads: object, title: str) -> None:
    assert drawn(tab(REPORT, heads)) == title


def test_several_heads_are_reduced_as_asked_and_of_one_that_has_no_meaning() -> None:
    page = tab(REPORT, [[1, 2], [2, 0]])
    page.button_group(key="attention reduction").set_value("strongest").run()
    assert drawn(page) == "largest weight of 2 heads of 2 layers"
    page.session_state["chosen attention heads"] = [[1, 2]]
    assert drawn(page.run()) == "Layer 2, head 3"
    assert page.button_group(key="attention reduction").disabled


def test_several_heads_can_be_chosen_without_a_keyboard() -> None:
    page = tab(REPORT)
    assert [
        asks_for_several(page),
        asks_for_several(page.toggle(key="several attention heads").set_value(True).run()),
    ] == [
        False,
        True,
    ]


def asks_for_several(page: AppTest) -> bool:
    several: bool = overview_data(page)["several"]
    return several


def overview_data(page: AppTest) -> dict[str, Any]:
    """What the small pictures are drawn from."""
    (heads,) = (one.proto for one in page.get("bidi_component") if one.proto.component_name == "sidelight_attention")
    data: dict[str, Any] = json.loads(heads.json)
    return data


@pytest.mark.parametrize(("heads", "marked"), [(None, [[2, 0], [2, 1], [2, 2], [2, 3]]), ([[1, 2]], [[1, 2]])])
def test_the_heads_that_are_drawn_are_marked_in_the_overview(heads: object, marked: object) -> None:
    assert overview_data(tab(REPORT, heads))["chosen"] == marked


def test_the_map_stands_beside_the_small_pictures() -> None:
    page = tab(REPORT)
    overview, enlarged = page.columns
    assert overview.get("bidi_component")
    assert enlarged.get("plotly_chart")


def test_what_is_hidden_is_said_even_where_it_is_everything() -> None:
    weights = np.full((1, 1, 3, 3), 5)
    weights[..., 1] = 240
    kept = attention(weights, 1)
    page = tab(Report((kept.prediction,), attention=(kept,)))
    page.toggle(key="hide sinks").set_value(True).run()
    assert "94.1 % of all attention" in captions(page)
    page.toggle(key="hide special").set_value(True).run()
    assert "Every token is hidden" in captions(page)
    assert not page.get("plotly_chart")


@requires_chromium
def test_the_chosen_head_is_in_sight_at_first_and_the_overview_stays_where_it_was_scrolled() -> None:
    style, script = ((STATIC / f"attention.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    layers, heads = 30, 9
    data = {
        "layers": layers,
        "heads": heads,
        "shape": [1, 1],
        "weights": base64.b64encode(bytes(layers * heads)).decode(),
        "captions": [""] * layers,
        "columns": [""] * heads,
        "label": "",
        "names": [[""] * heads] * layers,
        "chosen": [[layers - 1, 0]],
        "several": False,
        "colours": LIGHT.variables,
    }
    show = f"""data => {{
      ({script.replace("export default", "")})({{data, parentElement: document.body, setStateValue: () => null}});
      const [overview, chosen] = [".heads", "[aria-pressed=true]"].map((name) => document.querySelector(name));
      return [overview.scrollTop, chosen.getBoundingClientRect().bottom - overview.getBoundingClientRect().bottom];
    }}"""
    with open_browser() as browser:
        page = browser.new_page()
        page.set_content(f"<style>{style}</style><div style='height: 2000px'></div>{MARKUP}")
        scrolled, below = page.evaluate(show, data)
        assert scrolled > 0 >= below
        assert page.evaluate("window.scrollY") == 0
        page.evaluate("document.querySelector('.heads').scrollTop = 100")
        assert page.evaluate(show, data)[0] == 100


@pytest.mark.parametrize("view", ["bertviz_head", "bertviz_model"])
def test_the_same_tokens_can_be_hidden_above_bertviz(view: str) -> None:
    page = tab(REPORT, view=view)
    before = page.get("iframe")[0].proto.src
    page.toggle(key="hide special").set_value(True).run()
    assert page.get("iframe")[0].proto.src != before

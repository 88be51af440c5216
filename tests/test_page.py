"""What pages are made of, without a browser: hidden words, costs, code to show, models by name, what was requested."""

import re
from dataclasses import replace
from math import log
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plotly.graph_objects import Figure
from sidelight.dashboard import cards, edits, hidden, session
from sidelight.dashboard.cost import Size, cost_text, guessed, passes, size_of
from sidelight.dashboard.exports import SaveError
from sidelight.dashboard.reproduce import Recipe, code_of, code_of_edit
from sidelight.dashboard.views import VIEWS, Selection, comparison
from sidelight.dashboard.views.naming import target_name
from sidelight.dashboard.visitor import Visitor
from sidelight.dashboard.wording import in_language
from sidelight.dashboard.workers.fleet import Fleet, FleetError, by_name
from sidelight.dashboard.workers.messages import Choice, Loaded, Work
from sidelight.dashboard.written import Question, targets_asked, usual_piece
from sidelight.explain import explain, load_report
from sidelight.explain.comparison import compare
from sidelight.explain.focus import focused, output_pieces
from sidelight.explain.methods import METHODS, request
from sidelight.explain.report import Provenance, Report
from sidelight.explain.requested import is_complete, requested
from sidelight.models import load
from sidelight.models.card import Card, GeneratorCard
from sidelight.models.inputs import Prompt, Sampling
from sidelight.models.prediction import VALUE

from tests.tiny import save_generator
from tests.toys import IMAGE, labels, predict, realistic

ODDS = log(0.8 / 0.2)


def test_hidden_words_are_named_with_the_answer_and_its_change() -> None:
    prediction = predict(f"so {IMAGE} good", ["so", IMAGE, "good"], labels(("bad", 0.4), ("fine", 0.6)))
    text = hidden.changed(prediction, [1, 2], [ODDS, -ODDS], [1])
    assert re.sub("<.*?>", "", text) == (
        "Without &lt;img src=x onerror=window.pwned=1&gt;, good: fine 20.0 % (−40.0 points). The answer becomes bad."
    )
    assert "becomes" not in hidden.changed(prediction, [0], [-ODDS, ODDS], [1])


@pytest.mark.parametrize(("loaded", "may"), [("a", [True, False]), ("b", [False, True]), ("c", [False, False])])
def test_words_of_an_input_can_be_hidden_where_its_own_model_is_loaded(
    always_loading: None, loaded: str, may: list[bool]
) -> None:
    texts = [replace(predict("so good", ["so", "good"]), model=model) for model in ("demo", "demo-zh")]
    report = Report(tuple(texts), provenance=Provenance(weights={"demo": "a", "demo-zh": "b"}))
    visitor = Visitor(Fleet().get(Choice()))
    visitor.supervisor.model = Loaded("demo", (), 1, "cpu", "float32", ("mask",), weights=loaded)
    assert [hidden.may_hide(visitor, report, text) for text in texts] == may
    assert [visitor.made(replace(report, predictions=(text,))) for text in texts] == may
    assert not visitor.made(report)


def test_many_hidden_words_are_counted() -> None:
    words = list("abcdefghij")
    prediction = predict(" ".join(words), words)
    assert "and 4 more" in hidden.changed(prediction, range(10), [0.0, 0.0], [0])


def test_a_number_changes_in_its_own_unit() -> None:
    regression = [replace(labels(("stars", 0.5))[0], kind="regression", score=3.0, unit=VALUE, exclusive=False)]
    prediction = predict("so good", ["so", "good"], tuple(regression))
    assert "stars 2.50 (−0.50)" in hidden.changed(prediction, [1], [2.5], [0])


def test_words_written_together_have_their_joint_probability(tmp_path: Path) -> None:
    model = load(str(save_generator(tmp_path / "model", "llama")), "generate")
    prediction = model.generate(Prompt("good film", continuation="the end", template=False))
    first, second, *_ = prediction.placed
    now = [0.0 if place in (first, second) else target.score for place, target in enumerate(prediction.targets)]
    assert "25.0 %" in hidden.changed(prediction, [0], now, [first, second])


@pytest.mark.parametrize("asked", ["the film was great", 'it\'s "so" \\ {great}\n</script>'])
@pytest.mark.parametrize(
    "requests",
    [
        (request("occlusion"),),
        (request("lime", {"samples": 40, "hiding": "delete"}), request("shap", {"algorithm": "kernel"})),
    ],
)
def test_the_code_shown_makes_the_same_report(
    tiny_classifier: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str, requests: tuple[Any, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    work = Work(asked, requests, "token", 5)
    code = code_of(Recipe(Choice(str(tiny_classifier)), work))
    left: dict[str, Any] = {}
    exec(compile(code, "shown", "exec"), left)  # noqa: S102
    expected = explain(load(str(tiny_classifier)), asked, requests, unit="token", seed=5)
    made = left["report"].attributions
    assert [one.settings for one in made] == [one.settings for one in expected.attributions]
    for one, own in zip(made, expected.attributions, strict=True):
        assert one.hiding == own.hiding
        assert one.values[1] == pytest.approx(own.values[1], abs=1e-5)
    assert (tmp_path / "report.html").exists()


@pytest.mark.parametrize("view", VIEWS)
def test_the_code_of_a_panel_draws_what_the_panel_shows(
    tiny_classifier: Path, view: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = Work("the film was great", (request("shap"), request("occlusion")), seed=2)
    selection = Selection(target=1, attribution=1, heads=((0, 1),), without=(0,), dark=True)
    own = VIEWS[view].draw(explain(load(str(tiny_classifier)), work.asked, work.requests, seed=2), selection)
    code = code_of(Recipe(Choice(str(tiny_classifier)), work), view, selection)
    assert without_seconds(drawn_by(code, tmp_path, monkeypatch)) == without_seconds(own)


@pytest.mark.parametrize("view", VIEWS)
def test_the_code_of_a_panel_draws_what_was_written(tmp_path: Path, view: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = str(save_generator(tmp_path / "llama", "llama", readable=True))
    prompt = Prompt("the film", Sampling(3), template=False)
    work = Work(prompt, (request("occlusion"),))
    report = explain(load(folder, "generate"), prompt, work.requests)
    looked = (report.predictions[0].placed[1],)
    whole = VIEWS[view].whole
    shown = report if whole else focused(report, 0, looked)
    selection = Selection(target=looked[0] if whole else 0, attribution=0)
    code = code_of(Recipe(Choice(folder, task="generate"), work, looked), view, selection)
    drawn = drawn_by(code, tmp_path, monkeypatch)
    assert without_seconds(drawn) == without_seconds(VIEWS[view].draw(shown, selection))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_models_card_takes_nothing_from_what_the_model_says(language: str) -> None:
    generator = Loaded("demo", (), 134_515_008, "cpu", "float32", ("delete",))
    card = GeneratorCard("n", "b", "unpacked", 541_600_000, 19.2, "2026-01-02")
    found = in_language(language, cards.facts_about)(generator, card, "generate")
    texts = [text for _, text in found]
    assert len(dict(found)) == len(found)
    assert {"541.6 MB", {"en": "134.5 million", "zh": "134.5百万"}[language]} <= set(texts)
    classifier = replace(generator, labels=("bad", "good"), parameters=4321)
    learned = Card("n", "b", "d", "s", ("bad", "good"), 90, 10, 8, {}, 1.5, "2026-01-02")
    about = in_language(language, cards.facts_about)(classifier, learned, "classify")
    named = {"en": "bad (id 0), good (id 1)", "zh": "bad (id 0)、good (id 1)"}[language]
    assert [text for _, text in about if "good" in text] == [named]
    assert "4,321" in [text for _, text in about]


def test_the_code_of_an_edit_compares_what_the_page_compares(
    tiny_classifier: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = (request("occlusion"), request("lime", {"samples": 40, "hiding": "delete"}))
    asked, changed = (Work(f"the film was {word}", requests, "token", seed=2) for word in ("great", "'thin'"))
    model = load(str(tiny_classifier))
    before, now = (explain(model, one.asked, requests, unit="token", seed=2) for one in (asked, changed))
    columns = edits.edited(before, now, Selection(target=1, attribution=1))
    code = code_of_edit(Recipe(Choice(str(tiny_classifier)), changed), asked, columns, dark=True)
    drawn = drawn_by(code, tmp_path, monkeypatch)
    assert without_seconds(drawn) == without_seconds(comparison.draw(compare(columns), dark=True))


def drawn_by(code: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the code draws, which it leaves as a page in the folder where it runs."""
    monkeypatch.chdir(folder)
    left: dict[str, Any] = {}
    try:
        exec(code, left)  # noqa: S102
    except SaveError:
        assert left["drawing"] is None
    else:
        (page,) = folder.glob("*.html")
        assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    return left["drawing"]


def without_seconds(drawing: Any) -> str:
    text = drawing.to_json() if isinstance(drawing, Figure) else str(drawing)
    return re.sub(r"[\d.]+ s\b", "", text)


def test_the_code_shown_for_a_generator_asks_the_same_prompt(tmp_path: Path) -> None:
    prompt = Prompt("good\nfilm", Sampling(3, 0.5, 0.9, 2), "the end", template=False, foils=((0, "bad"),))
    code = code_of(Recipe(Choice("demo", task="generate", precision="bfloat16"), Work(prompt, ())), "words")
    asked = next(line.strip(" ,") for line in code.splitlines() if "Prompt(" in line)
    assert eval(asked, {"Prompt": Prompt, "Sampling": Sampling}) == prompt  # noqa: S307
    assert "load('demo', task='generate', precision='bfloat16')" in code


def test_the_saved_generation_opens_on_a_question_that_tells_and_that_every_method_answers() -> None:
    report = load_report(session.SAVED / "generate.json")
    prediction = report.predictions[0]
    pieces = output_pieces(prediction)
    place = usual_piece(prediction, pieces)
    (target,) = targets_asked(prediction, pieces, Question(place, place))
    assert target_name(prediction.targets[target]) == "“Paris” rather than “London”"
    assert all(one.covers(target) for one in report.attributions)
    other = replace(prediction, segments=(prediction.segments[0], f"{prediction.segments[1]} It is."))
    assert usual_piece(other, output_pieces(other)) == 0


def test_a_cost_is_what_the_method_plans() -> None:
    size = Size(8, 2, 10)
    assert passes(request("occlusion"), size) == 9
    assert cost_text([(request("occlusion"), size)], None) == "about 9 passes"
    assert cost_text([(request("occlusion"), size)], 0.1) == "about 9 passes, 9.0 s"
    assert cost_text([(request("input_x_gradient"), size)], 0.1) == "1 pass, 3.0 s"
    both = [(request("occlusion"), size), (request("input_x_gradient"), size)]
    assert cost_text(both, 0.1) == "about 10 passes, 12.0 s"
    assert size_of(realistic().predictions[0]) == Size(22, 2, 24)


@given(st.text(max_size=60), st.sampled_from(["word", "character", "token", "sentence"]))
def test_every_text_has_a_cost_before_it_is_read(text: str, unit: str) -> None:
    size = guessed(text, unit, None)
    assert all(passes(request(name), size) > 0 for name in METHODS)


def test_models_are_called_by_names_and_never_by_paths(tmp_path: Path) -> None:
    one, other = tmp_path / "a" / "model", tmp_path / "b" / "model"
    for folder in (one, other):
        folder.mkdir(parents=True)
    choices = [
        Choice("demo"),
        Choice(str(one)),
        Choice(str(other)),
        Choice("demo", precision="bfloat16"),
        Choice("demo"),
    ]
    assert list(by_name(choices)) == ["demo", "model", "model 2", "demo (bfloat16)"]


@pytest.mark.usefixtures("always_loading")
def test_a_server_holds_so_many_models_and_makes_room() -> None:
    fleet = Fleet()
    choices = [Choice(str(place)) for place in range(6)]
    held = [fleet.get(choice) for choice in choices[:4]]
    assert fleet.get(choices[0]) is held[0]
    with pytest.raises(FleetError, match="4 models"):
        fleet.get(choices[4])
    fleet.release(choices[0])
    assert fleet.get(choices[4]).choice == choices[4]
    assert [one.choice for one in fleet.all("classify")] == choices[1:5]
    held[2].unload("it could not be loaded")
    fleet.get(choices[5])
    assert [one.choice for one in fleet.all("classify")] == [choices[1], *choices[3:]]


def test_of_a_report_only_what_was_requested_is_shown(tiny_classifier: Path) -> None:
    model = load(str(tiny_classifier))
    asked = [request("lime", {"samples": 40}), request("occlusion"), request("occlusion", {"hiding": "delete"})]
    report = explain(model, "the film was great", asked)
    assert requested(report, [asked[1]], "mask").attributions == report.attributions[1:2]
    assert requested(report, [asked[2], asked[0]], "mask").attributions == (
        report.attributions[2],
        report.attributions[0],
    )
    assert is_complete(report, asked, "mask")
    assert not is_complete(report, [request("lime", {"samples": 50})], "mask")
    gradient = [request("input_x_gradient")]
    first = explain(model, "the film was great", gradient, targets=[1])
    assert is_complete(first, gradient, "mask", [1])
    assert not is_complete(first, gradient, "mask", [0])


def test_an_edit_is_compared_by_one_method_and_label_where_both_have_them() -> None:
    now = realistic()
    before = replace(now.predictions[0], segments=(now.predictions[0].segments[0] + " ",))
    earlier = Report((before,), tuple(replace(one, prediction=before) for one in now.attributions))
    one, other = edits.edited(earlier, now, Selection(0, 1, 1))
    assert (one.attribution.method, other.attribution.method) == ("lime", "lime")
    assert (one.target, other.target) == (1, 1)
    assert edits.edited(now, now, Selection(0, 1, 1)) == []
    others = replace(earlier, predictions=(other_model := replace(before, model="another"),), attributions=())
    others = replace(others, attributions=tuple(replace(one, prediction=other_model) for one in now.attributions))
    assert edits.edited(others, now, Selection(0, 1, 1)) == []
    assert edits.edited(replace(earlier, attributions=earlier.attributions[:1]), now, Selection(0, 1, 1)) == []
    renamed = replace(before, targets=labels(("bad", 0.1), ("fine", 0.9)))
    assert edits.edited(Report((renamed,)), now, Selection(0, 1)) == []

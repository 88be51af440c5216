"""Comparisons in the app with real processes: over a set of texts, and of two generators on one prompt."""

import time
from collections.abc import Iterator
from dataclasses import replace
from math import log
from pathlib import Path

import pytest
from sidelight.dashboard.compare.shifting import Shifting, Standing
from sidelight.dashboard.compare.writing_shift import WritingShift
from sidelight.dashboard.views import written_shift
from sidelight.dashboard.workers.messages import Choice, Work
from sidelight.dashboard.workers.supervisor import Supervisor
from sidelight.explain import explain
from sidelight.explain.focus import ids_written
from sidelight.explain.methods import request
from sidelight.explain.report import Report
from sidelight.explain.set_shift import Asked
from sidelight.explain.shifting import shift
from sidelight.explain.written_shift import counterparts, explain_both, token_shifts
from sidelight.models import load
from sidelight.models.finetuning.texts import Given
from sidelight.models.inputs import Prompt, Sampling

from tests.tiny import save_bert, save_generator

SECONDS = 60
METHOD = request("occlusion")
TEXTS = tuple(Given(f"the film was {word}", "positive") for word in ("good", "bad", "charming", "very great"))
Pair = tuple[Supervisor, Supervisor]


@pytest.fixture(scope="module")
def folders(tiny_classifier: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return tiny_classifier, save_bert(tmp_path_factory.mktemp("models") / "later", seed=1)


@pytest.fixture(scope="module")
def models(folders: tuple[Path, Path]) -> Iterator[Pair]:
    before, after = (Supervisor(Choice(str(folder))) for folder in folders)
    with before, after:
        for model in (before, after):
            model.wait_for(model.submit("", Work("good", ())), lambda status: status.over, SECONDS)
        yield before, after


def asked(folders: tuple[Path, Path]) -> Asked:
    before, after = (load(str(folder)) for folder in folders)
    return Asked("tiny", "later", (before.weights, after.weights), "positive", "occlusion", fewest=1)


def ended(state: Shifting) -> Standing:
    standing = state.wait_for(lambda one: one.state != "running", SECONDS)
    assert standing
    assert not state.busy, f"still {standing}"
    return standing


def test_it_is_what_the_function_gives_in_this_process(models: Pair, folders: tuple[Path, Path]) -> None:
    state = Shifting()
    state.begin(models, asked(folders), METHOD, [*TEXTS, Given("\u200b")], ("said before",))
    standing = ended(state)
    assert (standing.state, standing.done, standing.total) == ("done", 5, 5), standing.message
    assert state.shift
    assert state.shift.notices == ("said before",)
    found = state.shift
    expected = shift(load(str(folders[0])), load(str(folders[1])), TEXTS, METHOD, fewest=1)
    assert found
    assert sum(found.left_out.values()) == 1
    assert [one.text for one in found.answers] == [one.text for one in expected.answers]
    assert [one.given for one in found.answers] == ["positive"] * 4
    own, theirs = ({word.text: word.change.value for word in one.words} for one in (found, expected))
    assert own == pytest.approx(theirs, abs=1e-4)
    assert found.heads
    assert expected.heads
    assert found.heads.means[1] == pytest.approx(expected.heads.means[1], abs=1e-3)


def test_stopped_in_the_middle_it_keeps_what_is_finished(models: Pair, folders: tuple[Path, Path]) -> None:
    state = Shifting()
    many = [Given(f"the film was good {number}") for number in range(400)]
    state.begin(models, asked(folders), METHOD, many)
    state.wait_for(lambda one: one.done >= 2, SECONDS)
    state.stop()
    standing = ended(state)
    assert standing.state == "stopped"
    assert 2 <= standing.done < 400
    found = state.shift
    assert found
    assert len(found.answers) == standing.done


def test_another_one_takes_its_place(models: Pair, folders: tuple[Path, Path]) -> None:
    state = Shifting()
    state.begin(models, asked(folders), METHOD, [Given(f"a film {number}") for number in range(400)])
    state.begin(models, asked(folders), METHOD, TEXTS[:2])
    assert ended(state).state == "done"
    found = state.shift
    assert found
    assert [one.text for one in found.answers] == [one.text for one in TEXTS[:2]]


def test_a_model_that_is_gone_ends_it_with_its_reason(models: Pair, folders: tuple[Path, Path], tmp_path: Path) -> None:
    with Supervisor(Choice(str(tmp_path / "none"))) as gone:
        gone.unload("there is none in this test")
        state = Shifting()
        state.begin((models[0], gone), replace(asked(folders), label=None), METHOD, TEXTS)
        standing = ended(state)
        assert (standing.state, standing.message) == ("failed", "there is none in this test")


@pytest.fixture(scope="module")
def writers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Pair, tuple[Path, Path]]]:
    """Two generators with one tokenizer, and their folders."""
    folder = tmp_path_factory.mktemp("generators")
    first, second = (save_generator(folder / f"llama {seed}", "llama", seed, readable=True) for seed in (0, 1))
    before, after = (Supervisor(Choice(str(folder), task="generate")) for folder in (first, second))
    with before, after:
        yield (before, after), (first, second)


def finished(state: WritingShift, models: Pair) -> tuple[Report, Report]:
    """Both reports, once nothing more is to come."""
    end = time.monotonic() + SECONDS
    state.advance()
    while state.busy and time.monotonic() < end:
        model = models[len(state.jobs) - 1]
        model.wait_for(state.jobs[-1], lambda status: status.over, SECONDS)
        state.advance()
    assert not state.busy
    assert state.reports
    return state.reports


def test_two_generators_are_asked_about_the_words_that_the_first_one_writes(
    writers: tuple[Pair, tuple[Path, Path]],
) -> None:
    models, folders = writers
    state = WritingShift()
    prompt = Prompt("what is good", Sampling(4))
    state.ask(models, prompt, METHOD)
    mine, theirs = finished(state, models)
    assert state.problem == ""
    assert mine.predictions[0].segments == theirs.predictions[0].segments
    tokens = token_shifts(mine, theirs)
    assert len(tokens) == 4
    for token, target in zip(tokens, theirs.predictions[0].targets, strict=False):
        assert target.probability
        assert token.after == pytest.approx(log(target.probability))

    expected = explain_both(*(load(str(folder), "generate") for folder in folders), prompt, ["occlusion"])
    for made, own in zip(expected, (mine, theirs), strict=True):
        assert made.predictions[0].segments == own.predictions[0].segments
        scores = [[target.score for target in one.predictions[0].targets] for one in (made, own)]
        assert scores[0] == pytest.approx(scores[1], abs=1e-4)  # threads of a worker sum in another order


def test_both_generators_are_asked_against_the_same_foils(writers: tuple[Pair, tuple[Path, Path]]) -> None:
    models, _ = writers
    state = WritingShift()
    state.ask(models, Prompt("what is good", Sampling(4)), METHOD)
    mine, theirs = (report.predictions[0] for report in finished(state, models))
    asked = range(len(mine.targets))
    for target, other in zip(asked, counterparts(mine, theirs, asked) or (), strict=True):
        one, same = mine.targets[target], theirs.targets[other]
        assert (one.id, one.against and one.against.id) == (same.id, same.against and same.against.id)
    foil = next(letter for letter in "zyxwvu" if letter not in mine.segments[1])
    state.contrast((2, foil))
    mine, theirs = (report.predictions[0] for report in finished(state, models))
    target = mine.foils_of(2)[0]
    (other,) = counterparts(mine, theirs, [target]) or ()
    assert mine.targets[target].against.text == theirs.targets[other].against.text == foil  # type: ignore[union-attr]


def test_a_foil_that_is_none_is_said_and_what_there_was_stays(writers: tuple[Pair, tuple[Path, Path]]) -> None:
    models, _ = writers
    state = WritingShift()
    state.ask(models, Prompt("what is good", continuation="bad"), METHOD)
    before = finished(state, models)
    state.contrast((0, "b"))
    assert finished(state, models) == before
    assert "is not another token" in state.problem
    state.contrast((0, "c"))
    finished(state, models)
    assert state.problem == ""


def test_a_method_to_which_each_word_costs_a_pass_is_asked_about_what_is_looked_at(
    writers: tuple[Pair, tuple[Path, Path]],
) -> None:
    models, _ = writers
    state = WritingShift()
    state.ask(models, Prompt("what is good", continuation="bad"), request("input_x_gradient"))
    wanted = (1,), (1,)
    assert not all(report.attributions[0].covers(1) for report in finished(state, models))
    assert state.complete(wanted)
    assert all(report.attributions[0].covers(1) for report in finished(state, models))
    assert not state.complete(wanted)


def test_a_generator_with_other_tokens_reads_the_text_itself(tmp_path: Path) -> None:
    before = load(str(save_generator(tmp_path / "llama", "llama", readable=True)), "generate")
    after = load(str(save_generator(tmp_path / "other", "llama", readable=True, turned=True)), "generate")
    mine, theirs = explain_both(before, after, Prompt("what is good", continuation="bad"), ["occlusion"])
    assert mine.predictions[0].segments == theirs.predictions[0].segments
    assert ids_written(mine.predictions[0]) != ids_written(theirs.predictions[0])


def test_generators_with_other_tokens_are_asked_alike_about_a_word_that_is_one_token_in_each(tmp_path: Path) -> None:
    before, after = (
        save_generator(tmp_path / name, "llama", readable=True, words=words)
        for name, words in (("one", ["good", "bad", "a"]), ("other", ["bad", "good", "sad"]))
    )
    models = Supervisor(Choice(str(before), task="generate")), Supervisor(Choice(str(after), task="generate"))
    with models[0], models[1]:
        state = WritingShift()
        state.ask(models, Prompt("what is it", continuation="good sad"), METHOD)
        mine, theirs = (report.predictions[0] for report in finished(state, models))
        assert [mine.targets[at].name for at in mine.placed] == ["good", " ", "s", "a", "d"]
        assert [theirs.targets[at].name for at in theirs.placed] == ["good", " ", "sad"]
        assert counterparts(mine, theirs, [0, 1]) == (0, 1)
        assert counterparts(mine, theirs, [2]) is None

        state.contrast((0, "bad"))
        mine, theirs = (report.predictions[0] for report in finished(state, models))
        (target,) = (at for at in mine.foils_of(0) if mine.targets[at].against.text == "bad")  # type: ignore[union-attr]
        (other,) = counterparts(mine, theirs, [target]) or ()
        foils = mine.targets[target].against, theirs.targets[other].against
        assert [foil and foil.text for foil in foils] == ["bad", "bad"]
        assert foils[0] and foils[1] and foils[0].id != foils[1].id
        with pytest.raises(ValueError, match="'s' is not one token in both models"):
            state.contrast((2, "b"))
        state.contrast((0, "sad"))
        mine, theirs = (report.predictions[0] for report in finished(state, models))
        assert [one.targets[one.foils_of(0)[0]].against.text for one in (mine, theirs)] == ["s", "sad"]  # type: ignore[union-attr]

    asked = Prompt("what is it", continuation="good sad", foils=((0, "bad"),))
    made = explain_both(load(str(before), "generate"), load(str(after), "generate"), asked, ["occlusion"])
    mine, theirs = (report.predictions[0] for report in made)
    assert counterparts(mine, theirs, mine.foils_of(0)[:1]) == theirs.foils_of(0)[:1]


def test_a_generator_and_itself_have_no_difference(tmp_path: Path) -> None:
    model = load(str(save_generator(tmp_path / "llama", "llama")), "generate")
    report = explain(model, Prompt("what", continuation=" good"), ["occlusion"])
    assert {one.change for one in token_shifts(report, report)} == {0.0}
    parted = explain(model, Prompt("what", continuation="a好"), ())
    tokens = token_shifts(parted, parted)
    assert [(one.text, one.part, one.parts) for one in tokens] == [
        ("a", 1, 1),
        *(("好", part, 3) for part in (1, 2, 3)),
    ]
    assert "“好” 2/3" in written_shift.draw(tokens).body
    other = explain(model, Prompt("what", continuation=" bad"), ())
    with pytest.raises(ValueError, match="different tokens"):
        token_shifts(report, other)

"""Fine-tuning from the app: a real trainer's process, its folder, and what is kept when it is stopped or fails."""

import pickle
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file, save_file
from sidelight.dashboard.commands.finetune import labelled, written
from sidelight.dashboard.views.training import accuracy_values, loss_values, smooth
from sidelight.dashboard.workers import training_folder
from sidelight.dashboard.workers.messages import Noticed, NotTrained
from sidelight.dashboard.workers.training import Standing, Trainings
from sidelight.dashboard.workers.training_folder import BrokenOff, TrainingError
from sidelight.models import load
from sidelight.models.card import Card, read_card
from sidelight.models.finetuning.request import USUAL, FinetuneSettings, Point, Request, Step, learns
from sidelight.models.finetuning.run import LOCK

from tests.test_finetune_command import jsonl, row
from tests.tiny import save_bert, vocabulary

SECONDS = 120
DATA = {"films.jsonl": jsonl([row(index) for index in range(160)]).encode()}


@pytest.fixture
def trainings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trainings]:
    monkeypatch.setenv("SIDELIGHT_HOME", str(tmp_path / "home"))
    held = Trainings()
    yield held
    held.close()


@pytest.fixture
def request_(tiny_classifier: Path) -> Request:
    return Request("classify", str(tiny_classifier), ("",), settings=replace(USUAL["labels"], learning_rate=0.003))


def wait(trainings: Trainings, until: Callable[[Standing], bool] = lambda standing: standing.over) -> Standing:
    assert trainings.wait_for(until, SECONDS), f"after {SECONDS} s it stands so: {trainings.standing}"
    assert trainings.standing
    return trainings.standing


def uploads() -> list[Path]:
    """The uploaded files that are still kept."""
    kept = (training_folder.folder().parent / "finetuned-data").rglob("*.*")
    return [path for path in kept if path.is_file() and path.name != LOCK]


def steps_kept() -> dict[str, int]:
    """Those broken off, by name, with the step of their last checkpoint."""
    return {one.name: one.step for one in training_folder.broken_off()}


def test_a_model_is_made_from_uploaded_files(trainings: Trainings, request_: Request) -> None:
    trainings.begin("my films", request_, DATA, {})
    made = wait(trainings)
    assert made.state == "done", made.message
    steps = 2 * -(-144 // 16)
    assert [step for step, _ in made.losses] == list(range(1, steps + 1))
    assert [point.step for point in made.points][-1] == steps
    card = read_card(training_folder.folder() / "my films")
    assert isinstance(card, Card)
    assert card == made.card
    assert [path.name for path in training_folder.finished()] == ["my films"]
    assert any("'text' is taken for the text" in notice for notice in made.notices)
    assert not uploads()
    with pytest.raises(TrainingError, match="there is a model or training my films already"):
        trainings.begin("my films", request_, DATA, {})
    training_folder.remove("my films")
    assert not training_folder.finished()


def test_a_stopped_training_goes_on(trainings: Trainings, request_: Request) -> None:
    long = replace(request_, settings=replace(request_.settings, epochs=60))
    trainings.begin("long", long, DATA, {})
    wait(trainings, lambda standing: len(standing.points) >= 2)
    with pytest.raises(TrainingError, match="long is being trained"):
        trainings.begin("other", request_, DATA, {})
    trainings.stop()
    stopped = wait(trainings)
    assert stopped.state == "stopped"
    assert steps_kept() == {"long": stopped.losses[-1][0]}
    assert len(uploads()) == 1
    trainings.resume("long")
    went_on = wait(trainings, lambda standing: len(standing.losses) > len(stopped.losses))
    assert went_on.losses[: len(stopped.losses)] == stopped.losses
    assert went_on.points[: len(stopped.points)] == stopped.points
    trainings.stop()
    wait(trainings)
    training_folder.remove("long")
    assert steps_kept() == {}
    assert not uploads()


def test_a_stop_before_the_first_step_is_heard_and_the_name_stays_free(trainings: Trainings, request_: Request) -> None:
    for _ in range(2):
        trainings.begin("at once", replace(request_, settings=replace(request_.settings, epochs=60)), DATA, {})
        trainings.stop()
        stopped = wait(trainings)
        assert stopped.state == "stopped", stopped.message
        assert len(stopped.losses) <= 1
        for name in steps_kept():
            training_folder.remove(name)


def test_stopped_while_the_rows_are_read_it_leaves_nothing(trainings: Trainings, request_: Request) -> None:
    trainings.begin("large", request_, {"large.jsonl": jsonl([row(index) for index in range(50)] * 500).encode()}, {})
    read = wait(trainings, lambda standing: standing.step is not None and standing.step.done > 0)
    assert read.step
    assert (read.step.stage, read.has_begun) == ("read", False)
    trainings.stop()
    assert wait(trainings).state == "stopped"
    assert steps_kept() == {}
    assert not uploads()


def test_a_stop_that_is_not_heard_before_the_first_step_ends_the_process(
    trainings: Trainings, request_: Request
) -> None:
    trainings.begin("deaf", request_, DATA, {})
    trainings.stop(patience=0)
    assert wait(trainings).state == "stopped"


def test_what_cannot_be_learned_leaves_nothing(trainings: Trainings, request_: Request) -> None:
    trainings.begin("one", request_, {"one.csv": b"text,label\n" + b"good,1\n" * 20}, {})
    failed = wait(trainings)
    assert failed.state == "failed"
    assert "all 20 rows to learn have the label '1'" in failed.message
    assert not uploads()
    trainings.forget()
    assert trainings.standing is None
    with pytest.raises(ValueError, match="has not begun"):
        trainings.resume("one")


@pytest.mark.long
def test_what_diverged_after_a_checkpoint_is_used_as_it_was_and_not_gone_on_with(
    trainings: Trainings, tmp_path: Path
) -> None:
    base = save_bert(tmp_path / "wild")
    weights = load_file(base / "model.safetensors")
    weights["bert.embeddings.word_embeddings.weight"][vocabulary().index("jokes")] = 3e38  # the sum of two is infinite
    save_file(weights, base / "model.safetensors", metadata={"format": "pt"})
    rows = [row(index) for index in range(159)]
    data = {"rows.jsonl": jsonl([*rows, {"text": "jokes", "label": "positive"}]).encode()}
    settings = replace(USUAL["labels"], batch_size=4)
    request = Request("classify", str(base), ("",), settings=settings, checkpoint_seconds=0)
    trainings.begin("wild", request, data, {"rows.jsonl": jsonl([row(index) for index in range(300, 320)]).encode()})
    failed = wait(trainings)
    kept = len(failed.losses)
    assert (failed.state, kept > 1) == ("failed", True)
    message = (
        f"the loss became nan at step {kept + 1} of 80: training is stopped; the checkpoint at step {kept} is kept"
    )
    assert failed.message == f"{message}; begin anew with a lower learning rate"
    (left,) = training_folder.broken_off()
    assert left == BrokenOff("wild", kept, "classify", failed.message)
    assert np.isfinite(load(str(left.checkpoint)).predict("the film is good").targets[0].score)
    trainings.resume("wild")
    assert wait(trainings).message == failed.message
    assert training_folder.broken_off() == [left]


def test_uploaded_files_that_cannot_be_kept_leave_nothing_and_the_name_stays_free(
    trainings: Trainings, request_: Request
) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))  # as where the disk is full after so many bytes
    try:
        with pytest.raises(TrainingError, match=r"the uploaded files can't be kept in .*\(File too large\)"):
            trainings.begin("full", request_, DATA, {})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert trainings.standing is None
    assert training_folder.under_way() == []
    assert not uploads()
    trainings.begin("full", request_, DATA, {})
    assert wait(trainings).state == "done"


@pytest.mark.long
def test_killed_before_its_first_checkpoint_it_is_listed_begun_anew_and_removed(
    trainings: Trainings, request_: Request
) -> None:
    long = replace(request_, settings=replace(request_.settings, epochs=60))
    trainings.begin("killed", long, DATA, {})
    wait(trainings, lambda standing: len(standing.losses) >= 2)
    trainings.close()
    killed = wait(trainings)
    assert (killed.state, killed.losses[0][0]) == ("failed", 1)
    assert steps_kept() == {"killed": 0}
    assert len(uploads()) == 1

    later = Trainings()  # of an app that was killed too
    try:
        with pytest.raises(TrainingError, match="there is a model or training killed already"):
            later.begin("killed", request_, DATA, {})
        later.resume("killed")
        anew = wait(later, lambda standing: bool(standing.losses))
        assert anew.losses[0] == killed.losses[0]
        assert any("the training begins anew, with the same data" in notice for notice in anew.notices)
    finally:
        later.close()
    wait(later)
    training_folder.remove("killed")
    assert steps_kept() == {}
    assert not uploads()
    assert training_folder.check_name("killed") == "killed"


APP = """
import pickle, sys
from sidelight.dashboard.workers.training import Trainings
trainings = Trainings()
trainings.begin("theirs", *pickle.loads(bytes.fromhex(sys.argv[1])), {})
print(flush=True)
trainings.wait_for(lambda standing: bool(standing.losses), 120)
print(flush=True)
sys.stdin.read()
"""


@pytest.mark.long
def test_what_another_app_trains_is_left_alone_until_that_app_is_killed(
    trainings: Trainings, request_: Request
) -> None:
    long = replace(request_, settings=replace(request_.settings, epochs=1000))
    command = [sys.executable, "-P", "-c", APP, pickle.dumps((long, DATA)).hex()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout
        for _ in ("it has begun", "it has made a step"):
            assert app.stdout.readline() == "\n"
            assert training_folder.under_way() == ["theirs"]
            assert steps_kept() == {}
            training_folder.sweep()
            assert len(uploads()) == 1
            for touch in (trainings.resume, training_folder.remove):
                with pytest.raises(TrainingError, match="theirs is under way in another app"):
                    touch("theirs")
        app.kill()
    trainings.begin("ours", request_, DATA, {})
    assert "ours" in training_folder.under_way()
    assert wait(trainings).state == "done"
    assert training_folder.under_way() == []
    assert steps_kept() == {"theirs": 0}
    training_folder.remove("theirs")
    assert not uploads()


def test_a_killed_trainer_is_told_of(trainings: Trainings, request_: Request) -> None:
    trainings.begin("killed", replace(request_, settings=replace(request_.settings, epochs=60)), DATA, {})
    wait(trainings, lambda standing: bool(standing.losses))
    trainings.close()
    assert "was ended by signal 9" in wait(trainings).message


@pytest.mark.parametrize("name", ["", ".", "..", "../up", "a/b", " a", "a ", "-x", "a\0b", "x" * 61])
def test_names_that_could_leave_the_folder_are_refused(trainings: Trainings, request_: Request, name: str) -> None:
    with pytest.raises(TrainingError, match="give the model a name"):
        trainings.begin(name, request_, DATA, {})
    assert not training_folder.folder().exists()


def test_a_standing_grows_with_what_is_told() -> None:
    point = Point(2, 0.5, 0.4, 0.9)
    standing = Standing("running", "x", "classify")
    for event in (Step("train", 0, 2), Step("train", 1, 2, 0.7), Step("train", 2, 2, 0.6, point), Noticed("so")):
        standing = standing.after(event)
    assert standing.losses == ((1, 0.7), (2, 0.6))
    assert (standing.points, standing.notices) == ((point,), ("so",))
    assert standing.after(NotTrained(stopped=True)).state == "stopped"


def test_the_running_mean() -> None:
    values = np.arange(50, dtype=float)
    expected = [values[max(0, place - 19) : place + 1].mean() for place in range(50)]
    np.testing.assert_allclose(smooth(values), expected)


@pytest.mark.parametrize(("task", "command"), [("classify", labelled), ("generate", written)])
def test_the_page_and_the_command_begin_with_the_same_settings(task: str, command: Callable[..., None]) -> None:
    defaults = command.__kwdefaults__ or {}
    code = command.__code__.co_varnames[: command.__code__.co_argcount]
    defaults |= dict(zip(code[-len(command.__defaults__ or ()) :], command.__defaults__ or (), strict=True))
    usual = USUAL[learns(task)]
    shared = [name for name in FinetuneSettings.__dataclass_fields__ if name in defaults and name != "bfloat16"]
    assert len(shared) >= 10
    assert {name: defaults[name] for name in shared} == {name: getattr(usual, name) for name in shared}


def test_curves_have_their_numbers_as_a_table() -> None:
    points = [Point(1, 0.5, 0.25, 0.75), Point(2, 0.5, 0.125)]
    losses = loss_values([(1, 0.5), (2, 1.0), (3, 0.0)], points)
    assert losses.columns == ("of a step", "mean of the last 20 steps", "held-out rows")
    assert losses.rows == (
        ("1", ("0.500", "0.500", "0.250")),
        ("2", ("1.000", "0.750", "0.125")),
        ("3", ("0.000", "0.500", "–")),
    )
    assert accuracy_values(points).rows == (("1", ("0.750",)),)

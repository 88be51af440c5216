"""The worker process and its supervisor, with a real process and a tiny model."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sidelight.dashboard.workers import jobs
from sidelight.dashboard.workers.jobs import ABANDONED, Job, Status
from sidelight.dashboard.workers.messages import Choice, Loaded, Work
from sidelight.dashboard.workers.supervisor import Supervisor, Unavailable
from sidelight.dashboard.workers.turns import WAITING_IN_ALL, WAITING_PER_SESSION, BusyError, Kept, Turns
from sidelight.explain import explain
from sidelight.explain.methods import request
from sidelight.models import load

TEXT = "the film was not very good, but so charming this left me smiling and the jokes are very great"
LONG = request("lime", {"samples": 20_000})
PATIENCE = 60


def over(supervisor: Supervisor, job: Job) -> Status:
    status = supervisor.wait_for(job, lambda status: status.over, PATIENCE)
    assert status.over, f"still {status}"
    return status


def running(supervisor: Supervisor, job: Job) -> Job:
    status = supervisor.wait_for(job, lambda status: status.progress is not None, PATIENCE)
    assert status.state == "running"
    return job


@pytest.fixture(scope="module")
def supervisor(tiny_classifier: Path) -> Iterator[Supervisor]:
    with Supervisor(Choice(str(tiny_classifier))) as made:
        yield made


def test_a_report_is_what_explain_gives_in_this_process(supervisor: Supervisor, tiny_classifier: Path) -> None:
    requests = (request("occlusion"), request("lime", {"samples": 50}))
    status = over(supervisor, supervisor.submit("a", Work("the film was great", requests, "word", 3)))
    expected = explain(load(str(tiny_classifier)), "the film was great", requests, seed=3)
    assert status.state == "done"
    assert status.report is not None
    assert status.report.predictions[0].tokens == expected.predictions[0].tokens
    for made, own in zip(status.report.attributions, expected.attributions, strict=True):
        for row, own_row in zip(made.values, own.values, strict=True):
            assert row == pytest.approx(own_row, abs=1e-4)
    assert status.report.attention


def test_the_model_says_what_it_is(supervisor: Supervisor) -> None:
    over(supervisor, supervisor.submit("a", Work("good", ())))
    assert isinstance(supervisor.model, Loaded)
    assert supervisor.model.labels == ("negative", "positive")
    assert supervisor.model.hidings == ("mask", "delete")
    assert supervisor.model.parameters > 0
    assert supervisor.model.pace is not None
    assert supervisor.model.pace > 0


def test_results_arrive_one_after_the_other(supervisor: Supervisor) -> None:
    job = supervisor.submit("a", Work(TEXT, (request("occlusion"), request("shap"), request("lime"))))
    sizes = []
    status = job.status
    while not status.over:
        status = supervisor.wait_for(job, lambda new, old=status: new is not old, PATIENCE)  # type: ignore[misc]
        sizes.append(len(status.report.attributions) if status.report else -1)
    assert sizes == sorted(sizes)
    assert sizes[-1] == 3


def test_what_is_known_is_not_computed_again(supervisor: Supervisor) -> None:
    work = Work("the plot was thin", (request("occlusion"),))
    first = over(supervisor, supervisor.submit("a", work))
    again = supervisor.submit("b", Work("the plot was thin", (request("occlusion"),)))
    assert again.status.state == "done"
    assert again.status.report == first.report
    assert not supervisor.submit("b", Work("the plot was thin", (request("occlusion"),), "character")).status.over


def test_a_method_more_adds_to_what_is_known_and_one_less_leaves_it_out(supervisor: Supervisor) -> None:
    one, two = request("occlusion"), request("lime", {"samples": 40})
    first = over(supervisor, supervisor.submit("a", Work("the jokes were thin", (one,)))).report
    both = over(supervisor, supervisor.submit("a", Work("the jokes were thin", (two, one)))).report
    again = supervisor.submit("a", Work("the jokes were thin", (one,))).status
    assert first
    assert both
    assert [attribution.method for attribution in both.attributions] == ["lime", "occlusion"]
    assert both.attributions[1] == first.attributions[0]
    assert again.state == "done"
    assert again.report == first


def test_hidden_words_are_scored_while_a_job_runs(supervisor: Supervisor) -> None:
    report = over(supervisor, supervisor.submit("a", Work("the film was great", (request("occlusion"),)))).report
    assert report
    job = running(supervisor, supervisor.submit("b", Work(TEXT, (LONG,), seed=11)))
    (occlusion,) = report.attributions
    (prediction,) = report.predictions
    for hidden in range(4):
        scores = supervisor.rescore(prediction, [place != hidden for place in range(4)]).result(PATIENCE)
        for target, score in enumerate(scores):
            assert prediction.targets[target].score - score == pytest.approx(occlusion.values[target][hidden], abs=1e-4)
    with pytest.raises(ValueError, match="can't hide by 'replace'"):
        supervisor.rescore(prediction, [True] * 4, "replace").result(PATIENCE)
    assert not job.status.over
    supervisor.stop(job)


def test_a_running_job_stops_by_itself_and_keeps_what_it_has(supervisor: Supervisor) -> None:
    job = supervisor.submit("a", Work(TEXT, (request("occlusion"), LONG)))
    supervisor.wait_for(job, lambda status: bool(status.report and status.report.attributions), PATIENCE)
    supervisor.stop(job)
    status = supervisor.wait_for(job, lambda status: status.over, 1)
    assert status.state == "stopped"
    assert status.report is not None
    assert [one.method for one in status.report.attributions] == ["occlusion"]
    assert isinstance(supervisor.model, Loaded)


def test_a_method_is_skipped_and_the_others_go_on(supervisor: Supervisor) -> None:
    work = Work(TEXT, (request("occlusion"), LONG, request("shap"), request("attention_rollout")), seed=7)
    job = supervisor.submit("a", work)
    supervisor.skip(job, "shap")
    begun = supervisor.wait_for(job, lambda status: bool(status.progress and status.progress.stage == "lime"), PATIENCE)
    assert begun.progress is not None
    supervisor.skip(job, "lime")
    status = over(supervisor, job)
    assert status.state == "done"
    assert status.report is not None
    assert [one.method for one in status.report.attributions] == ["occlusion", "attention_rollout"]
    assert over(supervisor, supervisor.submit("a", Work(TEXT, (request("shap"),), seed=7))).report is not None


def test_a_job_that_does_not_react_is_ended_and_the_others_go_on(supervisor: Supervisor) -> None:
    job = running(supervisor, supervisor.submit("a", Work(TEXT, (LONG,), seed=1)))
    waiting = supervisor.submit("b", Work("a great film", (request("occlusion"),)))
    os.kill(process_id(supervisor), signal.SIGSTOP)
    supervisor.stop(job)
    assert over(supervisor, job).state == "stopped"
    assert over(supervisor, waiting).state == "done"


def test_a_process_that_is_killed_is_replaced(supervisor: Supervisor) -> None:
    job = running(supervisor, supervisor.submit("a", Work(TEXT, (LONG,), seed=2)))
    waiting = supervisor.submit("b", Work("a very great film", (request("occlusion"),)))
    os.kill(process_id(supervisor), signal.SIGKILL)
    status = over(supervisor, job)
    assert status.state == "failed"
    assert "signal 9" in status.message
    assert over(supervisor, waiting).state == "done"


def test_an_error_is_told_in_its_own_words_and_ends_one_job_only(supervisor: Supervisor) -> None:
    status = over(supervisor, supervisor.submit("a", Work(TEXT, (request("shap", {"algorithm": "exact"}),))))
    assert status.state == "failed"
    assert "algorithm='exact'" in status.message
    assert status.report is not None
    assert over(supervisor, supervisor.submit("a", Work("good film", (request("occlusion"),)))).state == "done"


def test_sessions_take_turns(supervisor: Supervisor) -> None:
    first = running(supervisor, supervisor.submit("greedy", Work(TEXT, (LONG,), seed=4)))
    greedy = [supervisor.submit("greedy", Work(TEXT, (LONG,), seed=seed)) for seed in (5, 6)]
    modest = supervisor.submit("modest", Work("a bad film", (request("occlusion"),)))
    assert [supervisor.position(job) for job in (first, greedy[0], modest, greedy[1])] == [0, 1, 0, 2]
    with pytest.raises(BusyError, match="are waiting already"):
        supervisor.submit("greedy", Work(TEXT, (LONG,), seed=7))
    assert over(supervisor, modest).state == "done"
    assert first.status.state == "running"
    for job in (first, *greedy):
        supervisor.stop(job)
    assert [over(supervisor, job).state for job in (first, *greedy)] == ["stopped"] * 3


def test_answers_are_the_same_whatever_comes_between(supervisor: Supervisor) -> None:
    works = [
        Work(f"the {word} plot was charming but the film left me so very {word}", (request("lime", {"samples": 700}),))
        for word in ("thin", "good", "bad")
    ]
    together = [supervisor.submit(f"visitor {place}", replace(work, seed=20)) for place, work in enumerate(works)]
    found = [over(supervisor, job).report for job in together]
    for work, report in zip(works, found, strict=True):
        alone = over(supervisor, supervisor.submit("alone", replace(work, seed=21))).report
        again = over(supervisor, supervisor.submit("alone", replace(work, seed=20, parts=65_535))).report
        assert report is not None
        assert again is not None
        assert alone is not None
        assert [one.values for one in report.attributions] == [one.values for one in again.attributions]
        assert [one.values for one in report.attributions] != [one.values for one in alone.attributions]


def test_a_job_of_another_goes_on_where_one_has_to_be_ended_by_force(supervisor: Supervisor) -> None:
    held = running(supervisor, supervisor.submit("held", Work(TEXT, (LONG,), seed=30)))
    other = running(supervisor, supervisor.submit("other", Work(TEXT, (request("lime", {"samples": 3000}),), seed=31)))
    os.kill(process_id(supervisor), signal.SIGSTOP)  # so that nothing of it ends by itself
    supervisor.stop(held)
    assert over(supervisor, held).state == "stopped"
    assert over(supervisor, other).state == "done"


def test_what_nobody_looks_at_any_more_is_stopped(supervisor: Supervisor) -> None:
    left = [supervisor.submit("gone", Work(TEXT, (LONG,), seed=seed)) for seed in (8, 9)]
    for job in left:
        job.looked_at -= ABANDONED
    assert over(supervisor, supervisor.submit("here", Work("a thin plot", (request("occlusion"),)))).state == "done"
    assert [job.status.state for job in left] == ["stopped", "stopped"]


def test_what_is_asked_on_a_page_that_was_closed_is_stopped(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "GONE", 0.2)
    is_open = [True]
    left = running(supervisor, supervisor.submit("closed", Work(TEXT, (LONG,), seed=10), lambda: is_open[0]))
    waiting = supervisor.submit("closed", Work(TEXT, (LONG,), seed=11), lambda: is_open[0])
    kept = supervisor.submit("open", Work("a thin plot", (request("occlusion"),)), lambda: True)
    assert left.status.state == "running"
    is_open[0] = False
    assert over(supervisor, kept).state == "done"
    assert [over(supervisor, job).state for job in (left, waiting)] == ["stopped", "stopped"]


def test_a_model_that_cannot_be_loaded_is_a_message(tmp_path: Path) -> None:
    with Supervisor(Choice(str(tmp_path))) as supervisor:
        job = supervisor.submit("a", Work("good", ()))
        status = over(supervisor, job)
        assert status.state == "failed"
        assert "config.json" in status.message
        assert supervisor.model == Unavailable(status.message)
        assert supervisor.submit("a", Work("good", ())).status.state == "failed"


def test_unloading_ends_the_process_until_it_is_wanted_again(supervisor: Supervisor) -> None:
    assert over(supervisor, supervisor.submit("a", Work("good", ()))).state == "done"
    ended = process_id(supervisor)
    supervisor.unload("it was removed")
    assert supervisor.submit("a", Work("thin", ())).status == Status("failed", message="it was removed")
    supervisor.restart()
    assert over(supervisor, supervisor.submit("a", Work("thin", ()))).state == "done"
    assert process_id(supervisor) != ended


def process_id(supervisor: Supervisor) -> int:
    assert supervisor._process is not None
    return supervisor._process._popen.pid


LONELY = """
import sys
from sidelight.dashboard.workers.supervisor import Supervisor
from sidelight.dashboard.workers.messages import Choice, Work
supervisor = Supervisor(Choice(sys.argv[1]))
job = supervisor.submit("a", Work("good", ()))
supervisor.wait_for(job, lambda status: status.over, 60)
loaded = {"torch", "transformers", "shap", "lime", "bertviz"} & set(sys.modules)
print(supervisor._process._popen.pid, job.status.state, sorted(loaded), flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for a process that is not its own child (Linux)")
def test_the_app_imports_no_torch_and_takes_the_worker_with_it_when_it_is_killed(tiny_classifier: Path) -> None:
    command = [sys.executable, "-c", LONELY, str(tiny_classifier)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout is not None
        worker, state, loaded = app.stdout.readline().split(maxsplit=2)
        handle = os.pidfd_open(int(worker))
        app.kill()
    assert (state, loaded.strip()) == ("done", "[]")
    ended, _, _ = select.select([handle], [], [], PATIENCE)
    os.close(handle)
    assert ended


PAGES = """
import sys
import sidelight.dashboard.serve, sidelight.dashboard.inputs, sidelight.dashboard.panel, sidelight.dashboard.waiting
print(sorted({"torch", "transformers", "shap", "lime", "bertviz"} & set(sys.modules)))
"""


def test_no_part_of_the_page_imports_torch() -> None:
    finished = subprocess.run([sys.executable, "-c", PAGES], capture_output=True, text=True, check=False)
    assert finished.stdout.strip() == "[]", finished.stdout + finished.stderr


sessions = st.lists(st.sampled_from("abcde"), max_size=40)


@given(sessions)
def test_the_queue_is_fair_bounded_and_loses_nothing(arrivals: list[str]) -> None:
    turns: Turns[tuple[str, int]] = Turns()
    accepted: list[tuple[str, int]] = []
    for number, session in enumerate(arrivals):
        own = sum(one == session for one, _ in accepted)
        if own < WAITING_PER_SESSION:
            turns.put(session, (session, number))
            accepted.append((session, number))
        else:
            with pytest.raises(BusyError):
                turns.put(session, (session, number))
    expected = list(turns)
    assert [turns.position(item) for item in expected] == list(range(1, len(expected) + 1))
    taken = [found[1] for _ in accepted if (found := turns.take())]
    assert taken == expected
    assert sorted(taken) == sorted(accepted)
    assert turns.take() is None
    distinct = len({session for session, _ in accepted})
    assert len({session for session, _ in taken[:distinct]}) == distinct
    for session in set(arrivals):
        own_numbers = [number for one, number in taken if one == session]
        assert own_numbers == sorted(own_numbers)


def test_the_queue_takes_so_many_in_all() -> None:
    turns: Turns[int] = Turns()
    for number in range(WAITING_IN_ALL):
        turns.put(str(number), number)
    with pytest.raises(BusyError, match="try again"):
        turns.put("late", -1)
    assert turns.remove(5)
    assert not turns.remove(5)
    turns.put("late", -1)


def test_old_reports_are_forgotten(supervisor: Supervisor) -> None:
    report = over(supervisor, supervisor.submit("a", Work("good", ()))).report
    assert report is not None
    kept = Kept()
    for key in range(60):
        kept.put(key, report)
        kept.get(0)
    assert kept.get(0) is report
    assert kept.get(1) is None
    assert kept.get(59) is report

"""The history: what is kept is found and opened as it was, and what is cleared is gone."""

import os
import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sidelight.dashboard import history as module
from sidelight.dashboard import history_file
from sidelight.dashboard.entries import Written
from sidelight.dashboard.history import History
from sidelight.dashboard.history_collection import Collection
from sidelight.dashboard.history_file import DamagedError, HistoryError, opened
from sidelight.dashboard.workers.messages import Choice, Work
from sidelight.explain.methods import request
from sidelight.explain.report import Report
from sidelight.explain.set_shift import Answers, Asked, SetShift
from sidelight.models.inputs import Prompt, Sampling

from tests.toys import HOSTILE, attribute, predict, realistic

REPORT = realistic(1, 2)
REQUESTS = (request("shap", {"algorithm": "kernel"}), request("lime", {"hiding": "delete", "samples": 50}))


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "folder" / "history.sqlite")


def report(text: str) -> Report:
    words = text.split() or [text]
    prediction = predict(" ".join(words), words)
    return Report((prediction,), (attribute(prediction, "occlusion", [1.0] * len(words)),))


@pytest.mark.parametrize(
    "asked",
    [
        "a good film",
        "\ud800 lone",
        Prompt(
            "what?", Sampling(7, 0.5, 0.9, 3), (1, 2), template=False, explain_output=True, foils=((0, "x"), (1, 5))
        ),
        Prompt("what?", continuation="that"),
    ],
)
def test_what_is_kept_opens_as_it_was(history: History, asked: str | Prompt) -> None:
    work = Work(asked, REQUESTS, "character", 4)
    id_ = history.keep(work, REPORT)
    assert id_
    assert history.open(id_) == (work, REPORT)


def test_the_same_question_has_one_entry_which_grows(history: History) -> None:
    less = replace(REPORT, attributions=REPORT.attributions[:1])
    first = history.keep(Work("a good film", REQUESTS[:1]), less)
    again = history.keep(Work("a good film", REQUESTS, known=less), REPORT)
    other = history.keep(Work("a good film", REQUESTS, "token"), REPORT)
    assert first == again != other
    assert len(history.find()) == 2
    assert history.open(str(first)) == (Work("a good film", REQUESTS), REPORT)


def test_the_entry_of_what_is_being_made_is_known_before(history: History) -> None:
    work, model = Work("a good film", REQUESTS), REPORT.predictions[0].model
    weights = REPORT.provenance.weights[model]
    coming = history.id_for(work, model, weights)
    assert coming
    assert history.open(coming) is None
    assert history.keep(work, REPORT, coming) == coming
    assert history.id_for(replace(work, requests=()), model, weights) == coming
    assert history.id_for(work, model, "other weights") != coming
    assert history.keep(work, REPORT, "another") == coming
    history.enable(False)
    assert history.id_for(work, model, weights) is None


def test_entries_are_found_by_all_their_words_the_newest_first(history: History) -> None:
    for text in ("a good film", "a bad film", "GOOD music", *HOSTILE):
        history.keep(Work(text, REQUESTS), report("good film"))
    assert [entry.text for entry in history.find("good")] == ["GOOD music", "a good film"]
    assert [entry.text for entry in history.find("film a")] == ["a bad film", "a good film"]
    assert history.find("%") == [entry for entry in history.find(most=100) if "%" in entry.text]
    assert history.find("good", task="generate") == []
    assert len(history.find(most=3)) == 3


@pytest.mark.parametrize(
    ("text", "words"), [("Ärger im Kino", "ärger"), ("Хорошее Кино", "кино ХОРОШЕЕ"), ("STRASSE", "Straße")]
)
def test_capital_letters_of_every_script_count_as_small_ones(history: History, text: str, words: str) -> None:
    history.keep(Work(text, REQUESTS), report("good film"))
    assert [entry.text for entry in history.find(words)] == [text]


def test_an_entry_says_what_its_text_was_taken_apart_into(history: History) -> None:
    for unit in ("word", "character"):
        history.keep(Work("a good film", REQUESTS, unit), REPORT)
    history.keep_set((Choice(), Choice("mine")), SetShift(Asked("demo", "mine", ("0", "1"), "", ""), ()))
    assert [entry.unit for entry in history.find()] == [None, "character", "word"]


@given(st.text(max_size=8))
def test_any_search_finds_what_holds_it(tmp_path_factory: pytest.TempPathFactory, words: str) -> None:
    path = tmp_path_factory.getbasetemp() / "searched.sqlite"
    history = History(path)
    if not path.exists():
        history.keep(Work("Ein guter Film, 100 % 好 film_x'", ()), report("good"))
    (entry,) = history.find()
    found = history.find(words)
    plain = (entry.text + " " + entry.model).casefold()
    assert bool(found) == all(word in plain for word in words.casefold().split())


def test_what_is_cleared_leaves_no_trace_and_what_is_switched_off_is_not_kept(history: History, tmp_path: Path) -> None:
    path = tmp_path / "folder" / "history.sqlite"
    assert history.enabled
    id_ = history.keep(Work("a secretword film", REQUESTS), report("a secretword film"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 or os.name == "nt"
    assert b"secretword" in path.read_bytes()
    history.enable(False)
    assert history.keep(Work("another", REQUESTS), report("another")) is None
    assert [entry.id for entry in history.find()] == [id_]
    history.clear()
    assert not history.find()
    assert history.open(str(id_)) is None
    assert b"secretword" not in path.read_bytes()
    assert not history.enabled
    history.enable(True)
    assert history.keep(Work("another", REQUESTS), report("another"))


def test_a_comparison_over_texts_opens_as_it_was_and_is_cleared_with_the_rest(history: History) -> None:
    asked = Asked("demo", "mine", ("0", "1"), "positive", "occlusion")
    shift, choices = SetShift(asked, tuple(map(Answers, HOSTILE))), (Choice(), Choice("mine", "cpu"))
    id_ = history.keep_set(choices, shift)
    assert id_
    assert history.open_set(id_) == (choices, shift)
    assert history.keep_set(choices, replace(shift, rare=1)) == id_
    other = history.keep_set(choices, replace(shift, answers=shift.answers[1:]))
    report_id = history.keep(Work("a good film", REQUESTS), REPORT)
    assert len({id_, other, report_id}) == 3
    assert history.open(id_) is None
    assert history.open_written(id_) is None
    assert history.open_set(str(report_id)) is None
    assert [entry.id for entry in history.find("mine", "compare")] == [other, id_]
    history.clear()
    assert history.open_set(id_) is None
    history.enable(False)
    assert history.keep_set(choices, shift) is None


@pytest.mark.parametrize("note", ["mine <b>x</b>\n\U00020bb7", "\ud800 lone"])
def test_a_note_stays_with_its_entry_and_leaves_with_it(history: History, tmp_path: Path, note: str) -> None:
    id_, other = (str(history.keep(Work(text, REQUESTS), REPORT)) for text in ("a good film", "another"))
    assert history.note_of(id_) == ""
    history.write_note(id_, "first")
    history.write_note(id_, note)
    history.write_note("gone", note)
    assert history.keep(Work("a good film", REQUESTS), REPORT) == id_
    opened = history.open(id_)
    assert opened
    assert opened[1] == replace(REPORT, notes=(history.note_of(id_),))
    assert history.note_of(id_).encode("utf-8", "replace") == note.encode("utf-8", "replace")
    assert history.open(other) == (Work("another", REQUESTS), REPORT)
    history.clear()
    assert history.note_of(id_) == history.note_of("gone") == ""
    assert b"mine" not in (tmp_path / "folder" / "history.sqlite").read_bytes()


@pytest.mark.parametrize("text", HOSTILE)
def test_two_generators_on_one_continuation_open_as_they_were(history: History, text: str) -> None:
    prompts = Prompt(text, foils=((0, "Lyon"), (1, 7))), Prompt(text, continuation=(1, 2), template=False)
    written = Written(request("lime", {"samples": 100}), prompts, (REPORT, report(text)))
    choices = Choice("one", task="generate"), Choice("other", task="generate")
    id_ = history.keep_written(choices, written)
    assert id_
    assert history.open_written(id_) == (choices, written)
    assert history.keep_written(choices, written) == id_
    assert history.keep_written(choices, replace(written, method=request("shap"))) != id_
    assert history.open(id_) is None
    assert history.open_set(id_) is None
    history.clear()
    assert history.open_written(id_) is None


def test_the_oldest_make_room(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_REPORTS", 3)
    for text in "abcde":
        history.keep(Work(text, ()), report(text))
    assert [entry.text for entry in history.find()] == ["e", "d", "c"]


def test_a_history_that_may_not_be_holds_nothing() -> None:
    none = History(None)
    assert not none.possible
    assert not none.enabled
    assert none.keep(Work("a", ()), report("a")) is None
    assert none.find() == []
    assert none.open("x") is None
    assert none.open_set("x") is None
    assert none.open_written("x") is None
    none.clear()
    with pytest.raises(HistoryError, match="no history"):
        none.enable(True)


def test_a_file_that_is_no_history_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "history.sqlite").write_bytes(b"something else" * 100)
    history = History(tmp_path / "history.sqlite")
    with pytest.raises(DamagedError, match="clear it to begin a new one"):
        history.find()
    history.clear()
    assert list(tmp_path.iterdir()) == []
    assert history.keep(Work("a", ()), report("a"))


def test_a_history_that_another_process_holds_is_not_deleted(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_file, "PATIENCE", 0.0)
    history.keep(Work("a", ()), report("a"))
    with closing(sqlite3.connect(tmp_path / "folder" / "history.sqlite", isolation_level=None)) as other:
        other.execute("begin exclusive")
        with pytest.raises(HistoryError, match="locked"):
            history.clear()
        other.execute("rollback")
    assert [entry.text for entry in history.find()] == ["a"]


def test_an_entry_that_is_damaged_is_a_message(history: History, tmp_path: Path) -> None:
    id_ = history.keep(Work("a", ()), report("a"))
    with sqlite3.connect(tmp_path / "folder" / "history.sqlite") as file:
        file.execute("update reports set report = x'00'")
    file.close()
    with pytest.raises(HistoryError, match="clear the history"):
        history.open(str(id_))


def test_what_is_collected_is_kept_in_its_order_and_cleared_with_the_rest(history: History, tmp_path: Path) -> None:
    first, second, noted = report("a secretword film"), report("another"), replace(REPORT, notes=("mine",))
    collection = Collection(history)
    for one in (first, REPORT, second, noted):
        collection.add(one)
    assert Collection(history).reports == collection.reports == [first, noted, second]
    history.enable(False)
    collection.take_out(second)
    collection.add(report("kept nowhere"))
    assert Collection(history).reports == [first, noted]
    history.clear()
    assert Collection(history).reports == []
    assert b"secretword" not in (tmp_path / "folder" / "history.sqlite").read_bytes()


def test_a_collected_report_that_is_damaged_is_a_message(history: History) -> None:
    Collection(history).add(REPORT)
    with opened(history.path) as file:
        file.execute("update collected set report = x'00'")
    with pytest.raises(HistoryError, match="clear the history"):
        Collection(history)


def test_a_request_is_kept_from_when_it_is_begun_until_its_report_is(history: History) -> None:
    work = Work(Prompt("a good film", foils=((0, "x"),)), REQUESTS, "token", 3)
    entry = history.id_for(work, "demo reviews", "")
    assert entry is not None
    history.begin(work, entry)
    assert History(history.path).begun(entry) == work
    assert history.begun("another") is None
    history.keep(work, REPORT, entry)
    assert history.begun(entry) is None
    history.begin(work, "left")
    history.clear()
    assert history.begun("left") is None

"""The benchmarks: ranks by hand and by enumeration, and the commands on a tiny generator."""

import json
import sys
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from sidelight.dashboard.__main__ import main
from sidelight.explain.asking import QUESTIONS, UNASKED, Choice, find_cases, gather, would_write
from sidelight.explain.evidence import (
    Finding,
    Row,
    expected_reciprocal_rank,
    hit,
    interval,
    others,
    read_rows,
    reciprocal_rank,
    summarise,
)
from sidelight.explain.methods import METHODS
from sidelight.explain.speed import Timing, given_text, take_turns, teacher_forcing
from sidelight.models import load
from sidelight.models.checkpoint import load_checkpoint
from sidelight.models.generator import Generator
from sidelight.models.inputs import Prompt, Sampling

from .tiny import save_generator

PROMPT = "the film is good"
WORDS_AND_KEYS = some.lists(
    some.tuples(some.integers(-2, 2).map(float), some.booleans()), min_size=1, max_size=6
).filter(lambda pairs: any(is_key for _, is_key in pairs))


def row(**changes: Any) -> dict[str, Any]:
    return {"prompt": PROMPT, "target": " now", "key_spans": [[4, 8]], **changes}


def write(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_generator(tmp_path_factory.mktemp("benchmark") / "tiny", "llama")


@pytest.fixture(scope="module")
def model(folder: Path) -> Generator:
    return load(str(folder), "generate")


@pytest.fixture(scope="module")
def written(model: Generator) -> str:
    """What the model writes after PROMPT: letters that stand for themselves."""
    text = model.generate(Prompt(PROMPT, Sampling(1), template=False)).segments[1]
    assert text.strip()
    assert "\ufffd" not in text
    return text


def test_ranks_by_hand() -> None:
    assert hit([3, 1, 2], [True, False, False]) == 1
    assert hit([1, 3, 2], [True, False, False]) == 0
    assert hit([2, 2, 1], [True, False, True]) == 0.5
    assert reciprocal_rank([1, 3, 2], [True, False, False]) == pytest.approx(1 / 3)
    assert reciprocal_rank([-1, -3, -2], [False, True, True]) == pytest.approx(1 / 2)
    assert reciprocal_rank([5, 0, 0], [False, True, False]) == pytest.approx((1 / 2 + 1 / 3) / 2)


@given(WORDS_AND_KEYS)
def test_equal_values_count_as_all_their_orders_do(pairs: list[tuple[float, bool]]) -> None:
    values, key = zip(*pairs, strict=True)
    orders = [sorted(order, key=lambda place: -values[place]) for order in permutations(range(len(values)))]
    first = [next(rank for rank, place in enumerate(order, 1) if key[place]) for order in orders]
    assert hit(values, key) == pytest.approx(np.mean([rank == 1 for rank in first]))
    assert reciprocal_rank(values, key) == pytest.approx(np.mean([1 / rank for rank in first]))


@given(some.integers(1, 7), some.data())
def test_a_method_that_says_nothing_gets_what_chance_gets(words: int, data: some.DataObject) -> None:
    count = data.draw(some.integers(1, words))
    key = [place < count for place in range(words)]
    orders = [[key[place] for place in order] for order in permutations(range(words))]
    enumerated = np.mean([1 / (1 + order.index(True)) for order in orders])
    assert expected_reciprocal_rank(words, count) == pytest.approx(enumerated)
    assert reciprocal_rank([0.0] * words, key) == pytest.approx(enumerated)
    assert hit([0.0] * words, key) == pytest.approx(count / words)


def test_key_words_first_is_a_perfect_score() -> None:
    findings = [Finding(line, (2.0, 1.0, -1.0), (True, False, False), 4, 0.5) for line in range(1, 9)]
    found = summarise(findings)
    assert (found.prompts, found.hit, found.reciprocal_rank) == (8, 1, 1)
    assert found.hit_interval == found.reciprocal_rank_interval == (1, 1)
    assert (found.random_hit, found.calls, found.seconds) == (pytest.approx(1 / 3), 4, 0.5)
    assert found.random_reciprocal_rank == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)


@given(some.lists(some.floats(0, 1), min_size=5, max_size=30), some.integers(0, 99))
def test_the_interval_holds_the_mean_and_is_the_same_for_the_same_seed(numbers: list[float], seed: int) -> None:
    low, high = interval(numbers, seed)
    assert min(numbers) - 1e-9 <= low <= np.mean(numbers) + 1e-9
    assert np.mean(numbers) - 1e-9 <= high <= max(numbers) + 1e-9
    assert interval(numbers, seed) == (low, high)


def test_the_interval_shrinks_with_the_root_of_the_prompts() -> None:
    widths = [np.subtract(*reversed(interval([0.0, 1.0] * half))) for half in (8, 32, 128)]
    assert widths[0] / widths[1] == pytest.approx(2, rel=0.15)
    assert widths[1] / widths[2] == pytest.approx(2, rel=0.15)
    assert widths[2] == pytest.approx(2 * 1.96 * 0.5 / 16, rel=0.1)


def test_other_answers_are_the_foil_or_the_other_targets_of_the_relation() -> None:
    capital = {target: Row(1, "p", target, ((0, 1),), None, "capital") for target in ("Paris", "Rome", "Oslo")}
    river = Row(4, "p", "Rhine", ((0, 1),), None, "river")
    alone, named = Row(5, "p", "x", ((0, 1),)), Row(6, "p", "x", ((0, 1),), "y", "capital")
    rows = [*capital.values(), river, alone, named, capital["Rome"]]
    assert others(rows, capital["Paris"]) == ("Rome", "Oslo", "x")
    assert others(rows, named) == ("y",)
    assert others(rows, river) == others(rows, alone) == ()


BROKEN = {
    "not JSON": ('{"prompt": ', "line 2: Expecting value"),
    "no object": ("[1]", "line 2: a row is a JSON object with prompt, target and key_spans"),
    "deep": ("[" * 100_000, "line 2: "),
    "no prompt": (json.dumps({"target": "x", "key_spans": [[0, 1]]}), "line 2: prompt is missing or is no text"),
    "empty target": (json.dumps(row(target=" ")), "line 2: target is missing or is no text"),
    "no key": (json.dumps({"prompt": PROMPT, "target": "x"}), "line 2: key_spans is missing or empty"),
    "a number as foil": (json.dumps(row(foil=3)), "line 2: foil is missing or is no text"),
    "half a span": (json.dumps(row(key_spans=[[1]])), "line 2: the key span [1] is not a pair of whole numbers"),
    "a true span": (json.dumps(row(key_spans=[[False, True]])), "is not a pair of whole numbers"),
    "outside": (json.dumps(row(key_spans=[[4, 17]])), "is empty or outside of the prompt's 16 characters"),
    "white space": (json.dumps(row(key_spans=[[3, 4]])), "line 2: the key span [3, 4] holds only white space"),
    "backwards": (json.dumps(row(key_spans=[[8, 4]])), "the key span [8, 4] is empty or outside"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_row_is_named_by_file_and_line(case: str, tmp_path: Path) -> None:
    line, message = BROKEN[case]
    (path := tmp_path / "facts.jsonl").write_text(f"{json.dumps(row())}\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"^facts\.jsonl, line 2: ") as refused:
        read_rows(path)
    assert message in str(refused.value)


def test_rows_are_read_with_what_else_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "facts.jsonl"
    path.write_text(f"\ufeff{json.dumps(row(id='a', relation_id='P1'))}\r\n\r\n{json.dumps(row(foil='b'))}", "utf-8")
    assert read_rows(path) == (
        Row(1, PROMPT, " now", ((4, 8),), None, "P1"),
        Row(3, PROMPT, " now", ((4, 8),), "b"),
    )
    path.write_text("\n \n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"facts\.jsonl holds no rows"):
        read_rows(path)
    path.write_bytes(b'{"prompt": "\xff"}')
    with pytest.raises(ValueError, match=r"facts\.jsonl is not UTF-8"):
        read_rows(path)


def test_only_what_the_model_would_write_is_right(model: Generator, written: str) -> None:
    space, letter = written[: -len(written.lstrip())], written.strip()
    assert (found := would_write(model, Row(1, PROMPT, f"{written}xyz", ((4, 8),)), template=False))
    assert found.name == written
    assert not would_write(model, Row(1, PROMPT, f"{space}{'ab'[letter == 'a']}", ((4, 8),)), template=False)


def test_a_case_is_asked_what_it_can_be_asked(model: Generator, written: str) -> None:
    rival = "ab"["a" in written]
    plain = Row(1, PROMPT, written, ((4, 8),))
    foil, same = Row(2, PROMPT, written, ((5, 6),), rival), Row(3, PROMPT, written, ((0, 16),), written)
    first, second, third = find_cases(model, [plain, foil, same], [], template=False)
    assert first and second and third
    assert first.key == second.key == (False, True, False, False)
    assert third.key == (True, True, True, True)
    assert list(first.asked) == list(third.asked) == ["log-odds", "next best"]
    targets = second.prediction.targets
    assert targets[second.asked["log-odds"]].against is None
    against = targets[second.asked["other answer"]].against
    assert against and against.text.strip() == rival
    best, named = targets[second.asked["next best"]], targets[second.asked["other answer"]]
    assert 0 <= best.score <= named.score


def test_every_method_hiding_and_question_is_measured_once(model: Generator, written: str) -> None:
    rows = [Row(1, PROMPT, written, ((4, 8),), "ab"["a" in written]), Row(2, PROMPT, "\N{SNOWMAN}", ((4, 8),))]
    from sidelight.explain.asking import with_every_hiding
    from sidelight.explain.methods import parse_request

    requests = with_every_hiding(model, [parse_request(name) for name in ("shap", "input_x_gradient")])
    assert [one.hiding for one in requests] == ["delete", "replace", None]
    found = gather(model, rows, requests, Choice(), lambda *_: None)
    assert (found.read, len(found.cases), found.left_out) == (2, 1, {})
    assert [(one.request, one.question) for one in found.answers] == [(r, q) for r in requests for q in QUESTIONS]
    one = found.answers[0]
    assert one.findings[0].calls == 2**4
    assert sum(one.findings[0].values) != 0
    assert not gather(model, rows, requests, Choice(longest=3), lambda *_: None).read


def command(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["sidelight", "benchmark", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


def test_evidence_on_the_screen_and_as_json(
    folder: Path, written: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row(target=written, foil="ab"["a" in written]), row(target=written), row(target="\N{SNOWMAN}")]
    path, out = write(tmp_path / "<b>facts.jsonl", *rows), tmp_path / "numbers.json"
    assert command(monkeypatch, "evidence", str(path), "--model", str(folder), "--out", str(out)) == 0
    shown = capsys.readouterr().out
    assert "<b>facts.jsonl: 2 of 3 prompts are answered right" in shown
    assert "another answer: 1 prompts; 1 have none" in shown
    for method in METHODS.values():
        assert method.title in shown
    document = json.loads(out.read_text(encoding="utf-8"))
    assert document["weights"] == load(str(folder), "generate").weights
    (file,) = document["files"]
    assert (file["name"], file["right"]) == ("<b>facts.jsonl", 2)
    combinations = {(one["method"], one["hiding"], one["question"]) for one in file["results"]}
    signed = [(name, hides) for name, method in METHODS.items() if method.signed for hides in (method.hides,)]
    expected = {
        (n, h, q) for n, hides in signed for h in (("delete", "replace") if hides else (None,)) for q in QUESTIONS
    }
    assert combinations == expected | {("attention_rollout", None, UNASKED)}
    key = {case["line"]: case["key"] for case in file["cases"]}
    for result in file["results"]:
        ranks = [reciprocal_rank(one["values"], key[one["line"]]) for one in result["rows"]]
        assert result["reciprocal_rank"] == pytest.approx(np.mean(ranks))
        assert result["random_hit"] == 0.25


WRONG = {
    "missing key": ([row(), {"prompt": PROMPT, "target": "x"}], [], "facts.jsonl, line 2: key_spans is missing"),
    "unknown method": ([row()], ["--method", "shep"], "'shep' is not a method"),
    "unknown hiding": ([row()], ["--method", "shap:hiding=mask"], "hiding='mask' is not supported by tiny"),
    "another ending": ([row()], ["--out", "numbers.html"], "the numbers are written as .json"),
    "no such folder": ([row()], ["--out", "/no/such/numbers.json"], "the folder '/no/such' does not exist"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_input_ends_with_one_line(
    case: str, folder: Path, model: Generator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    rows, arguments, message = WRONG[case]
    target = model.generate(Prompt(rows[0]["prompt"], Sampling(1), template=False)).segments[1]
    path = write(tmp_path / "facts.jsonl", rows[0] | {"target": target}, *rows[1:])
    assert command(monkeypatch, "evidence", str(path), "--model", str(folder), *arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_a_file_that_is_not_there(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(monkeypatch, "evidence", "none.jsonl") == 2
    assert "none.jsonl" in capsys.readouterr().err


def test_shap_and_we_are_asked_about_the_same(folder: Path, model: Generator) -> None:
    """By the full text they agree to what rounding and the token before the prompt leave."""
    from copy import deepcopy

    checkpoint = load_checkpoint(folder, "tiny", "ForCausalLM")
    prediction = given_text(model, 9, 5)
    assert (len(prediction.features), len(prediction.placed)) == (9, 5)
    score = teacher_forcing(checkpoint.network, deepcopy(checkpoint.tokenizer), prediction, 4, collapse=True)
    keep = np.ones((6, 9), dtype=bool)
    keep[3:, 4] = False
    found = score(keep)
    assert found.shape == (6, 5)
    assert (found[0] == pytest.approx(found[2])) and found[0] != pytest.approx(found[3])


def test_all_take_turns() -> None:
    asked: list[tuple[str, int]] = []
    timed = {name: lambda keep, name=name: asked.append((name, len(keep))) for name in ("a", "b")}
    found = take_turns(timed, np.ones((5, 3), dtype=bool), 2, lambda *_: None)
    assert asked == [("a", 2), ("b", 2), *[("a", 5), ("b", 5)] * 2]
    assert [timing.name for timing in found] == ["a", "b"]
    assert Timing("", (3.0, 1.0, 2.0)).seconds == 2


def test_speed_on_the_screen(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    sizes = ["--prompt-words", "6", "--new-tokens", "3", "--coalitions", "4", "--rounds", "1"]
    assert command(monkeypatch, "speed", "--model", str(folder), *sizes) == 0
    shown = capsys.readouterr().out
    assert "6 prompt words, 3 output tokens, 4 coalitions" in shown
    for name in ("float32, delete", "float32, replace", "bfloat16, delete", "bfloat16, replace", "TeacherForcing"):
        assert name in shown

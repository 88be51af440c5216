"""What the benchmarks found, as tables on the terminal and as plain data for a JSON file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text
from sidelight.dashboard.markup import shown
from sidelight.dashboard.palette import number
from sidelight.explain import versions
from sidelight.explain.asking import QUESTIONS, UNASKED, Answers, Case, Choice, Evidence
from sidelight.explain.evidence import CONFIDENCE, RESAMPLES, Interval, Summary, summarise
from sidelight.explain.methods import METHODS
from sidelight.explain.settings import settings_of

from .terminal import plain_console

if TYPE_CHECKING:
    from sidelight.explain.speed import Timing
    from sidelight.models.generator import Generator

SCHEMA = "sidelight.evidence/1"
TITLES = {
    "log-odds": "Why this token, against all others (log-odds)",
    "next best": "Why this token and not the next best",
    "other answer": "Why this token and not another answer",
    UNASKED: "Without a direction, and the same for every question",
}


def document(model: Generator, found: Mapping[Path, Evidence], choice: Choice) -> dict[str, Any]:
    """All that was found, by file, down to each word's value, with what is needed to find it again."""
    return {
        "schema": SCHEMA,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "model": model.name,
        "weights": model.weights,
        "precision": model.precision,
        "versions": versions(),
        "settings": {**asdict(choice), "unit": "word", "resamples": RESAMPLES, "confidence": CONFIDENCE},
        "files": [_file(path, evidence) for path, evidence in found.items()],
    }


def _file(path: Path, evidence: Evidence) -> dict[str, Any]:
    return {
        "name": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "read": evidence.read,
        "right": len(evidence.cases),
        "cases": [_case(case) for case in evidence.cases],
        "results": [_result(answers) for answers in evidence.answers],
        "left_out": dict(evidence.left_out),
    }


def _case(case: Case) -> dict[str, Any]:
    targets = case.prediction.targets
    return {
        "line": case.row.line,
        "token": targets[0].name,
        "probability": targets[0].probability,
        "foils": {name: against.text for name, place in case.asked.items() if (against := targets[place].against)},
        "words": [feature.text for feature in case.prediction.features],
        "key": case.key,
    }


def _result(answers: Answers) -> dict[str, Any]:
    request = answers.request
    return {
        "method": request.name,
        "settings": dict(request.settings),
        "hiding": request.hiding,
        "question": answers.question,
        **asdict(summarise(answers.findings)),
        "rows": [
            {
                "line": one.line,
                "values": one.values,
                "hit": one.hit,
                "reciprocal_rank": one.reciprocal_rank,
                "calls": one.calls,
                "seconds": one.seconds,
            }
            for one in answers.findings
        ],
    }


def print_evidence(name: str, evidence: Evidence) -> None:
    """One file's tables on stdout, one a question."""
    console = plain_console()
    right = f"{len(evidence.cases)} of {evidence.read} prompts are answered right"
    console.print(Text(f"{shown(name)}: {right}", style="bold"))
    for question in (*QUESTIONS, UNASKED):
        without = sum(question != UNASKED and question not in case.asked for case in evidence.cases)
        found = [answers for answers in evidence.answers if answers.question == question]
        if found or without:
            left = f"; {without} have none" if without else ""
            console.print(Text(f"\n{TITLES[question]}: {len(evidence.cases) - without} prompts{left}"))
        if found:
            console.print(_table(found))
    for title, reason in evidence.left_out.items():
        console.print(Text(f"Note: {title} was left out: {reason}."))
    console.print()


def _table(found: Sequence[Answers]) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("", "hiding"):
        table.add_column(title, no_wrap=True)
    for title in ("hit@1", "reciprocal rank", "calls", "s"):
        table.add_column(title, justify="right", no_wrap=True)
    summaries = [summarise(answers.findings) for answers in found]
    chance = summaries[0]
    table.add_row(
        "Random", "", number(chance.random_hit), number(chance.random_reciprocal_rank), "", "", style="italic"
    )
    for answers, summary in zip(found, summaries, strict=True):
        table.add_row(Text(_title(answers)), answers.request.hiding or "", *_cells(summary))
    return table


def _title(answers: Answers) -> str:
    """The method, with what of its settings is not the default."""
    method = METHODS[answers.request.name]
    usual = {setting.name: setting.default for setting in settings_of(method.run)}
    changed = [f"{name}={value}" for name, value in answers.request.settings.items() if value != usual[name]]
    return " ".join([method.title, *changed])


def _cells(summary: Summary) -> tuple[str, ...]:
    return (
        f"{number(summary.hit)} {_interval(summary.hit_interval)}",
        f"{number(summary.reciprocal_rank)} {_interval(summary.reciprocal_rank_interval)}",
        number(summary.calls, 0),
        number(summary.seconds),
    )


def _interval(interval: Interval) -> str:
    return f"[{number(interval[0])}, {number(interval[1])}]"


def print_speed(timings: Sequence[Timing], what: str) -> None:
    """Milliseconds a coalition on stdout, and how many times faster than shap's path in its two batch sizes."""
    console = plain_console()
    console.print(Text(f"Milliseconds a coalition: {what}, median of {len(timings[0].rounds)} rounds", style="bold"))
    table = Table(box=None, pad_edge=False)
    table.add_column("", no_wrap=True)
    for title in ("ms", "x shap, 10", "x shap, 128"):
        table.add_column(title, justify="right", no_wrap=True)
    for timing in timings:
        factors = (number(shap.seconds / timing.seconds) for shap in timings[:2])
        table.add_row(Text(timing.name), number(1000 * timing.seconds, 1), *factors)
    console.print(table)


def print_waiting(steps: Sequence[tuple[str, float, float]], what: str) -> None:
    """Seconds of each step on stdout: the median and the longest."""
    console = plain_console()
    console.print(Text(f"Seconds in the browser: {what}", style="bold"))
    table = Table(box=None, pad_edge=False)
    table.add_column("", no_wrap=True)
    for title in ("median", "longest"):
        table.add_column(title, justify="right", no_wrap=True)
    for name, middle, longest in steps:
        table.add_row(Text(name), number(middle), number(longest))
    console.print(table)

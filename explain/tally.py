"""What two models' reports of many texts show of the change between them: each pair reduced, and then summed.

A pair of reports is reduced to a `TextShift` as soon as both models have answered, and a `Tally` keeps of that the
words' values and what is summed, so that memory does not grow with reports.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import fmean

from sidelight.models.prediction import Floats, Prediction

from . import versions
from .agreement import spearman
from .attention_shift import Kind, UnlikeError, attention_of, attention_shift, rounding_floor
from .comparison import Column, align
from .report import Report, rows
from .set_shift import Answers, Asked, HeadShift, SetShift, Sums, WordShift, clustered


@dataclass(frozen=True, slots=True)
class Word:
    """A word where it occurs: what each model's attribution gives it."""

    text: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class TextShift:
    """What one text shows of the change: answers, words, and every head's shift in bits, (layers, heads).

    `floor` is what rounding alone makes of it; `unlike` is the kind of obstacle where its attention can't be compared;
    `cut` is whether a model did not read its end.
    """

    answers: Answers
    words: tuple[Word, ...] = ()
    heads: Floats | None = None
    floor: float = 0.0
    unlike: Kind | None = None
    cut: bool = False


class Tally:
    """What is summed over texts; `shift` is what they show so far.

    Words are told apart without regard to capitals.

    Args:
        asked: of every text.
        notices: what is to be said of the texts.
    """

    def __init__(self, asked: Asked, notices: Sequence[str] = ()) -> None:
        self.asked = asked
        self._notices = tuple(notices)
        self._cut = 0
        self._answers: list[Answers] = []
        self._words: dict[str, list[list[Word]]] = {}  # a list for each text
        self._heads, self._floor = Sums(), Sums()
        self._left_out: Counter[str] = Counter()
        self._unlike: Counter[Kind] = Counter()
        self._created = datetime.now(UTC).isoformat(timespec="seconds")

    def add(self, shift: TextShift) -> None:
        """Takes in what one more text shows."""
        self._answers.append(shift.answers)
        self._cut += shift.cut
        for text, found in _by_text(shift.words).items():
            self._words.setdefault(text, []).append(found)
        if shift.unlike:
            self._unlike[shift.unlike] += 1
        else:
            self._heads.add(shift.heads)
            self._floor.add(shift.floor)

    def leave_out(self, reason: str) -> None:
        """Remembers why a text has no part in it."""
        self._left_out[reason] += 1

    @property
    def shift(self) -> SetShift:
        """What changed over the texts so far."""
        often = {text: found for text, found in self._words.items() if sum(map(len, found)) >= self.asked.fewest}
        words = [word_shift(text, found) for text, found in often.items()]
        heads = None
        if self._heads.count:
            errors = None if self._heads.error is None else rows(self._heads.error)
            heads = HeadShift(self._heads.count, float(self._floor.middle), rows(self._heads.middle), errors)
        return SetShift(
            self.asked,
            tuple(self._answers),
            tuple(sorted(words, key=lambda word: -abs(word.change.value))),
            len(self._words) - len(often),
            heads,
            dict(self._left_out),
            dict(self._unlike),
            self._created,
            versions(),
            self._cut,
            self._notices,
        )


def word_shift(text: str, found: Sequence[Sequence[Word]]) -> WordShift:
    """What a word's occurrences show of the change, text by text."""
    every = [word for own in found for word in own]
    before, after = (fmean(values) for values in zip(*((word.before, word.after) for word in every), strict=True))
    change = clustered([[word.after - word.before for word in own] for own in found])
    return WordShift(text, len(found), before, after, change)


def _by_text(words: Sequence[Word]) -> dict[str, list[Word]]:
    found: dict[str, list[Word]] = {}
    for word in words:
        found.setdefault(word.text.casefold(), []).append(word)
    return found


def text_shift(before: Report, after: Report, asked: Asked, given: str | None = None) -> TextShift:
    """What two models' reports of one text show of the change between them.

    Args:
        before: holds the first model's answer and, where a label is looked at, one attribution that covers it.
        after: likewise, of the second model.
        asked: of both; where it looks at no label, attention alone is compared.
        given: the text's label in the data, as the models name it.

    Raises:
        ValueError: a model lacks the label that is looked at.
    """
    mine, theirs = before.predictions[0], after.predictions[0]
    answers = Answers(mine.segments[0])
    words: tuple[Word, ...] = ()
    cut = bool(mine.unseen or theirs.unseen)
    if asked.label is not None:
        places = target_index(mine, asked), target_index(theirs, asked)
        targets = mine.targets[places[0]], theirs.targets[places[1]]
        chances = [one.probability for one in targets]
        words = _words([Column("", one, 0, at) for one, at in zip((before, after), places, strict=True)
                        if one.attributions])  # fmt: skip
        answers = Answers(
            mine.segments[0],
            given,
            _named(mine, asked),
            _named(theirs, asked),
            (targets[0].score, targets[1].score),
            None if chances[0] is None or chances[1] is None else (chances[0], chances[1]),
            spearman([one.before for one in words], [one.after for one in words]),
        )
    one, other = attention_of(before), attention_of(after)
    try:
        heads = attention_shift(one, other)
    except UnlikeError as error:
        return TextShift(answers, words, unlike=error.obstacle.kind, cut=cut)
    floor = max(rounding_floor(len(kept.keys), kept.parts) for kept in (one, other) if kept)
    return TextShift(answers, words, heads, floor, cut=cut)


def target_index(prediction: Prediction, asked: Asked) -> int:
    """Where the label that is looked at stands among a prediction's targets.

    Raises:
        ValueError: it does not, or several have its name.
    """
    label = asked.label or ""
    return asked.names.index(label) if asked.names else prediction.target_index(label)


def _named(prediction: Prediction, asked: Asked) -> str:
    """What the label that is predicted is called."""
    return asked.names_of([one.name for one in prediction.targets])[prediction.predicted]


def _words(columns: Sequence[Column]) -> tuple[Word, ...]:
    """The words that both columns have, each with its values in both."""
    if len(columns) < 2:
        return ()
    return tuple(Word(one.text, one.value, other.value) for one, other in align(columns) if one and other)

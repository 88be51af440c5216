"""What differs among compared columns, in a few sentences, each of them true of the figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sidelight.dashboard.markup import Html, Markup, fragment, joined_html, render, say_html, strong
from sidelight.dashboard.palette import unbroken
from sidelight.dashboard.wording import joined
from sidelight.explain.comparison import Comparison
from sidelight.models.message import Message

from .comparison import agreement_texts, change_text, disagreements, row_name, scaled_text
from .naming import answer_text, label_names
from .summary import Sentence

MOST_WORDS = 3


def draw(comparison: Comparison, dark: bool = False) -> Html:
    """The sentences as a list."""
    return fragment(render("summary.html.jinja", sentences=list(sentences(comparison))), dark)


def sentences(comparison: Comparison) -> Iterator[Sentence]:
    """How the answers changed, which words lie furthest apart or have opposite signs, and how the orders agree."""
    if len(comparison.columns) < 2:
        return
    yield from _answers(comparison)
    yield from _furthest(comparison)
    yield from _opposed(comparison)
    yield from _orders(comparison)


def _answers(comparison: Comparison) -> Iterator[Sentence]:
    """One sentence for every answer that is not the first column's, about the same label."""
    first, seen = comparison.columns[0], set()
    for column in comparison.columns:
        names = label_names(column.prediction)
        answer = (names[column.target], column.asked.score)
        change = change_text(first, column)
        if change and answer not in seen and column.asked.score != first.asked.score:
            text = say_html(
                "{title}: {label} {answer} instead of {before} in {first} ({change}).",
                title=column.title,
                label=strong(names[column.target]),
                answer=unbroken(answer_text(column.asked)),
                first=first.title,
                before=unbroken(answer_text(first.asked)),
                change=change,
            )
            predicted = names[column.prediction.predicted]
            if predicted != label_names(first.prediction)[first.prediction.predicted]:
                text += " " + say_html("The answer becomes {label}.", label=strong(predicted))
            yield Sentence(text)
        seen.add(answer)


def _furthest(comparison: Comparison) -> Iterator[Sentence]:
    differences = comparison.differences()
    known = [(row, abs(value)) for row, value in enumerate(differences) if value is not None]
    if not known:
        yield Sentence(say_html("The columns have no words in common."))
        return
    order = [row for row, size in sorted(known, key=lambda one: -one[1]) if size][:MOST_WORDS]
    if not order:
        yield Sentence(say_html("All columns have the same values."))
        return
    yield Sentence(say_html("Furthest apart: {words}.", words=joined_html(_apart(comparison, row) for row in order)))


def _apart(comparison: Comparison, row: int) -> Markup:
    """A row with the two of its values that lie furthest apart, in the order of their columns."""
    values = [(comparison.scaled(place)[row], place) for place in range(len(comparison.columns))]
    known = [(value, place) for value, place in values if value is not None]
    ends = sorted((min(known), max(known)), key=lambda one: one[1])
    told = [scaled_text(comparison, value) for value, _ in ends]
    titles = [comparison.columns[place].title for _, place in ends]
    word = strong(row_name(comparison, row))
    return say_html(
        "{word} ({one} in {first}, {other} in {second})",
        word=word,
        one=told[0],
        first=titles[0],
        other=told[1],
        second=titles[1],
    )


def _opposed(comparison: Comparison) -> Iterator[Sentence]:
    opposed, _ = disagreements(comparison)
    if opposed:
        yield Sentence(say_html("Opposite signs: {words}.", words=_named(comparison, sorted(opposed))))


def _named(comparison: Comparison, rows: Sequence[int]) -> Markup:
    words = joined_html(strong(row_name(comparison, row)) for row in rows[:MOST_WORDS])
    more = len(rows) - MOST_WORDS
    return words if more <= 0 else say_html("{words} and {count} more", words=words, count=more)


def _orders(comparison: Comparison) -> Iterator[Sentence]:
    """The agreement of two columns; of more, that of the one that agrees least with the first in order."""
    found = [(place, comparison.agreement(0, place)) for place in range(1, len(comparison.columns))]
    known = [(one.spearman, place, one) for place, one in found if one.spearman is not None]
    if not known:
        return
    _, place, least = min(known, key=lambda one: one[0])
    titles = {"first": comparison.columns[0].title, "other": comparison.columns[place].title}
    key = (
        Message("{first} and {other}: {figures}.")
        if len(found) == 1
        else Message("{other} agrees least with {first}: {figures}.")
    )
    yield Sentence(say_html(key, figures=joined(agreement_texts(least)), **titles))

"""What training changed, over a set of texts: sentences, most-changed words, every head's shift, most-changed texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sidelight.dashboard.markup import Html, Markup, fragment, joined_html, render, say_html, shortened, shown, strong
from sidelight.dashboard.palette import decimals, largest, number, opacity, percent, side, signed_number, unbroken
from sidelight.dashboard.views.naming import UNLIKE
from sidelight.dashboard.wording import between_sentences, listed, say, told, unit_noun
from sidelight.explain.set_shift import Answers, HeadShift, Mean, SetShift, WordShift
from sidelight.models.message import Message

from .naming import LONGEST_LABEL, method_name
from .summary import Sentence
from .table import Bar

MOST_WORDS, MOST_TEXTS, NAMED = 25, 12, 3
LONGEST_LABELS = 100  # characters of all labels of a model
LONGEST_TEXT = 300  # characters of a text that are shown


@dataclass(frozen=True, slots=True)
class Line:
    """A word of the table, as texts and a bar."""

    name: str
    count: str
    before: str
    after: str
    bar: Bar


@dataclass(frozen=True, slots=True)
class Cell:
    """A head: its shift, how strong its colour is, what pointing at it says."""

    text: str
    alpha: float
    title: str
    kind: str


@dataclass(frozen=True, slots=True)
class Layer:
    """The heads of a layer."""

    name: str
    cells: list[Cell]


def draw(shift: SetShift, dark: bool = False) -> Html:
    """All of it as static HTML."""
    return fragment(content(shift), dark)


def content(shift: SetShift) -> Markup:
    """All of it as markup without its style."""
    texts = sorted(shift.answered, key=lambda one: -abs(one.change or 0))
    return render(
        "set_shift.html.jinja",
        sentences=list(sentences(shift)),
        unit=unit_noun(shift.asked.unit),
        words=_lines(shift.words[:MOST_WORDS]),
        words_note=_words_note(shift),
        columns=[str(head + 1) for head in range(len(shift.heads.means[0]))] if shift.heads else [],
        heads=_layers(shift.heads) if shift.heads else [],
        heads_note=_heads_note(shift.heads) if shift.heads else "",
        texts=[_text(one) for one in texts[:MOST_TEXTS]],
        texts_note=between_sentences().join(
            [
                say("The largest change first, up or down. Answers that changed are coloured."),
                *_shown_of(MOST_TEXTS, len(texts)),
            ]
        ),
        labelled=bool(shift.labelled),
        figures=say("Probability of {label}" if _has_chances(shift) else "Score of {label}", label=_label(shift)),
    )


def sentences(shift: SetShift) -> Iterator[Sentence]:
    """How answers, words and attention changed, and what was left out."""
    yield from _answers(shift)
    if words := [word for word in shift.words if word.beyond_error][:NAMED]:
        named = joined_html(_named(word) for word in words)
        yield Sentence(
            say_html(
                "Changed most for {label}, of the words whose mean change is larger than twice its standard "
                "error: {words}.",
                words=named,
                label=strong(_label(shift)),
            )
        )
    elif shift.words:
        yield Sentence(
            say_html(
                "No word's mean change for {label} is larger than twice its standard error.",
                label=strong(_label(shift)),
            )
        )
    if (agreement := shift.agreement) and shift.words:
        yield Sentence(
            say_html(
                "Within a text, the words' values before and after have a rank correlation of {figure} on average.",
                figure=_with_error(agreement),
            )
        )
    if shift.heads:
        yield _heads(shift.heads)
    if shift.asked.label is None:
        yield Sentence(_why_attention_alone(shift), warning=True)
    if names := shift.asked.names:
        pairs = listed([f"{index} = {shown(name)}" for index, name in enumerate(names)])
        yield Sentence(
            say_html(
                "A model has numbers for labels; they are taken for those of the other by id: {labels}.",
                labels=shortened(pairs, LONGEST_LABELS),
            ),
            warning=True,
        )
    if shift.cut:
        yield Sentence(
            say_html(
                "The end of {count} texts is longer than a model reads; it has no part in this.", count=f"{shift.cut:,}"
            ),
            warning=True,
        )
    for kind, count in shift.unlike.items():
        yield Sentence(
            say_html(
                "The attention of {count} texts is not compared: {reason}", count=f"{count:,}", reason=say(UNLIKE[kind])
            ),
            warning=True,
        )
    for reason, count in shift.left_out.items():
        yield Sentence(
            say_html("{count} texts were left out: {reason}.", count=f"{count:,}", reason=shown(told(reason))),
            warning=True,
        )
    for notice in shift.notices:
        yield Sentence(Markup("{}").format(shown(told(notice))))


def _answers(shift: SetShift) -> Iterator[Sentence]:
    count, changed = len(shift.answered), len(shift.changed)
    if not count:
        return
    share = unbroken(percent(changed / count))
    yield Sentence(
        say_html(
            "{changed} of {count} answers changed ({share}).", changed=f"{changed:,}", count=f"{count:,}", share=share
        )
    )
    if labelled := shift.labelled:
        before, after = (unbroken(percent(right / len(labelled))) for right in shift.correct)
        mended = sum(one.before != one.given == one.after for one in labelled)
        lost = sum(one.before == one.given != one.after for one in labelled)
        known = {"count": f"{len(labelled):,}", "mended": f"{mended:,}", "lost": f"{lost:,}"}
        yield Sentence(
            say_html(
                "Right before: {before}; right after: {after} (of {count} texts with a label; {mended} put "
                "right, {lost} lost).",
                before=before,
                after=after,
                **known,
            )
        )
    if change := shift.change:
        shares = _has_chances(shift)
        text = _with_error(change, 100 if shares else 1, signed=True)
        key = (
            Message("The probability of {label} changes by {change} points on average.")
            if shares
            else Message("The score of {label} changes by {change} on average.")
        )
        yield Sentence(say_html(key, label=strong(_label(shift)), change=text))


def _why_attention_alone(shift: SetShift) -> Markup:
    """A model has no head, or the two have no label in common."""
    asked = shift.asked
    names, labels = (asked.before, asked.after), asked.labels
    if without := [shown(name) for name, own in zip(names, labels, strict=True) if not own]:
        return say_html(
            "{model} has no head that was trained to answer, so only attention is compared. To compare "
            "answers, give the first checkpoint of its fine-tuning (--keep-checkpoints) instead.",
            model=listed(without),
        )
    mine, theirs = (shortened(", ".join(map(shown, own)), LONGEST_LABELS) for own in labels)
    return say_html(
        "The models have no label in common, so only attention is compared: {before} and {after}.",
        before=mine,
        after=theirs,
    )


def _heads(heads: HeadShift) -> Sentence:
    layer, head, bits = max(_each(heads), key=lambda one: one[2])
    if bits == 0:
        return Sentence(say_html("No head's attention changed."))
    every = [one for *_, one in _each(heads)]
    text = say_html(
        "The attention of {head} shifted most: {bits}{error} bits; all heads on average {mean}.",
        head=say("layer {layer}, head {head}", layer=layer + 1, head=head + 1),
        bits=number(bits, 3),
        error=_error(heads, layer, head),
        mean=number(sum(every) / len(every), 3),
    )
    return Sentence(
        text
        if bits > heads.floor
        else text
        + " "
        + say_html("All of it lies below {floor} bits, where it can't be told from rounding.", floor=_floor(heads))
    )


def _each(heads: HeadShift) -> Iterator[tuple[int, int, float]]:
    for layer, row in enumerate(heads.means):
        for head, bits in enumerate(row):
            yield layer, head, bits


def _error(heads: HeadShift, layer: int, head: int) -> str:
    return "" if heads.errors is None else f" ± {number(heads.errors[layer][head], 3)}"


def _named(word: WordShift) -> Markup:
    return Markup("{} ({})").format(strong(word.text), _with_error(word.change, signed=True))


def _with_error(mean: Mean, scale: float = 1.0, *, signed: bool = False) -> str:
    value, places = mean.value * scale, decimals(abs(mean.value * scale))
    text = signed_number(value, places) if signed else number(value, places)
    return text if mean.error is None else f"{text} ± {number(mean.error * scale, places)}"


def _lines(words: Sequence[WordShift]) -> list[Line]:
    reach = max((abs(word.change.value) + (word.change.error or 0) for word in words), default=0.0)
    places = decimals(largest(value for word in words for value in (word.before, word.after)))
    return [
        Line(
            shortened(shown(word.text), LONGEST_LABEL),
            say("{count} in {texts}", count=f"{word.change.count:,}", texts=f"{word.texts:,}"),
            signed_number(word.before, places),
            signed_number(word.after, places),
            _bar(word.change, 50 / reach if reach else 0.0, places),
        )
        for word in words
    ]


def _bar(change: Mean, scale: float, places: int) -> Bar:
    end, error = 50 + change.value * scale, (change.error or 0) * scale
    return Bar(
        signed_number(change.value, places),
        "" if change.error is None else f" ± {number(change.error, places)}",
        side(change.value, signed=True),
        round(min(50.0, end), 2),
        round(abs(end - 50), 2),
        round(end - error, 2),
        round(2 * error, 2),
    )


def _words_note(shift: SetShift) -> str:
    method = method_name(shift.asked.method or "")
    text = say(
        "Mean change of the value in {method} for {label}, in log-odds where that is its unit, over "
        "a word's occurrences, with its standard error, for which occurrences in one text are not "
        "independent. Words with fewer than {fewest} occurrences are left out ({rare}). Of many "
        "words some seem to change by chance.",
        method=method,
        label=_label(shift),
        fewest=shift.asked.fewest,
        rare=shift.rare,
    )
    shown_words = shift.words[:MOST_WORDS]
    alone = (
        [say("A word in one text alone has no standard error.")] if any(word.texts == 1 for word in shown_words) else []
    )
    return between_sentences().join([text, *alone, *_shown_of(MOST_WORDS, len(shift.words))])


def _shown_of(most: int, count: int) -> list[str]:
    return (
        [say("{shown} of {count} are shown; the CSV and JSON files hold all.", shown=most, count=f"{count:,}")]
        if count > most
        else []
    )


def _layers(heads: HeadShift) -> list[Layer]:
    greatest = largest(bits for *_, bits in _each(heads))
    return [
        Layer(
            say("layer {layer}", layer=layer + 1),
            [_cell(heads, layer, head, greatest) for head in range(len(row))],
        )
        for layer, row in enumerate(heads.means)
    ]


def _cell(heads: HeadShift, layer: int, head: int, greatest: float) -> Cell:
    bits = heads.means[layer][head]
    alpha, name = opacity(bits, greatest), say("layer {layer}, head {head}", layer=layer + 1, head=head + 1)
    title = say("{head}: {bits} bits", head=name, bits=number(bits, 4) + _error(heads, layer, head))
    kind = "least" if bits <= heads.floor else ""
    return Cell(number(bits, 3), alpha, title, kind)


def _heads_note(heads: HeadShift) -> str:
    return say(
        "Jensen-Shannon divergence in bits between both models' weights, from 0 (the same) to 1 "
        "(nothing in common): the mean over a text's tokens, then over {count} texts. A shift below "
        "{floor} bits can't be told from rounding (grey).",
        count=f"{heads.count:,}",
        floor=_floor(heads),
    )


def _floor(heads: HeadShift) -> str:
    return number(heads.floor, decimals(heads.floor))


def _has_chances(shift: SetShift) -> bool:
    return any(one.chances for one in shift.answered)


def _text(one: Answers) -> dict[str, object]:
    given, *answers = (shortened(shown(name or ""), LONGEST_LABEL) for name in (one.given, one.before, one.after))
    text, turned = shortened(shown(one.text), LONGEST_TEXT), one.before != one.after
    return {"text": text, "given": given, "answers": answers, "turned": turned, "figures": _figures(one)}


def _figures(one: Answers) -> list[str]:
    """Of the label that is looked at, not of the answer: before, after, and the change."""
    change = one.change or 0.0
    if one.chances:
        return [*map(percent, one.chances), say("{change} points", change=signed_number(100 * change, 1))]
    return [*map(number, one.scores), signed_number(change)] if one.scores else []


def _label(shift: SetShift) -> str:
    return shortened(shown(shift.asked.label or ""), LONGEST_LABEL)

"""The sections of a report on paper, as pieces: the same that the HTML page has, from the same figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sidelight.dashboard.markup import shown
from sidelight.dashboard.palette import LIGHT
from sidelight.dashboard.views import addition, alternatives, summary, words
from sidelight.dashboard.views.around import around_sentences
from sidelight.dashboard.views.naming import (
    direction_text,
    hiding_text,
    method_title,
    method_titles,
    minute,
    question_text,
    task_name,
)
from sidelight.dashboard.wording import between_sentences, say, told, unit_noun
from sidelight.explain.report import Attribution, Provenance, Report
from sidelight.models.message import Message
from sidelight.models.prediction import Prediction

from . import html, tables, written
from .direction import apart, plain
from .explained import Explained
from .pieces import NOTE, Bar, Bars, Heading, Piece, Run, Text, Title, remark

LARGE = 14.0  # points


def of_prediction(
    report: Report, index: int, full: Explained, *, several: bool, notices: Sequence[Piece]
) -> Iterator[Piece]:
    """All about one input; the notices stand below its answers, before anything is concluded from them."""
    prediction = report.predictions[index]
    made = minute(report.created_of(index))
    place = (
        say("input {number} of {count}", number=index + 1, count=len(report.predictions))
        if several
        else say("Sidelight report")
    )
    answers = html.answers(prediction)
    name = f"{apart(answers[0]['name'])} {answers[0]['text']}"
    title = apart(written.heading(prediction)) if prediction.placed else name
    begins = apart(html.beginning(prediction))
    yield Title(title, bookmark=f"{index + 1}. {title} · {begins}" if several else "", new_page=several)
    yield remark(" · ".join(filter(None, (place, shown(prediction.model), task_name(prediction), made))))
    if prediction.placed:
        yield remark(written.count_text(prediction))
        yield from map(remark, around_sentences(prediction))
    else:
        yield from _answers(answers)
    yield from notices
    if note := report.note_of(index):
        yield Heading(say("Note"))
        yield Text((Run("\n".join(map(shown, note.splitlines()))),), own=True)
    yield from _explained(full)
    if not prediction.placed and (others := html.further(report, index, full.whole.target)):
        yield Heading(say("The values for the other answers"))
        for other in others:
            yield from tables.values(other["name"], other["score"], other["titles"], other["rows"])
    yield from _unread(prediction)
    if prediction.placed:
        yield from _written(report, index)
    if found := report.attributions_of(index):
        yield Heading(say("How it was made"))
        yield tables.runs(found, full.whole.target)


def _answers(answers: Sequence[html.Part]) -> Iterator[Piece]:
    if answers[0]["share"] is None:
        yield remark(answers[0]["unit"])
        return
    colours = [LIGHT.toward, *[LIGHT.muted] * (len(answers) - 1)]
    yield Bars(
        tuple(
            Bar(one["name"], 0.0, one["share"], colour, (one["text"], one["score"]))
            for one, colour in zip(answers, colours, strict=True)
        )
    )


def _explained(full: Explained) -> Iterator[Piece]:
    """One target in full: what stands out, the text in the colours of every method, the sum, the table."""
    prediction, found, target, lead = full.prediction, full.attributions, full.target, full.lead
    units = unit_noun(prediction.unit, 2)
    if found:
        yield Heading(say("What stands out"))
        for sentence in summary.sentences(found, target, lead):
            colour = LIGHT.warning if sentence.warning else LIGHT.ink
            yield Text((Run(f"• {plain(sentence.text)}", colour),), after=0.6)
    yield Heading(question_text(prediction, target))
    yield from _texts(prediction, found, target, lead)
    if choices := list(alternatives.choices(prediction.targets[target])):
        yield Heading(say("What else it could have written"))
        rows = (Bar(one.name, 0.0, one.share, tables.COLOURS[one.side], (one.text,)) for one in choices)
        yield Bars(tuple(rows))
        if prediction.targets[target].entropy is not None:
            yield remark(alternatives.entropy_text(prediction.targets[target].entropy or 0.0))
    if adding := full.adding:
        yield Heading(say("How the {units} add up ({method})", units=units, method=method_title(adding)))
        yield _sum(adding, target)
        yield remark(hiding_text(adding.hiding, prediction.unit))
    if found:
        yield Heading(say("Every method on the same {units}", units=units))
        yield from tables.methods(prediction, found, target)
        yield remark(between_sentences().join(tables.notes(found, target)))


def _texts(
    prediction: Prediction, found: Sequence[Attribution], target: int, lead: Attribution | None
) -> Iterator[Piece]:
    """The text in the colours of each method, the leading one first and large; what was written once."""
    asked = prediction.targets[target]
    parts = [list(words.pieces(prediction, segment, asked)) for segment in range(len(prediction.segments))]
    if lead is None:
        yield from (Text(tuple(Run(_seen(piece.text)) for piece in part), LARGE, own=True) for part in parts)
        return
    titles = zip(method_titles(found), found, strict=True)
    once = asked.placed and not any(piece.feature is not None for piece in parts[-1])
    for title, one in sorted(titles, key=lambda entry: entry[1] is not lead):
        yield remark(title)
        for part in parts if one is lead or not once else parts[:-1]:
            size = LARGE if one is lead and not (asked.placed and part is parts[-1]) else 11.0
            yield Text(tuple(_run(word) for word in words.coloured(part, one, target)), size, after=2.0, own=True)
    sides = {side: direction_text(prediction, target, toward=side == "toward") for side in ("toward", "against")}
    legend = [Run(f" {text} ", ground=_on_white(tables.COLOURS[side], 0.5)) for side, text in sides.items()]
    grey = (
        () if all(one.signed for one in found) else (Run(f"   {say('grey has a size but no direction')}", LIGHT.muted),)
    )
    yield Text((legend[0], Run("   "), legend[1], *grey), NOTE)


def _seen(text: str) -> str:
    """The text as it is shown, its lines kept."""
    return "\n".join(line if line.isspace() else shown(line) if line else "" for line in text.split("\n"))


def _run(word: words.Word) -> Run:
    """A word in its colours."""
    text = word.mark or _seen(word.text)
    if word.alpha >= written.FAINTEST:
        return Run(text, ground=_on_white(tables.COLOURS[word.kind], word.alpha))
    asked, faint = word.kind == "asked", word.kind in ("unread", "later", "apart")
    return Run(text, LIGHT.muted if faint else LIGHT.ink, "", asked, word.kind == "unread", asked)


def _on_white(colour: str, alpha: float) -> str:
    """How a colour of this opacity looks on paper."""
    parts = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(255 + (part - 255) * alpha):02x}" for part in parts)


def _sum(lead: Attribution, target: int) -> Bars:
    """From the score with everything hidden to the prediction."""
    line = addition.steps(lead, target)
    low = min(min(step.start, step.end) for step in line)
    width = max(max(step.start, step.end) for step in line) - low or 1.0
    rows = [
        Bar(
            step.name,
            (step.start - low) / width,
            (step.end - low) / width,
            tables.COLOURS[step.side],
            (step.text,),
            mark=step.point,
            bold=step is line[-1],
        )
        for step in line
    ]
    return Bars(tuple(rows))


def _unread(prediction: Prediction) -> Iterator[Piece]:
    """What the model did not read."""
    if prediction.unseen:
        yield Heading(say("What was not seen"))
    yield from (remark(html.unread(prediction, span), LIGHT.warning) for span in prediction.unseen)


def _written(report: Report, index: int) -> Iterator[Piece]:
    """What a generator wrote: each word with the prompt in its colours, and the tokens."""
    prediction, lead = report.predictions[index], written.lead_of(report, index)
    if lead and (found := written.written_words(report, index, lead)):
        yield Heading(say("What each written word owes to the prompt"))
        for word in found:
            about = " · ".join(filter(None, (word.chance, word.foil)))
            yield Text((Run(word.name, bold=True), Run(f"  {about}", LIGHT.muted)), NOTE, after=0.4)
            yield Text(tuple(map(_run, word.prompt)), after=2.0, own=True)
        yield remark(written.note(prediction, lead, len(found)))
    if tokens := written.written_tokens(prediction):
        yield Heading(say("The written tokens"))
        names = (Message("Token"), Message("Probability"), Message("Entropy, bits"), Message("Likeliest other"))
        rows = [(one.name, one.chance, one.bits, one.other, one.other_chance) for one in tokens]
        yield tables.grid((0.3, 0.15, 0.15, 0.3, 0.1), (*map(say, names), ""), rows)


def of_notices(made: Provenance) -> Iterator[Piece]:
    """What is to be known before the rest is read."""
    for notice in made.notices:
        yield remark(shown(told(notice)), LIGHT.warning)


def of_provenance(made: Provenance) -> Iterator[Piece]:
    """Where the report comes from."""
    yield Text((), after=2.0)
    for model, digest in made.weights.items():
        yield remark(f"{shown(model)}: {say('weights, SHA-256')} {shown(digest)}")
    versions = (f"{shown(name)} {shown(version)}" for name, version in made.versions.items())
    yield remark(" · ".join((f"{say('seed')} {made.seed}", *versions)))

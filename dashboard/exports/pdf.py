"""The report as a PDF for paper: A4, installed fonts embedded as far as they are used, no script, no link.

Characters that no installed font has are named in it, and by `missing` before it is written. Texts from right to left
stand in the order of their characters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sidelight.dashboard.markup import shortened, shown
from sidelight.dashboard.palette import LIGHT
from sidelight.dashboard.views import addition, summary, words
from sidelight.dashboard.views.naming import (
    answer_text,
    hiding_text,
    label_names,
    method_title,
    method_titles,
    question_text,
    score_text,
)
from sidelight.dashboard.views.selection import most_telling
from sidelight.dashboard.wording import LANGUAGES, language, say, unit_noun
from sidelight.explain.focus import focused
from sidelight.explain.report import Report
from sidelight.models.prediction import Prediction

from . import fonts, written
from .paper import Paper

MARGIN = 18.0  # mm
FAMILY, OTHER = "text", "other"
MOST_NAMED = 40  # missing characters
TONES = {"good": LIGHT.good, "warning": LIGHT.warning, "muted": LIGHT.muted}


def missing(report: Report) -> str:
    """What to say before the file is made: the characters that no installed font has; empty where there is none."""
    return _missing_text(fonts.choose(all_text(report))[1])


def _missing_text(characters: Sequence[str]) -> str:
    if not characters:
        return ""
    named = " ".join(shown(one) for one in characters[:MOST_NAMED])
    return say("pdf_missing", count=len(characters), characters=named)


def write(report: Report) -> bytes:
    """The file's bytes; the same for the same report and fonts."""
    page = Paper(all_text(report), report.provenance.created)
    several = len(report.predictions) > 1
    if several:
        page.chapter(say("report"))
        for index, prediction in enumerate(report.predictions, 1):
            page.paragraph(f"{index}. {_heading(prediction)} · {shortened(shown(prediction.segments[0]), 80)}")
    for index in range(len(report.predictions)):
        if several:
            page.add_page()
        _write_prediction(page, report, index)
    _write_provenance(page, report)
    return bytes(page.output())


def _heading(prediction: Prediction) -> str:
    if prediction.written:
        return written.heading(prediction)
    target = prediction.targets[prediction.predicted]
    return f"{label_names(prediction)[prediction.predicted]} {answer_text(target)}"


def _write_prediction(page: Paper, report: Report, index: int) -> None:
    prediction = report.predictions[index]
    page.chapter(_heading(prediction))
    page.paragraph(f"{shown(prediction.model)} · {shown(prediction.task)}", muted=True)
    if note := report.note_of(index):
        page.heading(say("note"))
        page.paragraph(note)
    narrow, place, target = report, index, prediction.predicted
    if prediction.written:
        page.paragraph(written.count_text(prediction), muted=True)
        narrow, place, target = focused(report, index, [target]), 0, 0
    else:
        page.paragraph(" · ".join(_answers(prediction)), muted=True)
    _write_explained(page, narrow, place, target)
    if prediction.written and (lead := written.lead_of(report, index)):
        page.heading(say("written_words"))
        found = written.written_words(report, index, lead)
        for word in found:
            page.paragraph(f"{word.name} {word.chance} {word.foil}", muted=True)
            page.flow(word.prompt, size=10)
        page.paragraph(written.note(prediction, lead, len(found)), muted=True)


def _answers(prediction: Prediction) -> Iterator[str]:
    rows = zip(label_names(prediction), prediction.targets, strict=True)
    for name, target in sorted(rows, key=lambda row: -row[1].score):
        yield f"{name} {score_text(target.score, target)}"


def _write_explained(page: Paper, report: Report, place: int, target: int) -> None:
    """One target in full: what stands out, the text, the sum, every method."""
    prediction, found = report.predictions[place], report.attributions_of(place, target)
    lead = most_telling(found)
    if found:
        page.heading(say("stands_out"))
        for sentence in summary.sentences(found, target):
            page.paragraph(f"• {sentence.text.striptags()}", tone="warning" if sentence.warning else "")
    page.heading(question_text(prediction, target))
    asked, segments = prediction.targets[target], range(len(prediction.segments))
    parts = [piece for segment in segments for piece in words.pieces(prediction, segment, asked)]
    page.flow(words.coloured(parts, lead, target) if lead else (words.Word(piece.text) for piece in parts), size=15)
    if lead and lead.base is not None:
        page.heading(say("how_they_add_up", units=unit_noun(prediction.unit, 2), method=method_title(lead)))
        for step in addition.steps(lead, target):
            page.pair(step.name, step.text)
        page.paragraph(hiding_text(lead.hiding, prediction.unit), muted=True)
    if found:
        page.heading(say("every_method", units=unit_noun(prediction.unit, 2)))
        page.methods(prediction, found, target)


def _write_provenance(page: Paper, report: Report) -> None:
    made = report.provenance
    page.heading(say("how_made"))
    for notice in made.notices:
        page.paragraph(shown(notice), tone="warning")
    for one, title in zip(report.attributions, method_titles(report.attributions), strict=True):
        settings = ", ".join(f"{shown(name)} {shown(str(value))}" for name, value in one.settings.items())
        how = hiding_text(one.hiding, one.prediction.unit) or say("hides_nothing")
        page.paragraph(f"{title}: {settings or '–'}; {how} {shown(one.precision)}", muted=True)
    for model, digest in made.weights.items():
        page.paragraph(f"{shown(model)}: {say('weights')} {shown(digest)}", muted=True)
    versions = " · ".join(f"{shown(name)} {shown(version)}" for name, version in made.versions.items())
    page.paragraph(f"{say('made_on', date=shown(made.created))} · {say('seed')} {made.seed} · {versions}", muted=True)
    if page.missing:
        page.paragraph(_missing_text(page.missing), tone="warning")


def all_text(report: Report) -> str:
    """Every character that the file can hold."""
    texts = [
        one for prediction in report.predictions for one in (*prediction.segments, prediction.model, prediction.task)
    ]
    texts += [target.name for prediction in report.predictions for target in prediction.targets]
    texts += [
        one.text for prediction in report.predictions for target in prediction.targets for one in target.alternatives
    ]
    texts += [*report.notes, *report.provenance.notices, *report.provenance.weights]
    texts += [one.method for one in report.attributions]
    texts += LANGUAGES[language()].wording.values()
    return "".join(map(shown, texts)) + "\N{MINUS SIGN}±·–•“”…⏎" + "".join(map(chr, range(32, 127)))

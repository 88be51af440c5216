"""The report as one page: no script, no link to the outside, light and dark, on screen and on paper."""

from __future__ import annotations

from typing import Any

from sidelight.dashboard.markup import render, shortened, shown
from sidelight.dashboard.palette import number, signed_number
from sidelight.dashboard.views import addition, alternatives, summary, table, words
from sidelight.dashboard.views.around import around_sentences
from sidelight.dashboard.views.naming import (
    answer_text,
    errors_text,
    figures_text,
    hiding_text,
    label_names,
    method_title,
    method_titles,
    minute,
    question_text,
    scale_text,
    score_text,
    settings_text,
    task_name,
    values_text,
)
from sidelight.dashboard.wording import say, unit_noun
from sidelight.explain.report import Attribution, Report
from sidelight.models.prediction import Prediction, Span

from . import charts, written
from .explained import Explained, explained

# The views are named here and not taken from VIEWS, since the page composes them: what a static page can hold, in an
# order of its own, without each view's own frame and style, and explained for one answer.
Part = dict[str, Any]  # what a template shows, by name


def to_page(report: Report, chosen: Explained | None = None, charts: charts.Charts | None = None) -> str:
    """The page as a complete HTML document, which can also stand inside a notebook's cell.

    Args:
        report: what is written.
        chosen: what a viewer looks at, which is explained in full.
        charts: interactive figures; without them the page has no script at all.
    """
    parts = [_part(report, index, explained(report, index, chosen)) for index in range(len(report.predictions))]
    return str(render("report.html.jinja", parts=parts, provenance=report.provenance, charts=charts))


def write(report: Report, chosen: Explained | None = None) -> bytes:
    """The file's bytes, UTF-8."""
    return to_page(report, chosen).encode()


def write_interactive(report: Report, chosen: Explained | None = None) -> bytes:
    """As `write`, with charts to be pointed at: 2 MB more, and still nothing is asked of the outside."""
    return to_page(report, chosen, charts.charts(report, chosen)).encode()


def _part(report: Report, index: int, full: Explained) -> Part:
    """All that the page says of one prediction: one answer in full and then, in short, the others."""
    prediction, attributions = report.predictions[index], report.attributions_of(index)
    target, titles = full.whole.target, method_titles(attributions)
    runs = [run(title, one, target) for title, one in zip(titles, attributions, strict=True)]
    unseen = [unread(prediction, span) for span in prediction.unseen]
    named = {
        "index": index,
        "note": report.note_of(index),
        "begins": beginning(prediction),
        "model": shown(prediction.model),
        "task": task_name(prediction),
        "made": minute(report.created_of(index)),
        "unread": unseen,
        "runs": runs,
    }
    if prediction.targets[target].placed:
        parts: Part = {"answers": [], "further": [], "written": _written(report, index)}
    else:
        parts = {"answers": answers(prediction), "further": further(report, index, target), "written": None}
    return {**named, **parts, **_explained(full)}


def beginning(prediction: Prediction) -> str:
    """How the input begins, for the contents."""
    return shortened(shown(" ".join(prediction.segments[0].split())), 80)


def _explained(full: Explained) -> Part:
    """One target in full."""
    prediction, target, attributions, lead = full.prediction, full.target, full.attributions, full.lead
    adding = full.adding
    return {
        "units": unit_noun(prediction.unit, 2),
        "heading": question_text(prediction, target),
        "words": words.content(prediction, attributions, target, lead),
        "summary": summary.content(attributions, target, lead),
        "alternatives": alternatives.content(prediction.targets[target]),
        "table": table.content(prediction, attributions, target) if attributions else None,
        "sum": addition.content(adding, target) if adding else None,
        "sum_method": method_title(adding) if adding else "",
    }


def _written(report: Report, index: int) -> Part:
    """What was written as a whole."""
    prediction, lead = report.predictions[index], written.lead_of(report, index)
    found = written.written_words(report, index, lead) if lead else []
    return {
        "heading": written.heading(prediction),
        "count": written.count_text(prediction),
        "around": around_sentences(prediction),
        "words": found,
        "note": written.note(prediction, lead, len(found)) if lead else "",
        "tokens": written.written_tokens(prediction),
    }


def answers(prediction: Prediction) -> list[Part]:
    """The targets, the highest score first, each with its share of a bar where it has a probability."""
    rows = zip(label_names(prediction), prediction.targets, strict=True)
    return [
        {
            "name": name,
            "text": answer_text(target),
            "score": signed_number(target.score),
            "unit": scale_text(target),
            "share": target.probability,
        }
        for name, target in sorted(rows, key=lambda row: -row[1].score)
    ]


def further(report: Report, index: int, explained: int) -> list[Part]:
    """The values for the answers that were asked about but the explained one, the highest score first."""
    prediction = report.predictions[index]
    order = sorted(range(len(prediction.targets)), key=lambda target: -prediction.targets[target].score)
    others = (target for target in order if target != explained)
    return [_further(report, index, target) for target in others if report.attributions_of(index, target)]


def _further(report: Report, index: int, target: int) -> Part:
    """The values of every method that was asked about one more target, a row a feature."""
    prediction, attributions = report.predictions[index], report.attributions_of(index, target)
    columns = [
        [value + error for value, error in zip(values_text(one, target), errors_text(one, target), strict=True)]
        for one in attributions
    ]
    names = [shown(feature.text) for feature in prediction.features]
    asked = prediction.targets[target]
    return {
        "name": label_names(prediction)[target],
        "titles": method_titles(attributions),
        "score": score_text(asked.score, asked),
        "rows": list(zip(names, *columns, strict=True)),
    }


def unread(prediction: Prediction, span: Span) -> str:
    """What the model did not read, as a sentence."""
    text = prediction.segments[span.segment]
    start = shown(shortened(text[span.start : span.end], 60))
    return say(
        "Characters {start} to {end} of {length} were not read. They begin: {text}",
        start=f"{span.start + 1:,}",
        end=f"{span.end:,}",
        length=f"{len(text):,}",
        text=start,
    )


def run(title: str, attribution: Attribution, target: int) -> Part:
    """How one method was run, as texts."""
    return {
        "title": title,
        "settings": settings_text(attribution) or "–",
        "hiding": hiding_text(attribution.hiding, attribution.prediction.unit) or say("Hides nothing."),
        "precision": shown(attribution.precision),
        "calls": f"{attribution.calls:,}",
        "seconds": number(attribution.seconds),
        "figures": figures_text(attribution, target) or "–",
    }

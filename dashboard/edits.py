"""What an edit changed: the text before and the text now, aligned by words, with the answers and the attributions."""

from __future__ import annotations

import streamlit as st
from sidelight.explain.comparison import Column
from sidelight.explain.report import Report

from .compare import comparison_page
from .reproduce import Recipe, offer_code_of_edit
from .views.naming import label_names, method_title
from .views.selection import Selection, most_telling
from .visitor import Visitor
from .wording import say


def show_edit(visitor: Visitor, report: Report, selection: Selection, recipe: Recipe | None) -> None:
    """The text explained before the one on screen, beside it; how to get there where there is none yet.

    Args:
        visitor: who has edited the text.
        report: what is on screen.
        selection: what of it is looked at.
        recipe: how it is made again, where that is known.
    """
    before = visitor.before
    earlier = before.status.report if before else None
    columns = edited(earlier, report, selection) if earlier else []
    if not columns:
        st.caption(
            say(
                "Change the text above and press Explain: the text before and the new one are then shown "
                "here word by word, with what that changed in the answer and in every word's value."
            )
        )
        return
    if recipe and before:
        offer_code_of_edit(recipe, before.work, columns, selection.dark)
    comparison_page.draw(columns)


def edited(before: Report, now: Report, selection: Selection) -> list[Column]:
    """Both texts as columns: one label in the colours of one method; none where they have no such in common.

    Args:
        before: the report of the earlier text.
        now: the report on screen, of the same model or there are none.
        selection: what of it is looked at.
    """
    shown = selection.attribution_in(now) or most_telling(selection.attributions_in(now))
    asked, answered = selection.prediction_in(now), before.predictions[0]
    if shown is None or asked.placed or answered.placed or asked.model != answered.model:
        return []
    same = [one for one in before.attributions_of(0) if one.method == shown.method and one.hiding == shown.hiding]
    if asked.segments == answered.segments or not same or label_names(asked) != label_names(answered):
        return []
    title, target = method_title(shown), selection.target
    if not (same[0].covers(target) and shown.covers(target)):
        return []
    return [
        Column(say("Before ({method})", method=title), before, before.attributions.index(same[0]), target),
        Column(say("Now ({method})", method=title), now, now.attributions.index(shown), target),
    ]

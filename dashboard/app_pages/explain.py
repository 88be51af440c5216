"""Explain: the page of a task: its texts, the answer of a model to them, and why."""

from __future__ import annotations

import streamlit as st
from sidelight.dashboard import examples, inputs, offer, opening, page
from sidelight.dashboard.wording import say
from sidelight.dashboard.workers.messages import Loaded, Work
from sidelight.models.inputs import Asked, Prompt, Texts
from sidelight.models.tasks import TASKS


def show(name: str) -> None:
    """Draws the page of a task."""
    task = TASKS[name]
    writes, boxes = "writes" in task.capabilities, [field.name for field in task.fields]
    visitor = page.begin(name)
    known = examples.inputs_for(name, visitor.supervisor.choice.reference)
    inputs.follow_model(boxes, name, visitor.supervisor.choice.reference, known[0])
    followed = opening.follow(visitor, boxes)
    button = say("Write" if writes else "Explain")
    pressed = inputs.ask_texts(task.fields, known[0], visitor.put_file_away, button)
    with page.tool_row():
        if writes:
            model = visitor.supervisor.model
            has_template = not isinstance(model, Loaded) or model.has_template
            sampling, given, template, own_words = inputs.ask_writing(has_template)
        tools, example = page.show_tools(visitor, known, boxes)
    with st.container():  # so that what is offered moves nothing below to another place
        offer.offer_for(tools.texts[0], visitor.supervisor.choice)
    asked: Asked
    if writes:
        asked = Prompt(tools.texts[0], sampling, given, template, own_words)
    else:
        own_words, asked = False, tools.texts[0] if len(tools.texts) == 1 else Texts(tools.texts)
    work = Work(asked, tools.requests, tools.unit, tools.seed)
    page.ask(visitor, work, tools, pressed=pressed or example or followed, own_words=own_words)
    page.show_report(visitor, tools)

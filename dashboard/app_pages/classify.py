"""Classify: a text, what the classifier says of it, and why."""

import streamlit as st
from sidelight.dashboard import examples, inputs, offer, opening, page
from sidelight.dashboard.wording import say
from sidelight.dashboard.workers.messages import Work

visitor = page.begin("classify")
texts = examples.texts_for(visitor.supervisor.choice.reference)
inputs.follow_model(visitor.supervisor.choice.reference, texts[0], "text")
followed = opening.follow(visitor, "text")
pressed = inputs.ask_text(texts[0], visitor.put_file_away, "text", say("text_to_explain"), say("explain"))
with page.tool_row():
    tools, example = page.show_tools(visitor, texts, "text")
with st.container():  # so that what is offered moves nothing below to another place
    offer.offer_for(st.session_state.text)

work = Work(st.session_state.text, tools.requests, tools.unit, tools.seed)
page.ask(visitor, work, tools, pressed=pressed or example or followed)
page.show_report(visitor, tools)

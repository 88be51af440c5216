"""Classify: a text, what the classifier says of it, and why."""

import streamlit as st
from sidelight.dashboard import inputs, panel, session, waiting
from sidelight.dashboard.worker import Loaded, Work

EXAMPLES = (
    "The plot is thin and the jokes rarely land, but the two leads are so charming that I left smiling.",
    "It is not a bad film, only one that nobody needed.",
    "A quiet, patient film that trusts its actors and wastes not a single minute.",
)
CHINESE = "这部电影的情节很简单，但是两位主角非常有魅力，我笑着离开了电影院。"

visitor = session.visitor()
model = visitor.supervisor.model
examples = EXAMPLES if visitor.supervisor.choice.reference == "demo" else (*EXAMPLES, CHINESE)

with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    st.markdown("### Sidelight", width="content")
    waiting.show_model(visitor)
pressed = inputs.ask_text(examples[0], visitor.put_file_away)
with st.container(horizontal=True, vertical_alignment="center"):
    pressed = inputs.ask_example(examples, visitor.put_file_away) or pressed
    unit = inputs.ask_unit()
    requests, seed = inputs.ask_methods("classify", model.hidings if isinstance(model, Loaded) else ())
    upload = inputs.ask_report(visitor.files_put_away)

work = Work(st.session_state.text, requests, unit, seed)
if pressed:
    visitor.ask(work)
elif visitor.job is None and isinstance(model, Loaded) and upload is None:
    visitor.ask(work, by_itself=True)
elif visitor.asks_otherwise(unit):
    visitor.ask_again(unit)

drawn = visitor.now()
waiting.show_state(visitor, drawn)
opened = session.open_report(upload.getvalue(), upload.file_id) if upload else None
if isinstance(opened, str):
    waiting.show_problem(opened)
elif opened and upload:
    panel.show_report(opened, f"opened from file {upload.name}")
    st.stop()

if drawn.status.report and (drawn.status.over or not visitor.by_itself):
    source = {"stopped": "stopped early", "failed": "not finished"}.get(drawn.status.state, "")
    expected = () if drawn.status.over or not drawn.job else [one.name for one in drawn.job.work.requests]
    looked = panel.show_report(drawn.status.report, source, expected)
    if visitor.complete(looked.targets):
        st.rerun()
elif drawn.status.over or visitor.by_itself:
    panel.show_report(session.saved_example("classify"), "a saved example")
else:
    st.skeleton(400)

"""Generate: a prompt, what the generator writes, and what of the prompt caused each word of it."""

from dataclasses import replace

import streamlit as st
from sidelight.dashboard import generation, inputs, panel, session, waiting
from sidelight.dashboard.worker import Loaded, Work
from sidelight.models.prompt import Prompt

EXAMPLES = (
    "What is the capital of France?",
    "Write one sentence about a cat who is afraid of mice.",
    "Translate into French: The weather is beautiful today.",
    "法国的首都是哪里？",
)

visitor = session.visitor("generate")
model = visitor.supervisor.model

with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    st.markdown("### Sidelight", width="content")
    waiting.show_model(visitor)
pressed = inputs.ask_text(EXAMPLES[0], visitor.put_file_away, "prompt", "Prompt", "Write")
with st.container(horizontal=True, vertical_alignment="center"):
    pressed = inputs.ask_example(EXAMPLES, visitor.put_file_away, "prompt") or pressed
    unit = inputs.ask_unit()
    sampling, given, template = inputs.ask_writing(not isinstance(model, Loaded) or model.has_template)
    requests, seed = inputs.ask_methods("generate", model.hidings if isinstance(model, Loaded) else ())
    upload = inputs.ask_report(visitor.files_put_away)
    own_words = inputs.ask_own_words()

work = Work(Prompt(st.session_state.prompt, sampling, given, template, own_words), requests, unit, seed)
if pressed:
    visitor.ask(work)
elif visitor.job is None and isinstance(model, Loaded) and upload is None:
    visitor.ask(work, by_itself=True)
elif visitor.asks_otherwise(unit, own_words):
    visitor.ask_again(unit, explain_output=own_words)

drawn = visitor.now()
waiting.show_state(visitor, drawn)
opened = session.open_report(upload.getvalue(), upload.file_id) if upload else None
if isinstance(opened, str):
    waiting.show_problem(opened)
elif opened and upload:
    panel.show_report(opened, f"opened from file {upload.name}")
    st.stop()

status = drawn.status
if status.report and (status.over or not visitor.by_itself):
    source = {"stopped": "stopped early", "failed": "not finished"}.get(status.state, "")
    expected = () if status.over or not drawn.job else [one.name for one in drawn.job.work.requests]
    if status.state == "stopped" and not status.report.attributions and st.button("Explain what was written"):
        visitor.ask(replace(work, asked=status.report, unit=unit))
        st.rerun()
    looked = panel.show_report(status.report, source, expected, may_ask=status.over)
    if looked.typed:
        visitor.ask_again(unit, looked.typed)
        generation.forget_typed()
        st.rerun()
    if visitor.complete(looked.targets):
        st.rerun()
elif status.over or visitor.by_itself:
    panel.show_report(session.saved_example("generate"), "a saved example")
else:
    waiting.show_writing(visitor)

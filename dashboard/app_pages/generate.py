"""Generate: a prompt, what the generator writes, and what of the prompt caused each word of it."""

import streamlit as st
from sidelight.dashboard import inputs, opening, page
from sidelight.dashboard.wording import say
from sidelight.dashboard.workers.messages import Loaded, Work
from sidelight.models.prompt import Prompt

EXAMPLES = (
    "What is the capital of France?",
    "Write one sentence about a cat who is afraid of mice.",
    "Translate into French: The weather is beautiful today.",
    "法国的首都是哪里？",
)

visitor = page.begin("generate")
model = visitor.supervisor.model
followed = opening.follow(visitor, "prompt")
pressed = inputs.ask_text(EXAMPLES[0], visitor.put_file_away, "prompt", say("prompt_label"), say("write"))
with page.tool_row():
    sampling, given, template, own_words = inputs.ask_writing(not isinstance(model, Loaded) or model.has_template)
    tools, example = page.show_tools(visitor, EXAMPLES, "prompt")

prompt = Prompt(st.session_state.prompt, sampling, given, template, own_words)
work = Work(prompt, tools.requests, tools.unit, tools.seed)
page.ask(visitor, work, tools, pressed=pressed or example or followed, own_words=own_words)
page.show_report(visitor, tools)

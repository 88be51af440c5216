"""Classify: a text, what the classifier says of it, and why."""

import streamlit as st
from sidelight.dashboard import address, inputs, page
from sidelight.dashboard.messages import Work
from sidelight.dashboard.wording import say

EXAMPLES = (
    "The plot is thin and the jokes rarely land, but the two leads are so charming that I left smiling.",
    "It is not a bad film, only one that nobody needed.",
    "A quiet, patient film that trusts its actors and wastes not a single minute.",
)
CHINESE = "这部电影的情节很简单，但是两位主角非常有魅力，我笑着离开了电影院。"

visitor = page.begin("classify")
examples = EXAMPLES if visitor.supervisor.choice.reference == "demo" else (*EXAMPLES, CHINESE)
followed = address.follow(visitor, "text")
pressed = inputs.ask_text(examples[0], visitor.put_file_away, "text", say("text_to_explain"), say("explain"))
tools, example = page.show_tools(visitor, examples, "text")

work = Work(st.session_state.text, tools.requests, tools.unit, tools.seed)
page.ask(visitor, work, tools, pressed=pressed or example or followed)
page.show_report(visitor, tools)

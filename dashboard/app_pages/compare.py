"""Compare: methods, units, labels, models and texts side by side, over the same words."""

import streamlit as st
from sidelight.dashboard import comparison_inputs, comparison_page, session, waiting
from sidelight.dashboard.messages import Loaded

st.markdown("### Sidelight")
state = comparison_page.comparing()
texts, pressed = comparison_inputs.ask_texts()
chosen = comparison_inputs.ask_columns(texts)
loaded = all(isinstance(session.supervisor(choice).model, Loaded) for choice in chosen.models.values())
try:
    items = chosen.items()
    if pressed or (loaded and not state.asked):
        state.ask(items)
except ValueError as error:
    waiting.show_problem(str(error))
else:
    comparison_page.show_state(state, chosen, items)
    comparison_page.show_comparison(state, items)

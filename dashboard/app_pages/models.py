"""Models: what is loaded, what is known of it, and how to load or remove one."""

import streamlit as st
from sidelight.dashboard import cards, session

st.markdown("### Sidelight")
for task in session.MODEL_KEYS:
    cards.show_models(task)
cards.show_encoders()
cards.ask_model()

"""Models: what is loaded, what is known of it, and how to load or remove one."""

import streamlit as st
from sidelight.dashboard import cards, offer, session

st.markdown("### Sidelight")
for task in session.MODEL_KEYS:
    cards.show_models(task)
    if task == "classify":
        offer.offer_on_models()
cards.show_encoders()
cards.ask_model()

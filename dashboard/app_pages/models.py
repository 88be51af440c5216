"""Models: what is loaded, what is known of it, and how to load or remove one."""

import streamlit as st
from sidelight.dashboard import cards, offer
from sidelight.models.tasks import TASKS

st.markdown("### Sidelight")
for task in TASKS:
    cards.show_models(task)
offer.offer_on_models()
cards.show_encoders()
cards.ask_model()

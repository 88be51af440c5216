"""Fine-tune: a model of one's own out of data files, watched while it learns."""

import streamlit as st
from sidelight.dashboard import training_inputs, training_page

st.markdown("### Sidelight")
training_page.refuse_strangers()
training_page.show_training()
training_inputs.show_top()
training_inputs.ask_training()
training_page.show_made()

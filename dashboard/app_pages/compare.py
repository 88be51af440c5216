"""Compare: side by side over the same words, before and after over a set of texts, or what two generators write."""

import streamlit as st
from sidelight.dashboard.compare import comparison_inputs, comparison_page, shift_page, writing_shift_page

st.markdown("### Sidelight")
kind = comparison_inputs.ask_kind()
if kind == "set":
    shift_page.show_set()
elif kind == "prompt":
    writing_shift_page.show_prompt()
else:
    comparison_page.show_texts()

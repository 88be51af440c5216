"""The language of the pages: the visitor's choice, named in the address, and at first what the browser asks for."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from . import address
from .wording import DEFAULT, LANGUAGES, follow, say

KEY = "language"


def choose() -> None:
    """The control; from here on the visitor's pages speak what is chosen."""
    follow(of_visitor)
    address.choose(KEY, LANGUAGES, "language_of_link")
    st.session_state.setdefault(KEY, of_browser())
    with st.container(key="languages", width="content"):
        chosen = st.segmented_control(
            "Language · 语言",
            list(LANGUAGES),
            required=True,
            format_func=lambda name: LANGUAGES[name].title,
            label_visibility="collapsed",
            key=KEY,
            persist_state="session",
        )
        st.html(f"<script>document.documentElement.lang = '{chosen}'</script>", unsafe_allow_javascript=True)
        if chosen != DEFAULT:
            st.html(_style())
    address.name_choice(KEY, None if chosen == of_browser() == DEFAULT else chosen)


def _style() -> str:
    """Puts our texts in the place of those of Streamlit that it has in English alone."""
    texts = {
        '[data-testid="stFileUploaderDropzone"] button p': say("upload"),
        '[data-testid="stFileUploaderDropzoneInstructions"] span': say(
            "upload_limit", size=f"{st.get_option('server.maxUploadSize')} MB"
        ),
    }
    rules = (
        f"{place} {{ font-size: 0 }} {place}::after {{ content: '{text}'; font-size: .875rem }}"
        for place, text in texts.items()
    )
    return f"<style>{' '.join(rules)}</style>"


def of_visitor() -> str | None:
    """The language of the visitor whose page is being made here; None outside of pages."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    return str(st.session_state.get(KEY) or of_browser())


def of_browser() -> str:
    """The language that the visitor's browser asks for, where there is a catalogue of it, else English."""
    asked = (st.context.locale or DEFAULT).lower().partition("-")[0]
    return asked if asked in LANGUAGES else DEFAULT

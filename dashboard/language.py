"""The language of the pages: the visitor's choice, named in the address, and at first what the browser asks for."""

from __future__ import annotations

import streamlit as st
from sidelight.models.finetuning.dataset import ENDINGS
from sidelight.models.message import Message
from streamlit.runtime.scriptrunner import get_script_run_ctx

from . import address
from .wording import DEFAULT, LANGUAGES, follow, joined, say

KEY = "language"
LABEL, HINT = ".875rem", ".75rem"
IN_ENGLISH = (  # where a text of Streamlit's own stands, the key of ours, and its size
    ('[data-testid="stSkipToContent"]', Message("Skip to the content"), LABEL),
    ('[data-testid="InputInstructions"] span', Message("Press Enter to confirm"), HINT),
    (
        '[data-testid="stTextArea"] [data-testid="InputInstructions"] span',
        Message("Press Ctrl or ⌘ and Enter to confirm"),
        HINT,
    ),
    ('[role="listbox"] [role="option"] > span:only-child', Message("No results"), LABEL),
    ('[data-testid="stFileUploaderDropzone"] button p', Message("Upload"), LABEL),
    ('[data-testid="stFileUploaderDropzoneInput"] + div > span:only-child', Message("Drop the files here"), LABEL),
)
ANY = 'input[type="file"]:is([accept=""], :not([accept]))'  # a place for any file
TITLES = {
    "Fullscreen": Message("Fullscreen"),
    "Close fullscreen": Message("Leave fullscreen"),
}  # of buttons above charts


def choose() -> None:
    """The control; from here on the visitor's pages speak what is chosen."""
    follow(of_visitor)
    address.choose(
        KEY,
        LANGUAGES,
        Message("The link asks for the language {asked}; the languages here: {there}."),
        usual=of_browser(),
    )
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
    texts = [(place, say(key), size) for place, key, size in IN_ENGLISH] + _limits()
    rules = [
        f"{place} {{ font-size: 0 !important; white-space: normal }} "
        f"{place}::after {{ content: '{text}'; font-size: {size} }}"
        for place, text, size in texts
    ]
    rules += [f"[data-title='{title}']::after {{ content: '{say(key)}' !important }}" for title, key in TITLES.items()]
    return f"<style>{' '.join(rules)}</style>"


def _limits() -> list[tuple[str, str, str]]:
    """What stands beside each place for files: how large they may be, and the kinds. Those that take one kind are found
    by it, the others, which take any and say themselves what they can't read, by their having none.
    """
    size = f"{st.get_option('server.maxUploadSize')} MB"
    return [
        (
            f'{place} ~ [data-testid="stFileUploaderDropzoneInstructions"] span',
            say(
                "at most {size} a file · {endings}",
                size=size,
                endings=joined(ending.strip(".").upper() for ending in kinds),
            ),
            LABEL,
        )
        for place, kinds in ((ANY, ENDINGS), ('[accept$=".json"]', (".json",)))
    ]


def of_visitor() -> str | None:
    """The language of the visitor whose page is being made here; None outside of pages."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    return str(st.session_state.get(KEY) or of_browser())


def of_browser() -> str:
    """The language that the visitor's browser asks for, where there is a catalogue of it, else English."""
    asked = (st.context.locale or DEFAULT).lower().partition("-")[0]
    return asked if asked in LANGUAGES else DEFAULT

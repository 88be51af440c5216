"""Show code of the page Compare: the Python that makes a comparison of two models again."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from sidelight.dashboard.history import Choices
from sidelight.dashboard.reproduce import asked_text, load_text, request_text
from sidelight.dashboard.wording import say
from sidelight.explain.methods import MethodRequest
from sidelight.explain.set_shift import SetShift

from .writing_shift import Question


def offer_code(code: str, key: str, help_text: str) -> None:
    """A popover with it."""
    with st.popover(say("show_code"), key=f"code_{key}"):
        st.caption(help_text)
        st.code(code, language="python", wrap_lines=True)


def code_of_set(choices: Choices, shift: SetShift) -> str:
    """A comparison over a set of texts, out of its JSON file."""
    asked = shift.asked
    method = request_text(MethodRequest(asked.method, asked.settings)) if asked.method else ""
    return _script(
        [
            "from sidelight.dashboard import load",
            "from sidelight.dashboard.exports.shift import save",
            "from sidelight.explain.shift_file import load_shift",
            "from sidelight.explain.shifting import shift",
            "from sidelight.models.finetuning.texts import Given",
            "",
            'made = load_shift("sidelight-shift.json")',
            "found = shift(",
            *_loads(choices),
            "    [Given(one.text, one.given) for one in made.answers],",
            *([f"    {method!r},", f"    label={asked.label!r},"] if method else []),
            f"    unit={asked.unit!r},",
            f"    seed={asked.seed},",
            f"    fewest={asked.fewest},",
            ")",
            'save(found, "shift.html")',
        ]
    )


def code_of_writing(choices: Choices, question: Question) -> str:
    """Two generators' reports of one prompt and one continuation, joined in one file."""
    return _script(
        [
            "from sidelight.dashboard import load, save",
            "from sidelight.explain.joining import join",
            "from sidelight.explain.written_shift import explain_both",
            "from sidelight.models.prompt import Prompt, Sampling",
            "",
            *_both(choices, question),
            'save(join([before, after]), "report.html")',
        ]
    )


def _both(choices: Choices, question: Question) -> list[str]:
    return [
        "before, after = explain_both(",
        *_loads(choices),
        f"    {asked_text(question.prompt)},",
        f"    [{request_text(question.method)!r}],",
        ")",
    ]


def _loads(choices: Choices) -> Sequence[str]:
    return [f"    {load_text(choice)}," for choice in choices]


def _script(lines: Sequence[str]) -> str:
    return "\n".join([*lines, ""])

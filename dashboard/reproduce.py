"""Show code: the Python that makes the report on screen, and draws any view of it, again."""

from __future__ import annotations

import streamlit as st
from sidelight.explain.methods import METHODS, MethodRequest
from sidelight.explain.settings import settings_of
from sidelight.models.prompt import Prompt, Sampling

from .messages import Choice, Work
from .views.selection import Selection
from .wording import say


def offer_code(choice: Choice, work: Work, selection: Selection, view: str) -> None:
    """A popover with the code of the report and of one of its views."""
    with st.popover(say("show_code")):
        st.caption(say("show_code_help"))
        st.code(code_of(choice, work, selection, view), language="python", wrap_lines=True)


def code_of(choice: Choice, work: Work, selection: Selection, view: str) -> str:
    """Python that gives the report of this work and one view of it; the same numbers on the same machine."""
    prompted = isinstance(work.asked, Prompt)
    lines = [
        "from sidelight.dashboard import explain, load, save",
        "from sidelight.dashboard.views import VIEWS, Selection",
        *(["from sidelight.models.prompt import Prompt, Sampling"] if prompted else []),
        "",
        f"model = load({_arguments(choice)})",
        "report = explain(",
        "    model,",
        f"    {_asked(work.asked)},",
        f"    {[_method(request) for request in work.requests]!r},",
        f"    unit={work.unit!r},",
        f"    seed={work.seed},",
        *([f"    targets={work.targets!r},"] if work.targets else []),
        ")",
        'save(report, "report.html")',
        f"VIEWS[{view!r}].draw(report, {_selection(selection)})",
        "",
    ]
    return "\n".join(lines)


def _arguments(choice: Choice) -> str:
    known = {"task": "classify", "device": "cpu", "precision": "float32"}
    named = [f"{name}={getattr(choice, name)!r}" for name, usual in known.items() if getattr(choice, name) != usual]
    return ", ".join([repr(choice.reference), *named])


def _asked(asked: str | Prompt) -> str:
    """The input as Python; what is as by default is left out of a prompt."""
    if isinstance(asked, str):
        return repr(asked)
    usual = Prompt("")
    changed = [
        f"{name}={getattr(asked, name)!r}"
        for name in ("continuation", "template", "explain_output", "foils")
        if getattr(asked, name) != getattr(usual, name)
    ]
    sampling = [] if asked.sampling == Sampling() else [repr(asked.sampling)]
    named = ["sampling=" + one for one in sampling] + changed
    return f"Prompt({', '.join([repr(asked.text), *named])})"


def _method(request: MethodRequest) -> str:
    """The request as it is written in a list of methods; settings that are as by default are left out."""
    defaults = {setting.name: setting.default for setting in settings_of(METHODS[request.name].run)}
    changed = {name: value for name, value in request.settings.items() if value != defaults.get(name)}
    changed |= {"hiding": request.hiding} if request.hiding else {}
    pairs = ",".join(f"{name}={value}" for name, value in changed.items())
    return f"{request.name}:{pairs}" if pairs else request.name


def _selection(selection: Selection) -> str:
    named = {
        "prediction": selection.prediction,
        "target": selection.target,
        "attribution": selection.attribution,
    }
    return f"Selection({', '.join(f'{name}={value!r}' for name, value in named.items())})"

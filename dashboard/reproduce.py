"""Show code: the Python that makes the report on screen, draws any view of it, or compares two texts, again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, Field, dataclass, fields, replace
from typing import Any, Literal

import streamlit as st
from sidelight.explain.comparison import Column
from sidelight.explain.methods import METHODS, MethodRequest
from sidelight.explain.settings import settings_of
from sidelight.models.inputs import Asked, Prompt, Sampling, Texts

from .views import VIEWS, Selection
from .wording import say
from .workers.messages import Choice, Work

INPUTS = tuple(kind.__name__ for kind in (Prompt, Sampling, Texts))


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a report is made again.

    Args:
        choice: the model.
        work: what it was asked.
        focus: the written tokens that the views of a generation draw, by their places among the targets.
    """

    choice: Choice
    work: Work
    focus: tuple[int, ...] = ()


def offer_code(recipe: Recipe, view: str = "", selection: Selection | None = None) -> None:
    """A popover with the code of the report, or of one of its views."""
    help_text = say("Makes this report, and draws this view of it, again." if view else "Makes this report again.")
    show_code(code_of(recipe, view, selection), view or "report", help_text, quiet=bool(view))


def keep_room_for_code(view: str) -> None:
    """Nothing to see, as large as what offers the code of a view, so that nothing moves once there is any."""
    st.popover(say("Show code"), type="tertiary", key=f"code_absent_{view}")


def offer_code_of_edit(recipe: Recipe, before: Work, columns: Sequence[Column], dark: bool) -> None:
    """A popover with the code of a comparison of two texts."""
    show_code(
        code_of_edit(recipe, before, columns, dark),
        "edit",
        say("Explains both texts again, and compares them."),
        quiet=True,
    )


def show_code(code: str, key: str, help_text: str, *, quiet: bool = False) -> None:
    """A popover with code and what it does; a `quiet` one stands beside a title."""
    kind: Literal["secondary", "tertiary"] = "tertiary" if quiet else "secondary"
    icon = ":material/code:" if key == "words" else None  # which a phone shows alone
    with st.popover(say("Show code"), type=kind, icon=icon, key=f"code_{key}"):
        st.caption(help_text)
        st.code(code, language="python", wrap_lines=True)


def code_of(recipe: Recipe, view: str = "", selection: Selection | None = None) -> str:
    """Python that gives the report, and one view of it or else its file; the same numbers on the same machine."""
    work = recipe.work
    asked = asked_text(work.asked)
    named = [name for name in INPUTS if f"{name}(" in asked and not isinstance(work.asked, str)]
    focused = bool(view and recipe.focus and not VIEWS[view].whole)
    selection = selection or Selection()
    lines = [
        f"from sidelight.dashboard import explain, load{'' if view else ', save'}",
        *(["from sidelight.dashboard.exports.view import save"] if view else []),
        *(["from sidelight.dashboard.views import VIEWS, Selection"] if view else []),
        *(["from sidelight.explain.focus import focused"] if focused else []),
        *([f"from sidelight.models.inputs import {', '.join(named)}"] if named else []),
        "",
        f"model = {load_text(recipe.choice)}",
        *_explained("report", work),
        *([f"report = focused(report, 0, {recipe.focus!r})"] if focused else []),
        *([f"drawing = VIEWS[{view!r}].draw(report, {_selection(selection)})"] if view else []),
        _saved(f"{view}.html", selection.dark) if view else 'save(report, "report.html")',
        "",
    ]
    return "\n".join(lines)


def code_of_edit(recipe: Recipe, before: Work, columns: Sequence[Column], dark: bool) -> str:
    """Python that compares two texts in one method.

    Args:
        recipe: how the report of the text now is made again.
        before: what was asked of the same model for the other one.
        columns: both texts as they are compared.
        dark: the appearance of the page.
    """
    lines = [
        "from sidelight.dashboard import explain, load",
        "from sidelight.dashboard.exports.view import save",
        "from sidelight.dashboard.views import comparison",
        "from sidelight.explain.comparison import Column, compare",
        "",
        f"model = {load_text(recipe.choice)}",
    ]
    made = []
    for name, work, column in zip(("before", "now"), (before, recipe.work), columns, strict=True):
        method = [request for request in work.requests if request.name == column.attribution.method]
        lines += _explained(name, replace(work, requests=tuple(method), targets=recipe.work.targets))
        made.append(f"Column({column.title!r}, {name}, 0, {column.target})")
    drawn = [f"columns = [{', '.join(made)}]", f"drawing = comparison.draw(compare(columns), {dark=})"]
    return "\n".join([*lines, *drawn, _saved("comparison.html", dark), ""])


def _saved(path: str, dark: bool) -> str:
    """The writing of what was drawn to a page of its own."""
    return f'save(drawing, "{path}"{", dark=True" if dark else ""})'


def _explained(name: str, work: Work) -> list[str]:
    return [
        f"{name} = explain(",
        "    model,",
        f"    {asked_text(work.asked)},",
        f"    {[request_text(request) for request in work.requests]!r},",
        f"    unit={work.unit!r},",
        f"    seed={work.seed},",
        *([f"    targets={work.targets!r},"] if work.targets else []),
        ")",
    ]


def load_text(choice: Choice) -> str:
    """The loading of a model as Python; what is as by default is left out."""
    known = {"task": "classify", "device": "cpu", "precision": "float32"}
    named = [f"{name}={getattr(choice, name)!r}" for name, usual in known.items() if getattr(choice, name) != usual]
    return f"load({', '.join([repr(choice.reference), *named])})"


def asked_text(asked: Asked) -> str:
    """The input as Python; what is as by default is left out."""
    if isinstance(asked, str):
        return repr(asked)
    first, *others = fields(asked)
    changed = [
        f"{one.name}={getattr(asked, one.name)!r}" for one in others if getattr(asked, one.name) != default_of(one)
    ]
    return f"{type(asked).__name__}({', '.join([repr(getattr(asked, first.name)), *changed])})"


def default_of(field: Field[Any]) -> object:
    """The value that a field of a dataclass has where none is given."""
    return field.default if field.default_factory is MISSING else field.default_factory()


def request_text(request: MethodRequest) -> str:
    """The request as it is written in a list of methods; settings that are as by default are left out."""
    defaults = {setting.name: setting.default for setting in settings_of(METHODS[request.name].run)}
    changed = {name: value for name, value in request.settings.items() if value != defaults.get(name)}
    changed |= {"hiding": request.hiding} if request.hiding else {}
    pairs = ",".join(f"{name}={value}" for name, value in changed.items())
    return f"{request.name}:{pairs}" if pairs else request.name


def _selection(selection: Selection) -> str:
    """What is selected as Python; what is as by default is left out."""
    usual = Selection()
    names = ("prediction", "target", "attribution", "heads", "strongest", "without", "dark")
    named = {name: getattr(selection, name) for name in names if getattr(selection, name) != getattr(usual, name)}
    return f"Selection({', '.join(f'{name}={value!r}' for name, value in named.items())})"

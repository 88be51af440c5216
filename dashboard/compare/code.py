"""Show code of the page Compare: the Python that makes a comparison of two models again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sidelight.dashboard.entries import Choices
from sidelight.dashboard.reproduce import asked_text, load_text, request_text
from sidelight.explain.methods import MethodRequest
from sidelight.explain.set_shift import SetShift

from .chosen import Input
from .writing_shift import Question


class Made(NamedTuple):
    """The Python that makes the reports `before` and `after`."""

    imports: list[str]
    lines: list[str]


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
    made = reports_of_writing(choices, question)
    imports = ["from sidelight.dashboard import save", "from sidelight.explain.joining import join"]
    return _script([*imports, *made.imports, "", *made.lines, 'save(join([before, after]), "report.html")'])


def code_of_texts(inputs: Sequence[Input], methods: Sequence[str]) -> str:
    """The reports that columns are taken from, joined in one file."""
    asked = [
        f"    explain({load_text(one.choice)}, {one.text!r}, {list(methods)!r}, unit={one.unit!r}, parts=FINE_PARTS),"
        for one in inputs
    ]
    imports = [
        "from sidelight.dashboard import explain, load, save",
        "from sidelight.explain.joining import join",
        "from sidelight.explain.report import FINE_PARTS",
    ]
    return _script([*imports, "", "reports = [", *asked, "]", 'save(join(reports), "report.html")'])


def code_of_attention(made: Made, heads: Sequence[tuple[int, int]], titles: tuple[str, str]) -> str:
    """Every head's shift between two reports, and the chosen heads in both."""
    return _script(
        [
            *made.imports,
            "from sidelight.dashboard.views.attention_shift import draw_difference, draw_weights",
            "from sidelight.explain.attention_shift import attention_of, attention_shift",
            "",
            *made.lines,
            "one, other = attention_of(before), attention_of(after)",
            "shift = attention_shift(one, other)  # in bits, a row a layer",
            f"draw_weights(one, {tuple(heads)!r}, {titles[0]!r})",
            f"draw_weights(other, {tuple(heads)!r}, {titles[1]!r})",
            f"draw_difference(one, other, {tuple(heads)!r})",
        ]
    )


def reports_of_writing(choices: Choices, question: Question) -> Made:
    """Two generators on one continuation."""
    imports = [
        "from sidelight.dashboard import load",
        "from sidelight.explain.written_shift import explain_both",
        "from sidelight.models.inputs import Prompt, Sampling",
    ]
    asked = [f"    {asked_text(question.prompt)},", f"    [{request_text(question.method)!r}],"]
    return Made(imports, ["before, after = explain_both(", *_loads(choices), *asked, ")"])


def reports_of_text(choices: Choices, text: str, unit: str) -> Made:
    """Two models on one text, for their attention."""
    lines = [
        "before, after = (",
        f"    explain(model, {text!r}, [], unit={unit!r}, parts=FINE_PARTS)",
        f"    for model in ({', '.join(map(load_text, choices))})",
        ")",
    ]
    return Made(
        ["from sidelight.dashboard import explain, load", "from sidelight.explain.report import FINE_PARTS"], lines
    )


def _loads(choices: Choices) -> Sequence[str]:
    return [f"    {load_text(choice)}," for choice in choices]


def _script(lines: Sequence[str]) -> str:
    return "\n".join([*lines, ""])

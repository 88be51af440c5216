"""METHODS: every way to attribute a prediction to its features, a family a file.

A method is a plain function (model, prediction, *, seed, settings...) -> Attribution; those that hide features
also take `hiding`, and those to which every target costs a pass take the `targets` to be explained. Its docstring's
first line is its help text, its module's docstring is its page, and its keyword arguments are its settings. To add one,
write the function and a line in the table.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sidelight.explain.report import Attribution
from sidelight.explain.settings import Value, check_settings
from sidelight.models.message import Message, RefusedError

from .attention import attention_rollout
from .gradients import input_x_gradient, integrated_gradients, integrated_gradients_calls
from .lime import lime, lime_calls
from .occlusion import occlusion, occlusion_calls
from .shapley import shap, shap_calls

LARGEST_GAP = 1e-3


@dataclass(frozen=True, slots=True)
class Method:
    """A method and what it claims of itself.

    Args:
        title: its name for people.
        run: the method.
        calls: (features, targets, settings) -> the passes through the model it will need at most.
        additive: base + values = score, but for at most `largest_gap`; a larger one is said.
        signed: values have a direction.
    """

    title: str
    run: Callable[..., Attribution]
    calls: Callable[[int, int, Mapping[str, Value]], int]
    additive: bool = False
    largest_gap: float = LARGEST_GAP
    signed: bool = True

    @property
    def hides(self) -> bool:
        """Whether the method makes features absent."""
        return "hiding" in inspect.signature(self.run).parameters

    @property
    def chooses(self) -> bool:
        """Whether the method explains chosen targets only, because each of them costs a pass."""
        return "targets" in inspect.signature(self.run).parameters

    @property
    def help(self) -> str:
        """What the method does, in one line."""
        return (inspect.getdoc(self.run) or "").splitlines()[0]


METHODS: dict[str, Method] = {
    "occlusion": Method(Message("Occlusion"), occlusion, occlusion_calls),
    "shap": Method("SHAP", shap, shap_calls, additive=True),
    "lime": Method("LIME", lime, lime_calls),
    "input_x_gradient": Method(Message("Input × Gradient"), input_x_gradient, lambda *_: 1),
    "attention_rollout": Method(Message("Attention rollout"), attention_rollout, lambda *_: 1, signed=False),
    "integrated_gradients": Method(
        Message("Integrated Gradients"),
        integrated_gradients,
        integrated_gradients_calls,
        additive=True,
        largest_gap=0.05,
    ),
}
# What is explained with where nobody asks for anything else: all but what costs many backward passes a target.
USUAL = tuple(name for name in METHODS if name != "integrated_gradients")


def adds_up(attribution: Attribution, target: int) -> bool:
    """Whether base + values = score, as near as the method promises; true of methods that promise nothing."""
    if attribution.gap is None:
        return True
    known = METHODS.get(attribution.method)
    return abs(attribution.gap[target]) <= (known.largest_gap if known else LARGEST_GAP)


@dataclass(frozen=True, slots=True)
class MethodRequest:
    """A method's name with its complete, checked settings and the kind of hiding, if one was asked for."""

    name: str
    settings: Mapping[str, Value]
    hiding: str | None = None


def request(name: str, settings: Mapping[str, Value] | None = None) -> MethodRequest:
    """Checks a method's name and settings; `hiding` is a setting of every method that hides features.

    Raises:
        ValueError: no such method, no such setting, or a value that is not allowed.
    """
    if name not in METHODS:
        raise RefusedError("{name!r} is not a method; choose one of {known}", name=name, known=", ".join(METHODS))
    method, given = METHODS[name], dict(settings or {})
    hiding = given.pop("hiding", None) if method.hides else None
    return MethodRequest(name, check_settings(name, method.run, given), None if hiding is None else str(hiding))


def parse_request(text: str) -> MethodRequest:
    """Reads `name` or `name:key=value,key=value`.

    Raises:
        ValueError: it is not of that form, or as for `request`.
    """
    name, _, rest = text.partition(":")
    pairs = [part.partition("=") for part in rest.split(",") if part]
    if any(not key or not equals for key, equals, _ in pairs):
        raise RefusedError("{text!r} is not a method with settings; write name:key=value,key=value", text=text)
    return request(name.strip(), {key.strip(): value.strip() for key, _, value in pairs})

"""The settings of a method, read from its signature: the only place where they are declared.

A setting is a keyword argument with a default, annotated `Annotated[type, "what it does"]`, where numbers also
carry a `Range`. `hiding` and `seed` are given by `explain` and are not listed.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from sidelight.models.message import Message, RefusedError

Value = bool | int | float | str
GIVEN = ("hiding", "targets", "seed")  # told to every method that takes it; no settings of its own


@dataclass(frozen=True, slots=True)
class Range:
    """The smallest and the largest value allowed."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Setting:
    """One keyword argument of a method: an int or float with a range, a bool, or a str out of `choices`."""

    name: str
    kind: type
    default: Value
    help: str
    allowed: Range | None = None
    choices: tuple[str, ...] = ()

    def check(self, value: Value) -> Value:
        """The value in the setting's own type.

        Raises:
            ValueError: it is of another kind, out of range, or not among the choices.
        """
        try:
            typed = self._typed(value)
        except ValueError:
            typed = None
        inside = self.allowed is None or (
            isinstance(typed, int | float) and self.allowed.low <= typed <= self.allowed.high
        )
        if typed is None or not inside or (self.choices and typed not in self.choices):
            raise RefusedError(
                "{name}={value!r} is not allowed; {setting} takes {range}",
                name=self.name,
                value=value,
                setting=self.name,
                range=self.takes,
            )
        return typed

    def _typed(self, value: Value) -> Value | None:
        if self.kind is bool:
            return {"true": True, "false": False}.get(str(value).lower())
        if isinstance(value, bool):
            return None
        if self.kind is int and isinstance(value, float):
            return int(value) if value.is_integer() else None
        typed: Value = self.kind(value)
        return typed

    @property
    def takes(self) -> str:
        """What is allowed, in words."""
        if self.choices:
            return Message("one of {choices}", choices=", ".join(self.choices))
        if self.allowed:
            what = Message("a whole number") if self.kind is int else Message("a number")
            return Message("{what} from {low:g} to {high:g}", what=what, low=self.allowed.low, high=self.allowed.high)
        return Message("true or false")


@cache
def settings_of(method: Callable[..., Any]) -> tuple[Setting, ...]:
    """The settings that a method's signature declares, in order."""
    hints = get_type_hints(method, include_extras=True)
    parameters = inspect.signature(method).parameters.values()
    return tuple(
        _setting(parameter.name, hints[parameter.name], parameter.default)
        for parameter in parameters
        if parameter.kind is parameter.KEYWORD_ONLY and parameter.name not in GIVEN
    )


def _setting(name: str, hint: Any, default: Value) -> Setting:
    if get_origin(hint) is not Annotated:
        raise TypeError(f"the setting {name} says nothing of itself; annotate it Annotated[type, 'what it does']")
    plain, *notes = get_args(hint)
    text = next(note for note in notes if isinstance(note, str))
    allowed = next((note for note in notes if isinstance(note, Range)), None)
    if get_origin(plain) is Literal:
        return Setting(name, str, default, text, None, get_args(plain))
    return Setting(name, plain, default, text, allowed)


def check_settings(owner: str, method: Callable[..., Any], given: Mapping[str, Value]) -> dict[str, Value]:
    """All settings of a method, the given ones checked and the others at their defaults.

    Raises:
        ValueError: a name that the method does not have, or a value that it does not take.
    """
    known = {setting.name: setting for setting in settings_of(method)}
    for name in given:
        if name not in known:
            raise RefusedError(
                "{name} has no setting {setting!r}; it has {known}",
                name=owner,
                setting=name,
                known=", ".join(known) or Message("none"),
            )
    return {name: setting.check(given.get(name, setting.default)) for name, setting in known.items()}

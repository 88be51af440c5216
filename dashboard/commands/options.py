"""Options of commands that follow from a table: added to those that a command names itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar, cast, get_type_hints

Command = TypeVar("Command", bound=Callable[..., None])


def with_options(options: Mapping[str, tuple[Any, object]]) -> Callable[[Command], Command]:
    """Adds options to a command, which takes them as keyword arguments.

    Args:
        options: by name, each its annotation for typer, and the value where it is not given.
    """

    def add(command: Command) -> Command:
        signature = inspect.signature(command)
        hints = get_type_hints(command, include_extras=True)
        named = [
            one.replace(annotation=hints[one.name])
            for one in signature.parameters.values()
            if one.kind is not one.VAR_KEYWORD
        ]
        more = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
            for name, (annotation, default) in options.items()
        ]
        command.__signature__ = signature.replace(parameters=[*named, *more])  # type: ignore[attr-defined]
        command.__annotations__ = {
            **{one.name: one.annotation for one in (*named, *more)},
            "return": None,
        }
        return command

    return add


def copied(command: Command) -> Command:
    """A command of the same parameters, to which others can be added for itself."""

    @wraps(command)
    def copy(*args: Any, **kwargs: Any) -> None:
        command(*args, **kwargs)

    copy.__signature__ = inspect.signature(command)  # type: ignore[attr-defined]
    return cast(Command, copy)

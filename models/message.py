"""Sentences that remember their template, so that they can be said in another language, and errors made of them."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Annotated, Any, Self

from pydantic import PlainSerializer, ValidatorFunctionWrapHandler, WrapValidator

_FORMATTER = Formatter()


class Message(str):
    """A sentence in English: a text that also holds the template and the values that it was made of.

    A template without values is taken as it is. Formats and conversions in the template (`{count:,}`, `{name!r}`)
    are applied to the values once, here: a translation of it names the values alone (`{count}`, `{name}`). Values
    that are messages themselves stay so.
    """

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, str]

    def __new__(cls, template: str, /, **values: object) -> Self:
        """Puts the values into the template."""
        if not values:
            return cls.known(template, template, {})
        named = [part for part in _FORMATTER.parse(template) if part[1] is not None]
        shown = {str(name): _shown(values[str(name)], spec, conversion) for _, name, spec, conversion in named}
        return cls.known(template.format(**values), template, shown)

    @classmethod
    def known(cls, text: str, template: str, values: Mapping[str, str]) -> Self:
        """A message of which everything is known already."""
        made = super().__new__(cls, text)
        made.template, made.values = template, values
        return made

    def __str__(self) -> str:
        # str() of an error is its message with all that it holds, not the bare text
        return self

    def __reduce__(self) -> tuple[object, ...]:
        return type(self).known, (super().__str__(), self.template, dict(self.values))


class RefusedError(ValueError):
    """Something asked for can't be done; `str()` of it is a `Message` that says why, and what to do."""

    def __init__(self, template: str, /, **values: object) -> None:
        super().__init__(template if isinstance(template, Message) and not values else Message(template, **values))


def template_of(text: str) -> str:
    """The template that a text was made of; a text that is no message is its own."""
    return text.template if isinstance(text, Message) else text


def _shown(value: object, spec: str | None, conversion: str | None) -> str:
    if not spec and not conversion:
        return str(value)
    return format(_FORMATTER.convert_field(value, conversion), spec or "")


def plain(content: Any) -> Any:
    """Texts, lists and objects of them as they stand in JSON: each message as an object of all that it holds."""
    match content:
        case Message(template=template, values=values):
            return {"text": content, "template": template, "values": plain(values)}
        case dict():
            return {key: plain(value) for key, value in content.items()}
        case list() | tuple():
            return [plain(value) for value in content]
        case _:
            return content


def _names_in(template: str) -> set[str]:
    return {name for _, name, _, _ in _FORMATTER.parse(template) if name is not None}


def from_plain(content: object) -> object:
    """The message that `plain` made an object of; anything else as it is, for its type to accept or to refuse."""
    match content:
        case {"text": str(text), "template": str(template), "values": dict(values)}:
            found = {name: from_plain(value) for name, value in values.items()}
            if (found and found.keys() != _names_in(template)) or not all(
                isinstance(one, str) for one in found.values()
            ):
                raise ValueError("a sentence whose values are not those of its template")
            return Message.known(text, template, {name: str(value) for name, value in found.items()})
        case _:
            return content


def _read(content: object, otherwise: ValidatorFunctionWrapHandler) -> str:
    made = from_plain(content)
    return made if isinstance(made, Message) else str(otherwise(made))


Sentence = Annotated[str, WrapValidator(_read), PlainSerializer(plain, when_used="json")]

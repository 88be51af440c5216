"""Every text that pages, views and exports show of their own, a catalogue a language, and the language spoken now.

The language is what `in_language` says around a call, else what the page's visitor has chosen, which the app tells
through `follow`, else English. So nobody who uses `say` has to know of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache, wraps
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import ParamSpec, TypeVar

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from sidelight.models.message import Message

from . import chinese, english
from .chinese_of_code import OF_CODE
from .chinese_of_libraries import OF_PLOTLY

__all__ = [
    "DEFAULT",
    "LANGUAGES",
    "UNITS",
    "Language",
    "follow",
    "in_language",
    "joined",
    "key_of",
    "language",
    "listed",
    "said",
    "say",
    "text_of",
    "told",
    "unit_noun",
]

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the interface.

    Args:
        title: its name in itself.
        wording: the texts with their {placeholders}, by key.
        between: stands between the items of a list.
        before_last: stands before the last of them.
        plotly: the texts of Plotly's own toolbar and hints, by its English ones.
    """

    title: str
    wording: Mapping[str, str]
    between: str
    before_last: str
    plotly: Mapping[str, str] = field(default_factory=dict)


LANGUAGES = {
    "en": Language("English", english.WORDING, ", ", " and "),
    "zh": Language("中文", chinese.WORDING | OF_CODE, "、", "和", OF_PLOTLY),
}
DEFAULT = "en"

UNITS = {
    "character": (Message("character"), Message("characters")),
    "feature": (Message("feature"), Message("features")),
    "sentence": (Message("sentence"), Message("sentences")),
    "token": (Message("token"), Message("tokens")),
    "word": (Message("word"), Message("words")),
}

_told: ContextVar[str | None] = ContextVar("language", default=None)
_followed: list[Callable[[], str | None]] = []


def follow(chosen: Callable[[], str | None]) -> None:
    """From now on `chosen` is asked for the language; it answers None where nobody has chosen one.

    It is asked at each text and not told once: a page's parts run in threads of their own, without the page's script.
    """
    _followed[:] = [chosen]


def language() -> str:
    """The language spoken now, a key of `LANGUAGES`."""
    return _told.get() or next((found for ask in _followed if (found := ask())), DEFAULT)


def in_language(name: str, function: Callable[P, T]) -> Callable[P, T]:
    """The function, speaking this language wherever and whenever it is called.

    Raises:
        ValueError: no such language.
    """
    if name not in LANGUAGES:
        raise ValueError(f"{name!r} is not a language of the interface; choose one of {', '.join(LANGUAGES)}")

    @wraps(function)
    def speaking(*args: P.args, **kwargs: P.kwargs) -> T:
        before = _told.set(name)
        try:
            return function(*args, **kwargs)
        finally:
            _told.reset(before)

    return speaking


@cache
def _catalogue(name: str) -> NullTranslations:
    path = Path(__file__).parent / f"{name}.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return GNUTranslations(compiled)


def text_of(key: str) -> str:
    """The text of this key with its {placeholders} still in it."""
    return LANGUAGES[language()].wording[key]


def say(key: str, /, **values: object) -> str:
    """The text of this key with its values put in; plain text, not markup."""
    return text_of(key).format(**values)


def key_of(text: object, keys: Iterable[str]) -> str | None:
    """Which of these keys has this text, in whatever language; for titles that a widget was left at."""
    return next((key for key in keys if any(one.wording[key] == text for one in LANGUAGES.values())), None)


def said(key: str, otherwise: str) -> str:
    """The text of this key where the language has it, else what is given: for texts that stand in the code itself."""
    return LANGUAGES[language()].wording.get(key, otherwise)


def told(text: str) -> str:
    """A message in the language spoken now, with the messages in it; any other text as it came."""
    if not isinstance(text, Message):
        return text
    translation = _catalogue(language()).gettext(text.template)
    if translation == text.template:  # also that of a file which another version wrote
        return text
    values = {name: told(value) for name, value in text.values.items()}
    return translation.format(**values) if values else translation


def unit_noun(unit: str, count: int = 1) -> str:
    """The name of `count` features of a unit; "feature" where the unit is unknown."""
    one, many = UNITS.get(unit, UNITS["feature"])
    return told(one if count == 1 else many)


def joined(names: Iterable[str]) -> str:
    """`A, B, C`."""
    return LANGUAGES[language()].between.join(names)


def listed(names: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    spoken = LANGUAGES[language()]
    *first, last = names
    return f"{spoken.between.join(first)}{spoken.before_last}{last}" if first else last

"""The languages of the interface, the one spoken now, and texts in it.

The English sentences stand in the code where they are said; a catalogue of each other language (`zh.po`) holds its
translations. The language is the one that `in_language` says around a call, else the one that the page's visitor has
chosen, which the app tells through `follow`, else English.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, wraps
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import ParamSpec, TypeVar

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from sidelight.models.message import Message

__all__ = [
    "DEFAULT",
    "LANGUAGES",
    "UNITS",
    "Language",
    "between_sentences",
    "capitalized",
    "follow",
    "in_language",
    "joined",
    "language",
    "listed",
    "same_text",
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
        between: stands between the items of a list.
        before_last: stands before the last of them.
        between_sentences: stands between two sentences.
    """

    title: str
    between: str
    before_last: str
    between_sentences: str


LANGUAGES = {"en": Language("English", ", ", " and ", " "), "zh": Language("中文", "、", "和", "")}
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


def text_of(sentence: str) -> str:
    """The sentence in the language spoken now, with its {placeholders} still in it."""
    return _catalogue(language()).gettext(sentence) if sentence else ""  # "" is the catalogue's own heading


def say(sentence: str, /, **values: object) -> str:
    """The sentence in the language spoken now, with its values put in; plain text, not markup."""
    return text_of(sentence).format(**values)


def same_text(text: object, sentences: Iterable[str]) -> str | None:
    """The one of these sentences that has this text in whatever language; for titles that a widget was left at."""
    return next((one for one in sentences if any(_catalogue(name).gettext(one) == text for name in LANGUAGES)), None)


def told(text: str) -> str:
    """A message in the language spoken now, with the messages in it; any other text as it came."""
    if not isinstance(text, Message):
        return text
    translation = text_of(text.template)
    if translation == text.template:  # also that of a file which another version wrote
        return text
    values = {name: told(value) for name, value in text.values.items()}
    return translation.format(**values) if values else translation


def unit_noun(unit: str, count: int = 1) -> str:
    """The name of `count` features of a unit; "feature" where the unit is unknown."""
    one, many = UNITS.get(unit, UNITS["feature"])
    return told(one if count == 1 else many)


def between_sentences() -> str:
    """What stands between two sentences."""
    return LANGUAGES[language()].between_sentences


def capitalized(text: str) -> str:
    """The text with its first letter as a capital, the others as they are."""
    return text[:1].upper() + text[1:]


def joined(names: Iterable[str]) -> str:
    """`A, B, C`."""
    return LANGUAGES[language()].between.join(names)


def listed(names: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    spoken = LANGUAGES[language()]
    *first, last = names
    return f"{spoken.between.join(first)}{spoken.before_last}{last}" if first else last

"""English texts that are made where nobody knows of languages, in another language.

models/, explain/ and the processes say in plain English what failed and what is to be noticed; such a text may come
from another process or an old report. A catalogue has its template with {placeholders}, and what that is in the other
language. A text that no template fits stays as it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter

# Placeholders whose value is such a text itself, or a part of one; the values of all others are put in as they are.
TEXTS = frozenset(
    (
        *("advice", "column", "ending", "error", "groups", "hint", "holding", "kept", "lines", "method", "models"),
        *(
            "notice",
            "place",
            "problem",
            "purpose",
            "range",
            "reason",
            "rows",
            "share",
            "sign",
            "split",
            "state",
            "subject",
        ),
        *("title", "unit", "what"),
    )
)
NUMBERS = frozenset(("low", "high"))  # placeholders for one number, so that not every `to` stands in a range
WHOLE = "notice"  # the placeholder for a whole text, from which others would take its beginning


@dataclass(frozen=True, slots=True)
class Template:
    """A text to be recognised.

    Args:
        literals: what stands before, between and after the placeholders, one more than there are names.
        names: of the placeholders.
        other: the same in the other language.
    """

    literals: tuple[str, ...]
    names: tuple[str, ...]
    other: str

    def values_in(self, text: str) -> dict[str, str] | None:
        """What stands in the places of the placeholders, each as short as can be; None where the text is another."""
        first, *others = self.literals
        if not others:
            return {} if text == first else None
        *between, last = others
        if not text.startswith(first):
            return None
        found, at = [], len(first)
        for literal in between:
            until = text.find(literal, at)
            if until < 0:
                return None
            found.append(text[at:until])
            at = until + len(literal)
        end = len(text) - len(last)
        if end < at or not text.endswith(last):
            return None
        values = dict(zip(self.names, [*found, text[at:end]], strict=True))
        return None if any(" " in values[name] for name in NUMBERS & values.keys()) else values


def templates(catalogue: Mapping[str, str]) -> tuple[Template, ...]:
    """The templates of a catalogue: first those around a whole text, then those that say the most."""
    found = (_template(text, other) for text, other in catalogue.items())
    return tuple(sorted(found, key=lambda one: (WHOLE not in one.names, -sum(map(len, one.literals)))))


def _template(text: str, other: str) -> Template:
    parts = [(literal, name) for literal, name, _, _ in Formatter().parse(text)]
    names = tuple(name for _, name in parts if name is not None)
    literals = tuple(literal for literal, _ in parts)
    return Template(literals if len(literals) > len(names) else (*literals, ""), names, other)


def fitting(text: str, known: Iterable[Template]) -> tuple[Template, dict[str, str]] | None:
    """The first template that a text fits, and the values in it."""
    return next(((one, values) for one in known if (values := one.values_in(text)) is not None), None)


def translated(text: str, known: tuple[Template, ...]) -> str:
    """The text in the other language; as it is where no template fits."""
    found = fitting(text, known)
    if found is None:
        return text
    template, values = found
    put_in = {name: translated(value, known) if name in TEXTS else value for name, value in values.items()}
    return template.other.format(**put_in)

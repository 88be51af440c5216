"""Every text that pages, views and exports show of their own, in one catalogue."""

from __future__ import annotations

from collections.abc import Sequence

from .english import UNITS, WORDING

__all__ = ["UNITS", "WORDING", "listed", "say", "unit_noun"]


def say(key: str, /, **values: object) -> str:
    """The text of this key with its values put in; plain text, not markup."""
    return WORDING[key].format(**values)


def unit_noun(unit: str, count: int = 1) -> str:
    """What `count` features of a unit are called."""
    one, many = UNITS.get(unit, ("feature", "features"))
    return one if count == 1 else many


def listed(names: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last

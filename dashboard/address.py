"""The address of a page: what it asks for, and what is named in it.

Model, method, unit, label and page are in it, and the ids of entries that this machine's history has, or will have of
what is being made; the text itself only in a link that was asked for with its text.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext

import streamlit as st
from sidelight.models.message import Message
from streamlit.runtime.scriptrunner import get_script_run_ctx

from .markup import markdown_text, shortened, shown
from .wording import LANGUAGES, in_language, joined, say

LONGEST_LIST = 120  # characters of what there is to choose from
TEXT, ENTRY, BEFORE, REPORTS, SHIFT = "text", "report", "before", "reports", "shift"
NAMED = "named in the address"  # in this run of the page
LAST = "last address"  # with its page


def choose(
    key: str,
    names: Collection[str],
    unknown: str,
    title: Callable[[str], str] = str,
    *,
    usual: str | None = None,
) -> None:
    """Takes over what the address names into the widget of that key, which is not drawn yet; the rest as in `taken`.

    Streamlit's own binding would not write what another page has chosen, and names options in the visitor's language.
    """
    name = taken(key, names, unknown, title, usual=usual)
    if name is not None:
        st.session_state[key] = name


def taken(
    key: str,
    names: Collection[str],
    unknown: str,
    title: Callable[[str], str] = str,
    *,
    usual: str | None = None,
    there: str | None = None,
) -> str | None:
    """What the address names, if it was not put there by `name_choice`, once; None if there is nothing to take over.

    Args:
        key: of the address.
        names: what there is to choose from.
        unknown: the key of the text about what is `asked` for and not among those that `there` are.
        title: what a name is called on screen, in any language, by which older addresses ask for it.
        usual: what is chosen again where the browser went back or forward to an address that names nothing.
        there: what there is, for people; by default the titles of the names.
    """
    if usual is not None and is_navigation() and not st.query_params.get_all(key):
        _forget_link(key)
        return usual
    linked = _linked(key)
    if not linked:
        return None
    name = _named(linked[-1], names, title)
    if name is not None:
        del st.session_state[f"{key} of a link"]
    known = _titles(names, title) if there is None else there
    st.session_state[f"{key} not there"] = (unknown, linked[-1:] if name is None else (), known)
    return name


def choose_whole(key: str, allowed: range, usual: int) -> None:
    """As `choose`, of a whole number."""
    asked = [one for one in st.query_params.get_all(key) if one.isdecimal() and int(one) in allowed]
    there = f"{allowed[0]:,} – {allowed[-1]:,}"
    name = taken(
        key, asked, Message("The link asks for the number {asked}; it can be {there}."), usual=str(usual), there=there
    )
    if name is not None:
        st.session_state[key] = int(name)


def choose_several(
    key: str,
    names: Collection[str],
    unknown: str,
    title: Callable[[str], str] = str,
    *,
    usual: Sequence[str] = (),
) -> None:
    """As `choose`, of several names, for each of which the address has the key; it keeps the names that are known.

    An older address has commas between them.
    """
    if is_navigation() and not st.query_params.get_all(key):
        _forget_link(key)
        st.session_state[key] = list(usual)
        return
    linked = _linked(key)
    if not linked:
        return
    whole = [[one] if _named(one, names, title) else one.split(",") for one in linked]
    found = {asked: _named(asked, names, title) for parts in whole for asked in parts}
    if known := [name for name in found.values() if name is not None]:
        st.session_state[key] = known
    del st.session_state[f"{key} of a link"]
    missing = [asked for asked, name in found.items() if name is None]
    st.session_state[f"{key} not there"] = (unknown, missing, _titles(names, title))


def _named(asked: str, names: Iterable[str], title: Callable[[str], str]) -> str | None:
    """The name that is asked for, by itself or by its title in some language."""
    titles = [in_language(spoken, title) for spoken in LANGUAGES]
    return next((name for name in names if asked in (name, *(of(name) for of in titles))), None)


def _titles(names: Iterable[str], title: Callable[[str], str]) -> str:
    """What there is to choose from, as far as it makes one line."""
    return shortened(joined(shown(title(name)) for name in names), LONGEST_LIST)


def _linked(key: str) -> tuple[str, ...]:
    """What the address asks for and was not taken over yet."""
    asked, named = tuple(st.query_params.get_all(key)), f"{key} of the address"
    if asked and _is_asking(named) and asked != st.session_state.get(named):
        st.session_state[f"{key} of a link"] = asked
    found: tuple[str, ...] = st.session_state.get(f"{key} of a link", ())
    return found


def _is_asking(named: str) -> bool:
    """Whether the address is new to this session: it has just begun, or the browser went back or forward.

    Any other run may bring an address that this session has changed since, which the browser has not heard of yet.

    Args:
        named: what the session remembers once it has followed the address.
    """
    return named not in st.session_state or is_navigation()


def is_navigation() -> bool:
    """Whether the browser went back or forward to the address."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def _forget_link(key: str) -> None:
    """Nothing more is said of what a link asked for."""
    for left in ("of a link", "not there"):
        st.session_state.pop(f"{key} {left}", None)


def name_choice(key: str, value: str | tuple[str, ...] | None) -> None:
    """Names in the address what is chosen, of several each; None is what is chosen without any address.

    Says what a link has asked for that is not there, until something else is chosen.
    """
    named, chosen = f"{key} of the address", (value,) if isinstance(value, str) else value or ()
    if st.session_state.get(named, chosen) != chosen:  # the visitor has chosen since
        _forget_link(key)
    st.session_state[named] = chosen
    unknown, missing, there = st.session_state.get(f"{key} not there", ("", (), ""))
    for asked in missing:
        st.warning(markdown_text(say(unknown, asked=shortened(shown(asked), LONGEST_LIST), there=there)))
    name_values(key, chosen)


def name_values(key: str, values: tuple[str, ...]) -> None:
    """Names these values of a key in the address; none takes the key out of it."""
    if NAMED in st.session_state:
        st.session_state[NAMED][key] = values
        return
    with in_one_step():  # of a page that runs by itself
        st.session_state[NAMED][key] = values


@contextmanager
def in_one_step() -> Iterator[None]:
    """Writes the address once, after all that a run of the page names in it, so that one step back undoes that.

    An address that the browser went back or forward to stays as it is, or the way on would be lost; it is written as
    it is, since a run before this one may have written its own in the meantime. One that was written is not written
    again by a run that began before the browser had it, or the same step would be there twice.
    """
    st.session_state[NAMED] = {}
    try:
        yield
        named = _written() if is_navigation() else wanted()
        if is_navigation() or named != _last():
            st.query_params.from_dict(named)
        st.session_state[LAST] = _page(), named
    finally:
        del st.session_state[NAMED]


@contextmanager
def in_step_with_page() -> Iterator[None]:
    """As `in_one_step`, for a part of the page that can run by itself; in a run of the whole page it is a part of that
    step.
    """
    with in_one_step() if _is_part() else nullcontext():
        yield


def _is_part() -> bool:
    """Whether a part of the page runs by itself. Its run may have waited, and its address be older than the last."""
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)


def _page() -> str:
    context = get_script_run_ctx()
    return context.page_script_hash if context else ""


def _last() -> dict[str, list[str]]:
    """The address that this session knows its page to have."""
    known, address = st.session_state.get(LAST, ("", {}))
    return address if known == _page() else _written()


def _written() -> dict[str, list[str]]:
    return {key: st.query_params.get_all(key) for key in st.query_params}


def wanted() -> dict[str, list[str]]:
    """The address as it is to be."""
    named: dict[str, tuple[str, ...]] = st.session_state.get(NAMED, {})
    both = {**(_last() if _is_part() else _written()), **{key: list(values) for key, values in named.items()}}
    return {key: values for key, values in both.items() if values}


def asked_shift() -> str | None:
    """The comparison of two models that the address asks for and that was not opened yet, by its id in the history."""
    return st.query_params.get(SHIFT) if asks_now(SHIFT) else None


def asked_reports() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the address asks to compare and was not taken over yet: reports, by their ids in the history, or texts."""
    if not asks_now(REPORTS):
        return (), ()
    entries, texts = (tuple(st.query_params.get_all(key)) for key in (REPORTS, TEXT))
    return entries, () if entries else texts


def name_reports(entries: tuple[str, ...]) -> None:
    """Names in the address the reports that compared texts are taken from."""
    name_values(REPORTS, entries)
    name_values(TEXT, ())


def asks_now(name: str) -> bool:
    """Whether the address is new and was not followed in this matter yet; from here on it was."""
    followed = f"{name} followed"
    asking = _is_asking(followed)
    st.session_state[followed] = True
    return asking


def name_shift(entry: str | None) -> None:
    """Names in the address which comparison of two models is on screen."""
    name_values(SHIFT, (entry,) if entry else ())

"""Conversations as a chat template writes them, in a process of its own: what of it the assistant says is learned.

A template is a program of whoever made the checkpoint; see `template`. An answer is learned just after what the model
will read when it is asked for it: what the template writes of all that was said before, up to where the model answers.
The template is asked for each answer three times: for that, for the conversation with the answer, and for the same
with a mark in its place, which shows what the template puts around an answer.

Some templates open the answer themselves (`<think>`), drop thoughts once a conversation goes on, or rewrite what is
said. Where an answer could not be found whole in what the template writes, it is put there as the data has it; that,
and answers for which something was opened that they do not go on with, is counted and said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from sidelight.models.message import Message
from sidelight.models.prediction import ModelError
from sidelight.models.template import MARK, SECONDS, Renderer, Talk, Turn

from .dataset import DataError
from .request import Notify

SECONDS_EACH = 0.02  # a template that takes longer is no template
AT_ONCE = 200  # answers


@dataclass(frozen=True, slots=True)
class Passage:
    """A text for a generator in parts, each with whether it is to be learned.

    `begins` says that it begins a text of its own, before which the tokenizer puts its tokens; what a chat template
    wrote has them already. `ends` adds the end-of-text token, learned.
    """

    parts: tuple[tuple[str, bool], ...]
    begins: bool = True
    ends: bool = True


class Chat(Protocol):
    """Who said what, and where it stands."""

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """Pairs of a role and what it says."""

    @property
    def place(self) -> str:
        """For messages."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it is learned.

    Args:
        asked: what the model reads before it.
        said: what it is to write, with what closes its turn.
        as_written: the template writes the answer itself like this.
        unopened: what the template opens before the answer, where the answer does not go on with it.
    """

    asked: str
    said: str
    as_written: bool
    unopened: str = ""


def answers(said: Sequence[tuple[str, str]]) -> list[int]:
    """Where the assistant answers; what it says before anybody else does is no answer."""
    opening = next((index for index, (role, _) in enumerate(said) if role != "assistant"), len(said))
    return [index for index, (role, _) in enumerate(said) if role == "assistant" and index > opening]


def render(chats: Sequence[Chat], renderer: Renderer, ends: Sequence[str], notify: Notify) -> list[list[Passage]]:
    """The passages of each conversation up to its last answer; answers are learned, each up to an end-of-text token.

    A conversation is one passage; where the template changes what was said before once it goes on, each of its answers
    is a passage, as the model will read it.

    Args:
        chats: the conversations.
        renderer: of the template.
        ends: the texts of the tokens that end what the model writes.
        notify: is told what the template made of answers.

    Raises:
        DataError: the template does not show an answer, or refuses a conversation; names its line.
        ModelError: the template takes too long.
    """
    places = [(chat, index) for chat in chats for index in answers(chat.said)]
    found: dict[int, list[Answer]] = {}
    for start in range(0, len(places), AT_ONCE):
        part = places[start : start + AT_ONCE]
        for (chat, _), answer in zip(part, _answers(part, renderer), strict=True):
            found.setdefault(id(chat), []).append(answer)
    every = [one for parts in found.values() for one in parts]
    _tell(every, notify)
    return [list(_passages(found[id(chat)], ends)) for chat in chats]


def _answers(places: Sequence[tuple[Chat, int]], renderer: Renderer) -> list[Answer]:
    """The answers at some places in conversations."""
    talks = [talk for chat, index in places for talk in _talks(chat, index)]
    try:
        texts = renderer.write(talks, SECONDS + len(places) * SECONDS_EACH)
    except ModelError as error:
        for chat, index in places:
            try:
                renderer.write(_talks(chat, index))
            except ModelError as cause:
                raise DataError("{place}: {notice}", place=chat.place, notice=cause) from error
        raise
    return [
        _answer(chat, chat.said[index][1], *texts[3 * number : 3 * number + 3])
        for number, (chat, index) in enumerate(places)
    ]


def _talks(chat: Chat, index: int) -> list[Talk]:
    """A conversation up to an answer, with the answer, and with a mark in its place."""
    before: list[Turn] = [{"role": role, "content": content} for role, content in chat.said[:index]]
    given, marked = ({"role": "assistant", "content": content} for content in (chat.said[index][1], MARK))
    return [(before, True), ([*before, given], False), ([*before, marked], False)]


def _answer(chat: Chat, content: str, asked: str, answered: str, marked: str) -> Answer:
    frame, found, close = marked.partition(MARK)
    if not found:
        raise DataError(
            "{place}: the chat template does not show what the assistant says; give texts", place=chat.place
        )
    opened = asked[len(frame) :].strip() if frame and asked.startswith(frame) else ""
    going_on = bool(opened) and content.lstrip().startswith(opened)
    rest = content.lstrip()[len(opened) :] if going_on else content
    rest = rest.removeprefix("\n") if going_on and asked.endswith("\n") else rest
    unopened = opened if not going_on else ""
    if answered.startswith(asked) and rest.strip() in answered[len(asked) :]:
        return Answer(asked, answered[len(asked) :], as_written=True, unopened=unopened)
    return Answer(asked, rest + close, as_written=False, unopened=unopened)


def _tell(found: Sequence[Answer], notify: Notify) -> None:
    if rebuilt := sum(not one.as_written for one in found):
        notify(
            Message(
                "the chat template changes {count:,} of {total:,} answers, as by dropping thoughts; "
                "they are learned whole, as the data has them",
                count=rebuilt,
                total=len(found),
            )
        )
    if unopened := [one.unopened for one in found if one.unopened]:
        notify(
            Message(
                "the chat template opens {opened!r} for the model's answer, with which {count:,} of "
                "{total:,} answers do not begin; they are learned right after it",
                opened=unopened[0],
                count=len(unopened),
                total=len(found),
            )
        )


def _passages(found: Sequence[Answer], ends: Sequence[str]) -> Iterator[Passage]:
    """One conversation's answers in as few passages as what is read before each allows."""
    parts: list[tuple[str, bool]] = []
    for answer in found:
        so_far = "".join(text for text, _ in parts)
        if parts and not answer.asked.startswith(so_far):
            yield _passage(parts, ends)
            parts, so_far = [], ""
        parts += [(answer.asked[len(so_far) :], False), *_up_to_end(answer.said, ends)]
    yield _passage(parts, ends)


def _up_to_end(answer: str, ends: Sequence[str]) -> list[tuple[str, bool]]:
    """An answer up to its end, learned, and what the template puts behind that."""
    stops = [answer.index(end) + len(end) for end in ends if end and end in answer]
    stop = min(stops, default=len(answer))
    return [(answer[:stop], True), (answer[stop:], False)]


def _passage(parts: Sequence[tuple[str, bool]], ends: Sequence[str]) -> Passage:
    """Nothing is left to learn after the last answer's end, and so its rest is dropped."""
    whole = tuple(part for part in parts[:-1] if part[0])
    return Passage(whole, begins=False, ends=not whole[-1][0].endswith(tuple(end for end in ends if end)))

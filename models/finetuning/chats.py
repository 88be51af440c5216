"""Conversations as a chat template writes them, in a process of its own: what of it the assistant says is learned.

A template is a program of whoever made the checkpoint; see `template`. It is asked for each answer twice: for all that
comes before it, up to where the model answers, and for all up to its end. What the second adds is the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sidelight.models.template import SECONDS, written

from .dataset import DataError

SECONDS_EACH = 0.02  # a template that takes longer is no template


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


def answers(said: Sequence[tuple[str, str]]) -> list[int]:
    """Where the assistant answers; what it says before anybody else does is no answer."""
    opening = next((index for index, (role, _) in enumerate(said) if role != "assistant"), len(said))
    return [index for index, (role, _) in enumerate(said) if role == "assistant" and index > opening]


def render(chats: Sequence[Chat], template: str, special_tokens: Mapping[str, object], end: str) -> list[Passage]:
    """Each conversation up to its last answer, with the answers to be learned, each up to the end-of-text token.

    Raises:
        DataError: the template writes what was said before otherwise once the conversation goes on.
        ModelError: the template fails or takes too long.
    """
    places = [(chat, index) for chat in chats for index in answers(chat.said)]
    talks = [([_messages(chat, index + shift) for chat, index in places], not shift) for shift in (0, 1)]
    seconds = SECONDS + len(places) * SECONDS_EACH
    asked, answered = written(template, special_tokens, talks, "give prompts with responses instead", seconds)
    parts: dict[int, list[tuple[str, bool]]] = {id(chat): [] for chat in chats}
    for (chat, _), before, after in zip(places, asked, answered, strict=True):
        known = parts[id(chat)]
        so_far = "".join(text for text, _ in known)
        if not before.startswith(so_far) or not after.startswith(before):
            raise DataError(
                f"{chat.place}: the model's chat template changes what was said when a conversation goes on; "
                f"give prompts with responses instead"
            )
        known += [(before[len(so_far) :], False), *_up_to_end(after[len(before) :], end)]
    return [_passage(parts[id(chat)], end) for chat in chats]


def _messages(chat: Chat, count: int) -> list[dict[str, str]]:
    return [{"role": role, "content": content} for role, content in chat.said[:count]]


def _up_to_end(answer: str, end: str) -> list[tuple[str, bool]]:
    said, found, rest = answer.partition(end) if end else (answer, "", "")
    return [(said + found, True), (rest, False)]


def _passage(parts: list[tuple[str, bool]], end: str) -> Passage:
    """Nothing is left to learn after the last answer's end, and so its rest is dropped."""
    whole = tuple(part for part in parts[:-1] if part[0])
    return Passage(whole, begins=False, ends=not (end and whole[-1][0].endswith(end)))

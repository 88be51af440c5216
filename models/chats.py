"""Conversations as a chat template writes them, in a process of its own: what of it the assistant says is learned.

A template is a program of whoever made the checkpoint; see `template`. It is asked for each answer twice: for all that
comes before it, up to where the model answers, and for all up to its end. What the second adds is the answer.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from .dataset import DataError
from .prediction import ModelError
from .template import MEMORY, SECONDS

SECONDS_EACH = 0.02  # a template that takes longer is no template
PROGRAM = f"""
import json, sys
from contextlib import suppress
with suppress(ImportError):
    import resource
    resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
from transformers.utils.chat_template_utils import render_jinja_template
given = json.load(sys.stdin)
def write(talks, answers):
    about = dict(chat_template=given["template"], add_generation_prompt=answers)
    return render_jinja_template(talks, **about, **given["tokens"])[0]
json.dump([write(given["before"], True), write(given["after"], False)], sys.stdout)
"""


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


def render(chats: Sequence[Chat], template: str, special_tokens: Mapping[str, object], end: str) -> list[Passage]:
    """Each conversation up to its last answer, with the answers to be learned, each up to the end-of-text token.

    Raises:
        DataError: the template writes what was said before otherwise once the conversation goes on.
        ModelError: the template fails or takes too long.
    """
    places = [(chat, index) for chat in chats for index, (role, _) in enumerate(chat.said) if role == "assistant"]
    given: dict[str, object] = {
        "template": template,
        "tokens": dict(special_tokens),
        "before": [_messages(chat, index) for chat, index in places],
        "after": [_messages(chat, index + 1) for chat, index in places],
    }
    parts: dict[int, list[tuple[str, bool]]] = {id(chat): [] for chat in chats}
    for (chat, _), before, after in zip(places, *_written(given, len(places)), strict=True):
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


def _written(given: dict[str, object], count: int) -> list[list[str]]:
    seconds = SECONDS + count * SECONDS_EACH
    try:
        finished = subprocess.run(  # noqa: S603 (the command is a constant)
            [sys.executable, "-P", "-c", PROGRAM],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=seconds,
            check=False,
            env={**os.environ, "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise ModelError(f"the chat template takes longer than {seconds:.0f} s for {count:,} answers") from error
    if finished.returncode:
        reason = (finished.stderr.splitlines() or ["no reason given"])[-1][:120]
        raise ModelError(f"the chat template fails on these conversations ({reason}); give prompts with responses")
    written: list[list[str]] = json.loads(finished.stdout)
    return written

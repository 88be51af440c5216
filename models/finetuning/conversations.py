"""Conversations in the shapes that people have: OpenAI's, ShareGPT's and TRL's messages become roles with texts.

What can't be said in roles and texts, such as calls of tools and images, is refused by its message.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sidelight.models.message import Message

from .chats import answers
from .dataset import RowError
from .objects import kind_of
from .values import is_empty

MESSAGES = "messages"
ROLES = ("system", "user", "assistant")
READ_AS = {  # other names of the roles
    **dict.fromkeys(("developer",), "system"),
    **dict.fromkeys(("human", "prompter"), "user"),
    **dict.fromkeys(("gpt", "chatgpt", "bing", "bard", "claude", "bot", "chatbot", "model", "ai"), "assistant"),
}
OF_TOOLS = frozenset(
    (
        *("tool", "tools", "function", "ipython", "observation", "function_call", "tool_call", "tool_calls"),
        *("function_response", "tool_response"),
    )
)
CALLS = ("tool_calls", "function_call")
WHO, WHAT = ("role", "from"), ("content", "value")  # keys of a message
TEXT_PARTS = ("text", "input_text", "output_text")

Said = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Seen:
    """What is to be said of the conversations of a table, counted while they are read."""

    roles: dict[str, str] = field(default_factory=dict)
    empty: int = 0
    parts: int = 0
    unread: Counter[str] = field(default_factory=Counter)

    def notices(self, name: str) -> list[str]:
        """It in sentences; `name` is that of the file."""
        said: list[str] = []
        if self.roles:
            said.append(
                Message(
                    "{file}: the roles {roles} are read as {known}",
                    file=name,
                    roles=", ".join(self.roles),
                    known=", ".join(self.roles.values()),
                )
            )
        if self.empty:
            said.append(
                Message("{file}: {count:,} empty messages of the system are left out", file=name, count=self.empty)
            )
        if self.parts:
            said.append(
                Message(
                    "{file}: {count:,} messages are in several parts, which are joined by line ends",
                    file=name,
                    count=self.parts,
                )
            )
        if self.unread:
            said.append(Message("{file}: what is not read of messages: {keys}", file=name, keys=", ".join(self.unread)))
        return said


def is_conversation(value: Any) -> bool:
    """Whether a value is a list of messages, or such in JSON."""
    value = _read(value)
    first = value[0] if isinstance(value, list) and value else None
    return isinstance(first, dict) and any(key in first for key in WHO) and any(key in first for key in WHAT)


def conversation(value: Any, name: str, seen: Seen) -> Said:
    """Who says what in a list of messages.

    Args:
        value: the list, or one in JSON, as in the cell of a table.
        name: of its column.
        seen: is told what is to be said of it.

    Raises:
        RowError: it is no list of messages, or one of them can't be said in roles and texts.
    """
    value = _read(value)
    if not isinstance(value, list):
        raise RowError("{name!r} is {what}; give a list of role and content", name=name, what=kind_of(value))
    found = [_message(message, number, seen) for number, message in enumerate(value, 1)]
    return tuple(one for one in found if one is not None)


def _read(value: Any) -> Any:
    """A value, or what a list in JSON holds, as cells of tables have it."""
    if not isinstance(value, str) or not value.lstrip().startswith("[{"):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _message(message: Any, number: int, seen: Seen) -> tuple[str, str] | None:
    """Who says what; None of an empty message of the system."""
    if not isinstance(message, dict):
        raise RowError(
            "message {number} is {what}; give an object of a role and a content", number=number, what=kind_of(message)
        )
    named = next((message[key] for key in WHO if not is_empty(message.get(key))), None)
    role = _role(named, number, seen)
    if any(message.get(key) for key in CALLS):
        raise RowError(
            "message {number} calls a tool, which can't be learned; leave such conversations out", number=number
        )
    if message.get("weight") == 0:
        raise RowError(
            "message {number} has the weight 0: it is not to be learned, but all answers are; "
            "remove the weight or the message",
            number=number,
        )
    content = next((message[key] for key in WHAT if message.get(key) is not None), None)
    text = _text(content, number, seen)
    seen.unread.update(
        key
        for key, value in message.items()
        if key not in (*WHO, *WHAT, "weight") and not is_empty(value) and value != []
    )
    if role == "system" and is_empty(text):
        seen.empty += 1
        return None
    if is_empty(text):
        raise RowError(
            "message {number} is empty; it needs a role ({roles}) and a content", number=number, roles=", ".join(ROLES)
        )
    if text.encode(errors="ignore").decode() != text:
        raise RowError("message {number} holds half a character (a lone surrogate); remove it", number=number)
    return role, text


def _role(named: Any, number: int, seen: Seen) -> str:
    if not isinstance(named, str):
        raise RowError(
            "message {number} has no role; it needs a role ({roles}) and a content",
            number=number,
            roles=", ".join(ROLES),
        )
    lower = named.strip().lower()
    if lower in OF_TOOLS:
        raise RowError(
            "message {number} is one of a tool ({role}), which can't be learned; leave such ones out",
            number=number,
            role=named,
        )
    role = READ_AS.get(lower, lower)
    if role not in ROLES:
        raise RowError(
            "message {number} has the role {role!r}; it needs a role ({roles}) and a content",
            number=number,
            role=named,
            roles=", ".join(ROLES),
        )
    if role != named:
        seen.roles[named] = role
    return role


def _text(content: Any, number: int, seen: Seen) -> str:
    """The text of a content, which may come in parts."""
    if isinstance(content, dict):
        content = [content]
    if not isinstance(content, list):
        if content is None or isinstance(content, str):
            return content or ""
        raise RowError("message {number} has {what} as its content; give a text", number=number, what=kind_of(content))
    seen.parts += len(content) > 1
    return "\n".join(_part(part, number) for part in content)


def _part(part: Any, number: int) -> str:
    if isinstance(part, str):
        return part
    kind = part.get("type", "text") if isinstance(part, dict) else kind_of(part)
    if kind not in TEXT_PARTS or not isinstance(part.get("text"), str):
        raise RowError(
            "message {number} holds a part that is no text ({kind}); only texts can be learned",
            number=number,
            kind=kind,
        )
    return str(part["text"])


def checked(said: Said) -> Said:
    """A conversation in which the assistant answers.

    Raises:
        RowError: it does not.
    """
    if {role for role, _ in said} == {"assistant"}:
        raise RowError("only the assistant speaks, and so answers nobody; give what it answers, or a text")
    if not answers(said):
        raise RowError("nobody answers: there is no message of the assistant to learn")
    return said

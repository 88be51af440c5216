"""What a generator learns from: texts, prompts with responses, and conversations, out of tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sidelight.models.message import Message
from sidelight.models.reading import template_of
from sidelight.models.template import Renderer

from .chats import Passage, render
from .columns import (
    CONTEXT_NAMES,
    EITHER_NAMES,
    MOST_NAMED,
    PROMPT_NAMES,
    RESPONSE_NAMES,
    TEXT_NAMES,
    called,
    find_column,
    is_called,
)
from .conversations import MESSAGES, Said, Seen, checked, conversation, is_conversation
from .dataset import PLAIN, DataError, Record, Table
from .labelled import without_empty
from .request import Columns, Listener, Notify, told_of
from .tables import made_of
from .values import is_empty, text_of, value_of

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

SYSTEM_NAMES = ("system", "system_prompt")
CHOSEN, REJECTED = "chosen", "rejected"  # of a pair of answers
PAIR = ("user", "assistant")
LOOKED_AT = 5  # rows, for conversations


@dataclass(frozen=True, slots=True)
class Writing:
    """A text, or a conversation: pairs of who says it (`text` where nobody does) and what; its group and its place."""

    said: tuple[tuple[str, str], ...]
    group: str | None
    place: str

    @property
    def whole(self) -> str:
        """All of it."""
        return "\n".join(text for _who, text in self.said)

    @property
    def is_chat(self) -> bool:
        """Whether it is a conversation that only a chat template can write."""
        return [who for who, _ in self.said] not in (["text"], ["user", "assistant"])


def writings(
    tables: Sequence[Table], columns: Columns, listener: Listener, notify: Notify, *, skip_empty: bool
) -> list[Writing]:
    """The writings of tables: conversations where a column holds such, else prompts with responses where there are
    such columns, else texts. Prompts and responses may be parts of conversations too.

    After a prompt comes its context, where the row has one, parted by an empty line.

    Raises:
        DataError: a column can't be told, a value is missing or of the wrong kind, or a conversation is none.
    """
    found: list[Writing] = []
    for table in tables:
        found += _writings(table, columns, listener, notify, skip_empty=skip_empty)
    return found


def _writings(table: Table, columns: Columns, listener: Listener, notify: Notify, *, skip_empty: bool) -> list[Writing]:
    names, kind = written_columns(table, columns, notify)
    context = _context_column(table, columns, notify) if kind == "pair" else None
    system = next(iter(called(table.columns, SYSTEM_NAMES)), None) if kind == "chat" else None
    wanted = [*names, *([columns.group] if columns.group else [])]
    _tell_unread(table, [*wanted, context, system], kind, notify)
    whole = without_empty(table, wanted, notify, skip_empty=skip_empty)
    seen = Seen()

    def written(record: Record) -> Writing:
        group = value_of(record, columns.group) if columns.group else None
        said = _said(record, names, kind, context, seen)
        if system and not is_empty(record.values.get(system)) and said[0][0] != "system":
            said = (("system", value_of(record, system)), *said)
        return Writing(said, group, table.place(record))

    found = made_of(table, told_of(whole, listener), written, notify)
    for notice in seen.notices(table.name):
        notify(notice)
    return found


def _tell_unread(table: Table, read: Sequence[str | None], kind: str, notify: Notify) -> None:
    """Says which columns are not read, beside prompts with responses, and conversations."""
    if REJECTED in table.columns and CHOSEN in read:
        notify(
            Message(
                "{file}: of a pair of answers only {chosen!r} is learned, and {rejected!r} is not read",
                file=table.name,
                chosen=CHOSEN,
                rejected=REJECTED,
            )
        )
    others = [name for name in table.columns if name not in (*read, REJECTED)]
    if kind != "text" and others:
        more = f" … ({len(others):,})" if len(others) > MOST_NAMED else ""
        named = f"{', '.join(others[:MOST_NAMED])}{more}"
        notify(Message("{file}: columns that are not read: {columns}", file=table.name, columns=named))


def written_columns(table: Table, columns: Columns, notify: Notify) -> tuple[list[str], str]:
    """The columns that hold what is written, and what they are: `chat`, `pair` or `text`.

    Raises:
        DataError: as of `find_column`, or columns of both kinds are named.
    """
    pair = (columns.prompt, columns.context, columns.response)
    if columns.text and any(pair):
        raise DataError("name either the column of the texts, or those of prompts and responses: both can't be learned")
    if columns.group:
        find_column(table, columns.group, (), "group", notify)
    chats = chat_columns(table)
    if columns.text in chats:
        return [columns.text], "chat"
    if any(pair) or (has_pairs(table.columns) and not columns.text and MESSAGES not in table.columns):
        usual = usual_names(table.columns)
        prompt = find_column(table, columns.prompt, usual["prompt"], Message("prompt"), notify)
        return [prompt, find_column(table, columns.response, usual["response"], Message("response"), notify)], "pair"
    if chats and not columns.text:
        known = [name for name in chats if name != REJECTED]
        if len(known) > 1:
            raise DataError(
                "{file}: which column is the text? {columns} could each be it; name one",
                file=table.name,
                columns=", ".join(known),
            )
        if known != [MESSAGES]:
            notify(Message("{file}: {column!r} is taken for the conversation", file=table.name, column=known[0]))
        return known, "chat"
    return [find_column(table, columns.text, (PLAIN, *TEXT_NAMES), Message("text"), notify)], "text"


def chat_columns(table: Table) -> list[str]:
    """The columns that hold conversations; `messages` alone where there is such a column."""
    if MESSAGES in table.columns:
        return [MESSAGES]
    first = table.records[:LOOKED_AT]
    return [name for name in table.columns if any(is_conversation(record.values.get(name)) for record in first)]


def has_pairs(names: Sequence[str]) -> bool:
    """Whether columns are called as those of prompts and of responses usually are."""
    usual = usual_names(names)
    return all(called(names, usual[kind]) for kind in ("prompt", "response"))


def usual_names(names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What the columns of prompts, contexts and responses are usually called, among columns of these names."""
    prompted = any(is_called(name, PROMPT_NAMES) for name in names)
    prompts, contexts = (PROMPT_NAMES, EITHER_NAMES) if prompted else (EITHER_NAMES, ())
    responses = RESPONSE_NAMES if called(names, RESPONSE_NAMES) else (CHOSEN,)
    return {"prompt": prompts, "context": (*CONTEXT_NAMES, *contexts), "response": responses}


def _context_column(table: Table, columns: Columns, notify: Notify) -> str | None:
    """The column of the contexts; it is looked for where that of the prompts was not named either."""
    usual = usual_names(table.columns)["context"]
    if columns.context is None and (columns.prompt or not called(table.columns, usual)):
        return None
    return find_column(table, columns.context, usual, Message("context"), notify)


def _said(record: Record, names: list[str], kind: str, context: str | None, seen: Seen) -> Said:
    """Who says what in a row."""
    if kind == "text":
        return (("text", text_of(record, names[0])),)
    if kind == "chat":
        return checked(conversation(record.values[names[0]], names[0], seen))
    prompt, response = (_turns(record, name, role, seen) for name, role in zip(names, PAIR, strict=True))
    if context is not None and not is_empty(record.values.get(context)):
        role, last = prompt[-1]
        prompt = (*prompt[:-1], (role, f"{last}\n\n{value_of(record, context)}"))
    said = (*prompt, *response[len(prompt) :]) if response[: len(prompt)] == prompt else (*prompt, *response)
    return checked(said)


def _turns(record: Record, name: str, role: str, seen: Seen) -> Said:
    """What a row says in a column: a text by one role, or messages."""
    if isinstance(record.values[name], list | dict):
        return conversation(record.values[name], name, seen)
    return ((role, value_of(record, name)),)


def tell_openings(found: Sequence[Writing], notify: Notify) -> None:
    """Says in how many conversations the assistant speaks first."""
    if count := sum(one.said[0][0] == "assistant" for one in found):
        notify(
            Message(
                "{count:,} conversations begin with the assistant; what it says first is read, but not learned",
                count=count,
            )
        )


def to_passages(
    found: Sequence[Writing],
    tokenizer: PreTrainedTokenizerBase,
    ends: Sequence[str],
    notify: Notify,
    *,
    template: bool,
    learn_prompt: bool,
) -> list[Passage]:
    """The passages of writings: texts are learned whole, of the others what the assistant says, up to its end.

    Args:
        found: the writings.
        tokenizer: with its chat template, where it has one.
        ends: the texts of the tokens that end what the model writes.
        notify: is told what the template made of answers.
        template: puts prompts into it; conversations always are.
        learn_prompt: learns all of it.

    Raises:
        DataError: there are conversations but no chat template, or one that it refuses.
        ModelError: the template fails.
    """
    has_template = bool(tokenizer.chat_template)
    is_framed = [one.is_chat or (len(one.said) == 2 and template and has_template) for one in found]
    framed = [one for one, is_one in zip(found, is_framed, strict=True) if is_one]
    if framed and not has_template:
        raise DataError(
            "{place}: the model has no chat template, which conversations need; give texts", place=framed[0].place
        )
    rendered: Iterator[list[Passage]] = iter(())
    if framed:
        advice = Message("give texts, or prompts with responses and no template")
        renderer = Renderer(template_of(tokenizer), tokenizer.special_tokens_map, advice)
        rendered = iter(render(framed, renderer, ends, notify))
    parts = (next(rendered) if is_one else [_plain(one)] for one, is_one in zip(found, is_framed, strict=True))
    passages = [passage for part in parts for passage in part]
    return [_learned(passage) for passage in passages] if learn_prompt else passages


def _plain(writing: Writing) -> Passage:
    """A text, or a prompt with its response, without a template."""
    if len(writing.said) == 1:
        return Passage(((writing.said[0][1], True),))
    (_, prompt), (_, response) = writing.said
    return Passage(((prompt, False), (response, True)))


def _learned(passage: Passage) -> Passage:
    return Passage(tuple((text, True) for text, _ in passage.parts), passage.begins, passage.ends)

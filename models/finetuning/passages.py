"""What a generator learns from: texts, prompts with responses, and conversations, out of tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sidelight.models.reading import template_of
from sidelight.models.template import Renderer

from .chats import Passage, answers, render
from .dataset import PLAIN, DataError, Record, Table, place
from .labelled import TEXT_NAMES, find_column, is_empty, value_of, without_empty
from .request import Columns, Listener, Notify, told_of

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

MESSAGES = "messages"
PROMPT_NAMES = ("prompt", "instruction", "question", "提示", "问题")
CONTEXT_NAMES = ("context", "上下文")
EITHER_NAMES = ("input", "输入")  # the context of a prompt of another name, else the prompt
RESPONSE_NAMES = ("response", "completion", "answer", "output", "回答", "答案")
ROLES = ("system", "user", "assistant")
FEWEST = 10


@dataclass(frozen=True, slots=True)
class Writing:
    """A text, or a conversation: pairs of who says it (`text` where nobody does) and what; its group and its place."""

    said: tuple[tuple[str, str], ...]
    group: str | None
    place: str

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(text for _who, text in self.said)

    @property
    def is_chat(self) -> bool:
        """Whether it is a conversation that only a chat template can write."""
        return [who for who, _ in self.said] not in (["text"], ["user", "assistant"])


def writings(
    tables: Sequence[Table], columns: Columns, listener: Listener, notify: Notify, *, skip_empty: bool
) -> list[Writing]:
    """The writings of tables: conversations where there is a column `messages`, else prompts with responses where
    there are such columns, else texts.

    After a prompt comes its context, where the row has one, parted by an empty line.

    Raises:
        DataError: a column can't be told, a value is missing or of the wrong kind, or a conversation is none.
    """
    found: list[Writing] = []
    for table in tables:
        names, kind = written_columns(table, columns, notify)
        context = _context_column(table, columns, notify) if kind == "pair" else None
        wanted = [*names, *([columns.group] if columns.group else [])]
        whole = without_empty(table, wanted, notify, skip_empty=skip_empty)
        for record in told_of(whole, listener):
            where = place(table.name, record.line)
            group = value_of(record, columns.group, where) if columns.group else None
            found.append(Writing(_said(record, names, kind, context, where), group, where))
    return found


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
    if MESSAGES in table.columns and not (columns.text or any(pair)):
        return [MESSAGES], "chat"
    if any(pair) or (has_pairs(table.columns) and not columns.text):
        usual = usual_names(table.columns)
        prompt = find_column(table, columns.prompt, usual["prompt"], "prompt", notify)
        return [prompt, find_column(table, columns.response, usual["response"], "response", notify)], "pair"
    return [find_column(table, columns.text, (PLAIN, *TEXT_NAMES), "text", notify)], "text"


def has_pairs(names: Sequence[str]) -> bool:
    """Whether columns are called as those of prompts and of responses usually are."""
    usual, lower = usual_names(names), {name.lower() for name in names}
    return all(lower & set(usual[kind]) for kind in ("prompt", "response"))


def usual_names(names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What the columns of prompts, contexts and responses are usually called, among columns of these names."""
    prompted = any(name.lower() in PROMPT_NAMES for name in names)
    prompts, contexts = (PROMPT_NAMES, EITHER_NAMES) if prompted else (EITHER_NAMES, ())
    return {"prompt": prompts, "context": (*CONTEXT_NAMES, *contexts), "response": RESPONSE_NAMES}


def _context_column(table: Table, columns: Columns, notify: Notify) -> str | None:
    """The column of the contexts; it is looked for where that of the prompts was not named either."""
    usual = usual_names(table.columns)["context"]
    if columns.context is None and (columns.prompt or not any(name.lower() in usual for name in table.columns)):
        return None
    return find_column(table, columns.context, usual, "context", notify)


def _said(record: Record, names: list[str], kind: str, context: str | None, where: str) -> tuple[tuple[str, str], ...]:
    if kind == "chat":
        return _conversation(record.values[MESSAGES], where)
    first, *rest = (value_of(record, name, where) for name in names)
    if context is not None and not is_empty(record.values.get(context)):
        first = f"{first}\n\n{value_of(record, context, where)}"
    roles = ("user", "assistant") if kind == "pair" else ("text",)
    return tuple(zip(roles, (first, *rest), strict=True))


def _conversation(messages: Any, where: str) -> tuple[tuple[str, str], ...]:
    if not isinstance(messages, list):
        raise DataError(f"{where}: 'messages' is a {type(messages).__name__}; give a list of role and content")
    said = []
    for number, message in enumerate(messages, 1):
        role, content = (message.get(key) if isinstance(message, dict) else None for key in ("role", "content"))
        if role not in ROLES or not isinstance(content, str) or is_empty(content):
            raise DataError(f"{where}: message {number} needs a role ({', '.join(ROLES)}) and a content")
        said.append((str(role), value_of(Record(0, {"content": content}), "content", where)))
    roles = [role for role, _ in said]
    if set(roles) == {"assistant"}:
        raise DataError(f"{where}: only the assistant speaks, and so answers nobody; give what it answers, or a text")
    if not answers(said):
        raise DataError(f"{where}: nobody answers: there is no message of the assistant to learn")
    return tuple(said)


def tell_openings(found: Sequence[Writing], notify: Notify) -> None:
    """Says in how many conversations the assistant speaks first."""
    if count := sum(one.said[0][0] == "assistant" for one in found):
        notify(f"{count:,} conversations begin with the assistant; what it says first is read, but not learned")


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
        raise DataError(f"{framed[0].place}: the model has no chat template, which conversations need; give texts")
    rendered: Iterator[list[Passage]] = iter(())
    if framed:
        advice = "give texts, or prompts with responses and no template"
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

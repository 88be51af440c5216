"""How a tokenizer reads a prompt, what was written and a foil: text to ids and back, and where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, groupby
from typing import Any

from .faults import in_one_line
from .inputs import Prompt
from .message import Message, RefusedError
from .prediction import ModelError, Span, Target, Token
from .template import Rendered, Renderer, render_prompt
from .writing import ends_of


@dataclass(frozen=True, slots=True)
class ReadPrompt:
    """What stands before the output: ids and tokens, and what of the prompt is not among them."""

    ids: list[int]
    tokens: tuple[Token, ...]
    unseen: tuple[Span, ...] = ()
    notices: tuple[str, ...] = ()


class Reader:
    """A tokenizer with the numbers of tokens that its network reads at once and knows at all.

    `anchor` stands before a text that would begin with a word of the prompt.
    """

    def __init__(self, tokenizer: Any, limit: int, rows: int, anchor: int | None) -> None:
        self._tokenizer = tokenizer
        self._limit = limit
        self._rows = rows
        self._anchor = anchor

    @property
    def has_template(self) -> bool:
        """Whether the tokenizer brings a chat template."""
        return bool(self._tokenizer.chat_template)

    def read(self, prompt: Prompt) -> ReadPrompt:
        """The ids and tokens of the template and the prompt.

        What a tokenizer puts behind a text that stands alone, such as an end token, is left out: the output follows.

        Raises:
            ValueError: the prompt is empty, or leaves no room for an answer.
            ModelError: the template or the tokenizer fails, or there is no token to begin with.
        """
        text = readable_text(prompt.text, Message("prompt"))
        templated = prompt.template and self.has_template
        rendered = render_prompt(self._renderer, text) if templated else Rendered(text, 0, range(len(text)))
        with in_one_line("the tokenizer can't read this prompt ({cause})"):
            encoded = self._tokenizer(
                rendered.text, add_special_tokens=not templated, return_offsets_mapping=True, truncation=False
            )
        ids: list[int] = list(encoded["input_ids"])
        added = encoded.encodings[0].special_tokens_mask
        end = len(ids) if templated else max((at for at, one in enumerate(added, 1) if not one), default=0)
        tokens = [
            self._prompt_token(text, id_, rendered.span(start, stop) if not alone or templated else None)
            for id_, (start, stop), alone in zip(ids, encoded["offset_mapping"], added, strict=True)
        ][:end]
        ids = ids[:end]
        if tokens and tokens[0].span is not None and (not templated or all(token.span for token in tokens)):
            if self._anchor is None:
                raise ModelError(
                    "the tokenizer has neither a beginning-of-text nor an end-of-text token, and config.json names "
                    "none; name one there as bos_token_id"
                )
            ids, tokens = [self._anchor, *ids], [Token(self.name_of(self._anchor), None), *tokens]
        if len(ids) >= self._limit:
            raise RefusedError(
                "the prompt has {count} tokens; the model reads {limit} with its answer; shorten it",
                count=len(ids),
                limit=self._limit,
            )
        lost = tuple(_unseen(text, tokens))
        trimmed = templated and not lost and len(rendered.places) < len(text)
        notices = (Message("The chat template leaves out white space of the prompt."),) if trimmed else ()
        return ReadPrompt(ids, tuple(tokens), lost, notices)

    def _prompt_token(self, text: str, id_: int, place: tuple[int, int] | None) -> Token:
        """A token at these characters of the prompt; without a span where it lies wholly in the template."""
        if place is None:
            return Token(self.decode([id_]) or self.name_of(id_), None)
        return Token(text[slice(*place)], Span(0, *place))

    @cached_property
    def _renderer(self) -> Renderer:
        return Renderer(template_of(self._tokenizer), self._tokenizer.special_tokens_map)

    def given(self, ids: list[int], prompt: Prompt) -> list[int]:
        """The ids of a continuation that is not to be written, but taken as it is.

        Raises:
            ValueError: it is empty, or does not fit.
        """
        if isinstance(prompt.continuation, str):
            text = readable_text(prompt.continuation, Message("continuation"))
            written = list(self._tokenizer(text, add_special_tokens=False)["input_ids"])
        else:
            written = list(prompt.continuation or ())
        if not written or not all(0 <= id_ < self._rows for id_ in written):
            raise RefusedError("the continuation holds no tokens of this model; give it some words")
        if len(ids) + len(written) > self._limit:
            raise RefusedError(
                "prompt and continuation have {count} tokens; the model reads {limit}; shorten them",
                count=len(ids) + len(written),
                limit=self._limit,
            )
        return written

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids, with U+FFFD where they are only a part of a character, and nothing for those without one."""
        return str(self._tokenizer.decode(list(ids), clean_up_tokenization_spaces=False))

    def name_of(self, token_id: int) -> str:
        """A token as people read it: its text, or what it is where it has none of its own."""
        piece = self._tokenizer.convert_ids_to_tokens(token_id)
        text = self.decode([token_id]) or str(piece or "").replace("▁", " ")
        if not text:
            return Message("token {id} (no text)", id=token_id)
        return Message("part of a character ({id})", id=token_id) if "\ufffd" in text else text

    def without_begun_character(self, ids: Sequence[int]) -> list[int]:
        """The ids without the last ones that only begin a character, as where writing was stopped inside of one.

        A character has at most four tokens; bytes that no further one would make a character stay.
        """
        whole = [
            count
            for count in range(len(ids), max(len(ids) - 4, 0), -1)
            if not self.decode(ids[:count]).endswith("\ufffd")
        ]
        return list(ids[: whole[0]]) if whole else list(ids)

    def is_whole(self, ids: Sequence[int]) -> bool:
        """Whether some character is left of the ids without one that they only begin, or they begin none."""
        text = self.decode(ids)
        return not text.endswith("\ufffd") or bool(text.rstrip("\ufffd").strip())

    def foil_id(self, target: Target, foil: str) -> int:
        """The first token of a word, with a space before it where the target has one.

        Raises:
            ValueError: there is no word.
        """
        known = {one.text.strip(): one.id for one in reversed(target.alternatives)}
        if foil.strip() in known:
            return known[foil.strip()]
        spaced = f" {foil.strip()}" if self.decode([target.id]).startswith(" ") else foil.strip()
        found = self._tokenizer(spaced, add_special_tokens=False)["input_ids"] if foil.strip() else []
        if not found:
            raise RefusedError(
                "{foil!r} is no word to contrast with; choose one of {known}",
                foil=foil,
                known=", ".join(map(repr, known)),
            )
        return int(found[0])

    def spans(self, written: Sequence[int]) -> tuple[str, list[tuple[int, int]]]:
        """The written text and each token's characters; byte pieces of one character share it, and a token that has
        no text stands at a place without characters.
        """
        output = self.decode(written)
        texts = [self.decode(written[:count]) for count in range(len(written) + 1)]
        reached = list(accumulate((_shared(text, output) for text in texts), max))
        found = []
        for count in range(1, len(written) + 1):
            start, end = reached[count - 1], reached[count]
            if texts[count] == texts[count - 1] and not self.decode(written[count - 1 : count]):
                end = start
            elif end == start and texts[count] == output[:end]:  # it goes on with bytes that stay no character
                start = max(start - 1, 0)
            elif end == start:
                end = next((later for later in reached[count:] if later > start), len(output))
            found.append((start, end))
        return output, found

    def named(self, written: Sequence[int]) -> tuple[str, list[tuple[int, int]], list[str]]:
        """As `spans`, and what each token is called: by its characters, where it has any."""
        output, spans = self.spans(written)
        texts = (output[start:end] for start, end in spans)
        names = [text if text.strip("\ufffd") else self.name_of(id_) for text, id_ in zip(texts, written, strict=True)]
        return output, spans, names

    def has_text(self, token_id: int) -> bool:
        """Whether a token is a text, or a part of one, and not a row without a meaning."""
        return bool(self.decode([token_id]) or self._tokenizer.convert_ids_to_tokens(token_id))


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    differs = (place for place, (mine, yours) in enumerate(zip(one, other, strict=False)) if mine != yours)
    return next(differs, min(len(one), len(other)))


def readable_text(text: str, what: str) -> str:
    """The text, if a tokenizer can read it.

    Raises:
        ValueError: it is empty, or holds half a character.
    """
    if not text.strip():
        raise RefusedError("the {what} is empty; give it some words", what=what)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise RefusedError(
            "character {number} of the {what} is half a character; remove it", number=error.start + 1, what=what
        ) from error
    return text


def template_of(tokenizer: Any) -> str:
    """The chat template that a tokenizer uses where nobody names one.

    Raises:
        ModelError: it has several by name, and none of them is the default.
    """
    try:
        return str(tokenizer.get_chat_template())
    except ValueError as error:
        raise ModelError("the tokenizer names no chat template as its default; switch it off") from error


def _unseen(text: str, tokens: Sequence[Token]) -> Iterator[Span]:
    """The runs of characters, white space apart, that no token of the prompt covers."""
    covered = {place for token in tokens if token.span for place in range(token.span.start, token.span.end)}
    solid = [place for place, sign in enumerate(text) if not sign.isspace()]
    for lost, run in groupby(solid, lambda place: place not in covered):
        if lost:
            places = list(run)
            yield Span(0, places[0], places[-1] + 1)


def anchor_of(network: Any, tokenizer: Any) -> int | None:
    """The token that stands before a text where the tokenizer puts none there: its first, last or classifying one,
    else the first or last of a text by the network's config.
    """
    names = (tokenizer.bos_token, tokenizer.eos_token, tokenizer.cls_token)
    named = [int(tokenizer.get_vocab()[str(name)]) for name in names if name is not None]
    first = network.config.get_text_config().bos_token_id
    known = [*([] if first is None else [first]), *ends_of(network, tokenizer)]
    return next(iter((*named, *known)), None)


def beginning_of(tokenizer: Any, anchor: int | None) -> list[int]:
    """The ids before a text without a template: those that the tokenizer puts there, else the anchor."""
    encoded = tokenizer("a", return_special_tokens_mask=True)
    added = list(encoded["special_tokens_mask"])
    first = added.index(0) if 0 in added else 0
    return list(encoded["input_ids"][:first]) or ([] if anchor is None else [anchor])

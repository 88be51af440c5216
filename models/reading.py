"""How a tokenizer reads a prompt, what was written and a foil: text to ids and back, and where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from .prediction import ModelError, Span, Target, Token
from .prompt import Prompt
from .template import around_prompt


class Reader:
    """A tokenizer with the number of tokens that its network reads."""

    def __init__(self, tokenizer: Any, limit: int) -> None:
        self._tokenizer = tokenizer
        self._limit = limit

    @property
    def has_template(self) -> bool:
        """Whether the tokenizer brings a chat template."""
        return bool(self._tokenizer.chat_template)

    def read(self, prompt: Prompt) -> tuple[list[int], tuple[Token, ...]]:
        """The ids and tokens of the template and the prompt.

        Raises:
            ValueError: the prompt is empty, or leaves no room for an answer.
            ModelError: the template fails, or there is no token to begin with.
        """
        text = readable_text(prompt.text, "prompt")
        before, after = self._template if prompt.template and self.has_template else ("", "")
        encoded = self._tokenizer(
            before + text + after, add_special_tokens=not before, return_offsets_mapping=True, truncation=False
        )
        ids: list[int] = list(encoded["input_ids"])
        tokens = [
            self._prompt_token(text, id_, start - len(before), end - len(before))
            for id_, (start, end) in zip(ids, encoded["offset_mapping"], strict=True)
        ]
        if tokens and tokens[0].span is not None:
            anchor = self._anchor()
            ids, tokens = [anchor, *ids], [Token(self.decode([anchor]), None), *tokens]
        if len(ids) >= self._limit:
            raise ValueError(
                f"the prompt has {len(ids)} tokens; the model reads {self._limit} with its answer; shorten it"
            )
        return ids, tuple(tokens)

    def _prompt_token(self, text: str, id_: int, start: int, end: int) -> Token:
        """A token at these characters of the prompt; without a span where it lies wholly in the template."""
        first, last = max(start, 0), min(end, len(text))
        if start < end and first < last:
            return Token(text[first:last], Span(0, first, last))
        return Token(self.decode([id_]), None)

    def _anchor(self) -> int:
        for name in (self._tokenizer.bos_token, self._tokenizer.eos_token):
            if name is not None:
                return int(self._tokenizer.get_vocab()[str(name)])
        raise ModelError("the tokenizer has neither a beginning-of-text nor an end-of-text token")

    @cached_property
    def _template(self) -> tuple[str, str]:
        try:
            template = self._tokenizer.get_chat_template()
        except ValueError as error:  # several by name, and none of them the default
            raise ModelError("the tokenizer names no chat template as its default; switch it off") from error
        return around_prompt(template, self._tokenizer.special_tokens_map)

    def given(self, ids: list[int], prompt: Prompt) -> list[int]:
        """The ids of a continuation that is not to be written, but taken as it is.

        Raises:
            ValueError: it is empty, or does not fit.
        """
        if isinstance(prompt.continuation, str):
            text = readable_text(prompt.continuation, "continuation")
            written = list(self._tokenizer(text, add_special_tokens=False)["input_ids"])
        else:
            written = list(prompt.continuation or ())
        if not written or not all(0 <= id_ < len(self._tokenizer) for id_ in written):
            raise ValueError("the continuation holds no tokens of this model; give it some words")
        if len(ids) + len(written) > self._limit:
            raise ValueError(
                f"prompt and continuation have {len(ids) + len(written)} tokens; the model reads {self._limit}; "
                f"shorten them"
            )
        return written

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids, with U+FFFD where they are only a part of a character."""
        return str(self._tokenizer.decode(list(ids), clean_up_tokenization_spaces=False))

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
            raise ValueError(f"{foil!r} is no word to contrast with; choose one of {', '.join(map(repr, known))}")
        return int(found[0])

    def spans(self, written: Sequence[int]) -> tuple[str, list[tuple[int, int]]]:
        """The written text and each token's characters; byte pieces of one character share it."""
        output = self.decode(written)
        whole_until = [len(self.decode(written[:count]).rstrip("\ufffd")) for count in range(len(written) + 1)]
        ends = [min((end for end in whole_until[count:] if end > whole_until[count - 1]), default=len(output))
                for count in range(1, len(written) + 1)]  # fmt: skip
        return output, list(zip(whole_until[:-1], ends, strict=True))


def readable_text(text: str, what: str) -> str:
    """The text, if a tokenizer can read it.

    Raises:
        ValueError: it is empty, or holds half a character.
    """
    if not text.strip():
        raise ValueError(f"the {what} is empty; give it some words")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"character {error.start + 1} of the {what} is half a character; remove it") from error
    return text

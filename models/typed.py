"""What is to be said of how a classifier read a text: control tokens typed in it, pairs that are none, one long word.

A tokenizer takes the characters of a control token for the token itself, wherever they stand; and what is typed with a
separator in it is one text for a network that was trained on pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from .message import Message
from .prediction import Feature, Token

LONG = 8  # tokens of a word that might as well be looked into
SHOWN = 20  # characters of such a word
OF_PAIRS = {"entailment", "contradiction"}  # labels of models that judge two texts


def remarks(
    tokenizer: Any, ids: Sequence[int], tokens: Sequence[Token], features: Sequence[Feature], unit: str
) -> tuple[str, ...]:
    """Whole English sentences, to be said beside the answer to a text."""
    said: list[str] = [
        Message(
            "“{control}” in the text is read as the control token of the model, and not as these characters.",
            control=control,
        )
        for control in typed_controls(tokenizer, ids, tokens)
    ]
    return (*said, *_of_long_words(features, unit))


def typed_controls(tokenizer: Any, ids: Sequence[int], tokens: Sequence[Token]) -> tuple[str, ...]:
    """The control tokens that stand in a text letter by letter, each once."""
    special = {id_: str(added) for id_, added in tokenizer.added_tokens_decoder.items() if added.special}
    special |= dict(zip(tokenizer.all_special_ids, map(str, tokenizer.all_special_tokens), strict=True))
    typed = (token.text.strip() for id_, token in zip(ids, tokens, strict=True) if token.span and id_ in special)
    return tuple(dict.fromkeys(control for control in typed if control in special.values()))


def of_pairs(
    tokenizer: Any, text: str, ids: Sequence[int], tokens: Sequence[Token], labels: Sequence[str]
) -> tuple[str, ...]:
    """Where one text was read that is, or was meant for, two: whole English sentences."""
    parts = _around_separator(tokenizer, text, ids, tokens)
    if parts:
        types = [token.type for token in tokens]
        pair = tokenizer(*parts)
        if pair["input_ids"] == list(ids) and pair.get("token_type_ids", types) == types:
            return ()
        separator = tokenizer.sep_token
        return (
            Message(
                "What stands before and after “{separator}” is read as one text: no pair was made of it. "
                "`--task pair` reads two.",
                separator=separator,
            ),
        )
    if OF_PAIRS & {label.lower() for label in labels}:
        return (
            Message(
                "The labels of this model are about two texts, but it was given one: no pair was made of it. "
                "`--task pair` reads two."
            ),
        )
    return ()


def _around_separator(tokenizer: Any, text: str, ids: Sequence[int], tokens: Sequence[Token]) -> tuple[str, ...]:
    """The texts before and after the first separator, or several in a row, that is typed between two texts."""
    placed = [(id_, token.span) for id_, token in zip(ids, tokens, strict=True) if token.span]
    first = next((place for place, (id_, _) in enumerate(placed) if id_ == tokenizer.sep_token_id), None)
    if first is None:
        return ()
    run = list(takewhile(lambda one: one[0] == tokenizer.sep_token_id, placed[first:]))
    parts = (text[: run[0][1].start].strip(), text[run[-1][1].end :].strip())
    return parts if all(parts) else ()


def _of_long_words(features: Sequence[Feature], unit: str) -> tuple[str, ...]:
    """A hint where most of a text is words of many tokens, as sequences of residues or bases are."""
    long = [feature for feature in features if len(feature.tokens) >= LONG]
    if unit != "word" or 2 * sum(len(one.tokens) for one in long) < sum(len(one.tokens) for one in features):
        return ()
    word = max(long, key=lambda one: len(one.tokens))
    shown = word.text if len(word.text) <= SHOWN else f"{word.text[:SHOWN]}…"
    return (
        Message(
            "“{word}” is one word of {count} tokens; take the unit token or character (`--unit "
            "token`) to see which parts of it count.",
            word=shown,
            count=len(word.tokens),
        ),
    )

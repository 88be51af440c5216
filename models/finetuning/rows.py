"""Training rows: texts become token ids and what is to be learned of them; batches are padded and partly masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from sidelight.models.message import Message, RefusedError
from torch import Tensor
from transformers import DataCollatorWithPadding, PreTrainedTokenizerBase

from .chats import Passage
from .dataset import DataError
from .request import Listener, Notify, Step, ignore, told_of

Row = dict[str, Any]

IGNORED = -100  # the label of a token that is not to be learned
MANY_UNKNOWN = 0.05  # of the tokens
AT_ONCE = 1000  # texts; what a tokenizer makes of one takes ten times the memory of its row


@dataclass(frozen=True, slots=True)
class Example:
    """A text, the name of its label, where it stands, and the texts that are read with it."""

    text: str
    label: str
    place: str = ""
    further: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """All texts of the row, in the order of the task's fields."""
        return (self.text, *self.further)


def encode(
    tokenizer: PreTrainedTokenizerBase,
    examples: Sequence[Example],
    labels: Sequence[str],
    max_tokens: int,
    listener: Listener = ignore,
) -> tuple[list[Row], int]:
    """Rows of at most `max_tokens`, and how many texts were cut to that.

    A row holds the token ids of a text, where they are special, and the index of the label.
    """
    rows: list[Row] = []
    cut = 0
    for start in range(0, len(examples), AT_ONCE):
        listener(Step("read", start, len(examples)))
        part = examples[start : start + AT_ONCE]
        found = _encode([example.texts for example in part], tokenizer)
        long = [place for place, row in enumerate(found) if len(row["input_ids"]) > max_tokens]
        shorter = _encode([part[place].texts for place in long], tokenizer, truncation=True, max_length=max_tokens)
        for place, row in zip(long, shorter, strict=True):
            found[place] = row
        rows += [{**row, "labels": labels.index(example.label)} for row, example in zip(found, part, strict=True)]
        cut += len(long)
    return rows, cut


def without_unread(
    tokenizer: PreTrainedTokenizerBase, examples: Sequence[Example], rows: Sequence[Row], notify: Notify, *, skip: bool
) -> list[Row]:
    """The rows of which the tokenizer reads anything: a token of each text besides those that it adds itself.

    Raises:
        DataError: there are others, and they are not to be left out; or there are only such.
    """
    read = _read_whole(tokenizer, examples, rows)
    unread = [example for example, whole in zip(examples, read, strict=True) if not whole]
    if not unread:
        return list(rows)
    if len(unread) == len(rows):
        raise DataError(
            "of none of {count:,} texts the tokenizer of the base reads anything; give another base", count=len(rows)
        )
    if not skip:
        raise DataError(
            "of {count:,} of {all:,} texts the tokenizer of the base reads nothing (the first: "
            "{place}); mend them, or have such rows left out by --skip-empty",
            count=len(unread),
            all=len(examples),
            place=unread[0].place,
        )
    notify(
        Message(
            "{count:,} of {all:,} texts are left out, of which the tokenizer of the base reads "
            "nothing (the first: {place})",
            count=len(unread),
            all=len(examples),
            place=unread[0].place,
        )
    )
    return [row for row, whole in zip(rows, read, strict=True) if whole]


def _read_whole(tokenizer: PreTrainedTokenizerBase, examples: Sequence[Example], rows: Sequence[Row]) -> list[bool]:
    """Whether each row has more tokens than those added to it, and of several texts each has some."""
    added = len(tokenizer(*([""] * len(examples[0].texts)))["input_ids"]) if examples else 0
    whole = [len(row["input_ids"]) > added for row in rows]
    if not examples or not examples[0].further:
        return whole
    for texts in zip(*(example.texts for example in examples), strict=True):
        read = tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]
        whole = [fine and bool(ids) for fine, ids in zip(whole, read, strict=True)]
    return whole


def _encode(texts: list[tuple[str, ...]], tokenizer: PreTrainedTokenizerBase, **limit: Any) -> list[Row]:
    if not texts:
        return []
    parts = (list(part) for part in zip(*texts, strict=True))
    encoded = tokenizer(*parts, return_special_tokens_mask=True, verbose=False, **limit)
    return [{name: values[index] for name, values in encoded.items()} for index in range(len(texts))]


def encode_passages(
    tokenizer: PreTrainedTokenizerBase,
    passages: Sequence[Passage],
    beginning: Sequence[int],
    end: int | None,
    listener: Listener = ignore,
) -> list[Row]:
    """The token ids of each passage, not cut, and the same as labels where they are to be learned.

    Before a text of its own stands `beginning`, what a generator of this project reads before a prompt. The first token
    is never learned, since nothing comes before it. `end` is the token that ends a text, if there is one.
    """
    return [_encode_passage(tokenizer, passage, beginning, end) for passage in told_of(passages, listener)]


def _encode_passage(
    tokenizer: PreTrainedTokenizerBase, passage: Passage, beginning: Sequence[int], end: int | None
) -> Row:
    ids = list(beginning) if passage.begins else []
    learned = [False] * len(ids)
    for text, wanted in passage.parts:
        found = tokenizer(text, add_special_tokens=False)["input_ids"]
        ids += found
        learned += [wanted] * len(found)
    if passage.ends and end is not None:
        ids.append(end)
        learned.append(True)
    learned[0] = False
    labels = [id_ if wanted else IGNORED for id_, wanted in zip(ids, learned, strict=True)]
    return {"input_ids": ids, "labels": labels}


def cut_passages(rows: Sequence[Row], max_tokens: int) -> tuple[list[Row], int, int]:
    """Rows of at most `max_tokens`, without those that then teach nothing; how many were cut, and how many left out."""
    cut = sum(len(row["input_ids"]) > max_tokens for row in rows)
    short = [{name: values[:max_tokens] for name, values in row.items()} for row in rows]
    kept = [row for row in short if any(label != IGNORED for label in row["labels"])]
    return kept, cut, len(rows) - len(kept)


def tell_unknown(tokenizer: PreTrainedTokenizerBase, rows: Sequence[Row], notify: Notify) -> None:
    """Says how many tokens the tokenizer does not know, where these are many: a model reads all of them as one."""
    unknown = tokenizer.unk_token_id
    special = set(tokenizer.all_special_ids)
    if unknown is None or unknown in (tokenizer.bos_token_id, tokenizer.eos_token_id):
        return  # it has a token for every byte, and that one means something else
    ids = [id_ for row in rows for id_ in row["input_ids"] if id_ == unknown or id_ not in special]
    share = ids.count(unknown) / max(len(ids), 1)
    if share >= MANY_UNKNOWN:
        notify(
            Message(
                "{share:.0%} of the tokens are unknown to the base, which can't tell them apart; "
                "give a base that reads this language",
                share=share,
            )
        )


class Padding:
    """Pads rows of a classifier to one length; each tensor is (rows, tokens) but `labels` (rows,)."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self._pad = DataCollatorWithPadding(tokenizer)

    def __call__(self, rows: list[Row]) -> dict[str, Tensor]:
        """The batch, with `special_tokens_mask`."""
        return dict(self._pad(rows))


class PassagePadding:
    """Pads rows of a generator on the right; padding is neither read nor learned."""

    def __init__(self, pad_id: int) -> None:
        self._pad_id = pad_id

    def __call__(self, rows: list[Row]) -> dict[str, Tensor]:
        """The batch, each tensor (rows, tokens)."""
        longest = max(len(row["input_ids"]) for row in rows)
        padded = {"input_ids": self._pad_id, "labels": IGNORED, "attention_mask": 0}
        full = [{**row, "attention_mask": [1] * len(row["input_ids"])} for row in rows]
        return {
            name: torch.tensor([row[name] + [filler] * (longest - len(row[name])) for row in full])
            for name, filler in padded.items()
        }


class Masking:
    """Masks part of some rows of a padded batch.

    Each row is chosen with the probability `fraction`; in a chosen row a share, drawn uniformly from 0 to 1, of the
    tokens that are not special becomes the mask token. The numbers come from its own generator, whose state can be
    kept and set.

    Raises:
        ValueError: the tokenizer has no mask token.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, fraction: float, seed: int) -> None:
        if fraction and tokenizer.mask_token_id is None:
            raise RefusedError("this tokenizer has no mask token; fine-tune with mask_fraction=0")
        self._mask_id = tokenizer.mask_token_id
        self._fraction = fraction
        self.generator = torch.Generator().manual_seed(seed)

    def __call__(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """The batch, masked and without `special_tokens_mask`, where it had one."""
        if "special_tokens_mask" not in batch:
            return batch
        masked = dict(batch)
        special = masked.pop("special_tokens_mask").bool()
        chosen = self._draw(len(special), 1) < self._fraction
        hidden = chosen & ~special & (self._draw(*special.shape) < self._draw(len(special), 1))
        if hidden.any():
            masked["input_ids"] = masked["input_ids"].masked_fill(hidden, self._mask_id)
        return masked

    def _draw(self, *shape: int) -> Tensor:
        return torch.rand(*shape, generator=self.generator)

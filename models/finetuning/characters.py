"""A small BERT whose tokens are characters, with weights that are drawn and not yet learned.

It begins with two things that such a model learns slowly by itself. Characters that stand beside the same ones begin
alike: their vectors are the singular vectors of the positive pointwise mutual information of each character and its
neighbours (Levy and Goldberg 2014). And positions begin as waves (Vaswani et al. 2017), by which a head finds the
character before or after. Neither is fixed: both are trained like all other weights.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterable, Sequence
from math import log, sqrt
from pathlib import Path

import torch
from tokenizers import Regex, Tokenizer, pre_tokenizers
from tokenizers.models import WordLevel
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import Split, WhitespaceSplit
from tokenizers.processors import TemplateProcessing
from torch import Tensor
from transformers import BertConfig, BertForMaskedLM, PreTrainedTokenizerBase, PreTrainedTokenizerFast

from .request import Shape
from .training import globals_kept, save

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
FULL_WIDTH = 0xFEE0  # from a character of ASCII to its full-width form
FEWEST = 2  # times that a character is seen, to be known; what is seen once teaches the model of [UNK]
NEIGHBOURS = (-2, -1, 1, 2)
CHARACTER_SIZE, POSITION_SIZE = 0.04, 0.02  # root mean square of a vector's numbers; BERT draws both with 0.02


def make_character_bert(texts: Sequence[str], out: Path, shape: Shape, seed: int) -> None:
    """Writes a masked-language model and its tokenizer, made for texts of this kind, as an ordinary folder.

    Raises:
        OSError: the folder can't be written.
    """
    with globals_kept():
        torch.manual_seed(seed)
        tokenizer = character_tokenizer(texts, shape.tokens)
        config = BertConfig(
            vocab_size=len(tokenizer),
            hidden_size=shape.width,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.heads,
            intermediate_size=shape.inner,
            max_position_embeddings=shape.tokens,
            hidden_dropout_prob=0.0,  # it sees each text a few times only, and drawing takes a fourth of the time
            attention_probs_dropout_prob=0.0,
            pad_token_id=tokenizer.pad_token_id,
        )
        model = BertForMaskedLM(config)
        embeddings = model.bert.embeddings
        with torch.no_grad():
            seen, vectors = neighbour_vectors(tokenizer, texts, shape.width)
            embeddings.word_embeddings.weight[seen] = vectors
            embeddings.position_embeddings.weight.copy_(waves(shape.tokens, shape.width))
        save(model, tokenizer, out)


def character_tokenizer(texts: Iterable[str], tokens: int) -> PreTrainedTokenizerBase:
    """A tokenizer like BERT's whose vocabulary is characters.

    A character is a token, also inside a word or a number, and white space is none. Nothing is folded: capitals,
    accents and full-width forms stay what they are.

    Args:
        texts: what is seen in them at least twice is known, and all of ASCII with its full-width forms.
        tokens: that the model reads at most.
    """
    counts = Counter(character for text in texts for character in text if not character.isspace())
    seen = sorted(character for character, count in counts.items() if count >= FEWEST)
    narrow = [character for character in string.printable if not character.isspace()]
    wide = [chr(ord(character) + FULL_WIDTH) for character in narrow]
    ids = {name: id_ for id_, name in enumerate([*SPECIAL, *dict.fromkeys([*narrow, *wide, *seen])])}
    pad, unknown, first, last, mask = SPECIAL
    tokenizer = Tokenizer(WordLevel(ids, unknown))
    tokenizer.normalizer = BertNormalizer(handle_chinese_chars=False, strip_accents=False, lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([WhitespaceSplit(), Split(Regex("."), "isolated")])
    around = [(name, ids[name]) for name in (first, last)]
    tokenizer.post_processor = TemplateProcessing(f"{first} $A {last}", f"{first} $A {last} $B:1 {last}:1", around)
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        model_max_length=tokens,
        pad_token=pad,
        unk_token=unknown,
        cls_token=first,
        sep_token=last,
        mask_token=mask,
    )


def neighbour_vectors(tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], width: int) -> tuple[Tensor, Tensor]:
    """The ids that stand in the texts, (seen,), and a vector for each by what stands near it, (seen, width)."""
    size = len(tokenizer)
    counts = torch.zeros(size, len(NEIGHBOURS), size)
    for ids in tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]:
        row = torch.tensor(ids)
        for column, step in enumerate(NEIGHBOURS):
            here, there = (row[:-step], row[step:]) if step > 0 else (row[-step:], row[:step])
            counts.view(-1).index_add_(0, (here * len(NEIGHBOURS) + column) * size + there, torch.ones(len(here)))
    counts = counts.flatten(1)
    seen = counts.sum(1).nonzero().squeeze(1)
    near = counts.sum(0) ** 0.75  # rare neighbours would weigh too much
    information = counts[seen]  # in place, since it is some hundred megabytes
    information /= information.sum(1, keepdim=True)
    information /= (near / near.sum()).clamp(min=1e-12)
    left, strength, _ = torch.svd_lowrank(information.clamp_(min=1).log_(), q=width, niter=2)
    vectors = left * strength.sqrt()
    vectors = torch.nn.functional.normalize(vectors - vectors.mean(0), dim=1)
    return seen, vectors * sqrt(width) * CHARACTER_SIZE


def waves(count: int, width: int) -> Tensor:
    """Sines and cosines of each position at falling frequencies, (count, width)."""
    frequencies = torch.exp(torch.arange(0, width, 2) * (-log(1000) / width))
    angles = torch.arange(count)[:, None] * frequencies
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)[:, :width] * POSITION_SIZE * sqrt(2)

"""Small random classifiers of the architectures that people have, each with a tokenizer of its family."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .tiny import ENGLISH, save_tokenizer

LIMIT = 64  # tokens
TEXT = f"{ENGLISH} A Film, the plot; it's not-so-bad! naïve café 好看 {ENGLISH.title()}"
Tokenizing = Callable[[Path], Any]


@dataclass(frozen=True)
class Architecture:
    """A kind of network.

    Args:
        kind: its model_type.
        tokenizer: saves one into a folder and gives it.
        read_at: the place of the answer: `first`, `last`, `end` (the last end token) or `unpadded` (the last token
            that is no padding).
        settings: of its config, beside those that most have.
        without: methods that it is refused by.
        changes: itself with what it reads, so that transformers' answer is that of a copy which never read anything.
    """

    kind: str
    tokenizer: Tokenizing
    read_at: str
    settings: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    changes: bool = False

    def place(self, ids: Sequence[int], tokenizer: Any) -> int:
        """Where a network reads its answer to these ids off."""
        if self.read_at == "first":
            return 0
        ends = {"last": {}, "end": set(ids) - {tokenizer.eos_token_id}, "unpadded": {tokenizer.pad_token_id}}
        return max(place for place, id_ in enumerate(ids) if id_ not in ends[self.read_at])


def wordpiece(folder: Path) -> Any:
    """As BERT's: [CLS] text [SEP], with token types."""
    from transformers import AutoTokenizer

    save_tokenizer(folder)
    return AutoTokenizer.from_pretrained(folder)


def byte_level(template: str, **special: str) -> Tokenizing:
    """As GPT-2's and RoBERTa's: bytes, joined; the template says what stands around the text."""

    def save(folder: Path) -> Any:
        from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

        backend: Any = Tokenizer(models.BPE())
        backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        backend.decoder = decoders.ByteLevel()
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        listed = sorted(set(special.values()))
        trainer: Any = trainers.BpeTrainer(
            vocab_size=400, special_tokens=listed, initial_alphabet=alphabet, show_progress=False
        )
        backend.train_from_iterator([TEXT] * 5, trainer)
        return _save(folder, backend, template, special)

    return save


def unigram(template: str, **special: str) -> Tokenizing:
    """As those of SentencePiece's language model: ALBERT's, XLNet's, T5's."""

    def save(folder: Path) -> Any:
        from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

        backend: Any = Tokenizer(models.Unigram())
        backend.pre_tokenizer = pre_tokenizers.Metaspace()
        backend.decoder = decoders.Metaspace()
        trainer: Any = trainers.UnigramTrainer(
            vocab_size=120, special_tokens=sorted(set(special.values())), unk_token=special["unk_token"],
            show_progress=False,
        )  # fmt: skip
        backend.train_from_iterator([TEXT] * 5, trainer)
        return _save(folder, backend, template, special)

    return save


def byte_fallback(template: str, **special: str) -> Tokenizing:
    """As those of SentencePiece's byte pairs: Llama's, Gemma's; unknown characters are bytes."""

    def save(folder: Path) -> Any:
        from tokenizers import Tokenizer, decoders, models, normalizers

        listed = [*dict.fromkeys(special.values()), *(f"<0x{byte:02X}>" for byte in range(256)), "▁"]
        vocab = {token: index for index, token in enumerate([*listed, *sorted(set(TEXT) - set("▁ "))])}
        backend: Any = Tokenizer(models.BPE(vocab, [], unk_token=special["unk_token"], byte_fallback=True))
        backend.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
        backend.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
        return _save(folder, backend, template, special)

    return save


def _save(folder: Path, backend: Any, template: str, special: dict[str, str]) -> Any:
    from tokenizers import processors
    from transformers import PreTrainedTokenizerFast

    if template != "$A":
        added = [(part, backend.token_to_id(part)) for part in _parts(template)]
        backend.post_processor = processors.TemplateProcessing(single=template, special_tokens=added)
    names = ["input_ids", "attention_mask", *(["token_type_ids"] if ":" in template else [])]
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend, model_max_length=LIMIT, model_input_names=names, **special
    )
    tokenizer.save_pretrained(folder)
    return tokenizer


def _parts(template: str) -> Iterator[str]:
    yield from {part.partition(":")[0] for part in template.split()} - {"$A"}


ROBERTA = byte_level("<s> $A </s>", bos_token="<s>", cls_token="<s>", eos_token="</s>", sep_token="</s>",
                     pad_token="<pad>", unk_token="<unk>", mask_token="<mask>")  # fmt: skip
END_ALONE = byte_level("$A", bos_token="<|endoftext|>", eos_token="<|endoftext|>", pad_token="<|endoftext|>")
END_UNPADDED = byte_level("$A", eos_token="<|endoftext|>")
MODERN = byte_level("[CLS] $A [SEP]", cls_token="[CLS]", sep_token="[SEP]", pad_token="[PAD]", unk_token="[UNK]",
                    mask_token="[MASK]")  # fmt: skip
QWEN = byte_level("$A", eos_token="<|im_end|>", pad_token="<|endoftext|>")
BRACKETS = unigram("[CLS]:0 $A:0 [SEP]:0", cls_token="[CLS]", sep_token="[SEP]", pad_token="<pad>", unk_token="<unk>",
                   mask_token="[MASK]")  # fmt: skip
XLNET = unigram("$A:0 <sep>:0 <cls>:2", cls_token="<cls>", sep_token="<sep>", pad_token="<pad>", unk_token="<unk>",
                mask_token="<mask>")  # fmt: skip
T5 = unigram("$A </s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>")
LLAMA = byte_fallback("<s> $A", bos_token="<s>", eos_token="</s>", pad_token="</s>", unk_token="<unk>")
GEMMA = byte_fallback("<bos> $A", pad_token="<pad>", eos_token="<eos>", bos_token="<bos>", unk_token="<unk>")

TWICE = ("input_x_gradient", "integrated_gradients", "attention_rollout")  # read the text a second time: no one place
ARCHITECTURES = {
    "BERT": Architecture("bert", wordpiece, "first"),
    "RoBERTa": Architecture("roberta", ROBERTA, "first"),
    "DistilBERT": Architecture("distilbert", wordpiece, "first", {"dim": 32, "n_layers": 2, "n_heads": 4}),
    "ALBERT": Architecture("albert", BRACKETS, "first", {"embedding_size": 16}),
    "ELECTRA": Architecture("electra", wordpiece, "first", {"embedding_size": 16}),
    "DeBERTa-v2": Architecture("deberta-v2", BRACKETS, "first", {"relative_attention": True,
                               "pos_att_type": ["p2c", "c2p"]}),
    "ModernBERT": Architecture("modernbert", MODERN, "first", {"local_attention": 8}),
    "XLNet": Architecture("xlnet", XLNET, "last", {"d_model": 32, "n_layer": 2, "n_head": 4, "d_inner": 64}),
    "MPNet": Architecture("mpnet", wordpiece, "first"),
    "BigBird": Architecture("big_bird", BRACKETS, "first", {"block_size": 4, "num_random_blocks": 1}, changes=True),
    "Longformer": Architecture("longformer", ROBERTA, "first", {"attention_window": [8, 8]}, ("attention_rollout",)),
    "T5": Architecture("t5", T5, "end", {"d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4,
                       "decoder_start_token_id": 0}, TWICE),
    "BART": Architecture("bart", ROBERTA, "end", {"d_model": 32, "encoder_layers": 2, "decoder_layers": 2,
                         "encoder_attention_heads": 4, "decoder_attention_heads": 4, "encoder_ffn_dim": 64,
                         "decoder_ffn_dim": 64, "init_std": 0.3}, TWICE),
    "GPT-2": Architecture("gpt2", END_ALONE, "unpadded", {"n_embd": 32, "n_layer": 2, "n_head": 4}),
    "GPT-NeoX": Architecture("gpt_neox", END_ALONE, "unpadded"),
    "Llama": Architecture("llama", LLAMA, "unpadded", {"num_key_value_heads": 2}),
    "Mistral": Architecture("mistral", LLAMA, "unpadded", {"num_key_value_heads": 2, "sliding_window": 8}),
    "Qwen": Architecture("qwen2", QWEN, "unpadded", {"num_key_value_heads": 2}),
    "GPT-2 without padding": Architecture("gpt2", END_UNPADDED, "last", {"n_embd": 32, "n_layer": 2, "n_head": 4}),
    "ESM": Architecture("esm", wordpiece, "first", {"mask_token_id": 4, "token_dropout": True,
                        "position_embedding_type": "rotary"}),
    "XLM": Architecture("xlm", ROBERTA, "first", {"emb_dim": 32, "n_layers": 2, "n_heads": 4}),
    "Gemma": Architecture("gemma", GEMMA, "unpadded", {"num_key_value_heads": 2, "head_dim": 8}),
}  # fmt: skip


def save_classifier(folder: Path, architecture: Architecture) -> Path:
    """A small random network of three labels, with its tokenizer, as a folder."""
    import torch
    from transformers import CONFIG_MAPPING, AutoModelForSequenceClassification

    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = architecture.tokenizer(folder)
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
    own = {"dim", "d_model", "n_embd", "emb_dim"} & architecture.settings.keys()
    ids = {f"{name}_token_id": getattr(tokenizer, f"{name}_token_id", None) for name in ("pad", "bos", "eos", "sep")}
    settings = {
        **({} if own else sizes),
        "vocab_size": len(tokenizer),
        "num_labels": 3,
        **({"max_position_embeddings": LIMIT + 8} if architecture.kind != "xlnet" else {}),
        **({"initializer_range": 0.2} if architecture.kind not in ("t5", "bart") else {}),
        **{name: id_ for name, id_ in ids.items() if id_ is not None},
        **architecture.settings,
    }
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = AutoModelForSequenceClassification.from_config(CONFIG_MAPPING[architecture.kind](**settings))
    network.save_pretrained(folder)
    return folder

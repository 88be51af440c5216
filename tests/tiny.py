"""Tiny transformers models with random weights, made in a moment and saved as ordinary folders."""

import string
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ENGLISH = "the a film is was not very good bad great plot and but so charming thin jokes i left smiling this"
CHINESE = "这部电影真的很好看不人国"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def vocabulary() -> list[str]:
    letters = list(string.ascii_lowercase + string.digits + string.punctuation)
    return [*SPECIAL, *ENGLISH.split(), *letters, *("##" + letter for letter in string.ascii_lowercase), *CHINESE]


def save_tokenizer(folder: Path) -> int:
    """A WordPiece tokenizer; returns the number of its tokens."""
    from transformers import BertTokenizer

    words = vocabulary()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizer(str(folder / "vocab.txt"), model_max_length=64).save_pretrained(folder)
    return len(words)


def save_bert(folder: Path, labels: tuple[str, ...] = ("negative", "positive"), seed: int = 0, **config: Any) -> Path:
    """A two-layer BERT whose answers differ clearly from text to text."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    size = save_tokenizer(folder)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        settings = {
            "vocab_size": size,
            "hidden_size": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "intermediate_size": 64,
            "max_position_embeddings": 64,
            "initializer_range": 0.3,
            "id2label": dict(enumerate(labels)),
            "label2id": {label: index for index, label in enumerate(labels)},
        }
        network = BertForSequenceClassification(BertConfig(**(settings | config)))
    network.save_pretrained(folder)
    return folder


def save_generator(
    folder: Path, kind: str, seed: int = 0, *, readable: bool = False, turned: bool = False, words: Sequence[str] = ()
) -> Path:
    """A two-layer GPT-2 or Llama with a byte-level tokenizer, so that every character has its own pieces.

    A `readable` Llama writes letters and spaces only. One that is `turned` numbers its tokens the other way round.
    `words` are further tokens.
    """
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

    symbols = save_bytes(folder, turned=turned, words=words)
    shared: dict[str, Any] = {
        "vocab_size": len(symbols) + len(words),
        "eos_token_id": 0,
        "bos_token_id": 0,
        "initializer_range": 0.2,
    }
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network: Any
        if kind == "gpt2":
            network = GPT2LMHeadModel(GPT2Config(n_embd=32, n_layer=2, n_head=4, n_positions=128, **shared))
        else:
            sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
            network = LlamaForCausalLM(LlamaConfig(max_position_embeddings=128, **sizes, **shared))
        if readable:
            others = [index for index, symbol in enumerate(symbols) if symbol not in string.ascii_lowercase + "Ġ"]
            network.lm_head.weight.data[others] = 0.0
    network.save_pretrained(folder)
    return folder


def save_bytes(folder: Path, *, turned: bool = False, words: Sequence[str] = ()) -> list[str]:
    """A tokenizer with a token for every byte and one that ends a text; returns its tokens without the `words`."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    symbols = ["<|end|>", *sorted(pre_tokenizers.ByteLevel.alphabet(), reverse=turned)]
    backend = Tokenizer(models.BPE({symbol: index for index, symbol in enumerate(symbols)}, []))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="<|end|>", model_max_length=128)
    tokenizer.add_tokens(list(words))
    tokenizer.save_pretrained(folder)
    return symbols


SIZES = {
    **{"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4},
    **{"num_key_value_heads": 2, "head_dim": 8, "max_position_embeddings": 128, "initializer_range": 0.2},
}
OF_GPT = {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 128, "initializer_range": 0.2}
OF_BERT = {name: value for name, value in SIZES.items() if name not in ("num_key_value_heads", "head_dim")}
CAUSAL: dict[str, dict[str, Any]] = {
    "gpt2": OF_GPT,
    "openai-gpt": OF_GPT,
    "gpt_neox": OF_BERT,
    "opt": {**OF_BERT, "ffn_dim": 64, "word_embed_proj_dim": 32, "init_std": 0.2, "pad_token_id": 1},
    "bloom": {"hidden_size": 32, "n_layer": 2, "n_head": 4, "initializer_range": 0.2},
    "llama": SIZES,
    "mistral": {**SIZES, "sliding_window": 8},
    "mixtral": {**SIZES, "num_local_experts": 4, "sliding_window": 8},
    "qwen2": SIZES,
    "qwen3": SIZES,
    "phi": {name: value for name, value in SIZES.items() if name != "head_dim"},
    "gemma": {**SIZES, "pad_token_id": 1},
    "gemma2": {**SIZES, "pad_token_id": 1, "sliding_window": 8},
    "gemma3_text": {**SIZES, "pad_token_id": 1, "sliding_window": 8},
    "mamba": {"hidden_size": 32, "num_hidden_layers": 2, "state_size": 8, "initializer_range": 0.2},
    "mamba2": {
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "state_size": 8,
        "num_heads": 8,
        "head_dim": 8,
        "n_groups": 1,
    },
    "rwkv": {"hidden_size": 32, "num_hidden_layers": 2, "attention_hidden_size": 32, "context_length": 128},
    "bert": {**OF_BERT, "is_decoder": True},
}
SEEING: dict[str, dict[str, Any]] = {
    "bert": OF_BERT,
    "roberta": OF_BERT,
    "electra": {**OF_BERT, "embedding_size": 32},
    "big_bird": {**OF_BERT, "attention_type": "original_full"},
    "prophetnet": {
        **{"hidden_size": 32, "num_decoder_layers": 2, "num_decoder_attention_heads": 4, "decoder_ffn_dim": 64},
        **{"num_encoder_layers": 2, "num_encoder_attention_heads": 4, "encoder_ffn_dim": 64, "pad_token_id": 1},
    },
    "xlnet": {"d_model": 32, "n_layer": 2, "n_head": 4, "d_inner": 64, "initializer_range": 0.2},
}


def save_causal(folder: Path, kind: str, config: dict[str, Any], rows: int = 260) -> Path:
    """A network of any architecture that writes, with the tokenizer of `save_bytes`; some of its rows have no text."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    save_bytes(folder)
    ends = {"bos_token_id": 0, "eos_token_id": 0}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        made = AutoConfig.for_model(kind, vocab_size=rows, **{**ends, **config})
        network: Any = AutoModelForCausalLM.from_config(made)
        for parameter in network.parameters():
            if parameter.ndim > 1:
                torch.nn.init.normal_(parameter, std=0.2)
    network.save_pretrained(folder)
    return folder

"""Tiny .gguf files: a Llama with random weights, some of them in eight bits, written as llama.cpp's converter would."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from tokenizers import pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM

HEADS, KEY_HEADS, LAYERS = 4, 2, 2
TOKENS = ["<|end|>", "<|turn|>", *sorted(pre_tokenizers.ByteLevel.alphabet()), "ĠĠ", "Ġt", "he", "Ġthe"]
MERGES = ["Ġ Ġ", "Ġ t", "h e", "Ġt he"]
TEMPLATE = "<|turn|>{{ messages[0]['content'] }}<|turn|>"
HALF = ("ffn_down", "attn_q")  # kept in eight bits
Metadata = dict[str, Any]
Tensors = dict[str, Any]
Change = Callable[[Metadata, Tensors], Any]


def make_network(**config: Any) -> LlamaForCausalLM:
    """A tiny Llama with fewer key heads than heads, of which some weights are multiples that eight bits hold."""
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": LAYERS, "max_position_embeddings": 128}
    heads = {"num_attention_heads": HEADS, "num_key_value_heads": KEY_HEADS}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = LlamaForCausalLM(
            LlamaConfig(vocab_size=len(TOKENS), initializer_range=0.2, **(sizes | heads | config))
        )
    for name, weights in network.named_parameters():
        if any(part in gguf_name(name) for part in HALF):
            kept = gguf.quantize(weights.detach().numpy(), gguf.GGMLQuantizationType.Q8_0)
            weights.data = torch.from_numpy(gguf.dequantize(kept, gguf.GGMLQuantizationType.Q8_0))
    return network.eval()


def gguf_name(name: str) -> str:
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, LAYERS)
    return str(names.get_name(name, try_suffixes=(".weight",)))


def interleaved(weights: Any, heads: int) -> Any:
    """The rows of a query or key projection in llama.cpp's order: the two parts of a rotated pair are neighbours."""
    return weights.reshape(heads, 2, -1, weights.shape[1]).swapaxes(1, 2).reshape(weights.shape)


def tensors_of(network: LlamaForCausalLM) -> Tensors:
    found = {gguf_name(name): weights.detach().numpy() for name, weights in network.named_parameters()}
    for kind, heads in {"attn_q": HEADS, "attn_k": KEY_HEADS}.items():
        found |= {name: interleaved(weights, heads) for name, weights in found.items() if kind in name}
    return found


def metadata_of(network: LlamaForCausalLM) -> Metadata:
    config = network.config
    return {
        "general.architecture": "llama",
        "general.name": "tiny",
        "llama.block_count": LAYERS,
        "llama.context_length": config.max_position_embeddings,
        "llama.embedding_length": config.hidden_size,
        "llama.feed_forward_length": config.intermediate_size,
        "llama.attention.head_count": HEADS,
        "llama.attention.head_count_kv": KEY_HEADS,
        "llama.attention.layer_norm_rms_epsilon": config.rms_norm_eps,
        "llama.rope.freq_base": 10000.0,
        "llama.rope.dimension_count": config.hidden_size // HEADS,
        "llama.vocab_size": len(TOKENS),
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "smollm",
        "tokenizer.ggml.tokens": TOKENS,
        "tokenizer.ggml.token_type": [3, 3] + [1] * (len(TOKENS) - 2),
        "tokenizer.ggml.merges": MERGES,
        "tokenizer.ggml.bos_token_id": 0,
        "tokenizer.ggml.eos_token_id": 0,
        "tokenizer.ggml.eot_token_id": 1,
        "tokenizer.chat_template": TEMPLATE,
    }


def write_gguf(file: Path, metadata: Metadata, tensors: Tensors) -> Path:
    writer = gguf.GGUFWriter(file, metadata["general.architecture"])
    adders = {str: writer.add_string, int: writer.add_uint32, float: writer.add_float32, list: writer.add_array}
    for key, value in metadata.items():
        if key != "general.architecture":
            adders[type(value)](key, value)
    for name, weights in tensors.items():
        if any(part in name for part in HALF):
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(name, gguf.quantize(weights, kind), raw_dtype=kind)
        else:
            writer.add_tensor(name, np.ascontiguousarray(weights))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


def save_gguf(folder: Path, change: Change = lambda _metadata, _tensors: None, **config: Any) -> Path:
    network = make_network(**config)
    metadata, tensors = metadata_of(network), tensors_of(network)
    change(metadata, tensors)
    return write_gguf(folder / "tiny.gguf", metadata, tensors)

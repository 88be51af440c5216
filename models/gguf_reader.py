"""The reading of a .gguf file, which is run as a process of its own: what the file holds is written as a folder.

transformers reads such files, but without a word it leaves out what it does not know: a tensor, a stretching of the
rotary positions, a rule by which text is split. A file of which something would be left out is refused.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING, Any

from .cache import size_text
from .gguf import STEPS
from .message import plain
from .prediction import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

# Rules by which text is split (tokenizer.ggml.pre), besides those that transformers knows by name.
LIKE_GPT2 = ("gpt-2", "phi-2", "mpt", "olmo")
DIGITS_APART = ("smollm", "starcoder", "refact", "command-r")  # like GPT-2, but every digit for itself
ENDS = ("eos", "eot", "eom")  # the end of a text, of a turn, of a message


def main() -> None:
    """Converts the file that the first argument names to the folder that the second one names; see `child.run`."""
    Thread(target=_end_with_parent, daemon=True).start()
    file, out = (Path(argument) for argument in sys.argv[1:])
    try:
        rewrite(file, out, lambda done: _say(f"Progress {done} of {STEPS}"))
    except Exception as error:
        reason = str(error) if isinstance(error, ModelError) else _text_of(error)
        _say(f"ERROR: {json.dumps(plain(reason)).replace(json.dumps(f'{file.parent}{os.sep}')[1:-1], '')}")
        sys.exit(1)


def rewrite(file: Path, out: Path, tell: Callable[[int], None]) -> None:
    """Reads a .gguf file and writes config, weights in float32 and tokenizer to a new folder.

    Args:
        file: holds a causal language model and its tokenizer.
        out: is made; what is in it after an error is of no use.
        tell: is given the number of STEPS that are done.

    Raises:
        ModelError: the file is damaged, holds what would not be read from it, or the folder can't be written.
    """
    metadata, sizes = _read_metadata(file), _read_sizes(file)
    _refuse_stretched(metadata, list(sizes))
    _refuse_too_large(4 * sum(sizes.values()), out.parent)
    tell(1)
    tokenizer = _load_tokenizer(file, metadata)
    with TemporaryDirectory(dir=out.parent) as empty:  # what lies beside the file, as an adapter, is not the file's
        network = _load_network(file, empty, sizes)
    network.generation_config.eos_token_id = _ends(metadata) or None
    tell(2)
    _save(network, tokenizer, out)
    tell(3)


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


def _say(line: str) -> None:
    sys.stdout.write(f"\n{line}\n")  # what libraries wrote may have left a line open
    sys.stdout.flush()


def _text_of(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


def _read_metadata(file: Path) -> dict[str, Any]:
    """What the file says of itself; of its lists of texts only the lengths."""
    from transformers.integrations.gguf.reader import read_gguf_metadata

    try:
        metadata, _names = read_gguf_metadata(str(file))
    except Exception as error:
        raise ModelError("it is damaged ({cause}); fetch it again", cause=_text_of(error)) from error
    found: dict[str, Any] = metadata
    if found.get("split.count", 1) > 1:
        raise ModelError("it is one of several parts; join them with llama-gguf-split --merge")
    if not found.get("tokenizer.ggml.tokens"):
        raise ModelError("it holds no tokenizer; give a file that was converted with its vocabulary")
    return found


def _read_sizes(file: Path) -> dict[str, int]:
    """How many numbers each tensor holds."""
    from gguf import GGUFReader

    try:
        return {tensor.name: int(tensor.n_elements) for tensor in GGUFReader(file).tensors}
    except Exception as error:
        raise ModelError("it is damaged ({cause}); fetch it again", cause=_text_of(error)) from error


def _refuse_stretched(metadata: dict[str, Any], names: list[str]) -> None:
    architecture = metadata["general.architecture"]
    stretched = metadata.get(f"{architecture}.rope.scaling.type", "none") != "none" and architecture != "gpt-oss"
    factors = [name for name in names if name.startswith(("rope_freqs", "rope_factors"))]
    if stretched or factors:
        raise ModelError(
            "it stretches its rotary positions, which transformers does not read from a .gguf file; "
            "give the folder or hub id that it was made from"
        )


def _refuse_too_large(size: int, folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if size > free:
        raise ModelError(
            "that takes {size} of disk space, and {free} are free", size=size_text(size), free=size_text(free)
        )


def _load_tokenizer(file: Path, metadata: dict[str, Any]) -> PreTrainedTokenizerBase:
    from tokenizers import pre_tokenizers
    from transformers import PreTrainedTokenizerFast
    from transformers.integrations.gguf import gguf_tokenizer_mapping as mapping

    rule = metadata.get("tokenizer.ggml.pre")
    known = (*LIKE_GPT2, *DIGITS_APART, *mapping.GGUF_PRE_TOKENIZER_SPLITS)
    if metadata.get("tokenizer.ggml.model") == "gpt2" and rule not in known:
        raise ModelError(
            "its tokenizer splits text by a rule unknown here ({rule!r}); give the folder or hub "
            "id that it was made from",
            rule=str(rule)[:40],
        )
    try:
        architecture, vocabulary, settings = mapping.get_gguf_tokenizer(str(file))
        backend, _settings = mapping.convert_gguf_tokenizer(architecture, vocabulary)
        backend = _without_additions(backend, len(vocabulary["tokens"]))
    except Exception as error:
        raise ModelError("its tokenizer can't be read ({cause})", cause=_text_of(error)) from error
    if rule in DIGITS_APART:
        words = pre_tokenizers.ByteLevel(add_prefix_space=False)
        backend.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), words])
    fast: Any = PreTrainedTokenizerFast
    tokenizer: PreTrainedTokenizerBase = fast(tokenizer_object=backend, **settings)
    return tokenizer


def _without_additions(backend: Tokenizer, size: int) -> Tokenizer:
    """A tokenizer without the special tokens that its class adds to the file's own, and the network does not know."""
    described = json.loads(backend.to_str())
    described["added_tokens"] = [token for token in described["added_tokens"] if token["id"] < size]
    return type(backend).from_str(json.dumps(described))


def _load_network(file: Path, empty: str, sizes: dict[str, int]) -> PreTrainedModel:
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, GgufConfig

    auto: Any = AutoModelForCausalLM
    try:
        network, info = auto.from_pretrained(
            empty,
            config=AutoConfig.from_pretrained(empty, gguf_file=str(file)),
            gguf_file=str(file),
            quantization_config=GgufConfig(dequantize=True),
            dtype=torch.float32,
            output_loading_info=True,
        )
    except Exception as error:
        raise ModelError("transformers can't read it ({cause})", cause=_text_of(error)) from error
    _refuse_partial(network, info, sizes)
    loaded: PreTrainedModel = network
    return loaded


def _refuse_partial(network: Any, info: dict[str, Any], sizes: dict[str, int]) -> None:
    """Refuses weights that the file lacks, and those that it has and the network does not."""
    if absent := sorted(str(key) for key in (*info["missing_keys"], *info["mismatched_keys"])):
        raise ModelError(
            "{count} of its weights are missing or misshapen, among them {name}", count=len(absent), name=absent[0][:80]
        )
    tied = {"output.weight"} if network.config.tie_word_embeddings else set()
    held = sum(size for name, size in sizes.items() if name not in tied)
    read = sum({tensor.data_ptr(): tensor.numel() for tensor in network.state_dict().values()}.values())
    if held > read:
        raise ModelError(
            "transformers reads only {read:,} of its {held:,} weights; give the folder or hub id that it was made from",
            read=read,
            held=held,
        )


def _ends(metadata: dict[str, Any]) -> list[int]:
    """The ids of the tokens that end an answer."""
    named = (metadata.get(f"tokenizer.ggml.{end}_token_id") for end in ENDS)
    return sorted({int(end) for end in named if end is not None})


def _save(network: Any, tokenizer: PreTrainedTokenizerBase, out: Path) -> None:
    network.hf_quantizer = None  # the weights are plain by now, and plain ones can be saved
    vars(network.config).pop("quantization_config", None)
    try:
        network.save_pretrained(out)
        tokenizer.save_pretrained(out)
    except Exception as error:
        raise ModelError(
            "the converted model can't be written ({cause}); is the disk full?", cause=_text_of(error)
        ) from error

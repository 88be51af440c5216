"""From a checkpoint's folder to a network and its tokenizer, or a reason why not.

The folder is looked at first, in `folder` and `weights`. transformers makes up weights that are missing and passes
over those that it has no place for: here a network is refused unless all of it comes from the files, and all that the
files hold goes into it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from . import adapter
from .computed import refuse_other_numbers
from .described import auto_class, describe, labels_brought
from .faults import in_one_line, words_of
from .folder import label_notices, look_at, names_head
from .message import Message
from .prediction import ModelError
from .weights import ADAPTER, beside, hash_weights, left_over, without_place, without_use

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerBase

PROBE = "one two three"  # that tokenizers are tried on, and adapters when they are merged


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A loaded network with its tokenizer, a name for people and the hash of its weights.

    `notices` are what is to be said of it wherever it answers, in whole English sentences.
    """

    name: str
    network: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    weights: str
    notices: tuple[str, ...] = ()


def load_checkpoint(folder: Path, name: str, suffix: str, *others: str) -> Checkpoint:
    """Loads a network in float32 with eager-capable attention, and its tokenizer.

    An adapter in the folder is merged into its base where peft is installed.

    Args:
        folder: holds config.json, safetensors and the tokenizer's files.
        name: for messages and reports.
        suffix: what the architecture's name must end with, for example `ForSequenceClassification`.
        others: the same of other heads, of which the first that the checkpoint names is loaded.

    Raises:
        ModelError: anything about the folder that would make its answers wrong or loading it unsafe.
    """
    adapted = adapter.has_adapter(folder)
    base = adapter.base_of(folder) if adapted else folder
    brought = adapter.brought_by(folder) if adapted else {}
    suffix = next((head for head in others if not names_head(base, suffix) and names_head(base, head)), suffix)
    raw, files = look_at(base, suffix, with_head=not brought)
    with quiet():
        raw |= labels_brought(raw, files, suffix, name, brought)
        config = describe(raw, files, name, suffix)
        tokenizer = load_tokenizer(folder if _has_tokenizer(folder) else base, config)
        network, notices = _load_network(base, files, config, suffix, name, brought.keys())
        if adapted:
            network, notice = adapter.merged(network, folder, name, tokenizer(PROBE)["input_ids"] or [0, 0, 0])
            files, notices = (*files, folder / ADAPTER), (*notices, notice)
    network.train(mode=False).requires_grad_(requires_grad=True)
    with in_one_line("{name} has no table of tokens that could be explained ({cause})", name=name):
        rows = embedding_table(network).shape[0]
    if len(tokenizer) > rows:
        raise ModelError(
            "the tokenizer has {count} tokens but the model embeds only {rows}; they don't belong together",
            count=len(tokenizer),
            rows=rows,
        )
    if suffix == "ForSequenceClassification":
        notices = (*notices, *label_notices(raw, labels_of(network)))
    return Checkpoint(name, network, tokenizer, hash_weights(files), (*beside(files), *notices))


def _has_tokenizer(folder: Path) -> bool:
    return any(folder.glob("tokenizer*")) or (folder / "vocab.txt").is_file()


def labels_of(network: Any) -> tuple[str, ...]:
    """The names of a classifier's labels, in the order of their ids."""
    config = network.config
    return tuple(str(config.id2label[index]) for index in range(config.num_labels))


def embedding_table(network: Any) -> Tensor:
    """The table that the network embeds its ids with, (ids, width)."""
    table: Tensor = network.get_input_embeddings().weight
    return table


def load_tokenizer(folder: Path, config: PreTrainedConfig) -> PreTrainedTokenizerBase:
    """The tokenizer of a checkpoint, whatever files it is made of.

    Args:
        folder: that holds them.
        config: of its network, which may tell the kind of tokenizer.

    Raises:
        ModelError: transformers can't make one, makes up an empty one, or makes one that tells no character offsets or
            reads a text otherwise each time.
    """
    from transformers import AutoTokenizer

    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            folder, config=config, trust_remote_code=False, local_files_only=True
        )
        tokenizer(PROBE)
    except Exception as error:
        raise ModelError(
            "the tokenizer of {name!r} can't be loaded ({cause}); save it beside the weights with save_pretrained",
            name=folder.name,
            cause=words_of(error),
        ) from error
    if not tokenizer.is_fast:
        raise ModelError(
            "the tokenizer of {name!r} ({kind}) gives no character offsets, so nothing that it "
            "reads can be found in the text; a model with a fast tokenizer (tokenizer.json) is "
            "needed",
            name=folder.name,
            kind=type(tokenizer).__name__,
        )
    if getattr(tokenizer.backend_tokenizer.model, "dropout", None):
        raise ModelError(
            "the tokenizer of {name!r} draws its tokens at random; set `dropout` to null in its tokenizer.json",
            name=folder.name,
        )
    if not set(tokenizer.get_vocab()) - set(tokenizer.all_special_tokens):
        raise ModelError("there is no tokenizer in {folder!r}; save it beside the weights", folder=folder.name)
    return tokenizer


def _load_network(
    folder: Path, files: Sequence[Path], config: PreTrainedConfig, suffix: str, name: str, brought: Set[str]
) -> tuple[PreTrainedModel, tuple[str, ...]]:
    """The network of a checkpoint, and the notices of what of it is not used.

    Args:
        folder: of the checkpoint.
        files: of its weights.
        config: as it was described.
        suffix: what the Auto class for the task ends with.
        name: for messages.
        brought: weights that an adapter brings later.
    """
    import torch

    with in_one_line("the weights of {name} can't be loaded ({cause})", name=name), _without_adapter(folder) as plain:
        network, info = auto_class(suffix).from_pretrained(
            plain,
            config=config,
            dtype=torch.float32,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            output_loading_info=True,
        )
    for kind, what in (("missing", Message("missing")), ("mismatched", Message("mismatched"))):
        # Nothing reads a pooler where there is no head, and a model pretrained with another head lacks it.
        unread = () if suffix else ("pooler.",)
        lost = {str(key) for key in info[f"{kind}_keys"] if not str(key).startswith(unread)} - brought
        if keys := sorted(lost):
            strays = sorted(map(str, info["unexpected_keys"]))
            if strays:
                raise ModelError(
                    "{count} weights are {problem}, among them {name}, and {strays} in the files have no "
                    "place, among them {stray}; config.json and the weights don't belong together",
                    count=len(keys),
                    problem=what,
                    name=keys[0],
                    strays=len(strays),
                    stray=strays[0],
                )
            raise ModelError(
                "{count} weights are {problem}, among them {name}; they would be made up at random. "
                "Give a checkpoint that was fine-tuned for this task",
                count=len(keys),
                problem=what,
                name=keys[0],
            )
    return network, unused_in(files, map(str, info["unexpected_keys"]), network, body_alone=not suffix)


def unused_in(
    files: Sequence[Path], unexpected: Iterable[str], network: Any, *, body_alone: bool = False
) -> tuple[str, ...]:
    """The notices of what in the files has no part in a network's answers.

    Args:
        files: of the weights.
        unexpected: the names in them that transformers says it has no place for; it passes over others in silence.
        network: that they were loaded into.
        body_alone: no head is wanted, and what a checkpoint has of one is of no interest.

    Raises:
        ModelError: something else than heads for other tasks, and numbers that the network computes for itself.
    """
    unexpected, homeless = set(unexpected), without_place(files, network)
    computed = refuse_other_numbers(files, unexpected | homeless, network)
    notices = left_over(unexpected - computed, network, network.config, body_alone=body_alone)
    return (*notices, *without_use(homeless - computed - unexpected, network))


@contextmanager
def _without_adapter(folder: Path) -> Iterator[Path]:
    """A folder with the same files but those of an adapter, which transformers would put in without merging it."""
    if not adapter.has_adapter(folder):
        yield folder
        return
    with TemporaryDirectory(prefix="sidelight-base-") as plain:
        for path in folder.iterdir():
            if path.is_file() and path.name not in (adapter.CONFIG, ADAPTER):
                _link(path.resolve(), Path(plain) / path.name)
        yield Path(plain)


def _link(path: Path, to: Path) -> None:
    """The same file under another name, without a copy where the system allows it."""
    try:
        to.symlink_to(path)
    except OSError:
        shutil.copyfile(path, to)


@contextmanager
def quiet() -> Iterator[None]:
    """Silences transformers' log and bars for a while; what matters of what they say is checked by the caller."""
    from transformers.utils import logging as untyped

    logging: Any = untyped
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()

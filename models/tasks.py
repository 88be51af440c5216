"""TASKS: everything that a model can be asked to do, an entry each; what is offered follows from it.

Pages have a text box for each field, the command line an option, data files a column; `load` takes the model class and
the heads, and views and panels ask for capabilities. To add a task, write its model class and a line in the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from .message import Message, RefusedError

if TYPE_CHECKING:
    from .base import TransformerModel


@dataclass(frozen=True, slots=True)
class Field:
    """One text of an input: a box of the page, an option of the command line, a column of the data.

    Args:
        name: of the option and in the address.
        title: of the box, in English.
        columns: what its column is usually called in data, in small letters.
    """

    name: str
    title: Message
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """A task.

    Args:
        title: of its page, in English.
        model, models: what one and several of its models are called, in English; the first also names the option of
            `serve` and of the address.
        fields: the texts of an input.
        module: of the model class, in this package.
        name: of the model class.
        heads: the Auto classes of transformers' heads that serve it, by what their names end with.
        capabilities: `labels` texts, and learns from texts with labels; or `writes`, and learns from what is written.
        examples: inputs to begin with, each a text a field.
    """

    title: Message
    model: Message
    models: Message
    fields: tuple[Field, ...]
    module: str
    name: str
    heads: tuple[str, ...]
    capabilities: frozenset[str] = frozenset()
    examples: tuple[tuple[str, ...], ...] = ()

    @property
    def key(self) -> str:
        """The name of its models where none may have a space."""
        return self.model.replace(" ", "_")

    def model_class(self) -> type[TransformerModel]:
        """The class of its models, which imports torch."""
        found: type[TransformerModel] = getattr(import_module(f".{self.module}", __package__), self.name)
        return found


TEXT = Field(
    "text",
    Message("Text to explain"),
    ("text", "sentence", "review", "content", "comment", "document", "body", "文本", "内容", "评论"),
)
FIRST = Field(
    "first",
    Message("First text"),
    ("premise", "sentence1", "text1", "question1", "question", "text", "前提", "句子1"),
)
SECOND = Field(
    "text_pair",
    Message("Second text"),
    ("hypothesis", "sentence2", "text2", "question2", "answer", "sentence", "text_pair", "假设", "句子2"),
)
PROMPT = Field("prompt", Message("Prompt"), ("prompt", "instruction", "question", "提示", "问题"))

TASKS: Mapping[str, Task] = {
    "classify": Task(
        Message("Classify"),
        Message("classifier"),
        Message("Classifiers"),
        (TEXT,),
        "classifier",
        "Classifier",
        ("ForSequenceClassification",),
        frozenset({"labels"}),
    ),
    "generate": Task(
        Message("Generate"),
        Message("generator"),
        Message("Generators"),
        (PROMPT,),
        "generator",
        "Generator",
        ("ForCausalLM",),
        frozenset({"writes"}),
        (
            ("What is the capital of France?",),
            ("Write one sentence about a cat who is afraid of mice.",),
            ("Translate into French: The weather is beautiful today.",),
            ("法国的首都是哪里？",),
        ),
    ),
    "pair": Task(
        Message("Pair"),
        Message("pair classifier"),
        Message("Pair classifiers"),
        (FIRST, SECOND),
        "pair_classifier",
        "PairClassifier",
        ("ForSequenceClassification", "ForNextSentencePrediction"),
        frozenset({"labels"}),
        (
            ("A man is playing a guitar on a stage.", "Somebody makes music."),
            ("Two dogs run across the snow.", "The dogs are asleep."),
            ("How do I reset my password?", "What is the way to change a forgotten password?"),
            ("一名男子在台上弹吉他。", "有人在演奏音乐。"),
        ),
    ),
}
# A network alone, which answers nothing: its attention can be compared with that of what was fine-tuned from it.
ENCODE = Task(
    Message("Encode"),
    Message("encoder"),
    Message("Networks without a head, for their attention"),
    (TEXT,),
    "encoder",
    "Encoder",
    ("",),
)


def find_task(name: str) -> Task:
    """The task of this name; `encode` is one whose models answer nothing.

    Raises:
        ValueError: no such task.
    """
    known = {**TASKS, "encode": ENCODE}
    if name not in known:
        raise RefusedError("{name!r} is not a task; choose one of {known}", name=name, known=", ".join(TASKS))
    return known[name]

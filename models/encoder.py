"""A pretrained network without a head: it reads texts and looks at their tokens, but answers nothing.

Its attention can be compared with that of a model that was fine-tuned from it, without making up an answer.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from torch import Tensor

from .base import Inputs, TransformerModel
from .batching import Batch
from .classifier import hidings_of, padding_of
from .model import Hiding
from .prediction import Prediction
from .typed import remarks
from .units import find_unit, make_features

SUFFIX = ""  # of transformers' plain AutoModel


class Encoder(TransformerModel):
    """A network without a head; arguments as for `TransformerModel`. Its predictions have no targets."""

    @cached_property
    def hidings(self) -> tuple[Hiding, ...]:
        """As of a classifier with the same tokenizer."""
        return hidings_of(self._tokenizer, padding_of(self._network))

    def predict(self, text: str, unit: str = "word") -> Prediction:
        """What it reads, over features of the unit; without targets.

        Raises:
            ValueError: the model reads nothing in the text, or the unit is unknown.
        """
        find_unit(unit)
        ids, tokens, unseen = self.read(text)
        features = make_features((text,), tokens, unit)
        notices = (*self.notices, *remarks(self._tokenizer, text, ids, tokens, features, (), unit))
        return Prediction(self.name, "encode", (text,), ids, tokens, unit, features, (), unseen, notices)

    def target_scores(self, network: Any, prediction: Prediction, batch: Batch, inputs: Inputs) -> Tensor:
        """Nothing: (n, 0), in float32."""
        states: Tensor = network(**inputs).last_hidden_state
        return states.new_zeros((len(batch.ids), 0)).float()

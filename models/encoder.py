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
from .inputs import Asked
from .model import Hiding, OnText, ignore_text
from .prediction import Prediction
from .typed import of_pairs, remarks
from .units import find_unit, make_features


class Encoder(TransformerModel):
    """A network without a head; arguments as for `TransformerModel`. Its predictions have no targets."""

    task = "encode"

    @cached_property
    def hidings(self) -> tuple[Hiding, ...]:
        """As of a classifier with the same tokenizer."""
        return hidings_of(self._tokenizer, padding_of(self._network))

    def predict(self, asked: Asked, unit: str = "word", _on_text: OnText = ignore_text) -> Prediction:
        """The reading of a text, over features of the unit; without targets.

        Raises:
            ValueError: the model reads nothing in the text, or the unit is unknown.
        """
        find_unit(unit)
        texts = self.texts_of(asked)
        ids, tokens, unseen = self.read(texts)
        features = make_features(texts, tokens, unit)
        said = remarks(self._tokenizer, ids, tokens, features, unit)
        notices = (*self.notices, *said, *of_pairs(self._tokenizer, texts[0], ids, tokens, ()))
        return Prediction(self.name, self.task, texts, ids, tokens, unit, features, (), unseen, notices)

    def target_scores(self, network: Any, prediction: Prediction, batch: Batch, inputs: Inputs) -> Tensor:
        """Nothing: (n, 0), in float32."""
        states: Tensor = network(**inputs).last_hidden_state
        return states.new_zeros((len(batch.ids), 0)).float()

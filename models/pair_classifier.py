"""A classifier of two texts: natural-language inference, paraphrase, question and answer, or the next sentence.

The tokenizer puts the texts together as it was trained to, with its separator and token types between them; words of
both are features, and no word of one is ever hidden together with one of the other.
"""

from __future__ import annotations

from .checkpoint import Checkpoint
from .classifier import Classifier
from .message import Message, Sentence
from .prediction import Prediction

NEXT = ("is next", "is not next")  # of BERT's head for the next sentence, whose labels no config names


class PairClassifier(Classifier):
    """A network with a head for two texts; arguments as for `TransformerModel`."""

    task = "pair"

    def __init__(self, checkpoint: Checkpoint, device: str = "cpu", precision: str = "float32") -> None:
        super().__init__(checkpoint, device, precision)
        if self.architecture.endswith("ForNextSentencePrediction"):
            self.labels, self.kind = NEXT, "label"

    def remarks(self, answer: Prediction) -> tuple[Sentence, ...]:
        """Where nothing stands between the texts, the model can't tell where the first one ends."""
        places = [position for position, token in enumerate(answer.tokens) if token.span and token.span.segment == 0]
        between = answer.tokens[max(places) + 1] if max(places) + 1 < len(answer.tokens) else None
        types = {token.type for token in answer.tokens}
        if between is None or between.span is None or len(types) > 1:
            return ()
        return (Message("The tokenizer puts nothing between the two texts: the model reads them as one."),)

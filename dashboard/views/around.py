"""A generator's input and output as text: what it read around the prompt, and what it wrote."""

from __future__ import annotations

from collections.abc import Iterator

from sidelight.dashboard.markup import shown
from sidelight.dashboard.wording import say, told
from sidelight.models.message import Message
from sidelight.models.prediction import Prediction


def around_prompt(prediction: Prediction) -> tuple[str, str]:
    """What the model read before the prompt and after it, up to what was written: of a chat template, say."""
    spans = [token.span.segment if token.span else None for token in prediction.tokens]
    inside = [place for place, segment in enumerate(spans) if segment is not None]
    output = spans.index(1) if 1 in spans else len(spans)
    last = max((place for place in inside if spans[place] == 0), default=0)
    return _joined(prediction, range(inside[0])), _joined(prediction, range(last + 1, output))


def _joined(prediction: Prediction, places: range) -> str:
    text = "".join(prediction.tokens[place].text for place in places)
    return text.strip("\n") if text.strip() else ""


def around_sentences(prediction: Prediction) -> list[str]:
    """What the model read around the prompt, in sentences; line ends can be seen."""
    found = zip(
        (Message("Read before the prompt: {text}"), Message("Read after the prompt: {text}")),
        around_prompt(prediction),
        strict=True,
    )
    return [say(key, text=shown(text)) for key, text in found if text]


def written_text(prediction: Prediction) -> str:
    """What was written, with the names of tokens that have no text in their places."""
    return "".join(_written(prediction))


def _written(prediction: Prediction) -> Iterator[str]:
    text, done = prediction.output, 0
    for place in prediction.placed:
        name, span = prediction.targets[place].name, prediction.targets[place].place
        if span is not None and span.start == span.end:
            yield f"{text[done : span.start]}⟨{told(name)}⟩"
            done = span.start
    yield text[done:]

"""What one coalition costs: shap's own path for generated text and ours, on one network, prompt and machine.

shap's path is what `shap.Explainer(network, tokenizer)` does with a causal language model: each coalition becomes a
string in which every run of hidden tokens is one "...", and `shap.models.TeacherForcing` reads the strings again, pads
them to one length and scores the output. The explainer hands it at most 10 strings at once; asked directly, it takes
128. With one "..." for each hidden token the length stays as it is with our filler. Making the strings is part of
the time, as hiding is of ours.

All take turns, and the median of several rounds is told, so that a busy machine favours none.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from itertools import cycle, islice
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
from sidelight.models.batching import tokens_kept
from sidelight.models.inputs import Prompt
from sidelight.models.model import Hiding, Keep
from sidelight.models.prediction import Floats, Prediction

if TYPE_CHECKING:
    from sidelight.models.generator import Generator

# Ours, without punctuation, so that each word is one feature.
PASSAGE = (
    "early in the morning the old baker opens the door of the small shop and puts warm bread on the long table while "
    "the children of the village come down the hill with cold hands and ask him for a story about the sea and then he "
    "tells them how the first ships left the harbour in the spring and came back in the autumn with salt and tea and "
    "cloth and how the people stood on the shore and counted the sails"
)
OUTPUT = (
    "and when the bell rings the children run to the school beside the river and the baker closes the door and sits "
    "down near the window and reads the letters that his daughter sent him from the city over the long winter"
)
SHAP = {  # the name of a way to ask shap: strings at once, and whether a run of hidden tokens becomes one filler
    "shap, 10 at once, as its explainer asks": (10, True),
    "shap, 128 at once, TeacherForcing's own": (128, True),
    "shap, 10 at once, full length": (10, False),
}

Contender = Callable[[Keep], Floats]
Show = Callable[[str, float, float], None]


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds that one coalition took, a number a round."""

    name: str
    rounds: tuple[float, ...]

    @property
    def seconds(self) -> float:
        """The median."""
        return median(self.rounds)


def given_text(model: Generator, prompt_words: int, new_tokens: int) -> Prediction:
    """The model's scores of a fixed output, cut to `new_tokens` tokens, after a fixed prompt of so many words.

    Raises:
        ValueError: that is too long for the model.
    """
    prompt = " ".join(islice(cycle(PASSAGE.split()), prompt_words))
    output = " " + " ".join(islice(cycle(OUTPUT.split()), new_tokens))
    everything = model.generate(Prompt("-", continuation=output, template=False))
    ids = tuple(everything.targets[place].id for place in everything.placed)[:new_tokens]
    return model.generate(Prompt(prompt, continuation=ids, template=False))


def measure(
    reference: str, prompt_words: int, new_tokens: int, coalitions: int, rounds: int, show: Show
) -> tuple[Timing, ...]:
    """The times of shap's path and of ours, in both precisions and with each hiding.

    Args:
        reference: of a generator, as `sidelight.models.load` takes it.
        prompt_words: of a fixed text of ours; each is one feature.
        new_tokens: of a fixed output, all of which are scored.
        coalitions: drawn at random, each word kept with probability one half.
        rounds: in each of which all take their turn.
        show: is told what is being timed, how much is done, and of how much.

    Raises:
        ValueError: the text is too long for the model, or as for `load`.
    """
    from sidelight.models.checkpoint import load_checkpoint
    from sidelight.models.demo import is_demo, prepare
    from sidelight.models.generator import Generator
    from sidelight.models.hub import find
    from sidelight.models.tasks import TASKS

    folder = prepare(task="generate", reference=reference) if is_demo(reference) else find(reference)
    checkpoint = load_checkpoint(folder, folder.name, *TASKS["generate"].heads)
    models = [Generator(checkpoint, precision=precision) for precision in ("float32", "bfloat16")]
    prediction = given_text(models[0], prompt_words, new_tokens)
    network, tokenizer = deepcopy((checkpoint.network, checkpoint.tokenizer))  # shap alters what it is given
    timed = {
        name: teacher_forcing(network, tokenizer, prediction, batch, collapse)
        for name, (batch, collapse) in SHAP.items()
    }
    for model in models:
        timed |= {f"{model.precision}, {one.kind}": ours(model, prediction, one) for one in model.hidings}
    keep = np.random.default_rng(0).random((coalitions, len(prediction.features))) < 0.5
    return take_turns(timed, keep, rounds, show)


def ours(model: Generator, prediction: Prediction, hiding: Hiding) -> Contender:
    """Our path, as methods ask for it."""
    return lambda keep: model.score(prediction, keep, hiding)


def teacher_forcing(network: Any, tokenizer: Any, prediction: Prediction, batch: int, collapse: bool) -> Contender:
    """shap's path, from coalitions of words to the log-odds of the output's tokens."""
    from shap.maskers import Text
    from shap.models import TeacherForcing

    forced = TeacherForcing(network, tokenizer, batch_size=batch)
    masker = Text(tokenizer, mask_token="...", collapse_mask_token=collapse)  # noqa: S106 (no password)
    text, count = prediction.segments[0], len(prediction.placed)
    read = masker.shape(text)[1]  # without the token that we put before a prompt
    output = np.array([prediction.ids[-count:]])

    def score(keep: Keep) -> Floats:
        masks = tokens_kept(prediction, keep)[:, -count - read : -count]
        strings = np.concatenate([masker(mask, text)[0] for mask in masks])
        return np.asarray(forced(strings, output.repeat(len(keep), axis=0)))

    return score


def take_turns(timed: Mapping[str, Contender], keep: Keep, rounds: int, show: Show) -> tuple[Timing, ...]:
    """Each contender's times for all coalitions of `keep` (n, words), after a first call that is not timed."""
    found: dict[str, list[float]] = {name: [] for name in timed}
    for contender in timed.values():
        contender(keep[:2])
    for done in range(rounds):
        for place, (name, contender) in enumerate(timed.items()):
            show(name, done * len(timed) + place, rounds * len(timed))
            start = time.perf_counter()
            contender(keep)
            found[name].append((time.perf_counter() - start) / len(keep))
    return tuple(Timing(name, tuple(times)) for name, times in found.items())

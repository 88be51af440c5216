"""A network as it was when it was loaded, put back after each question, so that no answer depends on those before.

Some networks change themselves when they are asked: BigBird replaces its sparse attention for good at the first short
text, and rotary embeddings that grow with the text keep what the longest one made of them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from .faults import words_of
from .message import Message
from .prediction import ModelError


class Original:
    """Remembers which parts a network has and what is set on each; weights are not copied.

    `drew` tells whether the last pass drew random numbers.

    Args:
        network: nothing of it is changed but by `asked`.
        name: what people call the model, for messages.
    """

    def __init__(self, network: Any, name: str) -> None:
        self._name = name
        self.drew = False
        self._parts = [
            (vars(part), dict(vars(part)), [(one, dict(one)) for one in vars(part).values() if isinstance(one, dict)])
            for part in network.modules()
        ]
        self._config, self._settings = vars(network.config), dict(vars(network.config))

    @contextmanager
    def asked(self, what: str, failure: type[ModelError] = ModelError) -> Iterator[None]:
        """Passes through the network while this lasts; then it is again what it was, and so are the random numbers.

        Args:
            what: what it is asked to do, for messages.
            failure: the kind of error that says that it can't.

        Raises:
            ModelError: the network raised an error, whatever it was.
        """
        before, numbers = torch.get_rng_state(), np.random.get_state()
        log = logging.getLogger("transformers")  # says at each pass that a network changes itself
        level = log.level
        try:
            log.setLevel(logging.ERROR)
            yield
        except ModelError:
            raise
        except Exception as error:
            raise failure(
                Message("{name} can't {what}: {cause}", name=self._name, what=what, cause=words_of(error))
            ) from error
        finally:
            log.setLevel(level)
            self._put_back()
            np.random.set_state(numbers)
            self.drew = not torch.equal(before, torch.get_rng_state())
            torch.set_rng_state(before)

    def _put_back(self) -> None:
        for held, values, tables in self._parts:
            _restore(held, values)
            for table, entries in tables:
                if table or entries:  # most are empty
                    _restore(table, entries)
        _restore(self._config, self._settings)


def _restore(held: dict[str, Any], values: dict[str, Any]) -> None:
    for key in held.keys() - values.keys():
        del held[key]
    held.update(values)

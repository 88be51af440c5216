"""Questions to a worker process about hidden words: those that it has not answered yet."""

from __future__ import annotations

from concurrent.futures import Future

from .messages import Rescored

Answer = Future[tuple[float, ...]]  # the scores of a prediction's targets, or the ValueError that there is instead


class Questions:
    """The open questions by their numbers. Not safe to be used by several threads at once: its owner holds a lock."""

    def __init__(self) -> None:
        self._open: dict[int, Answer] = {}

    def ask(self, number: int) -> Answer:
        """The answer to come."""
        self._open[number] = Future()
        return self._open[number]

    def settle(self, event: Rescored) -> None:
        """Takes an answer; one to a question that is not open is of no interest."""
        if answer := self._open.pop(event.number, None):
            if event.problem:
                answer.set_exception(ValueError(event.problem))
            else:
                answer.set_result(event.scores)

    def give_up(self, reason: str) -> None:
        """Answers all with a reason why there is none."""
        while self._open:
            self._open.popitem()[1].set_exception(ValueError(reason))


def refused(reason: str) -> Answer:
    """An answer that says why there is none."""
    answer: Answer = Future()
    answer.set_exception(ValueError(reason))
    return answer

"""Asks a generator about prompts whose important words are known: what it gets right, and which words methods name.

Only a row whose answer the model would write itself is a fair question: the likeliest next token has to be the first
of the target (where that is a part of a character, the tokens of the whole character). That token is explained in
up to three ways:

- log-odds: why it, against all others?
- next best: why it and not the likeliest other token?
- other answer: why it and not another answer to the same question: the row's foil, else, of the other targets of its
  relation, the one that the model holds likeliest here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from sidelight.models.inputs import Prompt
from sidelight.models.prediction import Prediction, Target, UnsupportedError
from sidelight.models.units import words

from . import choose_hiding, explain
from .evidence import Finding, Row, others
from .methods import METHODS, MethodRequest
from .report import Attribution

if TYPE_CHECKING:
    from sidelight.models.generator import Generator

QUESTIONS = ("log-odds", "next best", "other answer")
UNASKED = "any"  # the question of a method whose values are the same for all

FirstToken = Callable[[str], int]
Show = Callable[[str, float, float], None]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rows are asked, and how.

    Args:
        longest: prompts of more words are passed over.
        limit: at most so many rows that the model gets right, the first of the file.
        template: puts prompts into the model's chat template.
        seed: of the methods.
    """

    longest: int | None = None
    limit: int | None = None
    template: bool = False
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """A row that the model gets right.

    Args:
        row: what was asked.
        prediction: the first token of the target, with one target a distinct question.
        key: which features are key words.
        asked: the questions that the row can be asked, with their target in the prediction.
    """

    row: Row
    prediction: Prediction
    key: tuple[bool, ...]
    asked: Mapping[str, int]


def find_cases(model: Generator, rows: Sequence[Row], of: Sequence[Row], template: bool) -> Iterator[Case | None]:
    """A case for each row, None where the model would write something else.

    Args:
        model: is asked.
        rows: are looked at, one after the other.
        of: all rows of the file, for their answers.
        template: puts prompts into the model's chat template.

    Raises:
        ValueError: the model can't read a row, or a row's key spans hold no word of it; names the line.
    """
    first_token = cache(lambda text: model.generate(Prompt("-", continuation=text, template=False)).targets[0].id)
    for row in rows:
        try:
            right = would_write(model, row, template)
            answers = others(of, row)
            yield make_case(model, row, right, answers, first_token, template) if right else None
        except ValueError as error:
            raise ValueError(f"line {row.line}: {error}") from error


def would_write(model: Generator, row: Row, template: bool) -> Target | None:
    """The first token of the row's target, as it stands or after a space, if the model would write it."""
    for text in dict.fromkeys((row.target, f" {row.target.strip()}")):
        given = model.generate(Prompt(row.prompt, continuation=text, template=template))
        first = given.targets[0]
        character = [place for place in given.placed if given.targets[place].place == first.place]
        likeliest = all(given.targets[given.foils_of(place)[0]].score >= 0 for place in character)
        if likeliest and first.name.strip():
            return first
    return None


def make_case(
    model: Generator, row: Row, right: Target, answers: Sequence[str], first_token: FirstToken, template: bool
) -> Case:
    """What a row that the model gets right can be asked.

    Raises:
        ValueError: the key spans hold no word of the prompt.
    """
    space = " " if right.name.startswith(" ") else ""
    rivals = {first_token(space + answer.strip()) for answer in answers} - {right.id}
    foils = tuple((0, rival) for rival in sorted(rivals))
    prediction = model.generate(Prompt(row.prompt, continuation=(right.id,), template=template, foils=foils))
    against = {one.against.id: one for one in prediction.targets if one.against}
    plain = prediction.targets[0]
    asked = {"log-odds": plain, "next best": against[plain.alternatives[0].id]}
    if rivals:
        asked["other answer"] = min((against[rival] for rival in rivals), key=lambda one: one.score)
    targets = tuple(dict.fromkeys(asked.values()))
    places = {question: targets.index(target) for question, target in asked.items()}
    return Case(row, replace(prediction, targets=targets), key_words(row, prediction), places)


def key_words(row: Row, prediction: Prediction) -> tuple[bool, ...]:
    """Which features hold a character of a key span.

    Raises:
        ValueError: none does.
    """
    key = tuple(
        any(word.start < end and start < word.end for start, end in row.key_spans) for word in prediction.features
    )
    if not any(key):
        raise ValueError("the key spans hold no word of the prompt; let them start and end at words")
    return key


def with_every_hiding(model: Generator, requests: Sequence[MethodRequest]) -> tuple[MethodRequest, ...]:
    """The requests, each that names no hiding once for every one that its method can use.

    Raises:
        ValueError: the model does not support a hiding.
    """
    for request in requests:
        choose_hiding(model, request)
    return tuple(
        replace(request, hiding=kind)
        for request in requests
        for kind in ([one.kind for one in model.hidings] if _is_open(request) else [request.hiding])
    )


def _is_open(request: MethodRequest) -> bool:
    return METHODS[request.name].hides and request.hiding is None


@dataclass(frozen=True, slots=True)
class Answers:
    """What one method says in answer to one question, a finding a case that can be asked it."""

    request: MethodRequest
    question: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What methods say of a file's rows.

    Args:
        read: how many rows the model was asked; the others were too long, or came after the last one wanted.
        cases: those that it gets right.
        answers: of each method to each question; none where no case can be asked it.
        left_out: methods that the model can't serve, with the reason.
    """

    read: int
    cases: tuple[Case, ...]
    answers: tuple[Answers, ...]
    left_out: Mapping[str, str]


def gather(
    model: Generator, rows: Sequence[Row], requests: Sequence[MethodRequest], choice: Choice, show: Show
) -> Evidence:
    """Asks every method every question about the rows that the model gets right.

    Args:
        model: is asked.
        rows: of one file.
        requests: from `with_every_hiding`.
        choice: which rows, and how.
        show: is told what is being done, how much of it is done, and of how much.

    Raises:
        ValueError: as for `find_cases`.
    """
    asked = [row for row in rows if choice.longest is None or len(words(row.prompt)) <= choice.longest]
    cases: list[Case] = []
    read = 0
    for read, case in enumerate(find_cases(model, asked, rows, choice.template), 1):
        show("what the model gets right", read, len(asked))
        cases += [] if case is None else [case]
        if len(cases) == choice.limit:
            break
    answers: list[Answers] = []
    left_out: dict[str, str] = {}
    for request in requests:
        try:
            answers += ask_all(model, cases, request, choice.seed, show)
        except UnsupportedError as error:
            left_out[METHODS[request.name].title] = str(error)
    return Evidence(read, tuple(cases), tuple(answers), left_out)


def ask_all(model: Generator, cases: Sequence[Case], request: MethodRequest, seed: int, show: Show) -> list[Answers]:
    """What one method says of all cases, question by question.

    Raises:
        UnsupportedError: as for `ask`.
    """
    found: dict[str, list[Finding]] = {}
    for done, case in enumerate(cases):
        show(METHODS[request.name].title, done, len(cases))
        for question, finding in ask(model, case, request, seed).items():
            found.setdefault(question, []).append(finding)
    return [Answers(request, question, tuple(findings)) for question, findings in found.items()]


def ask(model: Generator, case: Case, request: MethodRequest, seed: int = 0) -> dict[str, Finding]:
    """What one method says of a case: one run, a finding a question.

    Raises:
        UnsupportedError: the model can't do what the method asks of it.
    """
    (found,) = explain(model, case.prediction, [request], seed=seed, attention=False).attributions
    asked = case.asked if found.signed else {UNASKED: 0}
    return {question: _finding(case, found, target) for question, target in asked.items()}


def _finding(case: Case, found: Attribution, target: int) -> Finding:
    return Finding(case.row.line, found.values[target], case.key, found.calls, found.seconds)

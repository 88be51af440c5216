"""Where a text can be taken apart: words, characters, sentences, or only where the tokenizer does.

A unit is a function from a text to the character spans (start, end) of its pieces. Features follow from it: a
feature is a connected component of unit spans and token spans, so that two pieces that share a token, or two
tokens that share a character, are hidden together and never half. White space belongs to no piece; a token of white
space alone goes with the piece after it, as the space of "a word" does in most vocabularies. A token without any
character, where it stands in no piece, is one of its own.

- word: runs of Han characters are cut by a dictionary (rjieba), everything else at the word boundaries of
  Unicode (UAX 29). Punctuation marks are pieces of their own; …… and —— are one mark each. Thai and Japanese kana
  come out roughly.
- character: grapheme clusters (UAX 29). Characters inside one word piece of the tokenizer stay together.
- sentence: ends after . ! ? … before a space, after ! ? before a Han character too, after 。 ！ ？ ； always, after a
  full-width ． that does not stand between digits or letters, each with closing quotes and brackets; and at line ends.
- token: no pieces, so that the tokens alone decide.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

import regex
import rjieba

from .message import RefusedError
from .prediction import Feature, Prediction, Span, Token

Unit = Callable[[str], list[tuple[int, int]]]

_HAN_OR_OTHER = regex.compile(r"\p{Han}+|\P{Han}+")
_BOUNDARIES = regex.compile(r"(?wV1)(?<![…—](?=[…—]))\b")
_GRAPHEME = regex.compile(r"\X")
_SENTENCE = regex.compile(
    r""".*?(?:
        (?<![.!?…。！？；．｡]) [.!?…。！？；．｡]++ (?:
            (?<=[。！？；｡][.!?…．]*) | (?<=．) (?: (?<![\p{Nd}\p{Latin}]．) | (?![\p{Nd}\p{Latin}]) ) |
            (?<=[.!?…]) (?=[\p{Pe}\p{Pf}"']*(?:\s|$)) | (?<=[!?]) (?=[\p{Pe}\p{Pf}"']*\p{Han})
        ) [\p{Pe}\p{Pf}"']* | \n | $)""",
    regex.DOTALL | regex.VERBOSE,
)


def words(text: str) -> list[tuple[int, int]]:
    """Words and punctuation marks."""
    spans: list[tuple[int, int]] = []
    for run in _HAN_OR_OTHER.finditer(text):
        if regex.match(r"\p{Han}", run.group()):
            pieces = [(start, end) for _, start, end in rjieba.tokenize(run.group())]
        else:
            cuts = [match.start() for match in _BOUNDARIES.finditer(run.group())]
            pieces = list(pairwise(cuts))
        spans += [(run.start() + start, run.start() + end) for start, end in pieces]
    return list(_trimmed(text, spans))


def characters(text: str) -> list[tuple[int, int]]:
    """What a reader takes for one character."""
    return list(_trimmed(text, (match.span() for match in _GRAPHEME.finditer(text))))


def sentences(text: str) -> list[tuple[int, int]]:
    """Sentences, with their closing marks."""
    return list(_trimmed(text, (match.span() for match in _SENTENCE.finditer(text))))


def tokens_alone(_text: str) -> list[tuple[int, int]]:
    """No pieces: the tokenizer's own cuts decide."""
    return []


UNITS: dict[str, Unit] = {
    "word": words,
    "character": characters,
    "token": tokens_alone,
    "sentence": sentences,
}


def make_features(segments: tuple[str, ...], tokens: tuple[Token, ...], unit: str) -> tuple[Feature, ...]:
    """The features of a tokenized input, in reading order.

    A piece of text that no token covers is not a feature: the model never saw it, so it can't be hidden.

    Raises:
        ValueError: the unit is not one of `UNITS`.
    """
    cut = find_unit(unit)
    return tuple(
        feature for segment, text in enumerate(segments) for feature in _components(segment, text, tokens, cut)
    )


def joined(prediction: Prediction) -> tuple[Feature, ...]:
    """The features that hold more than one piece of their unit, because the model reads them as one."""
    cut = find_unit(prediction.unit)
    pieces = [cut(text) for text in prediction.segments]
    return tuple(
        feature
        for feature in prediction.features
        if sum(feature.start <= start < feature.end for start, _ in pieces[feature.segment]) > 1
    )


def find_unit(unit: str) -> Unit:
    """The function of this name.

    Raises:
        ValueError: the unit is not one of `UNITS`.
    """
    if unit not in UNITS:
        raise RefusedError("{name!r} is not a unit; choose one of {known}", name=unit, known=", ".join(UNITS))
    return UNITS[unit]


def _trimmed(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The spans without white space at their ends; those of white space alone are left out."""
    for start, end in spans:
        piece = text[start:end]
        if stripped := piece.strip():
            first = start + len(piece) - len(piece.lstrip())
            yield first, first + len(stripped)


def trimmed_span(text: str, span: Span) -> Span:
    """A token's span without the spaces around it; a token of white space alone keeps its own."""
    for start, end in _trimmed(text, [(span.start, span.end)]):
        return Span(span.segment, start, end)
    return span


def _components(segment: int, text: str, tokens: tuple[Token, ...], cut: Unit) -> Iterator[Feature]:
    placed = [
        (trimmed_span(text, token.span), position)
        for position, token in enumerate(tokens)
        if token.span and token.span.segment == segment
    ]
    pieces = cut(text)
    blank = [(span.start, position) for span, position in placed if pieces and text[span.start : span.end].isspace()]
    intervals: list[tuple[int, int, tuple[int, ...]]] = [(start, end, ()) for start, end in pieces]
    intervals += [(span.start, span.end, (place,)) for span, place in placed if (span.start, place) not in blank]
    merged: list[tuple[int, int, tuple[int, ...]]] = []
    for start, end, positions in sorted(intervals):
        if merged and start < merged[-1][1]:
            first, last, before = merged[-1]
            merged[-1] = (first, max(last, end), (*before, *positions))
        else:
            merged.append((start, end, positions))
    seen = [entry for entry in merged if entry[2]]
    owned = [_owner(start, seen) for start, _ in blank]
    for index, (start, end, positions) in enumerate(seen):
        spaces = [position for owner, (_, position) in zip(owned, blank, strict=True) if owner == index]
        name = text[start:end] or tokens[positions[0]].text
        yield Feature(name, segment, start, end, tuple(sorted((*positions, *spaces))))


def _owner(start: int, components: list[tuple[int, int, tuple[int, ...]]]) -> int:
    """The component that a token of white space alone goes with: the next one, or the last where none follows."""
    return next((index for index, entry in enumerate(components) if entry[0] > start), len(components) - 1)

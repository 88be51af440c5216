"""A card as it is written beside the weights: card.json for programs, README.md for people."""

from __future__ import annotations

from pathlib import Path

from .card import CARDS, FILE, AnyCard, Card, GeneratorCard, wilson_interval
from .message import Message


def write_card(card: AnyCard, folder: Path) -> None:
    """Writes card.json and README.md beside the weights."""
    (folder / FILE).write_bytes(CARDS.dump_json(card, indent=1))
    (folder / "README.md").write_text(describe(card), encoding="utf-8")


def describe(card: AnyCard) -> str:
    """The card as Markdown; what comes from the data can't be taken for markup."""
    lines = [f"- {title}: {_escape(text)}" for title, text in card.facts]
    tables = [*_confusion(card), *_files(card)]
    return "\n".join([f"# {_escape(card.name)}", "", *lines, "", *tables])


def _confusion(card: AnyCard) -> list[str]:
    if not isinstance(card, Card) or not card.confusion:
        return []
    given = [f"given {_escape(label)}" for label in card.labels]
    rows = [[_escape(cell) for cell in row] for row in confusion_rows(card)]
    return [
        "## Held-out rows by their label and the label they were given",
        "",
        *_table(["label", *given, "found (recall)", "right (precision)"], rows),
    ]


def confusion_rows(card: Card) -> list[list[str]]:
    """Of each label its name, how many of its held-out rows were given each label, and the shares that are right: of
    its rows, and of those that were given it.
    """
    rows = []
    for index, (label, counts) in enumerate(zip(card.labels, card.confusion, strict=True)):
        found, given = _share(counts[index], sum(counts)), sum(line[index] for line in card.confusion)
        rows.append([label, *(f"{count:,}" for count in counts), found, _share(counts[index], given)])
    return rows


def _share(part: int, whole: int) -> str:
    if not whole:
        return Message("no such rows")
    low, high = wilson_interval(part, whole)
    return Message("{figure:.3f} ({low:.3f} to {high:.3f})", figure=part / whole, low=low, high=high)


def _files(card: AnyCard) -> list[str]:
    """Where the rows came from, and what was said of them."""
    if isinstance(card, GeneratorCard) or not card.files:
        return []
    rows = [[_escape(file.name), f"{file.rows:,}", f"`{file.sha256}`"] for file in card.files]
    notices = [f"- {_escape(notice)}" for notice in card.notices]
    return ["## Data", "", *_table(["file", "rows", "SHA-256"], rows), *notices, *([""] if notices else [])]


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [*("| " + " | ".join(cells) + " |" for cells in lines), ""]


def _escape(text: str) -> str:
    """Text of strangers in Markdown: no markup, no new line."""
    plain = " ".join(text.split())
    return "".join(f"\\{sign}" if sign in r"\`*[]<>|#" else sign for sign in plain)

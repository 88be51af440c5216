"""Which labels two models have in common, and which of them the labels of data are.

Labels are matched by name. Where a model has but numbers for names, as one does that was fine-tuned on data with
numbers, its labels are those of the other model by id; so are numbers in the data, where none of its labels is a name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sidelight.models.finetuning.texts import Given
from sidelight.models.message import Message

from .set_shift import Asked

MOST_NAMED = 5  # labels


def labels_of_both(before: Sequence[str], after: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """The labels that two models share, in the order of the second, and whether they are matched by id.

    They are, by id and with the names that there are, where no name is shared, both have as many labels and one of
    them has but numbers (0, 1 or LABEL_0, LABEL_1).
    """
    common = tuple(dict.fromkeys(name for name in after if name in before))
    if common or len(before) != len(after):
        return common, False
    if _is_numbered(before):
        return tuple(after), bool(after)
    return (tuple(before), True) if _is_numbered(after) else ((), False)


def match_labels(
    texts: Sequence[Given], before: Sequence[str], after: Sequence[str], asked: Asked
) -> tuple[list[Given], list[str]]:
    """Texts with their labels as `asked` names them, and what is to be said of that.

    A label that neither model has becomes None. Numbers are ids where both models have the same labels and those of
    the data are no names but numbers from 0: ratings from 1 are none.

    Args:
        texts: with labels as the data has them.
        before: the labels of the first model, by id.
        after: those of the second one.
        asked: of both models.
    """
    known = {label: name for own in (before, after) for label, name in zip(own, asked.names_of(own), strict=True)}
    given = Counter(one.label for one in texts if one.label is not None)
    if not given or asked.label is None:
        return list(texts), []
    notices: list[str] = []
    names = asked.names_of(after)
    if not given.keys() & known.keys() and tuple(names) == tuple(asked.names_of(before)):
        by_id = {str(index): name for index, name in enumerate(names)}
        known = by_id if "0" in given and given.keys() <= by_id.keys() else known
    taken = sorted((label, known[label]) for label in given if known.get(label, label) != label)
    if taken:
        pairs = ", ".join(f"{label} = {name}" for label, name in taken[:MOST_NAMED])
        notices.append(Message("labels of the data are taken by their ids: {pairs}", pairs=pairs))
    if unknown := [label for label in given if label not in known]:
        count = sum(given[label] for label in unknown)
        notices.append(
            Message(
                "{count:,} texts have a label that neither model has ({labels}); what is right is counted without them",
                count=count,
                labels=", ".join(unknown[:MOST_NAMED]),
            )
        )
    return [one if one.label is None else replace(one, label=known.get(one.label)) for one in texts], notices


def _is_numbered(labels: Sequence[str]) -> bool:
    return bool(labels) and any(
        list(labels) == [f"{prefix}{index}" for index in range(len(labels))] for prefix in ("", "LABEL_")
    )


def notices_of_models(models: Iterable[tuple[str, Sequence[str]]]) -> tuple[str, ...]:
    """What is to be said of models that are asked together, each notice with the name of its model.

    Args:
        models: their names and notices.
    """
    return tuple(
        dict.fromkeys(
            Message("Of {model}: {notice}", model=name, notice=notice) for name, notices in models for notice in notices
        )
    )

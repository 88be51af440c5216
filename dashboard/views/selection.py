"""What a viewer looks at, and what that picks out of a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sidelight.explain.focus import targets_at
from sidelight.explain.report import Attribution, Report
from sidelight.models.prediction import Prediction


@dataclass(frozen=True, slots=True)
class Selection:
    """What the viewer looks at: positions in the report, and the colour scheme of the page.

    `attribution` is a position among `report.attributions_of(prediction)`, or past them for one that is still to
    come; None leaves the choice to the view. `heads` are pairs of a layer and a head, counted from 0; none are all
    of the last layer. They are drawn as their mean, or their largest weights if `strongest`; `without` are positions
    of tokens that an attention map leaves out. `coming` names methods for which a place is kept; `growing` says that
    more of the report is being made.
    """

    prediction: int = 0
    target: int = 0
    attribution: int | None = None
    heads: tuple[tuple[int, int], ...] = ()
    strongest: bool = False
    without: tuple[int, ...] = ()
    coming: tuple[str, ...] = ()
    growing: bool = False
    dark: bool = False

    def prediction_in(self, report: Report) -> Prediction:
        """The selected prediction."""
        return report.predictions[self.prediction]

    def attributions_in(self, report: Report) -> tuple[Attribution, ...]:
        """The attributions that cover the selected target."""
        return report.attributions_of(self.prediction, self.target)

    def attribution_in(self, report: Report) -> Attribution | None:
        """The selected attribution, None if it is still to come; the most telling one where none is selected."""
        if self.attribution is None:
            return most_telling(self.attributions_in(report))
        found = report.attributions_of(self.prediction)[self.attribution : self.attribution + 1]
        return next((one for one in found if one.covers(self.target)), None)


def asked_first(prediction: Prediction, positions: Sequence[int | None]) -> tuple[int, ...]:
    """What is asked first of the tokens written at these positions: each against its first foil, where it has one."""
    places = targets_at(prediction, positions)
    return tuple((*prediction.foils_of(place), place)[0] for place in places)


def most_telling(attributions: Sequence[Attribution]) -> Attribution | None:
    """The first that adds up, else the first with a direction, else the first."""
    return min(attributions, key=lambda one: (one.base is None, not one.signed), default=None)

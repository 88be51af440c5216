"""What of an input a file explains in full, and by which method first."""

from __future__ import annotations

from dataclasses import dataclass

from sidelight.dashboard.views import Selection
from sidelight.dashboard.views.selection import most_telling
from sidelight.explain.focus import focused
from sidelight.explain.report import Attribution, Report
from sidelight.models.prediction import Prediction


@dataclass(frozen=True, slots=True)
class Explained:
    """What is explained in full.

    Args:
        whole: what is selected in the report that is written.
        narrow: the report of what is explained: of a generator one question alone, else all of it.
        selection: what is selected in that.
    """

    whole: Selection
    narrow: Report
    selection: Selection

    @property
    def prediction(self) -> Prediction:
        """The input with what is explained of it."""
        return self.selection.prediction_in(self.narrow)

    @property
    def target(self) -> int:
        """The target's place in that prediction."""
        return self.selection.target

    @property
    def attributions(self) -> tuple[Attribution, ...]:
        """The methods that were asked about the target."""
        return self.selection.attributions_in(self.narrow)

    @property
    def lead(self) -> Attribution | None:
        """The method that comes first: the selected one, else the most telling."""
        return self.selection.attribution_in(self.narrow) or most_telling(self.attributions)

    @property
    def adding(self) -> Attribution | None:
        """The first method that adds up, the leading one before others; None where there is none."""
        found = (self.lead, *self.attributions)
        return next((one for one in found if one and one.base is not None), None)


def explained(report: Report, index: int, chosen: Explained | None = None) -> Explained:
    """What a viewer has chosen, if it is of this input; else the model's answer, or the first token that it wrote."""
    if chosen and chosen.whole.prediction == index:
        return chosen
    prediction = report.predictions[index]
    whole = Selection(index, prediction.predicted)
    if prediction.targets[whole.target].placed:
        return Explained(whole, focused(report, index, [whole.target]), Selection())
    return Explained(whole, report, whole)

"""What a viewer looks at, and what that picks out of a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sidelight.explain.report import Attribution, Report
from sidelight.models.prediction import Prediction


@dataclass(frozen=True, slots=True)
class Selection:
    """What the viewer looks at: positions in the report, and the colour scheme of the page.

    `method` is a name in METHODS; None leaves the choice to the view. `layer` None is the last layer, `head` None
    the mean over the heads.
    """

    prediction: int = 0
    target: int = 0
    method: str | None = None
    layer: int | None = None
    head: int | None = None
    dark: bool = False

    def prediction_in(self, report: Report) -> Prediction:
        """The selected prediction."""
        return report.predictions[self.prediction]

    def attribution_in(self, report: Report) -> Attribution | None:
        """The selected method's attribution, or the most telling one where no method is selected."""
        found = report.attributions_of(self.prediction)
        if self.method is not None:
            found = tuple(attribution for attribution in found if attribution.method == self.method)
        return most_telling(found)


def most_telling(attributions: Sequence[Attribution]) -> Attribution | None:
    """The first that adds up, else the first with a direction, else the first."""
    return min(attributions, key=lambda one: (one.base is None, not one.signed), default=None)

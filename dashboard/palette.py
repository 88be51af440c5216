"""Colours and numbers: what a value looks like.

Orange speaks for the target and blue against it; grey has a size and no direction. How strong a colour is, is
always the value's share of the largest absolute value of its method, the same on both sides of zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from math import floor, log10

MOST_OPAQUE = 0.8
MOST_DECIMALS = 5  # that are read at a glance
MINUS = "\N{MINUS SIGN}"

Colorscale = list[tuple[float, str]]


@dataclass(frozen=True, slots=True)
class Scheme:
    """The colours of one appearance of the page, as `#rrggbb`.

    `under` is what a colour under a word keeps of its opacity, so that the word stays readable.
    """

    background: str
    panel: str
    ink: str
    muted: str
    line: str
    toward: str
    against: str
    warning: str
    good: str
    under: float

    @property
    def variables(self) -> dict[str, str]:
        """What CSS is told: each colour as channels, `217 71 15`, so that an opacity can be added, and `under`."""
        colours = {name: value for name, value in asdict(self).items() if isinstance(value, str)}
        channels = {name: " ".join(map(str, _channels(colour))) for name, colour in colours.items()}
        return channels | {"under": f"{self.under:g}"}


LIGHT = Scheme(
    background="#ffffff",
    panel="#faf9f7",
    ink="#1f1e1c",
    muted="#6d6860",
    line="#e5e1da",
    toward="#d9480f",
    against="#1971c2",
    warning="#9a6700",
    good="#2b7a3d",
    under=1.0,
)
DARK = Scheme(
    background="#151617",
    panel="#1c1e20",
    ink="#ececea",
    muted="#9a968e",
    line="#303336",
    toward="#ff8a3d",
    against="#5cadf5",
    warning="#e2b340",
    good="#6cc283",
    under=0.7,
)


def scheme(dark: bool) -> Scheme:
    """The colours of the dark or the light page."""
    return DARK if dark else LIGHT


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def rgba(colour: str, alpha: float) -> str:
    """A colour `#rrggbb` with an opacity, in the form that CSS and Plotly read."""
    red, green, blue = _channels(colour)
    return f"rgba({red},{green},{blue},{alpha:.3g})"


def largest(values: Iterable[float]) -> float:
    """The largest absolute value; 0 of none."""
    return max(map(abs, values), default=0.0)


def opacity(value: float, greatest: float) -> float:
    """How opaque a value's colour is: its share of the greatest, from 0 to `MOST_OPAQUE`."""
    return MOST_OPAQUE * min(abs(value) / greatest, 1.0) if greatest else 0.0


def side(value: float, signed: bool) -> str:
    """Which colour of the scheme a value has: `toward`, `against`, or `muted` without a direction."""
    if not signed:
        return "muted"
    return "toward" if value >= 0 else "against"


def diverging(colours: Scheme) -> Colorscale:
    """From against, over nothing in the middle, to toward."""
    blue, orange = colours.against, colours.toward
    middle = [(0.5, rgba(blue, 0)), (0.5, rgba(orange, 0))]
    return [(0.0, rgba(blue, MOST_OPAQUE)), *middle, (1.0, rgba(orange, MOST_OPAQUE))]


def rising(colour: str, most: float = MOST_OPAQUE) -> Colorscale:
    """From nothing to one colour."""
    return [(0.0, rgba(colour, 0)), (1.0, rgba(colour, most))]


def decimals(greatest: float) -> int:
    """How many decimals values need whose greatest is this: two, or more where all are small."""
    if greatest == 0 or greatest >= 0.1:
        return 2
    return min(1 - floor(log10(greatest)), 300)


def number(value: float, places: int = 2) -> str:
    """A number with a real minus sign; very large ones with an exponent.

    More decimals than can be read become an exponent, one for all numbers of so many: `1.1e−6` beside `0.1e−6`.
    """
    exponent = f"e-{places - 1}" if places > MOST_DECIMALS else ""
    scaled = value * 10.0 ** (places - 1) if exponent else value
    places = 1 if exponent else places
    text = f"{scaled:.{places}f}" if abs(scaled) < 1e7 else f"{scaled:.{places}e}"
    if float(text) == 0:
        return text.removeprefix("-")
    return f"{text}{exponent}".replace("-", MINUS)


def signed_number(value: float, places: int = 2) -> str:
    """As `number`, with a plus sign before what is above zero after rounding."""
    text = number(value, places)
    return text if text.startswith(MINUS) or not text.strip("0.") else f"+{text}"


def unbroken(text: str) -> str:
    """The text so that no line ends in it."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def percent(share: float) -> str:
    """A share of 1 in percent, one decimal: `95.7 %`. What is not quite all or nothing is not rounded to it."""
    if 0 < share < 0.0005:
        return "< 0.1 %"
    if 0.9995 <= share < 1:
        return "> 99.9 %"
    return f"{number(100 * share, 1)} %"

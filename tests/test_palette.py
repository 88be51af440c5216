"""Colours that can be read: every text on every ground that it stands on, light and dark."""

import pytest
from sidelight.dashboard.palette import DARK, LIGHT, MOST_OPAQUE, Scheme

READABLE, VISIBLE = 4.5, 3.0  # of text, and of what is only drawn (WCAG 2.2, 1.4.3 and 1.4.11)
HAIRLINE = 0.55  # opacity of lines between rows, and of the stripes under a hidden word

Colour = tuple[float, ...]


def colour(text: str) -> Colour:
    return tuple(int(text[place : place + 2], 16) / 255 for place in (1, 3, 5))


def luminance(channels: Colour) -> float:
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Colour, other: Colour) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def over(ground: Colour, above: Colour, opacity: float) -> Colour:
    return tuple(opacity * one + (1 - opacity) * below for one, below in zip(above, ground, strict=True))


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["background", "panel"])
def test_every_text_can_be_read_on_every_ground(scheme: Scheme, ground: str) -> None:
    below = colour(getattr(scheme, ground))
    for text in ("ink", "muted", "warning", "good"):
        assert contrast(colour(getattr(scheme, text)), below) >= READABLE, text
    for drawn in ("toward", "against", "muted"):
        under = colour(getattr(scheme, drawn))
        assert contrast(under, below) >= VISIBLE, drawn
        strongest = over(below, under, MOST_OPAQUE * scheme.under)
        assert contrast(colour(scheme.ink), strongest) >= READABLE, f"a word on {drawn}"
    striped = over(below, colour(scheme.line), HAIRLINE)
    assert contrast(colour(scheme.muted), striped) >= READABLE, "a hidden word"

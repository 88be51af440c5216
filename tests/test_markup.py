"""Whatever a text holds, it stays text."""

import base64
import csv
import html
import io
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from sidelight.dashboard import palette
from sidelight.dashboard.markup import (
    Markup,
    csv_text,
    framed,
    json_for_script,
    plotly_text,
    render,
    say_html,
    shortened,
    shown,
    strong,
    whole,
)

from tests.toys import HOSTILE

ANY_TEXT = st.text(st.characters(exclude_categories=())) | st.sampled_from(HOSTILE) | st.from_regex(r"['=+\s@|%<>&$-]*")


@given(ANY_TEXT)
def test_whole_text_can_be_written(text: str) -> None:
    assert whole(text).encode().decode() == whole(text)
    assert len(whole(text)) == len(text)


@given(ANY_TEXT)
def test_a_csv_cell_reads_back_and_is_no_formula(text: str) -> None:
    sheet = io.StringIO(newline="")
    csv.writer(sheet, quoting=csv.QUOTE_ALL).writerow([csv_text(text)])
    ((cell,),) = csv.reader(io.StringIO(sheet.getvalue(), newline=""))
    assert cell.removeprefix("'") == whole(text)
    assert not re.match(r"[\s\ufeff\u200b]*[=+\-@|%＝＋－＠]|[\t\r\n]", cell)


@given(ANY_TEXT)
def test_json_in_a_script_is_ascii_without_markup(text: str) -> None:
    written = json_for_script({text: [text, 0.5]})
    assert written.isascii()
    assert not set("<>&") & set(written)
    assert json.loads(written) == {whole(text): [whole(text), 0.5]}


def test_json_in_a_script_holds_no_infinity() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_for_script([float("inf")])


@given(ANY_TEXT)
def test_plotly_sees_neither_tags_nor_formulas(text: str) -> None:
    escaped = plotly_text(text)
    assert not set("<>$") & set(escaped)
    assert html.unescape(escaped) == html.unescape(html.escape(whole(text), quote=False))


@given(ANY_TEXT)
def test_html_values_are_escaped(text: str) -> None:
    assert "<" not in strong(text).removeprefix("<strong><bdi>").removesuffix("</bdi></strong>")
    said = say_html("for {label}", label="<img>")
    assert "<img" not in said
    assert "&lt;img&gt;" in said


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("word", "word"),
        ("\n", "⏎"),
        ("a\tb", "a⇥b"),
        ("  ", "␣␣"),
        ("\u3000", "␣"),
        ("", "(empty)"),
        ("\x00\x1b", "␀␛"),
        ("\u202eabc", "⟨U+202E⟩abc"),
        ("\u200b", "⟨U+200B⟩"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("مرحبا", "مرحبا"),
        ("\ud800", "\ufffd"),
    ],
)
def test_what_can_not_be_seen_is_shown(text: str, seen: str) -> None:
    assert shown(text) == seen


def test_long_names_end_in_an_ellipsis() -> None:
    assert shortened("abcdef", 6) == "abcdef"
    assert shortened("abcdefg", 6) == "abcde…"


def test_a_template_misses_no_value() -> None:
    with pytest.raises(UndefinedError):
        render("summary.html.jinja")


def test_a_frame_runs_only_its_own_scripts() -> None:
    address = framed(Markup("<p>{}</p>").format("<script>bad()</script>"), ["good()"])
    kind, _, data = address.partition(",")
    page = base64.b64decode(data).decode()
    assert kind == "data:text/html;charset=utf-8;base64"
    assert page.count("<script>") == 1
    assert "default-src 'none'; script-src 'sha256-" in page
    assert "unsafe-inline" not in page.partition("script-src")[2].partition(";")[0]


@pytest.mark.parametrize("script", ["'</script>'", "'<!--'", "a\r\nb"])
def test_a_script_that_would_end_early_is_refused(script: str) -> None:
    with pytest.raises(ValueError, match="can't stand inside a page"):
        framed(Markup(""), [script])


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(min_value=0, allow_infinity=False))
def test_opacity_is_symmetric_and_leaves_the_word_readable(value: float, greatest: float) -> None:
    assert 0 <= palette.opacity(value, greatest) == palette.opacity(-value, greatest) <= palette.MOST_OPAQUE


def test_opacity_is_proportional() -> None:
    assert palette.opacity(1, 2) == pytest.approx(palette.MOST_OPAQUE / 2)
    assert palette.opacity(0, 0) == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.794, "+1.79"), (-0.66, "−0.66"), (-0.001, "0.00"), (0, "0.00"), (1e300, "+1.00e+300"), (-1e9, "−1.00e+09")],
)
def test_numbers_have_a_real_sign(value: float, text: str) -> None:
    assert palette.signed_number(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.957, "95.7 %"), (0, "0.0 %"), (1, "100.0 %"), (0.99999, "> 99.9 %"), (0.0001, "< 0.1 %"), (0.9994, "99.9 %")],
)
def test_a_share_is_never_rounded_to_certainty(share: float, text: str) -> None:
    assert palette.percent(share) == text


def test_small_values_keep_two_figures() -> None:
    assert palette.decimals(1.79) == palette.decimals(0) == 2
    assert palette.number(0.0123, palette.decimals(0.0123)) == "0.012"
    assert palette.number(0.000123, palette.decimals(0.000123)) == "0.00012"


def test_tiny_values_share_an_exponent() -> None:
    places = palette.decimals(3.52e-6)
    found = [palette.signed_number(value, places) for value in (3.52e-6, -1.1e-7, 1e-9, -1e-9, 0)]
    assert found == ["+3.5e−6", "−0.1e−6", "0.0", "0.0", "0.0"]
    assert palette.number(5e-324, palette.decimals(5e-324)) == "0.0"

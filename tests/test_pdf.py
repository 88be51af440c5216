"""The PDF, notes, joined reports and the interactive page."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader
from sidelight.dashboard.exports import EXPORTS, fonts, html, pdf
from sidelight.dashboard.files import with_note
from sidelight.explain.joining import join
from sidelight.explain.report import Measurement, Report, load_report, to_json

from tests import toys
from tests.browser import open_browser, requires_chromium

REPORTS = {**toys.REPORTS, **toys.WHOLE}
HOSTILE_NOTE = "<img src=x onerror=window.pwned=1>\n$x$ 好 {{7*7}}"


def text_of(data: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_becomes_a_pdf_and_always_the_same(name: str) -> None:
    data = pdf.write(REPORTS[name])
    assert data.startswith(b"%PDF")
    assert b"/JavaScript" not in data
    assert b"/URI" not in data
    assert data == pdf.write(REPORTS[name])


def test_the_pdf_holds_the_text_the_values_and_where_they_come_from() -> None:
    report = with_note(toys.realistic(), 0, "What I think of it")
    text = squeezed(text_of(pdf.write(report)))
    prediction = report.predictions[0]
    for expected in (prediction.segments[0], "positive95.7%", "+1.79±0.07", "WhatIthinkofit", "SHAP", "9f9f9f"):
        assert squeezed(expected) in text


def test_chinese_is_written_with_an_embedded_font_or_named_as_missing() -> None:
    report = toys.chinese()
    said, text = pdf.missing(report), squeezed(text_of(pdf.write(report)))
    assert ("虽然剧情有点薄弱" in text) != bool(said)


def test_what_no_font_has_is_named_and_what_one_has_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unassigned = "\U000e0fff"
    assert unassigned in fonts.choose(f"plain {unassigned}")[1]
    assert fonts.choose("plain")[1] == []
    prediction = toys.predict("good \U0010fffd", ["good", "\U0010fffd"])
    assert "1 of the characters" in pdf.missing(Report((prediction,)))
    monkeypatch.setattr(fonts, "_installed", lambda: ())
    fonts._choose.cache_clear()
    assert "虽" in pdf.missing(toys.chinese())
    assert pdf.write(toys.chinese()).startswith(b"%PDF")
    fonts._choose.cache_clear()


def test_a_font_is_chosen_for_what_it_holds() -> None:
    found, _ = fonts.choose("plain text")
    if found:
        with TTFont(found[0], fontNumber=0, lazy=True) as font:
            assert set(map(ord, "plaintx")) <= set(font.getBestCmap())


def test_a_note_is_in_the_page_and_opens_again_and_is_only_text() -> None:
    report = with_note(toys.two(), 1, HOSTILE_NOTE)
    assert report.notes == ("", HOSTILE_NOTE)
    page = html.to_page(report)
    assert "&lt;img src=x onerror=window.pwned=1&gt;" in page
    assert page.count('<section class="reader">') == 1
    assert load_report(to_json(report).encode()) == report
    assert with_note(report, 1, "").notes == ()
    with pytest.raises(ValueError, match="one for each"):
        replace(report, notes=("one",))


def test_a_report_of_before_there_were_notes_opens() -> None:
    older = re.sub(r',\s*"notes": \[\]', "", to_json(toys.realistic()))
    assert '"notes"' not in older
    assert load_report(older.encode()).notes == ()


def test_joined_reports_hold_everything_of_each() -> None:
    one, other = toys.realistic(1, 2), with_note(toys.two(), 0, "mine")
    measured = replace(other, measurements=(Measurement("agreement", (0, 3), 1, 0.5),))
    joined = join([one, measured])
    assert joined.predictions == one.predictions + other.predictions
    assert joined.attributions_of(0) == one.attributions
    assert joined.notes == ("", "mine", "")
    (moved,) = joined.measurements
    assert [joined.attributions[place] for place in moved.attributions] == [
        other.attributions[0],
        other.attributions[3],
    ]
    assert load_report(to_json(joined).encode()) == joined
    assert "<nav" in html.to_page(joined)
    assert "<nav" not in html.to_page(one)
    assert join([one]) is one
    with pytest.raises(ValueError, match="at least one"):
        join([])


def test_models_of_one_name_and_other_weights_are_not_joined() -> None:
    one = toys.realistic()
    other = replace(one, provenance=replace(one.provenance, weights={"demo reviews": "00"}))
    with pytest.raises(ValueError, match="other weights"):
        join([one, other])
    seeded = join([one, replace(one, provenance=replace(one.provenance, seed=7, notices=("cut",)))])
    assert seeded.provenance.notices == ("Input 2: cut", f"The seeds differ: {one.provenance.seed}, 7.")


@requires_chromium
def test_the_interactive_page_draws_its_charts_and_asks_nothing(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(html.write_interactive(toys.REPORTS["hostile"]))
    assert b"<script" not in EXPORTS[".html"].write(toys.REPORTS["hostile"])
    with open_browser() as browser:
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: asked.append(str(error)))
        page.goto(path.as_uri())
        page.wait_for_selector(".chart .plot-container")
        assert page.locator(".chart .plot-container").count() == 3
        assert page.evaluate("window.pwned") is None
        assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []

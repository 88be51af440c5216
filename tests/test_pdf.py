"""The PDF, notes, joined reports and the interactive page."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader
from sidelight.dashboard.exports import EXPORTS, caution, fonts, html, pdf
from sidelight.dashboard.exports.direction import apart, as_seen, first_direction, levelled, plain
from sidelight.dashboard.exports.paper import HANGING, Paper
from sidelight.dashboard.exports.pieces import Run
from sidelight.dashboard.history import History
from sidelight.dashboard.history_collection import Collection
from sidelight.dashboard.markup import say_html, strong
from sidelight.dashboard.views.figures import OF_PLOTLY
from sidelight.dashboard.views.naming import method_title, values_text
from sidelight.dashboard.wording import in_language, say
from sidelight.explain.focus import focused
from sidelight.explain.joining import join, notices_about
from sidelight.explain.report import Measurement, Report
from sidelight.explain.report_file import load_report, to_json

from tests import toys
from tests.browser import open_browser, requires_chromium

REPORTS = {**toys.REPORTS, **toys.WHOLE}
HOSTILE_NOTE = "<img src=x onerror=window.pwned=1>\n$x$ 好 {{7*7}}"


def with_note(report: Report, place: int, note: str) -> Report:
    return replace(report, notes=tuple(note if one == place else "" for one in range(len(report.predictions))))


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


def test_what_no_font_has_is_named_and_what_one_has_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fonts.choose("plain \U0010fffd")[1] == {"\U0010fffd"}
    assert fonts.choose("plain")[1] == frozenset()
    report = Report((toys.predict("good \U0010fffd", ["good", "\U0010fffd"]),))
    assert "1 of the characters: \U0010fffd (U+10FFFD)" in pdf.missing(report)
    for one, above in ((report, "Sidelight report"), (join([report, report]), "Contents")):
        assert above in text_of(pdf.write(one)).partition("U+10FFFD")[0]
    assert pdf.missing(toys.realistic()) == ""
    monkeypatch.setattr(fonts, "_files", dict)
    assert "两 (U+4E24)" in pdf.missing(toys.chinese())
    assert "charming" in text_of(pdf.write(toys.realistic()))
    assert "?" in text_of(pdf.write(toys.chinese()))


def test_the_parts_of_a_line_stand_in_the_order_in_which_they_are_seen() -> None:
    runs = [Run("he said "), Run("قال 42 نعم", bold=True), Run(" (x)")]
    seen = as_seen([(run, 1.0) for run in levelled(runs)])
    assert [run.text for run, _ in seen] == ["he said ", " نعم", "42", "قال ", " (x)"]
    assert [run.level % 2 for run, _ in seen] == [0, 1, 0, 1, 0]
    mixed = [Run("قال two three نعم")]
    backwards = as_seen([(run, 1.0) for run in levelled(mixed, first_direction(mixed))])
    assert [run.text for run, _ in backwards] == [" نعم", "two three", "قال "]
    assert levelled([Run("plain\ntext")]) == [Run("plain\ntext")]


def test_a_name_of_the_users_leaves_the_order_around_it_alone() -> None:
    parts = levelled([Run(f"{apart('سلام')} 95.7 %")])
    assert [(run.text, run.level) for run in parts if run.level] == [("سلام", 1)]
    assert plain(say_html("for {label}", label=strong("سلام <bdi>"))) == f"for {apart('سلام <bdi>')}"


def test_letters_are_joined_and_text_from_right_to_left_ends_at_the_right() -> None:
    text = "فيلم ممتع للغاية " * 8
    faces, lacking = fonts.choose(text)
    paper = Paper(faces, "", "", "en")
    alone = sum(paper.width(Run(one, level=1), 12.0) for one in "ممتع")
    assert lacking or paper.width(Run("ممتع", level=1), 12.0) < 0.9 * alone
    lines = paper.lines([Run(text)], 12.0, 80.0, own=True)
    assert len(lines) > 1
    assert {round(sum(width for _, width in line), 3) for line in lines} == {80.0}
    paper.finish()
    report = toys.of(toys.predict("فيلم ممتع!", ["فيلم", "ممتع"]))
    assert lacking or set("فيلم") <= set(text_of(pdf.write(report)))


def test_the_values_for_other_answers_are_in_the_pdf() -> None:
    report = toys.realistic()
    said = squeezed(text_of(pdf.write(report)))
    _, after = said.split(squeezed(say("The values for the other answers")))
    other = next(at for at in range(2) if at != report.predictions[0].predicted)
    for one in report.attributions:
        assert all(squeezed(value) in after for value in values_text(one, other))
        assert squeezed(method_title(one)) in after
    for name in ("regression", "no methods", "generator"):
        assert squeezed(say("The values for the other answers")) not in squeezed(text_of(pdf.write(REPORTS[name])))


def test_a_font_sets_only_what_it_has() -> None:
    for face in fonts.choose("plain 虽然 → ±")[0]:
        assert face.characters <= fonts.characters(face.path, face.number)
        assert fonts.bold(face).characters <= face.characters


def test_a_file_that_is_no_font_has_no_characters(tmp_path: Path) -> None:
    path = tmp_path / "broken.ttf"
    path.write_bytes(b"\0\1\0\0 not a font")
    assert fonts.characters(path, 0) == frozenset()


def test_the_pdf_shows_every_method_and_names_where_each_input_begins() -> None:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf.write(toys.two()))).pages]
    for number, name in ((1, "positive 95.7 %"), (2, "正面 90.0 %")):
        (entry,) = re.findall(rf"^{number}\. {name}.*?\n?(\d+)$", pages[0], re.MULTILINE)
        assert name in pages[int(entry) - 1]
    assert all(squeezed(title) in squeezed("".join(pages)) for title in ("SHAP", "LIME", "Attention rollout"))


def test_no_text_of_the_report_is_taken_for_the_number_of_pages() -> None:
    assert "{nb}" in text_of(pdf.write(toys.of(toys.english("{nb} good"))))


def test_a_report_without_a_date_is_always_the_same_file() -> None:
    report = replace(toys.realistic(), provenance=replace(toys.PROVENANCE, created="soon"))
    assert pdf.write(report) == pdf.write(report)


def test_each_line_is_as_wide_as_the_paper_at_most() -> None:
    faces, _ = fonts.choose("wide 虽然，。a")
    paper = Paper(faces, "", "", "en")
    text = "wide " * 30 + "虽然，。" * 30 + "a" * 500
    for line in paper.lines([Run(text), Run("\n\n"), Run(text, bold=True)], 10.0, 80.0):
        assert sum(width for _, width in line) <= 80.0 + HANGING
    assert "".join(run.text for line in paper.lines([Run(text)], 10.0, 80.0) for run, _ in line).replace(
        " ", ""
    ) == text.replace(" ", "")
    paper.finish()


def test_a_note_is_in_the_page_and_opens_again_and_is_only_text() -> None:
    report = with_note(toys.two(), 1, HOSTILE_NOTE)
    assert report.notes == ("", HOSTILE_NOTE)
    page = html.to_page(report)
    assert "&lt;img src=x onerror=window.pwned=1&gt;" in page
    assert page.count('<section class="reader">') == 1
    assert load_report(to_json(report).encode()) == report
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


def test_the_same_report_twice_is_two_inputs() -> None:
    one = toys.realistic()
    joined = join([one, one])
    assert joined.attributions_of(0) == joined.attributions_of(1) == one.attributions
    assert [joined.index_of(kept) for kept in joined.attention] == [0, 1]


def test_only_the_pdf_can_not_hold_everything() -> None:
    report = toys.hostile()
    assert caution(report, "report.pdf") == pdf.missing(report) != ""
    assert {caution(report, f"report{ending}") for ending in EXPORTS if ending != ".pdf"} == {""}


def test_models_of_one_name_and_other_weights_are_numbered() -> None:
    one = toys.realistic(1, 2)
    other, third = (replace(one, provenance=replace(one.provenance, weights={"demo reviews": it})) for it in ("0", "1"))
    joined = join([one, other, one, third])
    names = ["demo reviews", "demo reviews 2", "demo reviews", "demo reviews 3"]
    assert [prediction.model for prediction in joined.predictions] == names
    assert joined.provenance.weights == {**one.provenance.weights, "demo reviews 2": "0", "demo reviews 3": "1"}
    assert [joined.index_of(kept) for kept in joined.attention] == [0, 1, 2, 3]
    assert load_report(to_json(joined).encode()) == joined


def test_every_input_of_a_joined_report_keeps_its_date() -> None:
    later = toys.chinese()
    later = replace(later, provenance=replace(later.provenance, created="2026-11-24T09:05:00+00:00"))
    joined = join([toys.realistic(1, 2), later, toys.WHOLE["generator"]])
    dates = ["2026-11-23 18:40 UTC", "2026-11-24 09:05 UTC", "2026-11-23 18:40 UTC"]
    assert re.findall(r"</bdi> · (\d.*?)</span>", html.to_page(joined)) == dates
    assert re.findall(r"2026-11-2\d \d\d:\d\d UTC", text_of(pdf.write(joined))) == dates
    again = load_report(to_json(joined).encode())
    assert again == joined
    assert join([later, joined]).created_of(2) == later.provenance.created
    assert focused(joined, 1, [0]).provenance == later.provenance
    with pytest.raises(ValueError, match="1 dates for 3 predictions"):
        replace(joined, provenance=replace(joined.provenance, dates=("2026",)))


def test_a_report_of_before_there_were_dates_opens() -> None:
    older = re.sub(r',\s*"dates": \[\]', "", to_json(toys.realistic()))
    assert '"dates"' not in older
    assert load_report(older.encode()) == toys.realistic()


def test_seeds_that_differ_are_said() -> None:
    one = toys.realistic(1, 2)
    seeded = join([one, replace(one, provenance=replace(one.provenance, seed=7, notices=("cut",)))])
    assert seeded.provenance.notices == ("Input 2: cut", f"The seeds differ: {one.provenance.seed}, 7.")


def test_what_was_noticed_is_said_of_its_own_input() -> None:
    one = toys.realistic(1, 2)
    cut, unsaid = (replace(one, provenance=replace(one.provenance, seed=7, notices=said)) for said in (("cut",), ()))
    joined = join([unsaid, join([unsaid, cut]), one])
    seeds = joined.provenance.notices[-1]
    assert joined.provenance.notices[0] == "Input 3: cut"
    assert [notices_about(joined, place) for place in range(4)] == [[seeds], [seeds], ["Input 3: cut", seeds], [seeds]]
    assert focused(joined, 2, [0]).provenance.notices == ("Input 3: cut", seeds)
    assert notices_about(cut, 0) == ["cut"]


@requires_chromium
def test_the_interactive_page_draws_its_charts_and_asks_nothing(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(in_language("zh", html.write_interactive)(toys.REPORTS["hostile"]))
    assert path.stat().st_size < 2_200_000
    assert b"<script" not in EXPORTS[".html"].write(toys.REPORTS["hostile"])
    with open_browser() as browser:
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: asked.append(str(error)))
        page.goto(path.as_uri())
        page.wait_for_selector(".chart .plot-container")
        assert page.locator(".chart .plot-container").count() == 3
        titles = page.locator(".modebar-btn").evaluate_all("buttons => buttons.map(one => one.dataset.title)")
        assert titles
        assert set(titles) <= set(map(in_language("zh", say), OF_PLOTLY))
        assert page.evaluate("window.pwned") is None
        assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


def test_a_text_that_is_collected_again_takes_its_own_place() -> None:
    collection = Collection(History(None))
    for report in (toys.realistic(), toys.chinese(), with_note(toys.realistic(), 0, "later")):
        collection.add(report)
    assert collection.reports == [with_note(toys.realistic(), 0, "later"), toys.chinese()]

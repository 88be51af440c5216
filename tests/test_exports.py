"""Every export writes every report, whole, and nothing in it runs."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from sidelight.dashboard.exports import EXPORTS, SaveError, check_path, save
from sidelight.dashboard.exports.html import to_page
from sidelight.dashboard.markup import shown, whole
from sidelight.explain.report import Report, load_report

from tests import toys
from tests.browser import open_browser, requires_chromium
from tests.pages import assert_inert, read

REPORTS = toys.REPORTS
WITH_SURROGATE = replace(
    REPORTS["one feature"], provenance=replace(toys.PROVENANCE, notices=("half a character: \ud800",))
)


@pytest.mark.parametrize("name", REPORTS)
def test_the_page_is_inert_and_holds_the_text(name: str) -> None:
    report = REPORTS[name]
    page = read(to_page(report))
    assert_inert(page)
    assert "http" not in to_page(report).replace("http-equiv", "")
    expected: list[str] = []
    for place, prediction in enumerate(report.predictions):
        rows = max(1, len(report.attributions_of(place)))
        expected += [whole(text) for text in prediction.segments] * rows
    assert page.paragraphs == expected


@pytest.mark.parametrize("name", REPORTS)
def test_the_page_gives_every_answer(name: str) -> None:
    text = read(to_page(REPORTS[name])).text
    for prediction in REPORTS[name].predictions:
        for target in prediction.targets:
            assert shown(target.name)[:39] in text


def test_the_page_of_a_usual_text_is_small() -> None:
    assert len(EXPORTS[".html"].write(REPORTS["realistic"])) < 100_000


def test_the_page_says_what_was_not_read() -> None:
    assert "Characters 45 to 98 of 98 were not read" in to_page(REPORTS["cut"])
    assert "The model read the whole text." in to_page(REPORTS["realistic"])


@pytest.mark.parametrize("name", REPORTS)
def test_json_opens_again_as_it_was(name: str) -> None:
    assert load_report(EXPORTS[".json"].write(REPORTS[name])) == REPORTS[name]


def cells(report: Report) -> list[dict[str, str]]:
    data = EXPORTS[".csv"].write(report)
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") > 0
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("name", REPORTS)
def test_csv_has_every_value_and_no_formula(name: str) -> None:
    report = REPORTS[name]
    lines = iter(cells(report))
    for one in report.attributions:
        for target, values in zip(one.prediction.targets, one.values, strict=True):
            for feature, value in zip(one.prediction.features, values, strict=True):
                line = next(lines)
                assert float(line["value"]) == value
                assert line["text"].removeprefix("'") == whole(feature.text)
                assert line["target"].removeprefix("'") == whole(target.name)
                assert line["method"].removeprefix("'") == one.method
                assert int(line["target_id"]) == target.id
                texts = [line[key] for key in ("text", "target", "method", "model", "task", "unit", "hiding")]
                assert not [
                    text for text in texts if text.lstrip("\u3000\ufeff\u200b \n\t")[:1] in tuple("=+-@|%＝＋－＠")
                ]
    assert list(lines) == []


def test_csv_leaves_empty_what_is_not_known() -> None:
    line = next(line for line in cells(REPORTS["regression"]) if line["method"] == "occlusion")
    assert (line["probability"], line["base"], line["error"]) == ("", "", "")
    assert line["hiding"] == "mask [MASK]"


@pytest.mark.parametrize("ending", EXPORTS)
def test_a_file_is_written_whole_and_replaces_the_one_before(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"report{ending.upper()}"
    path.write_text("before")
    save(REPORTS["realistic"], path)
    assert path.read_bytes() == EXPORTS[ending].write(REPORTS["realistic"])
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("ending", EXPORTS)
def test_half_a_character_spoils_no_file(ending: str) -> None:
    data = EXPORTS[ending].write(WITH_SURROGATE).decode()
    assert "\ufffd" in data or ending == ".csv" or json.loads(data)["provenance"]["notices"][0].endswith("\ud800")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("report.pdf", "'.pdf' is not one of .html, .json, .csv"),
        ("report", "'' is not one of"),
        ("missing/report.html", "does not exist; make it or choose another"),
        ("folder.html", "it is a folder; name a file in it"),
        ("file.txt/report.html", "does not exist; make it or choose another"),
    ],
)
def test_what_can_not_be_written_says_why_and_leaves_nothing(path: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "file.txt").touch()
    before = set(tmp_path.rglob("*"))
    for attempt in (lambda: check_path(tmp_path / path), lambda: save(REPORTS["realistic"], tmp_path / path)):
        with pytest.raises(SaveError) as caught:
            attempt()
        assert reason in str(caught.value)
        assert "\n" not in str(caught.value)
    assert set(tmp_path.rglob("*")) == before


@requires_chromium
def test_the_page_asks_for_nothing_and_runs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    save(REPORTS["hostile"], path)
    asked: list[str] = []
    with open_browser() as browser:
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        assert page.evaluate("window.pwned") is None
        assert page.locator("img, script, iframe").count() == 0
        without = browser.new_context(java_script_enabled=False).new_page()
        without.goto(path.as_uri())
        assert without.get_by_text(toys.IMAGE).first.is_visible()
    assert asked == [path.as_uri()]

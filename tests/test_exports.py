"""Every export writes every report, whole, and nothing in it runs."""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from pypdf import PdfReader
from sidelight.dashboard.exports import EXPORTS, SaveError, check_path, html, pdf, save
from sidelight.dashboard.exports.explained import Explained
from sidelight.dashboard.exports.html import to_page
from sidelight.dashboard.markup import Markup, shown, whole
from sidelight.dashboard.views import Selection
from sidelight.dashboard.views.naming import question_text
from sidelight.explain.methods import request
from sidelight.explain.report import Report
from sidelight.explain.report_file import load_report
from sidelight.explain.requested import left_out, with_missing
from sidelight.models.message import Message

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
        expected += toys.paragraphs(prediction, len(report.attributions_of(place, prediction.predicted)))
    assert page.paragraphs == expected


@pytest.mark.parametrize("name", REPORTS)
def test_the_page_gives_every_answer(name: str) -> None:
    text = read(to_page(REPORTS[name])).text
    for prediction in REPORTS[name].predictions:
        for target in prediction.targets:
            assert shown(target.name.strip() or target.name)[:39] in text


def test_the_page_of_a_usual_text_is_small() -> None:
    assert len(EXPORTS[".html"].write(REPORTS["realistic"])) < 100_000


def test_the_page_of_a_generator_explains_every_written_word() -> None:
    page = to_page(toys.WHOLE["generator"])
    assert "<h1><bdi>“Paris.”</bdi></h1>" in page
    assert "3 tokens, written after the prompt below" in page
    assert "What speaks for “Par” rather than “Lyon”" in page
    rows = re.findall(r"<tr>\n<th scope=\"row\"><bdi>(.*?)</bdi><small>(.*?)</small></th>\n<td class=\"text\"", page)
    assert [(name, Markup(rest).striptags()) for name, rest in rows] == [
        ("“Paris”", "54.0 % · rather than the other choice at each step"),
        ("“.”", "30.0 % · rather than “,”"),
    ]
    assert page.count("in the colours of SHAP; a row is scaled by its own largest value") == 1
    tokens = re.findall(r'<tr><td class="muted">\d+</td>(.*?)</tr>', page)
    assert [[Markup(cell).striptags() for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in tokens] == [
        ["“Par”", "60.0 %", "1.31", "“Lyon”", "20.0 %"],
        ["“is”", "90.0 %", "0.35", "“ma”", "5.0 %"],
        ["“.”", "30.0 %", "1.05", "“,”", "40.0 %"],
    ]


def test_the_prompt_stands_whole_in_every_row_of_the_page() -> None:
    for report in toys.WHOLE.values():
        for row in re.findall(r'<td class="text" dir="auto">(.*?)</td>', to_page(report), re.DOTALL):
            assert read(row).text == whole(report.predictions[0].segments[0])


def test_the_page_of_a_long_answer_is_small_and_says_what_it_leaves_out() -> None:
    shares = {"other": 0.1}
    answer = tuple((f" word{place}", {f" word{place}": 0.5, **shares}) for place in range(60))
    for words, most, said in ((40, 250_000, "The prompt for each of them"), (400, 1_600_000, "30 of 60 written words")):
        prompt = " ".join(f"{place % 9}word" for place in range(words))
        asked = toys.write(prompt, toys.spans(prompt, prompt.split()), answer)
        page = to_page(toys.of(asked, ("occlusion",)))
        assert len(page) < most
        assert said in page


@pytest.mark.parametrize("written", [html.write, html.write_interactive, pdf.write])
def test_the_label_and_the_method_that_were_chosen_come_first(written: Callable[..., bytes]) -> None:
    report = REPORTS["realistic"]
    chosen = Explained(looked := Selection(0, 0, 1), report, looked)
    text = text_of(written(report, chosen))
    assert "What speaks for negative" in text
    assert "charming carries most: \N{MINUS SIGN}1.79 in LIME (against negative)" in text
    assert text.index("LIME") < text.index("SHAP")
    assert "negative 4.3 %" in text
    assert "How the words add up (SHAP)" in text


def test_the_question_that_was_chosen_is_explained_in_full() -> None:
    whole = toys.WHOLE["generator"]
    for name, narrow in toys.looked_at(whole).items():
        chosen = Explained(Selection(0, 0, 1), narrow, Selection(0, 0, 1))
        asked = question_text(narrow.predictions[0], 0)
        for data in (html.write(whole, chosen), pdf.write(whole, chosen)):
            assert asked in text_of(data), name
        assert "3 tokens, written after the prompt below" in text_of(html.write(whole, chosen))


def test_a_file_of_what_is_not_finished_says_so_before_anything_is_concluded() -> None:
    asked = [request(name) for name in ("shap", "lime", "integrated_gradients", "attention_rollout")]
    report = toys.of(toys.english("good film"), ("shap",))
    made = replace(report.provenance, notices=(left_out("Attention rollout", "it is busy"),))
    partial = with_missing(replace(report, provenance=made), asked)
    missing = [f"{title} was not finished and is missing here." for title in ("LIME", "Integrated Gradients")]
    for data in (html.write(partial), pdf.write(partial)):
        text = text_of(data)
        places = [text.index(sentence) for sentence in ("positive", *missing, "What stands out")]
        assert places == sorted(places)
    assert load_report(EXPORTS[".json"].write(partial)).provenance.notices == (*made.notices, *missing)
    assert with_missing(partial, asked) == partial
    assert with_missing(report, asked[:1]) == report


def test_several_inputs_begin_with_a_title_and_the_contents_and_then_what_is_to_be_known() -> None:
    report = replace(toys.two(), provenance=replace(toys.PROVENANCE, notices=("The seeds differ: 0, 7.",)))
    for data in (html.write(report), pdf.write(report)):
        text = text_of(data).removeprefix("Sidelight report ")  # the page's name
        places = [text.index(part) for part in ("Contents", "The seeds differ: 0, 7.", "input 1 of 2")]
        assert places == sorted(places)
    assert "<h1>Sidelight report</h1>" in to_page(report)


def test_of_other_inputs_the_answer_of_the_model_is_explained() -> None:
    report = toys.two()
    looked = Selection(0, 0)
    text = text_of(html.write(report, Explained(looked, report, looked)))
    assert "What speaks for negative" in text
    assert "What speaks for 正面" in text


def text_of(data: bytes) -> str:
    """The text of a page or of a PDF, its blanks made single."""
    if data.startswith(b"%PDF"):
        text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    else:
        text = read(re.sub(r"<script.*?</script>", "", data.decode(), flags=re.DOTALL)).text
    return " ".join(text.split())


def test_what_stands_out_comes_before_the_texts() -> None:
    for data in (html.write(REPORTS["realistic"]), pdf.write(REPORTS["realistic"])):
        text = text_of(data)
        assert (
            text.index("What stands out") < text.index("What speaks for positive") < text.index("How the words add up")
        )


def test_what_is_looked_at_alone_has_a_page_too() -> None:
    for narrow in toys.looked_at(toys.WHOLE["generator"]).values():
        page = to_page(narrow)
        assert "<h1><bdi>“Paris.”</bdi></h1>" in page
        assert "3 tokens, written" in page


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
        asked = ((place, target) for place, target in enumerate(one.prediction.targets) if one.covers(place))
        for place, target in asked:
            for feature, value in zip(one.prediction.features, one.values[place], strict=True):
                line = next(lines)
                assert float(line["value"]) == value
                assert line["text"].removeprefix("'") == whole(feature.text)
                assert line["target"].removeprefix("'") == whole(target.name)
                assert line["method"].removeprefix("'") == one.method
                assert int(line["target_id"]) == target.id
                assert line["foil"].removeprefix("'") == (whole(target.against.text) if target.against else "")
                texts = [line[key] for key in ("text", "target", "foil", "method", "model", "task", "unit", "hiding")]
                assert not [
                    text for text in texts if text.lstrip("\u3000\ufeff\u200b \n\t")[:1] in tuple("=+-@|%＝＋－＠")
                ]
    empty = [place for place in range(len(report.predictions)) if not report.attributions_of(place)]
    assert [(line["prediction"], line["value"]) for line in lines] == [(str(place), "") for place in empty]


def test_csv_names_the_written_token_and_its_foil() -> None:
    lines = [line for line in cells(toys.WHOLE["generator"]) if line["feature"] == "0"]
    shap = [(line["place"], line["target"], line["foil"]) for line in lines if line["method"] == "shap"]
    assert shap[:4] == [("1", " Par", ""), ("2", "is", ""), ("3", ".", ""), ("1", " Par", " Lyon")]
    assert len(shap) == len(set(shap)) == len(toys.WHOLE["generator"].predictions[0].targets)
    gradient = [(line["target"], line["foil"]) for line in lines if line["method"] == "input_x_gradient"]
    assert gradient == [(" Par", " Lyon")]
    assert {(line["place"], line["foil"]) for line in cells(REPORTS["chinese"])} == {("", "")}


def test_csv_says_what_is_missing_and_its_numbers_stay_whole() -> None:
    report = with_missing(toys.of(toys.english("good film"), ("shap",)), [request("shap"), request("lime")])
    table = pd.read_csv(io.BytesIO(EXPORTS[".csv"].write(report)))
    assert set(table.notices) == {"LIME was not finished and is missing here."}
    assert table.start.dtype == table.end.dtype == table.prediction.dtype == "int64"
    nothing = with_missing(Report(report.predictions), [request("lime")])
    (line,) = cells(nothing)
    assert (line["prediction"], line["value"]) == ("0", "")
    assert line["notices"] == "LIME was not finished and is missing here."
    several = replace(
        toys.two(),
        provenance=replace(
            toys.PROVENANCE, notices=(Message("Input {number}: {notice}", number=2, notice="cut"), "=1+1 of all")
        ),
    )
    assert {(line["prediction"], line["notices"]) for line in cells(several)} == {
        ("0", "'=1+1 of all"),
        ("1", "Input 2: cut =1+1 of all"),
    }


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


@pytest.mark.parametrize("ending", [ending for ending in EXPORTS if ending != ".pdf"])
def test_half_a_character_spoils_no_file(ending: str) -> None:
    data = EXPORTS[ending].write(WITH_SURROGATE).decode()
    assert "\ufffd" in data or ending == ".csv" or json.loads(data)["provenance"]["notices"][0].endswith("\ud800")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("report.doc", "'.doc' is not one of .html, .pdf, .json, .csv"),
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

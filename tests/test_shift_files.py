"""What is drawn and written of a comparison over texts, and the command that makes it."""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sidelight.dashboard.__main__ import main
from sidelight.dashboard.exports.shift import WRITERS
from sidelight.dashboard.views import set_shift
from sidelight.dashboard.wording import in_language
from sidelight.explain.report_file import ReportError, load_report, to_json
from sidelight.explain.set_shift import Answers, Asked, HeadShift, Mean, SetShift, WordShift
from sidelight.explain.shift_file import load_shift
from sidelight.models.message import Message

from tests import toys
from tests.pages import assert_inert, read
from tests.tiny import save_bert

ASKED = Asked("demo", "mine", ("a" * 64, "b" * 64), "positive", "occlusion")
FOUND = SetShift(
    ASKED,
    (
        Answers("good film", "positive", "positive", "negative", (2.0, -1.0), (0.9, 0.3), 0.5),
        Answers("bad film", "negative", "negative", "negative", (-2.0, -2.0), (0.1, 0.1), 1.0),
    ),
    (WordShift("good", 2, 2.0, -1.0, Mean(3, -3.0, 0.5)), WordShift("film", 1, 0.0, 0.25, Mean(4, 0.25, None))),
    5,
    HeadShift(2, 0.004, ((0.0, 0.25), (0.5, 0.001)), ((0.0, 0.01), (0.02, 0.0))),
    {"there is nothing to explain": 2},
    {"tokens": 1},
    "2026-11-25T10:00:00+00:00",
    {"python": "3.11.7"},
)
HOSTILE = SetShift(
    replace(ASKED, before=toys.SCRIPT, after=toys.IMAGE, label=toys.IMAGE, method=toys.SCRIPT, settings={"<b>": "<i>"}),
    tuple(Answers(text, text, text, toys.SCRIPT, (0.0, 1.0), None, None) for text in toys.HOSTILE),
    tuple(WordShift(text, 2, 0.0, 1.0, Mean(3, 1.0, 0.1)) for text in toys.HOSTILE),
    0,
    None,
    {toys.SCRIPT: 1},
)
ALONE = SetShift(
    replace(ASKED, label=None, method=None, labels=(("0", "1"), ())), (Answers("film"),), heads=FOUND.heads
)
SHIFTS = {"found": FOUND, "hostile": HOSTILE, "attention alone": ALONE, "nothing": SetShift(ASKED)}


def said(shift: SetShift) -> list[str]:
    return [one.text.striptags().replace("\N{NO-BREAK SPACE}", " ") for one in set_shift.sentences(shift)]


def test_sentences_say_what_the_figures_say() -> None:
    assert said(FOUND) == [
        "1 of 2 answers changed (50.0 %).",
        "Right before: 100.0 %; right after: 50.0 % (of 2 texts with a label; 0 put right, 1 lost).",
        "The probability of positive changes by −30.00 ± 30.00 points on average.",
        "Changed most for positive, of the words whose mean change is larger than twice its standard error: "
        "good (−3.00 ± 0.50).",
        "Within a text, the words' values before and after have a rank correlation of 0.75 ± 0.25 on average.",
        "The attention of layer 2, head 1 shifted most: 0.500 ± 0.020 bits; all heads on average 0.188.",
        "The attention of 1 texts is not compared: the models read the text as different tokens; give two models with "
        "one tokenizer.",
        "2 texts were left out: there is nothing to explain.",
    ]


def test_a_change_within_its_error_is_named_in_no_sentence() -> None:
    alone = said(replace(FOUND, words=FOUND.words[1:]))
    assert "No word's mean change for positive is larger than twice its standard error." in alone


def test_what_is_to_be_said_of_labels_and_texts_is_said() -> None:
    asked = replace(FOUND.asked, names=("negative", "positive"))
    sentences = said(replace(FOUND, asked=asked, cut=3, notices=("labels of the data are taken by their ids: 0 = a",)))
    assert sentences[-5].endswith("taken for those of the other by id: 0 = negative and 1 = positive.")
    assert sentences[-4].startswith("The end of 3 texts is longer than a model reads")
    assert sentences[-1] == "labels of the data are taken by their ids: 0 = a"


def test_attention_alone_says_why() -> None:
    assert "mine has no head that was trained to answer" in said(ALONE)[-1]
    other = replace(ALONE, asked=replace(ALONE.asked, labels=(("0", "1"), ("a", "b"))))
    assert "no label in common, so only attention is compared: 0, 1 and a, b" in said(other)[-1]


def test_a_word_in_one_text_alone_is_said_to_have_no_standard_error() -> None:
    page = read(set_shift.draw(FOUND).body).text
    assert "A word in one text alone has no standard error." in page
    assert "3 in 2" in page
    both = replace(FOUND, words=FOUND.words[:1])
    assert "no standard error" not in read(set_shift.draw(both).body).text


def test_texts_stand_by_the_size_of_their_change_with_figures_of_the_label_that_is_looked_at() -> None:
    """A row has the answers as such, and no figure of one label beside the name of another."""
    few, most = Answers("few", "positive", "negative", "positive", (-0.1, 0.1), (0.48, 0.52)), FOUND.answers[0]
    page = set_shift.draw(replace(FOUND, answers=(FOUND.answers[1], few, most))).body
    texts = page[page.index("Most-changed texts") :]
    assert re.findall("<bdi>(Probability of positive)</bdi>", texts)
    assert [re.findall("<td.*?>(?:<bdi>)?(.*?)<", row) for row in re.findall("<tr><td.*?</tr>", texts)] == [
        ["good film", "positive", "positive", "negative", "90.0 %", "30.0 %", "−60.0 points"],
        ["few", "positive", "negative", "positive", "48.0 %", "52.0 %", "+4.0 points"],
        ["bad film", "negative", "negative", "negative", "10.0 %", "10.0 %", "0.0 points"],
    ]
    assert texts.count('<td class="warning">') == 4  # both answers of the two texts whose answer changed
    assert "The largest change first" in texts


def test_texts_without_probabilities_have_scores() -> None:
    one = replace(FOUND.answers[0], chances=None)
    texts = set_shift.draw(replace(FOUND, answers=(one,))).body.partition("Most-changed texts")[2]
    assert "Score of positive" in texts
    assert re.findall('<td class="figure">(.*?)</td>', texts) == ["2.00", "−1.00", "−3.00"]


def test_all_of_it_is_said_in_chinese() -> None:
    reason = Message("there are no texts to compare the models on; give at least one")
    page = str(in_language("zh", set_shift.content)(replace(FOUND, left_out={reason: 1})))
    assert "没有可用来比较模型的文本" in page
    assert "遮挡" in page
    assert "Occlusion" not in page
    assert "变化最大的是：<strong><bdi>good</bdi></strong> (−3.00 ± 0.50)。" in page


def test_a_shift_that_rounding_could_make_is_said_to_be_one() -> None:
    heads = HeadShift(2, 0.004, ((0.002,),), None)
    assert "can't be told from rounding" in said(replace(FOUND, heads=heads))[-3]
    assert "No head's attention changed." in said(replace(FOUND, heads=HeadShift(2, 0.004, ((0.0,),), None)))


@pytest.mark.parametrize("name", SHIFTS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_drawn_and_written_is_inert(name: str, language: str) -> None:
    draw: Callable[[SetShift], str] = lambda shift: set_shift.draw(shift).body  # noqa: E731
    assert_inert(read(in_language(language, draw)(SHIFTS[name])))
    write, _ = WRITERS[".html"]
    page = in_language(language, write)(SHIFTS[name]).decode()
    assert_inert(read(page.replace("<!doctype html>", "")))
    assert f'<html lang="{language}">' in page


def test_the_page_has_where_it_comes_from() -> None:
    page = read(WRITERS[".html"][0](FOUND).decode()).text
    for part in ("demo", "mine", "a" * 64, "b" * 64, "seed 0", "occlusion", "Most-changed words", "2 texts"):
        assert part in page


@pytest.mark.parametrize("name", SHIFTS)
def test_json_holds_everything(name: str) -> None:
    found = json.loads(WRITERS[".json"][0](SHIFTS[name]))
    assert found["schema"] == "sidelight.shift/1"
    assert [one["text"] for one in found["answers"]] == [one.text for one in SHIFTS[name].answers]
    assert found["asked"]["weights"] == ["a" * 64, "b" * 64]


@pytest.mark.parametrize("name", SHIFTS)
def test_json_opens_again_as_it_was(name: str) -> None:
    assert load_shift(WRITERS[".json"][0](SHIFTS[name])) == SHIFTS[name]


def spoiled(**changes: object) -> bytes:
    return json.dumps(json.loads(WRITERS[".json"][0](FOUND)) | changes).encode()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "the file is not JSON"),
        (b'{"schema": "sidelight.shift/9"}', "made by a newer version"),
        (
            b"{}",
            "names no schema; expected 'sidelight.shift/1': choose the JSON file of a comparison over a set of texts",
        ),
        (b'{"schema": "sidelight.shift/1"}', "damaged report: asked"),
        (to_json(toys.realistic(1, 2)).encode(), "open it on the page Classify or Generate"),
        (spoiled(answers=[{"text": "a", "chances": [0.5, "0.5"]}]), "damaged report: answers.0.chances.1"),
        (spoiled(words=[{"text": "a", "texts": 1, "before": float("nan")}]), "damaged report: words.0.before"),
        (spoiled(heads={"count": 1, "floor": 0.1, "means": [[1], [1, 2]], "errors": None}), "one number a head"),
        (spoiled(heads={"count": 1, "floor": 0.1, "means": [[1]], "errors": [[]]}), "one number a head"),
        (spoiled(heads={"count": 1, "floor": 0.1, "means": [], "errors": None}), "one number a head"),
        (spoiled(unlike={"joy": 1}), "damaged report: unlike"),
    ],
)
def test_what_is_no_comparison_is_refused_in_words(content: bytes, message: str) -> None:
    with pytest.raises(ReportError, match=message):
        load_shift(content)


def test_a_comparison_is_not_opened_as_a_report() -> None:
    with pytest.raises(ReportError, match="open it on the page Compare"):
        load_report(WRITERS[".json"][0](FOUND))


def test_the_table_has_a_line_for_each_text_word_and_head_and_no_formula() -> None:
    lines = list(csv.DictReader(io.StringIO(WRITERS[".csv"][0](FOUND).decode("utf-8-sig"))))
    assert [line["kind"] for line in lines] == ["text"] * 2 + ["word"] * 2 + ["head"] * 4
    assert (lines[0]["answer_before"], lines[0]["answer_after"]) == ("positive", "negative")
    assert float(lines[2]["change"]) == -3.0
    assert (lines[2]["count"], lines[2]["texts"]) == ("3", "2")
    assert [(line["layer"], line["head"], float(line["change"])) for line in lines[4:6]] == [
        ("1", "1", 0.0),
        ("1", "2", 0.25),
    ]
    hostile = list(csv.reader(io.StringIO(WRITERS[".csv"][0](HOSTILE).decode("utf-8-sig"))))
    assert not any(cell.lstrip().startswith(("=", "+", "@")) for line in hostile for cell in line)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["sidelight", "compare", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.fixture
def folder(tiny_classifier: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two checkpoints, a base without a head, and a file of texts."""
    from transformers import BertModel

    save_bert(tmp_path / "later", seed=1)
    save_bert(tmp_path / "base")
    BertModel.from_pretrained(tmp_path / "base").save_pretrained(tmp_path / "base")
    (tmp_path / "earlier").symlink_to(tiny_classifier)
    rows = [
        f"{text},{label}" for text in ("a good film", "a bad film", "the plot") for label in ("positive", "negative")
    ]
    (tmp_path / "films.csv").write_text("text,label\n" + "\n".join(rows) + "\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_two_checkpoints_are_compared_on_the_terminal_and_in_files(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = ("--out", "shift.json", "--out", "shift.csv", "--out", "shift.html")
    assert run(monkeypatch, "earlier", "later", "--data", "films.csv", "--fewest", "2", "--most", "4", *files) == 0
    told = capsys.readouterr()
    assert "4 of 6 texts are compared, drawn with seed 0" in told.err
    assert "answers changed" in told.out
    assert "film" in told.out
    assert "Attention shift in bits" in told.out
    found = json.loads((folder / "shift.json").read_text(encoding="utf-8"))
    assert found["asked"]["label"] == "positive"
    assert len(found["answers"]) == 4
    assert found["heads"]["count"] == 4
    assert (folder / "shift.html").stat().st_size > 0
    assert (folder / "shift.csv").stat().st_size > 0


def test_files_are_read_as_asked_and_what_is_said_of_them_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "old.csv").write_bytes("good film é,1\nbad,b,0\nbad film,0\n".encode("cp1252"))
    given = ("earlier", "earlier", "--data", "old.csv", "--encoding", "cp1252", "--no-header", "--text", "1")
    assert run(monkeypatch, *given) == 2
    assert "old.csv, line 2: 3 cells, but the first row has 2" in capsys.readouterr().err
    assert run(monkeypatch, *given, "--skip-bad") == 0
    told = capsys.readouterr()
    assert "0 of 2 answers changed" in told.out
    assert "Note: old.csv, line 2 is left out: 3 cells" in told.err


def test_a_model_and_itself_have_no_difference(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "earlier", "earlier", "--data", "films.csv") == 0
    told = capsys.readouterr().out
    assert "0 of 6 answers changed" in told
    assert "No head's attention changed." in told
    assert "Most-changed" not in told


def test_a_base_is_compared_by_its_attention_which_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "base", "later", "--data", "films.csv") == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "base has no head that was trained to answer, so only attention is compared" in told
    assert "Attention shift in bits" in told


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "give a file with --data"),
        (("--data", "none.csv"), "none.csv can't be read"),
        (("--data", "films.csv", "--text", "review"), "there is no column 'review'"),
        (("--data", "films.csv", "--explained", "joy"), "labels of both are negative, positive"),
        (("--data", "films.csv", "--method", "joy"), "'joy' is not a method"),
        (("--data", "films.csv", "--unit", "joy"), "'joy' is not a unit"),
        (("--data", "films.csv", "--out", "x.pdf"), "the ending '.pdf' is not one of .html, .json, .csv"),
    ],
)
def test_what_can_not_be_used_is_one_line(
    arguments: tuple[str, ...],
    message: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, "earlier", "later", *arguments) == 2
    assert message in capsys.readouterr().err

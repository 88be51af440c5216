"""The page Fine-tune without a browser: it asks for all that the command takes, and shows what it has begun."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sidelight.dashboard import session
from sidelight.dashboard.workers import training_folder
from sidelight.models.card import Card
from sidelight.models.card_page import write_card
from sidelight.models.finetuning.run import read_run
from streamlit.testing.v1 import AppTest

from tests.tiny import save_generator

SECONDS = 120
TEXTS = "\n\n".join(f"the film {number}\nis good" for number in range(40)).encode()


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The form, asked for a generator."""

    def script() -> None:
        from sidelight.dashboard import training_inputs, training_page

        training_inputs.show_top()
        training_inputs.ask_training()
        training_page.show_made()

    monkeypatch.setenv("SIDELIGHT_HOME", str(tmp_path / "home"))
    session.trainings.clear()
    shown = AppTest.from_function(script, default_timeout=SECONDS).run()
    shown.segmented_control[0].set_value("generate").run()
    yield shown
    session.trainings().close()
    session.trainings.clear()


def goes_to_the_top(page: AppTest) -> bool:
    return any("scrollTo" in body for body in bodies(page))


def turn(page: AppTest, label: str) -> None:
    box = next(one for one in page.checkbox if one.label == label)
    box.set_value(not box.value).run()


def test_texts_in_paragraphs_are_counted_and_what_is_chosen_is_asked_for(page: AppTest, tmp_path: Path) -> None:
    page.file_uploader[0].upload("films.txt", TEXTS, "text/plain").run()
    assert "80 rows" in " ".join(caption.value for caption in page.caption)
    turn(page, "Texts are parted by empty lines")
    assert "40 rows" in " ".join(caption.value for caption in page.caption)
    turn(page, "Chat template")
    turn(page, "Keep all checkpoints")
    page.text_input(key="base").set_value(str(save_generator(tmp_path / "gpt", "gpt2")))
    page.text_input(key="name").set_value("of films")
    page.number_input(key="setting epochs generate").set_value(1000)
    page.button(key="start").click().run()
    assert not page.exception
    trainings = session.trainings()
    assert trainings.wait_for(lambda standing: standing.over or bool(standing.losses), SECONDS)
    assert trainings.standing
    assert not trainings.standing.over, trainings.standing.message
    request = read_run(training_folder.folder() / "of films").request
    assert (request.paragraphs, request.template, request.keep_checkpoints) == (True, False, True)
    trainings.stop()
    assert trainings.wait_for(lambda standing: standing.over, SECONDS)
    page.run()
    assert not goes_to_the_top(page)
    page.button(key="resume of films").click().run()
    assert goes_to_the_top(page)


def card_of(split: str, confusion: tuple[tuple[int, ...], ...] = ()) -> Card:
    """A card of a classifier whose labels are numbers."""
    return Card("n", "b", "d", split, ("0", "1"), 90, 119, 111, {}, 1.5, "2026-01-02", confusion=confusion)


@pytest.mark.parametrize(
    ("language", "title", "share"), [("en", "Confusion table", " (0.839 to"), ("zh", "混淆矩阵", "（0.839 至")]
)
def test_a_card_shows_which_labels_were_given_as_a_table(
    page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, title: str, share: str
) -> None:
    folder = tmp_path / "home" / "finetuned" / "stars"
    folder.mkdir(parents=True)
    write_card(card_of("checked with 119 of the 120 rows of part.jsonl", ((39, 2), (6, 72))), folder)
    monkeypatch.setattr("sidelight.dashboard.wording._followed", [lambda: language])
    page.run()
    (shown,) = (body for body in bodies(page) if "part.jsonl" in body)
    assert title in shown
    assert [re.findall("<td><bdi>(.*?)</bdi>", row)[:3] for row in shown.partition(title)[2].split("<tr>")[2:]] == [
        ["0", "39", "2"],
        ["1", "6", "72"],
    ]
    assert f"0.951{share}" in shown
    assert "<bdi>0, 1</bdi>" in shown  # the labels, which are their ids


def test_a_card_of_an_earlier_version_is_shown(page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "home" / "finetuned" / "earlier"
    folder.mkdir(parents=True)
    write_card(card_of("rows held out by file: part.jsonl (120)"), folder)
    monkeypatch.setattr("sidelight.dashboard.wording._followed", [lambda: "zh"])
    page.run()
    assert any("rows held out by file: part.jsonl (120)" in body for body in bodies(page))
    assert not any("混淆矩阵" in body for body in bodies(page))


def bodies(page: AppTest) -> list[str]:
    """The markup on the page."""
    return [str(element.proto.body) for element in page.get("html")]


def test_labels_that_are_numbers_are_told_from_their_counts(page: AppTest) -> None:
    page.segmented_control[0].set_value("classify").run()
    content = "text,label\n" + "good,1\n" * 3 + "bad,0\n" * 2
    page.file_uploader[0].upload("a.csv", content.encode(), "text/csv").run()
    assert "Rows of each label\\: “1”\\: 3\\, “0”\\: 2" in [
        caption.value.replace("\u2060", "") for caption in page.caption
    ]


def columns(page: AppTest) -> dict[str, str | None]:
    """What is chosen of the columns, by what is asked."""
    boxes = [box for box in page.selectbox if box.label.endswith(" column")]
    return {box.label.removesuffix(" column"): box.value for box in boxes}


def choose(page: AppTest, what: str, column: str | None) -> None:
    """Chooses the column of something."""
    next(box for box in page.selectbox if box.label == f"{what} column").set_value(column).run()


def upload(page: AppTest, names: str) -> None:
    """Uploads a file with these columns, in a row that holds each column's name."""
    page.file_uploader[0].upload("a.jsonl", json.dumps({name: name for name in names.split()}).encode(), "text/x").run()


def test_where_several_columns_could_be_it_the_page_asks_which_as_the_command_does(page: AppTest) -> None:
    upload(page, "instruction question output text")
    assert columns(page) == {"Text": None, "Prompt": None, "Context": None, "Response": "output", "Group": None}
    (question,) = page.info
    assert r"which column is the prompt\? instruction\, question could each be it\; name one of" in question.value
    assert page.button(key="start").disabled
    choose(page, "Prompt", "question")
    assert (columns(page)["Prompt"], list(page.info)) == ("question", [])
    assert not page.button(key="start").disabled
    choose(page, "Text", "text")
    assert "those of prompts and responses" in page.info[0].value


def text_of(page: AppTest) -> str:
    """What the page says of files, problems first."""
    return (
        " ".join(str(one.value) for one in (*page.error, *page.info, *page.caption))
        .replace("\\", "")
        .replace("\u2060", "")
    )


def test_a_file_in_another_encoding_is_asked_about_and_read_once_it_is_chosen(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.segmented_control[0].set_value("classify").run()
    content = "text,label\n这部电影很好看,1\n演员的表演很糟糕,0\n".encode("gbk")
    page.file_uploader[0].upload("a.csv", content, "text/csv").run()
    assert "say by --encoding which encoding it is" in text_of(page)
    assert "is under “How the files are read”" in text_of(page)
    monkeypatch.setattr("sidelight.dashboard.wording._followed", [lambda: "zh"])
    page.run()
    assert "请用 --encoding 指明编码，可按读出的内容选择：GB18030" in text_of(page)
    page.selectbox(key="encoding training classify").set_value("GB18030").run()
    assert any("演员的表演很糟糕" in body for body in bodies(page))
    assert not page.error


def test_a_first_line_that_is_a_row_is_asked_about_and_kept_once_that_is_said(page: AppTest) -> None:
    page.segmented_control[0].set_value("classify").run()
    page.file_uploader[0].upload("a.txt", b"it was good\t1\nit was bad\t0\n", "text/plain").run()
    assert "read it as a table with --no-header" in text_of(page)
    page.segmented_control(key="first line training classify").set_value("row").run()
    choose(page, "Text", "1")
    choose(page, "Label", "2")
    assert list(page.info) == []
    assert "2 rows" in text_of(page)
    assert any("it was good" in body for body in bodies(page))


def test_rows_that_can_not_be_read_are_left_out_and_listed(page: AppTest) -> None:
    page.segmented_control[0].set_value("classify").run()
    page.file_uploader[0].upload("a.csv", b"text,label\ngood,1\na,b,c\nbad,0\n", "text/csv").run()
    assert "rows that can't be read: 1 of 3" in text_of(page)
    turn(page, "Leave out rows that can't be read")
    assert not page.error
    assert "a.csv: 1 of 3 rows are left out, which can't be read (line 3)" in text_of(page)
    assert "3: 3 cells, but the first line names 2 columns" in text_of(page)


@pytest.mark.parametrize(("language", "said"), [("en", "save it as one"), ("zh", "请存为其中之一")])
def test_a_file_of_another_kind_is_refused_in_the_language_of_the_page(
    language: str, said: str, page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sidelight.dashboard.wording._followed", [lambda: language])
    page.file_uploader[0].upload("a.xlsx", b"PK", "application/zip").run()
    assert said in text_of(page)


def test_of_many_columns_the_first_are_shown_and_their_number_said(page: AppTest) -> None:
    page.segmented_control[0].set_value("classify").run()
    names = ["text", "label", *(f"c{number}" for number in range(1000))]
    page.file_uploader[0].upload("a.csv", f"{','.join(names)}\n{','.join(['x'] * 1002)}\n".encode(), "text/csv").run()
    assert "The first 30 of 1,002 columns are shown." in text_of(page)


def test_a_column_that_alone_has_a_usual_name_is_chosen(page: AppTest) -> None:
    upload(page, "question answer text")
    found = {"Text": None, "Prompt": "question", "Context": None, "Response": "answer", "Group": None}
    assert columns(page) == found
    upload(page, "instruction input output")
    assert columns(page) == {**found, "Prompt": "instruction", "Context": "input", "Response": "output"}
    choose(page, "Context", None)
    assert columns(page) == {**found, "Prompt": "instruction", "Response": "output"}
    upload(page, "title body")
    assert columns(page) == {"Text": "body", "Prompt": None, "Context": None, "Response": None, "Group": None}
    assert list(page.info) == []

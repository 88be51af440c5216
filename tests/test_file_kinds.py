"""A contract over the kinds of data files that people have: each is read right, asked about, or refused by its line."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sidelight.dashboard.uploads import look_at
from sidelight.models.finetuning.dataset import DataError, Reading, Table, parse_table
from sidelight.models.finetuning.encodings import OFFERED, given
from sidelight.models.finetuning.labelled import labelled
from sidelight.models.finetuning.request import Columns, ignore
from sidelight.models.finetuning.texts import given_texts

SKIP = Reading(skip_bad=True)
ROWS = [("it was good", "1"), ("it was bad", "0")]
CSV = "text,label\nit was good,1\nit was bad,0\n"
CHINESE = "text,label\n这部电影很好看,1\n演员的表演很糟糕,0\n"


def read(
    name: str, content: str | bytes, reading: Reading, columns: Columns, *, skip_empty: bool = False
) -> tuple[list[tuple[str, str]], list[str]]:
    """The texts and labels that a classifier learns of a file, and what is said; a comparison has the same ones."""
    table = parse_table(content.encode() if isinstance(content, str) else content, name, reading=reading)
    said = list(table.said)
    rows = labelled([table], columns, ignore, said.append, skip_empty=skip_empty)
    compared = given_texts([table], columns.text, columns.label, lambda _notice: None)
    found = [(row.text, row.label) for row in rows]
    assert found == [(row.text, row.label) for row in compared if row.label is not None]
    return found, said


# What is read without a question, and what is said of it.
READ: dict[str, tuple[str, str | bytes, str]] = {
    "plain": ("a.csv", CSV, ""),
    "a byte order mark": ("a.csv", b"\xef\xbb\xbf" + CSV.encode(), ""),
    "UTF-16": ("a.csv", CSV.encode("utf-16"), ""),
    "UTF-16 the other way round": ("a.csv", b"\xfe\xff" + CSV.encode("utf-16-be"), ""),
    "UTF-32": ("a.csv", CSV.encode("utf-32"), ""),
    "mixed line ends": ("a.csv", "text,label\r\nit was good,1\rit was bad,0\n", ""),
    "semicolons": ("a.csv", CSV.replace(",", ";"), "columns are parted by semicolons"),
    "tabs": ("a.csv", CSV.replace(",", "\t"), "columns are parted by tabs"),
    "bars": ("a.csv", CSV.replace(",", "|"), "columns are parted by vertical bars"),
    "commas in a .tsv": ("a.tsv", CSV, "columns are parted by commas"),
    "a line that names the sign": ("a.csv", "sep=;\r\n" + CSV.replace(",", ";"), "parted by semicolons"),
    "an unusual sign that is named": ("a.csv", "sep=~\n" + CSV.replace(",", "~"), "by '~', as its first line says"),
    "columns without a name": ("a.csv", "text,label,,\nit was good,1,,\nit was bad,0,,\n", "2 columns without a name"),
    "an index": ("a.csv", ",text,label\n0,it was good,1\n1,it was bad,0\n", "called by their place: 1"),
    "empty lines of cells": ("a.csv", CSV + ",\n,\n", "2 empty lines are no rows"),
    "more empty cells": ("a.csv", CSV.replace("1\n", "1,,\n"), "1 rows have more cells than the first line names"),
    "floats": (
        "a.jsonl",
        '{"text": "it was good", "label": 1.0}\n{"text": "it was bad", "label": 0}',
        "1.0 is read as 1",
    ),
    "floats in cells": ("a.csv", CSV.replace(",0", ",0.0").replace(",1", ",1.0"), "2 labels are floats of whole"),
    "fastText": ("a.txt", "__label__1 it was good\n__label__0 it was bad\n", "as fastText writes it"),
    "a table as .jsonl": ("a.jsonl", CSV, "it holds a table and no JSON"),
    "a number too large for a line": (
        "a.jsonl",
        '{"text": "it was good", "label": 1}\n{"text": "it was bad", "label": 0, "x": Infinity}',
        "",
    ),
}
OBJECTS: list[dict[str, Any]] = [{"text": text, "label": int(label)} for text, label in ROWS]
LINES = "\n".join(map(json.dumps, OBJECTS))
READ |= {
    "lines": ("a.jsonl", LINES, ""),
    "lines with commas": ("a.jsonl", LINES.replace("\n", ",\n"), ""),
    "lines as .csv": ("a.csv", LINES, "it holds JSON"),
    "lines as .txt": ("a.txt", LINES, "it holds JSON"),
    "an array": ("a.json", json.dumps(OBJECTS), "those of a JSON array"),
    "an array over lines": ("a.jsonl", json.dumps(OBJECTS, indent=2), "those of a JSON array"),
    "objects over lines": ("a.jsonl", "\n".join(json.dumps(row, indent=1) for row in OBJECTS), "over several lines"),
    "an array in an object": ("a.json", json.dumps({"version": 1, "data": OBJECTS}), "one JSON object"),
    "lists by column": ("a.json", json.dumps({"text": [row[0] for row in ROWS], "label": [1, 0]}), "one JSON object"),
    "columns of pandas": (
        "a.json",
        json.dumps({"text": {"0": ROWS[0][0], "1": ROWS[1][0]}, "label": {"0": 1, "1": 0}}),
        "one JSON object",
    ),
}


@pytest.mark.parametrize("case", READ)
def test_what_is_clear_is_read_and_what_was_unusual_said(case: str) -> None:
    name, content, notice = READ[case]
    rows, said = read(name, content, Reading(), Columns())
    assert rows == ROWS
    others = [one for one in said if "is taken for the" not in one]
    assert notice in " ".join(others)
    assert bool(others) == bool(notice)


TEXTS = {
    "stray quotes": ("a.csv", 'text,label\nHe said "hi",1\n5" wide,0\n', ['He said "hi"', '5" wide']),
    "Spark's quotes": ("a.csv", 'text,label\n"He said \\"hi\\"",1\n"a\\\\",0\n', ['He said "hi"', "a\\"]),
    "quotes of no cells": ("a.tsv", 'text\tlabel\n" it is\t1\nso"\t0\n', ['" it is', 'so"']),
    "a text with a #": ("a.csv", "text,label\n#1 film,1\n#2 film,0\n", ["#1 film", "#2 film"]),
    "line ends in texts": (
        "a.jsonl",
        '{"text": "a\u2028b", "label": 1}\n{"text": "a\x85b", "label": 0}',
        ["a\u2028b", "a\x85b"],
    ),
    "a long text": ("a.csv", f"text,label\n{'word ' * 200_000},1\nb,0\n", ["word " * 200_000, "b"]),
    "the last of two keys": (
        "a.jsonl",
        '{"text": "a", "text": "b", "label": 1}\n{"text": "c", "label": 0}',
        ["b", "c"],
    ),
}


@pytest.mark.parametrize("case", TEXTS)
def test_texts_come_as_they_are(case: str) -> None:
    name, content, texts = TEXTS[case]
    assert [text for text, _ in read(name, content, Reading(), Columns())[0]] == texts


# What is asked: what the question holds, and what is then to be chosen.
NAMED = Columns(text="1", label="2")
ASKED: dict[str, tuple[str, str | bytes, str, Reading, Columns]] = {
    "a first line that is a row": (
        "a.csv",
        "it was good,1\nit was bad,0\n",
        "line 1: this looks like a row, .* --no-header",
        Reading(header=False),
        NAMED,
    ),
    "a first line whose label comes again": (
        "a.csv",
        "so,1\nit was good,1\nit was bad,0\n",
        "line 1: this looks like a row",
        Reading(header=True),
        Columns(text="so", label="1"),
    ),
    "a first line that may be a row": (
        "a.csv",
        "good,yes\nit was good,1\nit was bad,0\n",
        "none is called by a usual name; .*; if the first line is a row and no names, read it with --no-header",
        Reading(),
        Columns(text="good", label="yes"),
    ),
    "lines with tabs": (
        "a.txt",
        "it was good\t1\nit was bad\t0\n",
        "every line has tabs, .* --no-header",
        Reading(header=False),
        NAMED,
    ),
    "lines of a table": ("a.txt", CSV, "has no labels; .* --header", Reading(header=True), Columns()),
    "a name twice": (
        "a.csv",
        "text,text,label\nit was good,x,1\nit was bad,x,0\n",
        r"text \(1\), text \(2\) could each be it",
        Reading(),
        Columns(text="text (1)"),
    ),
    "several texts": (
        "a.csv",
        "text,review,label\nit was good,x,1\nit was bad,x,0\n",
        "text, review could each be it",
        Reading(),
        Columns(text="text"),
    ),
    "UTF-16 without a mark": (
        "a.csv",
        CSV.encode("utf-16-le"),
        r"byte 2 is 0, as in UTF-16; .*--encoding: UTF-16LE \('text,label', 'it was good,1'\)",
        Reading("UTF-16LE"),
        Columns(),
    ),
    "bytes of no encoding that is named": (
        "a.csv",
        CSV.encode("utf-16-be"),
        r"byte 1 is 0, .* UTF-16BE",
        Reading("utf-16-be"),
        Columns(),
    ),
}


@pytest.mark.parametrize("case", ASKED)
def test_what_is_open_is_asked_and_the_answer_reads_every_row(case: str) -> None:
    name, content, question, reading, columns = ASKED[case]
    with pytest.raises(DataError, match=question) as caught:
        read(name, content, Reading(), Columns())
    assert "\n" not in str(caught.value)
    rows, said = read(name, content, reading, columns)
    assert rows == ROWS
    if case == "a first line that may be a row":
        assert any("the first line is taken for the names of the columns" in one for one in said)


def test_a_report_is_no_data() -> None:
    document = b'{"schema": "sidelight.report/1", "predictions": [{"text": "a film"}]}'
    with pytest.raises(DataError, match=r"a\.json is a report of Sidelight, and no data"):
        parse_table(document, "a.json")


def test_comments_before_the_names_are_asked_about() -> None:
    with pytest.raises(DataError, match=r"line 1: this looks like a comment .* begin with line 3; remove the lines"):
        parse_table(f"# of a tool\n# of today\n{CSV}".encode(), "a.csv")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("GB18030", "这部电影很好看"),
        ("Big5", "這部電影很好看"),
        ("Shift_JIS", "この映画は素晴らしい"),
        ("EUC-KR", "영화가 정말 좋아요"),
        ("Windows-1252", "Café – “nice”"),
        ("Windows-1251", "Очень хороший фильм"),
    ],
)
def test_encodings_are_offered_by_what_they_would_read_and_read_once_named(encoding: str, text: str) -> None:
    content = f"text,label\n{text},1\n".encode(OFFERED[encoding])
    with pytest.raises(DataError, match=r"a.csv, line 2: byte 1[25] .* --encoding") as caught:
        parse_table(content, "a.csv")
    assert f"{encoding} ('{text},1')" in str(caught.value)
    assert parse_table(content, "a.csv", reading=Reading(encoding.lower())).records[0].values["text"] == text


def test_a_wrong_encoding_is_said_with_the_right_one() -> None:
    with pytest.raises(DataError, match=r"byte \d+ .* is not gbk; .*: UTF-8 \('很好好,1'\)"):
        parse_table("text,label\n很好好,1\n".encode(), "a.csv", reading=Reading("gbk"))
    with pytest.raises(DataError, match="there is no encoding 'so'; name one such as UTF-8, GB18030"):
        parse_table(CSV.encode(), "a.csv", reading=Reading("so"))
    table = parse_table("text,label\né,1\n".encode(), "a.csv", reading=Reading("latin-1"))
    assert table.notices[0] == (
        "a.csv: it is read as latin-1, as was asked, but is UTF-8 too; see that its texts are right"
    )


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_standard_input_is_read_as_files_are(encoding: str, ending: str) -> None:
    assert given(f"很 good{ending}so{ending}".encode(encoding)) == "很 good\nso"


def test_standard_input_in_another_encoding_is_asked_about() -> None:
    with pytest.raises(
        DataError, match=r"standard input, line 1: byte 2 is 0, as in UTF-16; .* UTF-16LE \('so, good'\)"
    ):
        given("so, good".encode("utf-16-le"))
    assert given("so, good".encode("utf-16-le"), "UTF-16LE") == "so, good"


# What has rows that can't be used: of which lines, why, and those that are left.
PARTIAL: dict[str, tuple[str, str, list[int], str]] = {
    "too many and too few cells": (
        "a.csv",
        "text,label\nit was good,1\na,b,c\na\nit was bad,0\n",
        [3, 4],
        "3 cells, but the first line names 2 columns",
    ),
    "an open quote": ("a.csv", 'text,label\nit was good,1\n"a,1\nit was bad,0\n', [3], "a quote opens a cell"),
    "a quote too many": ("a.csv", 'text,label\nit was good,1\n"a" b,1\nit was bad,0\n', [3], "not well-formed CSV"),
    "a cut line": ("a.jsonl", LINES.replace("\n", '\n{"text": "a\n'), [2], "not JSON"),
    "no objects": ("a.jsonl", LINES.replace("\n", '\n"a"\n42\n[]\n'), [2, 3, 4], "a text, not an object"),
    "no texts": (
        "a.jsonl",
        LINES.replace("\n", '\n{"text": 5, "label": 1}\n{"text": ["a"], "label": 1}\n'),
        [2, 3],
        "'text' is a number",
    ),
    "no labels": (
        "a.jsonl",
        LINES.replace("\n", '\n{"text": "a", "label": 0.5}\n{"text": "a", "label": [1, 2]}\n'),
        [2, 3],
        "'label' is 0.5, which is no whole number; if it is a class, write it as a text",
    ),
    "many levels": (
        "a.jsonl",
        LINES.replace("\n", '\n{"x": ' + "[" * 100_000 + "]" * 100_000 + "}\n"),
        [2],
        "JSON in too many levels",
    ),
    "in an array": (
        "a.json",
        json.dumps(OBJECTS, indent=1).replace("},\n", '},\n {"text": "a",,},\n'),
        [2],
        "not JSON; mend it",
    ),
    "over several lines": (
        "a.json",
        json.dumps(OBJECTS[0], indent=1) + '\n{\n "text": "a"\n "label": 1\n}\n' + json.dumps(OBJECTS[1]),
        [5],
        "not JSON; mend it",
    ),
}


@pytest.mark.parametrize("case", PARTIAL)
def test_bad_rows_refuse_a_file_or_are_left_out_and_listed(case: str) -> None:
    name, content, lines, reason = PARTIAL[case]
    unit = "row" if case == "in an array" else "line"
    with pytest.raises(DataError) as caught:
        read(name, content, Reading(), Columns())
    assert str(caught.value).startswith(f"{name}, {unit} {lines[0]}: {reason}")
    assert f"(rows that can't be read: {len(lines)} of {len(lines) + 2}; mend them, or have" in str(caught.value)
    rows, said = read(name, content, SKIP, Columns())
    assert rows == ROWS
    assert [one for one in said if f"{len(lines)} of {len(lines) + 2} rows are left out, which can't be read" in one]
    assert [
        line for line in lines if any(one.startswith(f"{name}, {unit} {line} is left out: ") for one in said)
    ] == lines


MISSING = ("null", "NaN", "Infinity", '""', '" "', '"nan"', '"NaN"', '"\\u200b\\u200d"', '"\\u0001"')


@pytest.mark.parametrize("value", MISSING)
@pytest.mark.parametrize("name", ["text", "label"])
def test_missing_values_are_counted_and_left_out_where_that_is_asked_for(value: str, name: str) -> None:
    other = "label" if name == "text" else "text"
    content = LINES.replace("\n", f'\n{{"{name}": {value}, "{other}": "a"}}\n')
    with pytest.raises(DataError, match=r"1 of 3 rows lack a value in 'text', 'label' \(line 2\); .* --skip-empty"):
        labelled([parse_table(content.encode(), "a.jsonl")], Columns(), ignore, print, skip_empty=False)
    rows, said = read("a.jsonl", content, Reading(), Columns(), skip_empty=True)
    assert rows == ROWS
    assert "a.jsonl: 1 of 3 rows are left out, which lack a value (line 2)" in said


@pytest.mark.parametrize("content", ["", "\n\n   \n\n", "\ufeff"])
def test_an_empty_file_is_called_so(content: str) -> None:
    with pytest.raises(DataError, match=r"^a.csv is empty; give a file with some rows$"):
        parse_table(content.encode(), "a.csv")


def test_rows_of_which_none_can_be_read_are_refused_whatever_is_asked() -> None:
    with pytest.raises(DataError, match=r"line 1: not JSON; .* \(none of 1 rows can be read; mend them\)"):
        parse_table(b"<html>", "a.json", reading=SKIP)
    with pytest.raises(DataError, match=r"'.zip' is not one of .csv, .tsv, .jsonl, .ndjson, .json, .txt; save it as"):
        parse_table(b"PK", "a.zip")


def wide() -> Iterator[tuple[str, str]]:
    """Files of many columns."""
    yield "a.csv", "\n".join([",".join(f"c{number}" for number in range(50_000)), "x," * 49_999 + "x"])
    yield "a.csv", "\n".join([",".join(["c"] * 50_000), "x," * 49_999 + "x"])
    yield "a.jsonl", "\n".join(json.dumps({"text": "a", f"k{number}": 1}) for number in range(20_000))


@pytest.mark.parametrize(("name", "content"), list(wide()), ids=["names", "one name", "keys"])
def test_many_columns_take_time_by_their_number(name: str, content: str) -> None:
    begun = time.perf_counter()
    table = look_at(content.encode(), name, Reading()).table
    assert time.perf_counter() - begun < 10
    assert len(table.columns) >= 20_000
    if name == "a.csv":
        with pytest.raises(DataError) as caught:
            given_texts([table], None, None, print)
        assert len(str(caught.value)) < 1000


def test_an_overview_counts_what_rows_lack_as_empty() -> None:
    found = look_at(b'{"text": "a", "label": 1}\n{"text": "b"}\n{"label": 1}', "a.jsonl", Reading())
    assert found.rows == 3
    assert found.counts == {"text": {"a": 1, "b": 1, "": 1}, "label": {"1": 2, "": 1}}


def test_how_a_file_is_read_stays_with_its_table(tmp_path: Path) -> None:
    table = parse_table(CSV.encode(), "a.csv", reading=SKIP)
    assert isinstance(table, Table)
    assert (table.reading, table.unit, table.bad) == (SKIP, "line", ())

"""Data files for fine-tuning: read as they are, refused with file and line, and parted fairly."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sidelight.models.finetuning.chats import Passage, render
from sidelight.models.finetuning.data import Data, read_data, split_labelled, split_writings
from sidelight.models.finetuning.dataset import DataError, Reading, read_table
from sidelight.models.finetuning.labelled import Labelled, check_labels, labelled, leave_out_known, same_text
from sidelight.models.finetuning.passages import Writing, to_passages, writings
from sidelight.models.finetuning.request import Columns, FinetuneSettings, Request, Step, ignore, ignore_notice
from sidelight.models.finetuning.split import hold_out_share
from sidelight.models.finetuning.texts import Given, held_out
from sidelight.models.template import Renderer
from transformers import AutoTokenizer

from .tiny import save_generator

GUESSED = Columns()
CHATML = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def jsonl(rows: list[dict[str, str]]) -> str:
    return "\n".join(map(json.dumps, rows))


def save(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows_of(
    path: Path, columns: Columns | None = None, *, skip_empty: bool = False
) -> tuple[list[Labelled], list[str]]:
    said: list[str] = []
    return labelled([read_table(path)], columns or Columns(), ignore, said.append, skip_empty=skip_empty), said


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", 'text,label\n"good, very\ngood",pos\nbad,neg\n'),
        ("a.csv", b'\xef\xbb\xbftext,label\r\n"good, very\ngood",pos\r\nbad,neg\r\n'),
        ("a.csv", 'text;label\n"good, very\ngood";pos\nbad;neg'),
        ("a.tsv", 'text\tlabel\n"good, very\ngood"\tpos\nbad\tneg'),
    ],
)
def test_cells_are_read_with_the_line_that_they_begin_in(name: str, content: str | bytes, tmp_path: Path) -> None:
    rows, _ = rows_of(save(tmp_path, name, content))
    assert rows == [
        Labelled("good, very\ngood", "pos", None, f"{name}, line 2"),
        Labelled("bad", "neg", None, f"{name}, line 4"),
    ]


def test_jsonl_labels_may_be_numbers_and_columns_are_guessed_and_said(tmp_path: Path) -> None:
    content = '{"id": 1, "Sentence": "good\u2028", "label": 1}\n\n{"Sentence": "x", "label": 0}'
    rows, said = rows_of(save(tmp_path, "a.jsonl", content))
    assert [(row.text, row.label, row.place) for row in rows] == [
        ("good\u2028", "1", "a.jsonl, line 1"),
        ("x", "0", "a.jsonl, line 3"),
    ]
    assert said == ["a.jsonl: 'Sentence' is taken for the text", "a.jsonl: 'label' is taken for the label"]


WRONG = {
    "no such ending": ("a.xlsx", "", r"a.xlsx: '.xlsx' is not one of .csv, .tsv, .jsonl"),
    "empty objects": ("a.jsonl", "{}\n{}", "a.jsonl holds no rows"),
    "nothing": ("a.csv", "text,label\n", "a.csv holds no rows"),
    "another encoding": (
        "a.csv",
        b"text,label\ncaf\xe9,1\n",
        r"a.csv, line 2: byte 15 \(0xe9\) is not UTF-8; .*--encoding .*: Windows-1252 \('café,1'\)$",
    ),
    "Western letters that could be Chinese": (
        "a.csv",
        "text\nMüller, naïve\n".encode("cp1252"),
        r": Windows-1252 \('M",
    ),
    "Chinese": ("a.csv", "text,label\n很好,1\n".encode("gbk"), r"line 2: byte 12 \(0xba\) .*: GB18030 \('很好,1'\);"),
    "another after a mark": ("a.csv", b"\xef\xbb\xbfa,b\n\xff,1", r"line 2: byte 8 \(0xff\)"),
    "half of UTF-16": (
        "a.csv",
        "text,label".encode("utf-16")[:-1],
        "line 1: byte 21 .* is not UTF-16, which its byte order mark says",
    ),
    "UTF-16 without a mark": (
        "a b.txt",
        "naïve\nso".encode("utf-16-le"),
        r"line 1: byte 2 is 0, as in UTF-16; .*--encoding: UTF-16LE \('naïve'\); else remove such bytes",
    ),
    "UTF-16 the other way round": ("a.csv", "一,b\na".encode("utf-16-be"), "a.csv, line 1: byte 2 is 0, .* UTF-16BE"),
    "a character 0": (
        "a.csv",
        "text,label\na\0b,1\n",
        "a.csv, line 2: byte 13 is 0, which no text holds; remove such bytes",
    ),
    "too many cells": ("a.csv", "text,label\na,1\nb,c,1\n", "a.csv, line 3: 3 cells, but the first line names 2"),
    "an open quote": (
        "a.csv",
        'text,label\na,1\n"b,1\nc,2\n',
        "a.csv, line 3: a quote opens a cell and nothing closes it",
    ),
    "a column twice": ("a.csv", "text,text\na,1\n", r"which column is the text\? text \(1\), text \(2\) could each"),
    "not JSON": ("a.jsonl", '{"text": "a", "label": 1}\n{"text"', "a.jsonl, line 2: not JSON"),
    "no object": ("a.jsonl", "[1]", "a.jsonl, row 1: a number, not an object"),
    "no such column": ("a.csv", "id,body,text,label\n1,a,b,c\n", "which column is the text.*body, text could each"),
    "no usual name": ("a.csv", "text,stars\na,5\n", "which column is the label.*name one of text, stars"),
    "half a character": ("a.jsonl", '{"text": "a\\ud800", "label": 1}', "line 1: 'text' holds half a character"),
    "a list as label": ("a.jsonl", '{"text": "a", "label": [1]}', "line 1: 'label' is a list"),
    "empty rows": (
        "a.csv",
        "text,label\na,1\n ,2\nb,\n",
        r"a.csv: 2 of 3 rows lack .*\(lines 3, 4\).*have such rows left out",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_with_file_and_line(case: str, tmp_path: Path) -> None:
    name, content, message = WRONG[case]
    with pytest.raises(DataError, match=message) as caught:
        rows_of(save(tmp_path, name, content))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("name", "row"), [("a.csv", "a,1\n"), ("a.jsonl", '{"text": "a", "label": 1}\n')])
def test_every_thousandth_line_is_told_of_and_the_reading_can_be_ended(name: str, row: str, tmp_path: Path) -> None:
    told: list[Step] = []
    path = save(tmp_path, name, "text,label\n" * (name == "a.csv") + row * 2500)
    table = read_table(path, told.append)
    assert [(step.stage, step.done // 1000, step.total // 1000) for step in told] == [
        ("read", thousand, 2) for thousand in (0, 1, 2)
    ]
    told.clear()
    assert len(labelled([table], Columns(), told.append, ignore_notice, skip_empty=False)) == 2500
    assert told == [Step("read", done, 2500) for done in (0, 1000, 2000)]

    def end(step: Step) -> None:
        if step.done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_table(path, end)


def test_white_space_around_labels_is_said(tmp_path: Path) -> None:
    rows, said = rows_of(save(tmp_path, "a.csv", "text,label\nx, a\ny,a\nz,b \n"))
    assert [row.label for row in rows] == ["a", "a", "b"]
    assert said[-1] == "a.csv: 2 labels have white space around them, which is left out"


def test_a_missing_file_and_a_missing_column_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none.csv can't be read"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(DataError, match="there is no column 'body'; there are text, label"):
        rows_of(save(tmp_path, "a.csv", "text,label\na,1"), Columns(text="body"))


def test_empty_rows_are_left_out_where_that_is_asked_for_and_counted(tmp_path: Path) -> None:
    rows, said = rows_of(save(tmp_path, "a.csv", "text,label\na,1\n ,2\nb,\n\n"), skip_empty=True)
    assert [row.text for row in rows] == ["a"]
    assert said[-1] == "a.csv: 2 of 3 rows are left out, which lack a value (lines 3, 4)"


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), st.sampled_from(["a.jsonl", "a.csv"])
)
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: str, name: str) -> None:
    quoted = '"' + text.replace('"', '""') + '"'
    content = json.dumps({"text": text}) if name == "a.jsonl" else f"text,n\n{quoted},1\n"
    table = read_table(save(tmp_path_factory.mktemp("text"), name, content))
    assert table.records[0].values["text"] == text


def many(labels: list[str]) -> list[Labelled]:
    return [Labelled(f"text {index}", label, None, f"a.csv, line {index + 2}") for index, label in enumerate(labels)]


TWO = many(["a", "b"] * 10)


@pytest.mark.parametrize(
    ("train", "held_out", "message"),
    [
        (many(["a"] * 20), TWO, "all 20 rows to learn have the label 'a'"),
        (TWO[:9], TWO, "there are 9 rows to learn from; give at least 10"),
        (TWO, [], "no rows to check with"),
        (TWO, many(["a", "c"]), "a.csv, line 3: the held-out label 'c' is never learned; labels are a, b"),
        (many([str(index) for index in range(30)]), TWO, "30 rows have 30 different labels"),
    ],
)
def test_rows_that_make_no_classifier_are_refused(
    train: list[Labelled], held_out: list[Labelled], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        check_labels(train, held_out)


def test_held_out_rows_that_were_learned_are_left_out_and_said() -> None:
    said: list[str] = []
    assert leave_out_known(["Good ", "good!", "👍"], ["good", "👎"], str, said.append) == ["good!", "👍"]
    assert said == ["1 of 3 held-out rows equal training rows and are left out of the held-out ones"]
    with pytest.raises(DataError, match="all 1 held-out rows are training rows too"):
        leave_out_known(["Good"], ["good"], str, said.append)


@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=80), st.floats(0.05, 0.95), st.integers(0, 9))
def test_a_share_of_each_label_is_held_out(labels: list[str], share: float, seed: int) -> None:
    kept, held = hold_out_share(labels, range(len(labels)), share, seed)
    assert sorted(kept + held) == list(range(len(labels)))
    assert kept
    assert held
    counts, all_ = Counter(labels[index] for index in held), Counter(labels)
    if len(held) > 1 and len(kept) > 1:
        assert all(abs(counts[label] - share * all_[label]) < 1 for label in all_)
    assert len(held) == max(1, min(len(labels) - 1, ceil(share * len(labels) - 0.5 - 1e-9)))
    assert hold_out_share(labels, range(len(labels)), share, seed) == (kept, held)


@pytest.mark.parametrize("rows", [4, 6])
def test_rare_labels_together_hold_out_the_share_too(rows: int) -> None:
    labels = [number % 20 for number in range(20 * rows)]
    held = hold_out_share(labels, range(len(labels)), 0.1, 0)[1]
    assert len(held) == 2 * rows == len({labels[index] for index in held})


def test_a_share_that_groups_do_not_allow_is_said(tmp_path: Path) -> None:
    request = Request("classify", "demo", (films(tmp_path, 3),), columns=Columns(group="film"))
    said: list[str] = []
    rows, held = split_labelled(request, read_data(request, ignore, ignore_notice), ignore, said.append)
    assert (len(rows), len(held)) == (20, 10)
    assert said[-1] == (
        "10 of 30 rows are held out, a share of 0.333 and not 0.1, since rows of a group or of one text stand on one "
        "side of the split"
    )


def test_of_rows_that_are_all_one_group_or_one_text_none_can_be_held_out(tmp_path: Path) -> None:
    request = Request("classify", "demo", (films(tmp_path, 1),), columns=Columns(group="film"))
    with pytest.raises(DataError, match=r"all 30 rows are of one group in 'film', .* give others to check with"):
        split_labelled(request, read_data(request, ignore, ignore_notice), ignore, ignore_notice)
    with pytest.raises(DataError, match="all 12 rows have the same text, of which none can be held out"):
        split_labelled(*data_of(tmp_path, [("so", "ab"[number % 2]) for number in range(12)]), ignore, ignore_notice)


def films(folder: Path, count: int) -> str:
    """A file of 30 rows of two labels about so many films."""
    rows = ({"text": f"text {row}", "label": "ab"[row % 2], "film": f"film {row % count}"} for row in range(30))
    return str(save(folder, "films.jsonl", jsonl(list(rows))))


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 8)), min_size=2, max_size=60), st.integers(0, 9))
def test_no_group_is_on_both_sides(rows: list[tuple[str, int]], seed: int) -> None:
    groups = [group for _, group in rows]
    kept, held = hold_out_share([label for label, _ in rows], groups, 0.2, seed)
    assert not {groups[index] for index in kept} & {groups[index] for index in held}
    assert sorted(kept + held) == list(range(len(rows)))
    assert bool(held) == (len(set(groups)) > 1)


REPEATED = [(f"film {number % 20}{' ' * (number % 3)}", "ab"[number % 2]) for number in range(200)]


def data_of(folder: Path, rows: list[tuple[str, str]]) -> tuple[Request, Data]:
    """A request for a file of these texts with their labels, and what is in it."""
    content = jsonl([{"text": text, "label": label} for text, label in rows])
    request = Request("classify", "demo", (str(save(folder, "a.jsonl", content)),))
    return request, read_data(request, ignore, ignore_notice)


def test_all_rows_of_a_text_stand_on_one_side_which_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    rows, held = split_labelled(*data_of(tmp_path, REPEATED), ignore, said.append)
    assert not {same_text(row.text) for row in rows} & {same_text(row.text) for row in held}
    assert (len(rows), len(held), {row.label for row in held}) == (180, 20, {"a", "b"})
    assert said[2:] == [
        "20 texts occur more than once (but for upper case and white space), in 200 rows; all rows of a text stand on "
        "one side of the split"
    ]
    learned, unseen = split_writings(*data_of(tmp_path, REPEATED), ignore, said.append)
    assert (len(learned), len(unseen)) == (180, 20)
    assert said[-1] == said[2]
    given = [Given(text, label) for text, label in REPEATED]
    assert [one.text for one in held_out(given, 0.1, 0, said.append)] == [row.text for row in held]


def test_a_text_with_two_labels_is_said_with_its_place(tmp_path: Path) -> None:
    said: list[str] = []
    split_labelled(
        *data_of(tmp_path, [*REPEATED, ("film 3", "a"), ("film 5", "a"), ("Film 7", "a")]), ignore, said.append
    )
    assert said[2] == (
        "2 texts have more than one label (the first: a.jsonl, line 201); no model gets all of their rows right"
    )


def test_a_text_a_line_or_a_paragraph(tmp_path: Path) -> None:
    path = save(tmp_path, "a.txt", "one\r\ntwo\r\n\r\n\r\nthree\r\n")
    lines, paragraphs = read_table(path), read_table(path, reading=Reading(paragraphs=True))
    assert [(record.line, record.values["text"]) for record in lines.records] == [(1, "one"), (2, "two"), (5, "three")]
    assert "3 texts, one a line" in lines.notices[0]
    assert "ask for paragraphs" in lines.notices[1]
    assert [(record.line, record.values["text"]) for record in paragraphs.records] == [(1, "one\ntwo"), (5, "three")]


def read_writings(path: Path) -> list[Writing]:
    return writings([read_table(path)], Columns(), ignore, ignore_notice, skip_empty=False)


def test_texts_prompts_and_conversations_are_told_apart(tmp_path: Path) -> None:
    pair = '{"prompt": "2+2?", "response": "4"}'
    chat = '{"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"}]}'
    found = [read_writings(save(tmp_path, "a.jsonl", line))[0] for line in ('{"text": "a b"}', pair, chat)]
    assert [one.said for one in found] == [
        (("text", "a b"),),
        (("user", "2+2?"), ("assistant", "4")),
        (("user", "hi"), ("assistant", "ho")),
    ]


def test_a_context_comes_after_its_prompt(tmp_path: Path) -> None:
    rows = (
        {"instruction": "Sum up.", "input": "a b", "output": "c"},
        {"instruction": "2+2?", "input": "", "output": "4"},
    )
    table = read_table(save(tmp_path, "a.jsonl", "\n".join(map(json.dumps, rows))))
    said: list[str] = []

    def prompts(columns: Columns) -> list[str]:
        return [one.said[0][1] for one in writings([table], columns, ignore, said.append, skip_empty=False)]

    assert prompts(Columns()) == ["Sum up.\n\na b", "2+2?"]
    assert "a.jsonl: 'input' is taken for the context" in said
    assert prompts(Columns(prompt="instruction", context="input")) == ["Sum up.\n\na b", "2+2?"]
    assert prompts(Columns(prompt="instruction")) == ["Sum up.", "2+2?"]
    with pytest.raises(DataError, match="both can't be learned"):
        prompts(Columns(text="output", response="output"))


@pytest.mark.parametrize(
    ("messages", "message"),
    [
        ('"hi"', "line 1: 'messages' is a text"),
        ('[{"role": "user", "content": "hi"}]', "line 1: nobody answers"),
        ('[{"role": "assistant", "content": "hi"}]', "line 1: only the assistant speaks"),
        ('[{"role": "assistant", "content": "hi"}, {"role": "user", "content": "ho"}]', "line 1: nobody answers"),
        ('[{"role": "cook", "content": "hi"}]', "line 1: message 1 has the role 'cook'; it needs a role"),
        ('[{"role": "user", "content": " "}]', "line 1: message 1 is empty; it needs a role .* and a content"),
    ],
)
def test_a_conversation_that_is_none_is_refused(messages: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        read_writings(save(tmp_path, "a.jsonl", f'{{"messages": {messages}}}'))


def test_of_conversations_only_answers_are_learned_and_as_the_template_writes_them(tmp_path: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(save_generator(tmp_path / "model", "llama"))
    tokenizer.chat_template = CHATML
    long = Writing((("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d")), None, "a.jsonl, line 1")
    pair = Writing((("user", "a"), ("assistant", "b")), None, "a.jsonl, line 2")
    text = Writing((("text", "a b"),), None, "a.jsonl, line 3")
    found = to_passages([long, pair, text], tokenizer, ["<|end|>"], ignore_notice, template=True, learn_prompt=False)
    assert found == [
        Passage(
            (
                ("<|user|>a<|end|>\n<|assistant|>", False),
                ("b<|end|>", True),
                ("\n", False),
                ("<|user|>c<|end|>\n<|assistant|>", False),
                ("d<|end|>", True),
            ),
            begins=False,
            ends=False,
        ),
        Passage((("<|user|>a<|end|>\n<|assistant|>", False), ("b<|end|>", True)), begins=False, ends=False),
        Passage((("a b", True),)),
    ]
    plain = to_passages([pair], tokenizer, ["<|end|>"], ignore_notice, template=False, learn_prompt=True)
    assert plain == [Passage((("a", True), ("b", True)))]
    tokenizer.chat_template = None
    with pytest.raises(DataError, match="line 1: the model has no chat template"):
        to_passages([long], tokenizer, [], ignore_notice, template=True, learn_prompt=False)


def test_what_the_assistant_says_before_anybody_else_is_read_and_not_learned_which_is_said(tmp_path: Path) -> None:
    welcomed = [("assistant", "w"), ("user", "a"), ("assistant", "b")]
    template = "{% if messages %}{{ 'you help ' }}{% endif %}" + CHATML  # writes nothing of no messages, as SmolLM2's
    chat = Writing(tuple(welcomed), None, "a.jsonl, line 1")
    ((found,),) = render([chat], Renderer(template, {}), ["<|end|>"], ignore_notice)
    assert found.parts == (
        ("you help <|assistant|>w<|end|>\n<|user|>a<|end|>\n<|assistant|>", False),
        ("b<|end|>", True),
    )
    talk = [{"role": role, "content": content} for role, content in welcomed]
    lines = [json.dumps({"messages": [*talk, {"role": "user", "content": str(number)}]}) for number in range(20)]
    request = Request("generate", "demo", (str(save(tmp_path, "a.jsonl", "\n".join(lines))),))
    said: list[str] = []
    data = read_data(request, ignore, ignore_notice)
    split_writings(request, data, ignore, said.append)
    assert said == ["20 conversations begin with the assistant; what it says first is read, but not learned"]
    said.clear()
    split_writings(replace(request, settings=FinetuneSettings(learn_prompt=True)), data, ignore, said.append)
    assert said == []


LONG = Writing((("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d")), None, "a.jsonl, line 1")


def rendered(chat: Writing, template: str, ends: Sequence[str] = ()) -> tuple[list[Passage], list[str]]:
    said: list[str] = []
    (found,) = render([chat], Renderer(template, {}), ends, said.append)
    return found, said


def test_where_a_template_changes_what_was_said_each_answer_is_learned_as_it_will_be_asked_for() -> None:
    found, _ = rendered(LONG, "{{ messages[-1]['content'] }}")
    assert [one.parts for one in found] == [(("a", False), ("b", True)), (("c", False), ("d", True))]


TURNS = "{% for turn in messages %}<{{ turn.role }}>{{ CONTENT }}<end>{% endfor %}"
OPENS = "{% if add_generation_prompt %}<assistant><think>\n{% endif %}"


@pytest.mark.parametrize("content", ["turn.content", "turn.content.split('</think>')[-1] | trim"])
def test_what_a_template_opens_is_learned_once_and_no_thought_is_lost(content: str) -> None:
    chat = Writing((("user", "a"), ("assistant", "<think>\nhm\n</think>\nb")), None, "a.jsonl, line 1")
    ((passage,), said) = rendered(chat, TURNS.replace("CONTENT", content) + OPENS, ["<end>"])
    assert passage.parts == (("<user>a<end><assistant><think>\n", False), ("hm\n</think>\nb<end>", True))
    assert len(said) == ("trim" in content)
    assert all("changes 1 of 1 answers" in notice for notice in said)


def test_an_answer_that_does_not_go_on_with_what_was_opened_is_said() -> None:
    _, said = rendered(LONG, TURNS.replace("CONTENT", "turn.content") + OPENS)
    assert any("opens '<think>' for the model's answer, with which 2 of 2 answers do not begin" in one for one in said)


def test_a_conversation_that_a_template_refuses_is_named() -> None:
    template = "{% if messages[0].role == 'system' %}{{ raise_exception('no system here') }}{% endif %}" + CHATML
    other = Writing((("system", "s"), ("user", "a"), ("assistant", "b")), None, "a.jsonl, line 2")
    with pytest.raises(DataError, match=r"line 2: the chat template fails \(TemplateError: no system here\)"):
        render([LONG, other], Renderer(template, {}), [], ignore_notice)
    with pytest.raises(DataError, match="line 1: the chat template does not show what the assistant says"):
        rendered(LONG, "{{ messages[0]['content'] }}")


@pytest.mark.parametrize(
    "setting",
    [{"epochs": 0}, {"learning_rate": 0}, {"warm_up": 1}, {"mask_fraction": 2}, {"patience": 1}, {"seed": -1}],
)
def test_a_setting_out_of_its_range_is_refused(setting: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(setting))}=.* is not allowed; it takes"):
        FinetuneSettings(**setting)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="share=1"):
        Request("classify", "demo", ("a.csv",), share=1)

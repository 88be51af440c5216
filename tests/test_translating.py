"""What must hold of the texts that are made in English and shown in another language: none is missing, none is lost."""

import ast
import re
from collections.abc import Iterator
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sidelight.dashboard.wording import LANGUAGES, TOLD, in_language, told
from sidelight.dashboard.wording.chinese_of_cards import OF_CARDS
from sidelight.dashboard.wording.chinese_of_data import OF_DATA
from sidelight.dashboard.wording.chinese_of_models import OF_MODELS
from sidelight.dashboard.wording.chinese_of_reports import OF_REPORTS
from sidelight.dashboard.wording.chinese_of_training import OF_TRAINING
from sidelight.dashboard.wording.translating import TEXTS, fitting, templates, translated

from tests import ROOT

CATALOGUES = (OF_CARDS, OF_DATA, OF_MODELS, OF_TRAINING, OF_REPORTS)
CHINESE = LANGUAGES["zh"].told
WORKERS = ("keeper", "process", "supervisor", "training", "turns", "worker")  # of dashboard/workers/
WORD = re.compile(r"[A-Za-z]{3,}")
VALUE = "⟦{}⟧"  # stands for a value

# Whose texts no page shows.
OF_THE_COMMAND_LINE = {
    "explain/agreement.py",
    "explain/asking.py",
    "explain/evidence.py",
    "explain/speed.py",
}
# Texts that nobody is told, by what they are.
NOT_SHOWN = {
    "what a program reads": {
        "ERROR: ⟦⟧",
        "field larger",
        "unexpected end",
        "Progress ⟦⟧ of ⟦⟧",
        "No module named pip",
        "DO NOT MATCH THE HASHES",
        "^ERROR: (.+)$",
        "It took as long as it takes to read a dozen short words.",
        "No matching distribution found for ⟦⟧",
        "fetch chinese reviews",
        "fetch generator",
        "fetch reviews",
        "fetch weights",
        "one two three",
        "predicted value",
        "log probability ratio",
        "keeper of the worker",
        "keeper of the trainer",
        "instr(folded(text || ' ' || model), ?) > 0",
        "(? is null or task = ?)",
        "delete from collected where about = ?",
    },
    "README.md of a model, which is English": {
        "## Data",
        "## Held-out rows by their label and the label they were given",
        "found (recall)",
        "given ⟦⟧",
        "right (precision)",
    },
    "names": {
        "⟦⟧ ⟦⟧: HuggingFaceTB/SmolLM2-135M-Instruct, Apache-2.0 (package Apache-2.0)",
        "the ⟦⟧",
        "⟦⟧ ⟦⟧: sentence-transformers/all-MiniLM-L6-v2, Apache-2.0 (package MIT)",
    },
    "what is asked of our own code, not of people": {
        "a prediction has ⟦⟧ ids but ⟦⟧ tokens",
        "⟦⟧ names a segment that is not among the ⟦⟧",
        "⟦⟧ lies outside of its text",
        "feature ⟦⟧ has a token outside of the ⟦⟧ ids",
        "the score of ⟦⟧ is ⟦⟧, not a finite number",
        "diagnostic ⟦⟧",
        "⟦⟧ of ⟦⟧ has shape ⟦⟧; the prediction asks for ⟦⟧",
        "⟦⟧ of ⟦⟧ holds a number that is not finite",
        "attention ⟦⟧ has ⟦⟧ layers of ⟦⟧ heads; each of them is 1 or more",
        "attention ⟦⟧ points outside of the ⟦⟧ tokens",
        "attention ⟦⟧ holds ⟦⟧ bytes instead of ⟦⟧",
        "attention ⟦⟧ is kept to ⟦⟧ parts; ⟦⟧ or ⟦⟧ are known",
        "⟦⟧ notes for ⟦⟧ predictions; give one for each",
        "⟦⟧ dates for ⟦⟧ predictions; give one for each",
        "the setting ⟦⟧ says nothing of itself; annotate it Annotated[type, 'what it does']",
        "the first order is a ⟦⟧, not a Choice",
    },
}
# What may stand in a Chinese text in Latin letters: names, and what is typed.
NAMES = re.compile(
    r"`[^`]+`|--[\w-]+|\.?[\w./-]*(?:\.json|\.gguf)|\b\w+=\w*|'\w+'|name:key=value,key=value|name/model"
    r"|\b(?:Apache-2\.0|BERT|CSV|ChnSentiCorp|GGUF|Git LFS|Hugging Face|JSON|MIT|Sidelight|SHA-256|UTF-\d+|assistant"
    r"|bfloat16|config|content|cpu|demo|float32|kernel|llama-gguf-split|peft|mask_fraction|model_type|pickle|pip|role|safetensors"
    r"|balanced|save_pretrained|transformers|true|false)(?![A-Za-z])|model\.safetensors|\.txt|\b(?:Excel|Spark|fastText)\b"
)


def texts_in(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Every text in the code but documentation and patterns, with its line; a sign stands for each value in it."""
    match node:
        case ast.JoinedStr(values=values):
            yield node.lineno, re.sub("(?:⟦⟧)+", "⟦⟧", "".join(map(part_of, values)))
            for value in values:
                if isinstance(value, ast.FormattedValue):
                    yield from texts_in(value.value)
        case ast.Constant(value=str(text)):
            yield node.lineno, text
        case ast.Expr(value=ast.Constant()):
            pass
        case ast.Call(func=ast.Attribute(attr="compile" | "execute" | "fetchone")):
            pass
        case ast.Subscript(value=ast.Name(id="Annotated")):
            pass  # the help of a setting, which is in OF_CODE
        case _:
            for child in ast.iter_child_nodes(node):
                yield from texts_in(child)


def part_of(value: ast.expr) -> str:
    """A part of an f-string."""
    return str(value.value) if isinstance(value, ast.Constant) else "⟦⟧"


def sources() -> Iterator[tuple[str, ast.Module]]:
    """The code whose texts pages show, by its place."""
    paths = [*(ROOT / "models").rglob("*.py"), *(ROOT / "explain").rglob("*.py")]
    paths += [ROOT / "dashboard" / "workers" / f"{name}.py" for name in WORKERS]
    for path in [*paths, *(ROOT / "dashboard").glob("history*.py")]:
        name = path.relative_to(ROOT).as_posix()
        if name not in OF_THE_COMMAND_LINE:
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def sentences() -> Iterator[tuple[str, str]]:
    """Every text that people may be told, with its place: of more than one word."""
    hidden = set().union(*NOT_SHOWN.values())
    for name, tree in sources():
        for line, text in texts_in(tree):
            words = WORD.search(text) and " " in text.strip() and "\n" not in text and not text.startswith("from ")
            if words and text not in hidden:
                yield f"{name}:{line}", text


def filled(text: str) -> str:
    """A text with values in it that no template knows."""
    parts = text.split("⟦⟧")
    return "".join(part + VALUE.format(number) for number, part in enumerate(parts[:-1])) + parts[-1]


def test_every_text_is_known() -> None:
    missing = []
    for place, text in sentences():
        answer = in_language("zh", told)(filled(text))
        values = set(re.findall("⟦\\d+⟧", filled(text)))
        if WORD.search(NAMES.sub(" ", re.sub(r"\{\w+(?:!r)?\}", "", answer))) or values != set(
            re.findall("⟦\\d+⟧", answer)
        ):
            missing.append(f"{place}: {text!r} is shown as {answer!r}")
    assert not missing, "\n".join(missing)


def used_for(text: str) -> Iterator[str]:
    """What a text and the texts in it are translated to."""
    if found := fitting(text, CHINESE):
        template, values = found
        yield template.other
        for name in TEXTS & values.keys():
            yield from used_for(values[name])


def test_no_template_is_unused() -> None:
    texts = {text for _, tree in sources() for _, text in texts_in(tree)}
    used = {other for text in texts for other in used_for(filled(text))}
    # Of the names of the demos.
    made = {"演示分类器", "演示生成器", "中文演示分类器"}
    made |= {f"{name}（权重 SHA-256 {{digest}}）" for name in made}
    earlier = {TOLD["rows held out by file: {files}"]}  # of cards that were written by earlier versions
    assert {text: other for text, other in TOLD.items() if other not in used | made | earlier} == {}
    assert sum(map(len, CATALOGUES)) == len(TOLD)


def test_nothing_is_listed_as_hidden_that_is_not_there() -> None:
    texts = {text for _, tree in sources() for _, text in texts_in(tree)}
    assert set().union(*NOT_SHOWN.values()) <= texts


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=["cards", "data", "models", "training", "reports"])
def test_a_catalogue_is_in_order(catalogue: dict[str, str]) -> None:
    assert list(catalogue) == sorted(catalogue)


def test_both_sides_have_the_same_placeholders() -> None:
    for text, other in TOLD.items():
        assert names_in(text) == names_in(other), text


def names_in(text: str) -> list[str]:
    """The placeholders of a text in alphabetical order."""
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def test_placeholders_stand_apart() -> None:
    for template in CHINESE:
        assert all(template.literals[1:-1]), template
        assert any(template.literals), template
        assert len(set(template.names)) == len(template.names), template


def test_chinese_texts_have_full_width_punctuation_and_no_english() -> None:
    for text, other in TOLD.items():
        assert not re.search(r"[\u4e00-\u9fff}] ?[,;:!?]|[\u4e00-\u9fff]\.|[,;:!?] ?[\u4e00-\u9fff]", other), text
        assert not WORD.search(NAMES.sub(" ", re.sub(r"\{\w+\}", "", other))), text


def test_every_part_that_is_a_text_occurs() -> None:
    assert {name for template in CHINESE for name in template.names} >= TEXTS


def test_the_template_that_says_more_is_taken() -> None:
    known = templates({"{a}: {b}": "{b}！{a}", "{a}: no {b}": "{a}没有{b}"})
    assert translated("x: no y", known) == "x没有y"
    assert translated("x: y", known) == "y！x"


def test_texts_in_a_text_are_translated_too_and_other_values_are_not() -> None:
    speak = in_language("zh", told)
    assert speak("Input 2: Occlusion was left out: the model has no filler token; use baseline=zero.") == (
        "输入2：略去了遮挡：该模型没有填充词元；请用 baseline=zero。"
    )
    assert (
        speak("Occlusion.csv holds no rows; give a file with some") == "Occlusion.csv 中没有数据行；请提供有内容的文件"
    )
    assert speak("word holds no rows; give a file with some").startswith("word ")


def test_why_a_row_can_not_be_read_is_translated_with_its_place() -> None:
    speak = in_language("zh", told)
    cells = "3 cells, but the first line names 2 columns; put cells that hold a delimiter into quotes"
    assert speak(f"a.csv, line 3: {cells} (none of 4 rows can be read; mend them)") == (
        "a.csv 第3行：有3个单元格，而首行有2列；单元格含分隔符时请加引号（4行都读不了；请修正）"
    )
    object_ = "a text, not an object; write one object a line"
    assert speak(f"a.jsonl, line 2 is left out: {object_}") == (
        "略去了 a.jsonl 第2行：是文本，不是对象；请每行写一个对象"
    )
    some = "(rows that can't be read: 1 of 2; mend them, or have them left out by --skip-bad)"
    assert speak(f"a.json, row 2: {object_} {some}") == (
        "a.json 第2条：是文本，不是对象；请每行写一个对象（读不了的行：2行中的1行；请修正，或用 --skip-bad 略去）"
    )
    question = "a.csv: which column is the text? none is called by a usual name; name one of so, 1"
    assert speak(f"{question}; if the first line is a row and no names, read it with --no-header") == (
        "a.csv：哪一列是文本列？没有一列用的是常见的名称；请选择一列：so, 1；若首行是数据而不是列名，请用 --no-header "
        "读取"
    )


def test_what_checked_a_model_is_said_of_old_cards_and_new_ones() -> None:
    speak = in_language("zh", told)
    chosen = "checked with 119 of the 120 rows of zhdev.jsonl, b.jsonl; they also chose the weights that were kept"
    assert speak(chosen) == (
        "用于检验的文件：zhdev.jsonl, b.jsonl（共120行，其中119行用于检验）；保留哪一份权重也由它们决定"
    )
    assert speak("rows held out by file: zhdev.jsonl (120)") == "用于检验的文件及其行数：zhdev.jsonl (120)"


def test_an_unknown_text_is_shown_as_it_came() -> None:
    for text in ("", "it learned to guess", "[Errno 28] No space left on device", "选择一个示例", "{name}", "a {0} b"):
        assert in_language("zh", told)(text) == text
    assert told("Occlusion") == "Occlusion"


@settings(deadline=None, max_examples=10)  # each of them in every text
@given(values=st.lists(st.text(st.characters(exclude_characters=" .,:;()=")), min_size=8, max_size=8))
def test_no_value_is_lost_or_read_as_a_placeholder(values: list[str]) -> None:
    marked = [f"⟦{number}{value}⟧" for number, value in enumerate(values)]
    for text, other in TOLD.items():
        put_in = dict(zip(names_in(text), marked, strict=False))
        answer = in_language("zh", told)(text.format(**put_in))
        assert all(value in answer for value in put_in.values()), (text, other)


@given(st.text())
def test_whatever_came_can_be_translated(text: str) -> None:
    assert in_language("zh", told)(text) is not None

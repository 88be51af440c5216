"""What must hold of the texts: every language has them all, and every text that is used exists."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from threading import Thread

import pytest
from sidelight.dashboard import session
from sidelight.dashboard.exports import EXPORTS
from sidelight.dashboard.markup import say_html
from sidelight.dashboard.views import VIEWS
from sidelight.dashboard.wording import (
    LANGUAGES,
    chinese,
    english,
    follow,
    in_language,
    key_of,
    language,
    listed,
    said,
    say,
    unit_noun,
)
from sidelight.dashboard.wording.chinese_of_code import OF_CODE
from sidelight.dashboard.workers.messages import Choice
from sidelight.explain.methods import METHODS
from sidelight.explain.report_file import load_report
from sidelight.explain.settings import settings_of
from sidelight.models.units import UNITS
from streamlit.testing.v1 import AppTest

from tests import ROOT

DASHBOARD = ROOT / "dashboard"
SPEAKING = {"say", "say_html", "text_of"}
FIGURES = ("r2", "intercept", "special_share")  # that methods find of themselves
SCALES = ("log-odds", "log_probability_ratio", "predicted_value")  # of the scores of targets
# What may stand in a Chinese text in Latin letters: names, and what is typed or chosen in them.
NAMES = re.compile(
    r"\b(?:BERT|BertViz|CJK|CLS|CSV|Ctrl|HTML|Hugging Face|JSON|JSONL|LIME|MASK|MB|Noto Sans|PDF|Plotly|Python|R²|SEP"
    r"|SHA|SHAP|Shapley|Shift|Sidelight|Spearman|Top p|TSV|UTC|UTF|auto|exact|filler|kernel|safetensors|scattertext"
    r"|zero|AdamW|Enter|demo(?:-zh)?|messages|sidelight (?:demo|finetune)"
    r")(?![A-Za-z])|\{\w+\}|--[\w-]+|\.[a-z]+|（[\w.-]+）"
)


def placeholders(text: str) -> set[str]:
    """The names between braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def keys_in_code() -> Iterator[tuple[str, bool]]:
    """Every key in a call that speaks, and the pattern of each key that is put together, by whether it is one."""
    for path in DASHBOARD.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and called(node) in SPEAKING:
                yield from keys_of(node.args[0])


def called(node: ast.Call) -> str:
    """The name of what is called."""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def keys_of(node: ast.AST) -> Iterator[tuple[str, bool]]:
    """The keys that an argument can be, as far as it says."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value, False
    elif isinstance(node, ast.IfExp):
        yield from (*keys_of(node.body), *keys_of(node.orelse))
    elif isinstance(node, ast.JoinedStr):
        parts = [
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+"  # one name
            for part in node.values
        ]
        yield "".join(parts), True


def in_templates(pattern: str) -> set[str]:
    """Everything in a template that is found by a pattern."""
    text = "".join(path.read_text(encoding="utf-8") for path in (DASHBOARD / "templates").iterdir())
    return set(re.findall(pattern, text))


def words_in_code() -> set[str]:
    """Every constant text in the code: a key may be chosen before it is spoken."""
    trees = [
        ast.parse(path.read_text(encoding="utf-8")) for path in DASHBOARD.rglob("*.py") if "wording" not in path.parts
    ]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_every_language_has_every_text() -> None:
    assert sorted(chinese.WORDING) == sorted(english.WORDING)
    assert chinese.UNITS.keys() == english.UNITS.keys() >= UNITS.keys()


@pytest.mark.parametrize("wording", [english.WORDING, chinese.WORDING, OF_CODE], ids=["en", "zh", "of code"])
def test_texts_stand_in_the_order_of_the_alphabet(wording: dict[str, str]) -> None:
    assert list(wording) == sorted(wording)


def test_every_language_has_the_same_placeholders() -> None:
    for key, text in english.WORDING.items():
        assert placeholders(chinese.WORDING[key]) == placeholders(text), key


def test_no_chinese_text_is_left_in_english() -> None:
    for key, text in (chinese.WORDING | OF_CODE).items():
        assert not re.search("[A-Za-z]", NAMES.sub(" ", text)), f"{key}: {text}"


def test_chinese_texts_have_full_width_punctuation() -> None:
    for key, text in (chinese.WORDING | OF_CODE).items():
        assert not re.search(r"[\u4e00-\u9fff}] ?[,;:!?]|[\u4e00-\u9fff]\.|[,;:!?.] ?[\u4e00-\u9fff]", text), (
            f"{key}: {text}"
        )


def test_what_is_english_in_the_code_has_its_chinese_text() -> None:
    wanted = {f"method_{name}_help" for name in METHODS}
    for name, method in METHODS.items():
        for setting in settings_of(method.run):
            wanted |= {f"setting_{name}_{setting.name}", f"setting_{name}_{setting.name}_help"}
    wanted |= {f"export_{ending.strip('.')}" for ending in EXPORTS} | {f"scale_{scale}" for scale in SCALES}
    wanted |= {f"figure_{name}" for name in FIGURES}
    assert OF_CODE.keys() == wanted


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_view_has_its_texts(name: str) -> None:
    for view in VIEWS.values():
        assert in_language(name, said)(f"view_{view.name}", "")
        assert in_language(name, said)(f"view_{view.name}_help", "")


def test_every_text_that_is_used_exists() -> None:
    plain = {key for key, pattern in keys_in_code() if not pattern} | in_templates(r'say\("(\w+)"')
    assert plain <= english.WORDING.keys()


def test_no_text_is_unused() -> None:
    patterns = [re.compile(key) for key, pattern in keys_in_code() if pattern]
    used = words_in_code() | in_templates(r'"(\w+)"')
    unused = {key for key in english.WORDING if key not in used and not any(one.fullmatch(key) for one in patterns)}
    assert not unused


def test_english_is_spoken_where_nobody_chose() -> None:
    assert language() == "en"
    assert say("page_classify") == "Classify"


def test_a_language_is_spoken_in_a_call_and_not_after_it() -> None:
    assert in_language("zh", say)("made_on", date="1") == "生成于1"
    assert str(in_language("zh", say_html)("raises", label="<b>")) == "提高&lt;b&gt;"
    assert in_language("zh", in_language("en", say))("stop") == "Stop"
    assert say("stop") == "Stop"


def test_a_language_goes_along_into_another_thread() -> None:
    said_there: list[str] = []

    def speak() -> None:
        said_there.append(say("stop"))

    thread = Thread(target=in_language("zh", speak))
    thread.start()
    thread.join()
    assert said_there == ["停止"]


def test_what_a_page_has_chosen_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidelight.dashboard.wording._followed", [])
    chosen: list[str | None] = ["zh"]
    follow(lambda: chosen[0])
    assert say("stop") == "停止"
    assert in_language("en", say)("stop") == "Stop"
    chosen[0] = None
    assert say("stop") == "Stop"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'fr' is not a language of the interface; choose one of en, zh"):
        in_language("fr", say)


@pytest.mark.parametrize(
    ("name", "one", "two", "three"), [("en", "A", "A and B", "A, B and C"), ("zh", "A", "A和B", "A、B和C")]
)
def test_lists_are_read_in_each_language(name: str, one: str, two: str, three: str) -> None:
    spoken = in_language(name, listed)
    assert [spoken(["A"]), spoken(["A", "B"]), spoken(["A", "B", "C"])] == [one, two, three]


def test_units_have_names_in_each_language() -> None:
    assert [unit_noun("word", 2), unit_noun("nothing known", 2)] == ["words", "features"]
    assert in_language("zh", unit_noun)("token", 2) == "词元"


def test_a_text_of_the_code_is_given_where_a_language_has_none() -> None:
    assert said("method_shap_help", "shares") == "shares"
    assert in_language("zh", said)("method_shap_help", "shares") == OF_CODE["method_shap_help"]


def test_a_title_is_known_in_every_language() -> None:
    titles = {one.wording["how_made"] for one in LANGUAGES.values()}
    assert {key_of(title, ["edited", "how_made"]) for title in titles} == {"how_made"}
    assert key_of(None, ["edited"]) is None


@pytest.mark.parametrize("saved", ["classify", "classify-zh", "generate"])
def test_reports_are_written_in_a_language(saved: str) -> None:
    report = load_report(DASHBOARD / "saved" / f"{saved}.json")
    write = EXPORTS[".html"].write
    english_page, chinese_page = write(report).decode(), in_language("zh", write)(report).decode()
    assert '<html lang="en">' in english_page
    assert '<html lang="zh">' in chinese_page
    assert chinese.WORDING["stands_out"] in chinese_page
    assert english.WORDING["stands_out"] not in chinese_page
    assert "。 " not in chinese_page


def test_a_page_is_switched_and_keeps_what_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MODEL_TO_CLASSIFY", "MODEL_TO_GENERATE", "HISTORY", "PRIVATE"):
        monkeypatch.setenv(f"SIDELIGHT_{name}", "")
    session.choose(Choice(str(tmp_path)))
    session.supervisor(session.chosen()).unload("there is none in this test")
    try:
        page = AppTest.from_file(str(DASHBOARD / "app.py"), default_timeout=60)
        page.query_params["language"] = "zh"
        page.run()
        assert not page.exception
        assert page.session_state["language"] == "zh"
        page.session_state["unit"] = "sentence"
        assert page.button[0].label == chinese.WORDING["explain"]
        page.session_state["language"] = "en"
        in_language("zh", page.run)()  # what the browser still shows is sent in Chinese
        assert page.button[0].label == english.WORDING["explain"]
        assert page.session_state["unit"] == "sentence"
        assert page.query_params.get("language") is None
    finally:
        session.fleet.clear()

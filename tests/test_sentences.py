"""The contract of the catalogues: every sentence that is said has its translation, and nothing else stands in them."""

import ast
import re
from string import Formatter

import pytest
from babel.messages import Catalog

from .sentences import ROOT, called, catalogues, said, sources, speaking

SAID = said()
# What may stand in a Chinese sentence in Latin letters: names, and what is typed or chosen in them.
NAMES = re.compile(
    r"`[^`]+`|\{\w+\}|--[\w-]+|\.?[\w./-]*(?:\.json|\.gguf|\.safetensors)|\.[a-z]+|\b\w+=\w*|'\w+'|（[\w.-]+）"
    r"|name:key=value,key=value|name/model"
    r"|\b(?:AdamW|Apache-2\.0|BERT|BertViz|CJK|CLS|CSV|ChnSentiCorp|Ctrl|Enter|Excel|GGUF|Git LFS|HTML|Hugging Face"
    r"|JSON|JSONL|LIME|MASK|MB|MIT|Noto Sans|PDF|PNG|Plotly|Python|R²|SEP|SHA|SHAP|Shapley|Shift|Sidelight|Spark"
    r"|Spearman|TSV|Top p|UTC|UTF(?:-\d+)?|assistant|auto|balanced|bfloat16|config|content|cpu|demo(?:-zh)?|exact"
    r"|fastText|filler|float32|kernel|llama-gguf-split|mask_fraction|messages|model_type|peft|pickle|pip|role|safetensors"
    r"|save_pretrained|scattertext|sidelight (?:demo|finetune)|snownlp|transformers|true|false|zero)"
    r"(?![A-Za-z])"
)
MIXED = re.compile(r"[\u4e00-\u9fff}] ?[,;:!?]|[\u4e00-\u9fff]\.|[,;:!?] ?[\u4e00-\u9fff]")


def placeholders(sentence: str) -> list[str]:
    """The names between braces, in alphabetical order."""
    return sorted(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)


@pytest.fixture(params=catalogues().items(), ids=lambda one: one[0].stem)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    _path, found = request.param
    assert isinstance(found, Catalog)
    return found


def test_every_sentence_is_translated_and_no_translation_is_stale(catalogue: Catalog) -> None:
    known = {str(entry.id) for entry in catalogue if entry.id}
    assert {sentence: place for sentence, place in SAID.items() if sentence not in known} == {}
    assert known - SAID.keys() == set()
    assert [entry.id for entry in catalogue if entry.id and (not entry.string or entry.fuzzy)] == []
    assert not catalogue.obsolete


def test_translations_have_the_values_of_their_sentences(catalogue: Catalog) -> None:
    for entry in catalogue:
        if entry.id:
            assert placeholders(entry.string) == placeholders(entry.id), entry.id
            assert all(not spec and not how for _, _, spec, how in Formatter().parse(entry.string)), entry.id


def test_no_sentence_formats_one_value_in_two_ways() -> None:
    for sentence, place in SAID.items():
        ways = {part[1:] for part in Formatter().parse(sentence) if part[1] is not None}
        assert len({name for name, *_ in ways}) == len(ways), place


def test_no_sentence_is_filled_in_before_it_is_said() -> None:
    """An f-string could not be found in a catalogue."""
    filled = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and called(node) in speaking() and any(map(is_filled, node.args))
    ]
    assert filled == []


def is_filled(node: ast.AST) -> bool:
    """True of an f-string, also one that is cut off."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Subscript) and is_filled(node.value))


def test_catalogues_are_in_order(catalogue: Catalog) -> None:
    known = [str(entry.id) for entry in catalogue if entry.id]
    assert known == sorted(known)


def test_chinese_sentences_have_full_width_punctuation_and_no_english() -> None:
    (chinese,) = (found for path, found in catalogues().items() if path.stem == "zh")
    for entry in chinese:
        if entry.id:
            assert not MIXED.search(entry.string), entry.id
            assert not re.search("[A-Za-z]{3,}", NAMES.sub(" ", entry.string)), entry.string


def test_catalogues_are_installed() -> None:
    told = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '"wording/*.po"' in told

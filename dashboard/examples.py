"""Texts to begin with: what they are about, and in which language, is what the model has learned to read."""

from __future__ import annotations

import regex
from sidelight.models.demo import CHINESE, ENGLISH
from sidelight.models.tasks import TASKS

from .wording import language

ENGLISH_TEXTS = (
    "The plot is thin and the jokes rarely land, but the two leads are so charming that I left smiling.",
    "It is not a bad film, only one that nobody needed.",
    "A quiet, patient film that trusts its actors and wastes not a single minute.",
)
CHINESE_TEXTS = (
    "酒店位置很好，房间也干净，可惜隔音太差，一晚上都没睡好。",
    "这本书内容空洞，完全不值这个价，很失望！",
    "电脑外观漂亮，运行速度快；就是散热一般，键盘手感也不错。",
    "服务员态度热情，早餐丰富，下次还会再来。",
)
ASKED_FIRST = {"The capital of France is Paris.": "Paris"}  # of an answer, the word that is worth a question
HAN, LETTER = regex.compile(r"\p{Han}"), regex.compile(r"\p{L}")
OF_DEMOS = {ENGLISH: ENGLISH_TEXTS, CHINESE: CHINESE_TEXTS}


def is_chinese(text: str) -> bool:
    """Whether more than half of the letters of a text are Chinese characters."""
    return 2 * len(HAN.findall(text)) > len(LETTER.findall(text))


def texts_for(reference: str) -> tuple[str, ...]:
    """Examples for a classifier: a demo's own, else of both languages, the visitor's first."""
    if reference in OF_DEMOS:
        return OF_DEMOS[reference]
    first, second = (CHINESE_TEXTS, ENGLISH_TEXTS) if language() == "zh" else (ENGLISH_TEXTS, CHINESE_TEXTS)
    return (*first, *second)


def inputs_for(task: str, reference: str) -> tuple[tuple[str, ...], ...]:
    """Examples for a model: those of its task, the visitor's language first, else texts for a classifier."""
    if not TASKS[task].examples:
        return tuple((text,) for text in texts_for(reference))
    return tuple(sorted(TASKS[task].examples, key=lambda texts: is_chinese(texts[0]) != (language() == "zh")))


def belongs_elsewhere(texts: tuple[str, ...], task: str, reference: str) -> bool:
    """Whether texts are an example that nobody has changed, for other models of the task than this one."""
    every = {one for known in (*OF_DEMOS, "") for one in inputs_for(task, known)}
    return texts in every and texts not in inputs_for(task, reference)

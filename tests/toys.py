"""Reports made by hand: a realistic one, small ones at the edges, and hostile ones."""

import re
from collections.abc import Sequence
from dataclasses import replace
from math import log

import numpy as np
from sidelight.dashboard.markup import whole
from sidelight.explain.focus import focused
from sidelight.explain.report import Attention, Attribution, Provenance, Report, Rows
from sidelight.models.model import Hiding
from sidelight.models.prediction import LOG_RATIO, VALUE, Alternative, Feature, Prediction, Span, Target, Token
from sidelight.models.units import make_features

MASK = Hiding("mask", "[MASK]", 103)
SENTENCE = "The plot is thin and the jokes rarely land, but the two leads are so charming that I left smiling."
SCRIPT = "</script><script>window.pwned=1</script>"
IMAGE = "<img src=x onerror=window.pwned=1>"
HOSTILE = (
    SCRIPT,
    IMAGE,
    "<!--<script>",
    "]]>",
    "&lt;b&gt;",
    "{{7*7}}{%x%}",
    "%{customdata}",
    "{0}{word}",
    "$x$",
    "'\"`",
    "=1+1",
    "\u3000＝1+1",
    "'=1+1",
    "@SUM(A1)",
    "javascript:alert(1)",
    "\u202egnihtemos\u202c",
    "مرحبا",
    "👩\u200d👩\u200d👧",
    "第一",
    "\u2028",
    "\x07",
    "\n",
    "\u200b",
    "a" * 300,
)

VALUES = {
    "shap": "3 -12 -8 -66 1 2 -5 1 9 5 65 1 -4 29 21 16 179 18 2 -44 64 12",
    "lime": "8 -20 -14 -55 -1 3 -2 12 18 10 102 -2 -8 30 15 14 179 12 1 -40 62 15",
    "occlusion": "14 2 1 1 10 5 3 25 14 12 131 11 15 10 38 31 245 19 6 -5 20 19",
    "input_x_gradient": "1.2 1.5 -2.6 .5 .7 .1 .6 -.8 -.9 .2 -3.1 .4 .4 -4.8 -2 -4.7 -4.5 .2 -2 -2.4 -.1 .2",
    "attention_rollout": "3.3 3 2.6 2.2 2.8 2.6 2.7 2.7 1.5 3.3 3.4 2.8 2.1 2.9 3.1 2.8 5.4 3 2.4 1.8 3.1 7.3",
}  # in hundredths, one a word of the sentence


def logit(share: float) -> float:
    return log(share / (1 - share))


def labels(*pairs: tuple[str, float]) -> tuple[Target, ...]:
    """Labels with these probabilities."""
    return tuple(
        Target(index, name, "label", logit(share), exclusive=True) for index, (name, share) in enumerate(pairs)
    )


POSITIVE = labels(("negative", 0.043), ("positive", 0.957))


def spans(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where these words stand in the text, one after the other."""
    found, end = [], 0
    for word in words:
        start = text.index(word, end)
        end = start + len(word)
        found.append((start, end))
    return found


def predict(
    text: str, words: Sequence[str], targets: tuple[Target, ...] = POSITIVE, unseen: tuple[Span, ...] = ()
) -> Prediction:
    """A prediction over these words, one token each between [CLS] and [SEP]."""
    places = spans(text, words)
    tokens = [Token(text[start:end], Span(0, start, end)) for start, end in places]
    return Prediction(
        model="demo reviews",
        task="classify",
        segments=(text,),
        ids=tuple(range(len(places) + 2)),
        tokens=(Token("[CLS]", None), *tokens, Token("[SEP]", None)),
        unit="word",
        features=tuple(Feature(text[s:e], 0, s, e, (index + 1,)) for index, (s, e) in enumerate(places)),
        targets=targets,
        unseen=unseen,
    )


def english(sentence: str = SENTENCE) -> Prediction:
    return predict(sentence, re.findall(r"\w+|[^\w\s]", sentence))


def mirrored(row: Sequence[float], targets: int) -> Rows:
    """The row for the last target and its share of the opposite for each other one."""
    others = [tuple(-value / max(targets - 1, 1) for value in row) for _ in range(targets - 1)]
    return (*others, tuple(row))


def attribute(prediction: Prediction, method: str, row: Sequence[float], **more: object) -> Attribution:
    """An attribution with these values for the last target; SHAP with the base that makes it add up."""
    values = mirrored(row, len(prediction.targets))
    if method == "shap":
        scored = zip(prediction.targets, values, strict=True)
        more["base"] = tuple(target.score - sum(row) for target, row in scored)
        more["error"] = tuple(tuple(0.04 * abs(value) for value in row) for row in values)
        more["settings"] = {"algorithm": "kernel", "samples": 512}
    if method == "lime":
        more["diagnostics"] = {"r2": (0.87,) * len(values), "intercept": (0.1,) * len(values)}
    hiding = None if method in ("input_x_gradient", "attention_rollout") else MASK
    signed = method != "attention_rollout"
    record = Attribution(method, prediction, values, hiding=hiding, signed=signed, calls=512, seconds=1.84)
    return replace(record, **more)


def attend(prediction: Prediction, layers: int = 2, heads: int = 3) -> Attention:
    """Attention that looks at the own and the next token and at the first one."""
    count = len(prediction.ids)
    weights = np.zeros((layers, heads, count, count))
    for layer in range(layers):
        for head in range(heads):
            weights[layer, head] = 0.5 * np.eye(count, k=head) + 0.3 * np.eye(count, k=-layer)
            weights[layer, head, :, 0] += 0.25
    weights /= weights.sum(axis=-1, keepdims=True)
    places = tuple(range(count))
    data = np.round(weights * 255).astype(np.uint8).tobytes()
    return Attention(prediction, "self-attention", places, places, layers, heads, data)


PROVENANCE = Provenance(
    created="2026-11-23T18:40:00+00:00",
    seed=0,
    versions={"python": "3.11.7", "sidelight": "0.1.0", "torch": "2.13.0"},
    weights={"demo reviews": "9f" * 32},
)


def realistic(layers: int = 6, heads: int = 12) -> Report:
    """Five methods on one sentence of 22 words."""
    prediction = english()
    rows = {name: [float(cell) / 100 for cell in row.split()] for name, row in VALUES.items()}
    made = [attribute(prediction, name, row) for name, row in rows.items()]
    attention = (attend(prediction, layers, heads),)
    return Report((prediction,), tuple(made), attention=attention, provenance=PROVENANCE)


def of(prediction: Prediction, methods: Sequence[str] = tuple(VALUES), scale: float = 1.0) -> Report:
    """The methods on a prediction, with values that differ from word to word and from method to method."""
    count = len(prediction.features)
    made = []
    for index, method in enumerate(methods):
        row = [scale * ((7 * place + 3 * index) % 11 - 4) / 5 for place in range(count)]
        made.append(attribute(prediction, method, [abs(value) for value in row] if "attention" in method else row))
    return Report((prediction,), tuple(made), attention=(attend(prediction),), provenance=PROVENANCE)


def chinese() -> Report:
    text = "虽然剧情有点薄弱，但是两位主演真的很有魅力，我笑着离开了影院。"
    words = "虽然 剧情 有点 薄弱 ， 但是 两位 主演 真的 很 有 魅力 ， 我 笑 着 离开 了 影院 。"
    return of(predict(text, words.split(), labels(("负面", 0.1), ("正面", 0.9))))


def hostile() -> Report:
    """Every hostile text as a word and a token; labels, names, settings and notices hostile too."""
    text = " ".join(HOSTILE) + " \x07 \u200frest"
    targets = labels((SCRIPT, 0.2), (IMAGE, 0.1), (IMAGE, 0.2), ("=1+1", 0.1), ("", 0.1), ("x" * 10_000, 0.3))
    prediction = replace(predict(text, HOSTILE, targets), model=SCRIPT, task=IMAGE, unit="<b>")
    report = of(prediction, ("shap", "lime", "attention_rollout", IMAGE, "=1+1"))
    made = list(report.attributions)
    made[3] = replace(made[3], settings={SCRIPT: IMAGE}, diagnostics={IMAGE: (0.5,) * len(targets)})
    made[4] = replace(made[4], hiding=Hiding("replace", SCRIPT, 1), precision=IMAGE)
    provenance = Provenance(SCRIPT, 0, {IMAGE: SCRIPT}, {SCRIPT: IMAGE}, (SCRIPT, IMAGE, "\u202eabc"))
    return replace(report, attributions=tuple(made), provenance=provenance)


def cut() -> Report:
    """A text of which the second half was not read."""
    end = SENTENCE.index("but")
    prediction = predict(SENTENCE, re.findall(r"\w+|,", SENTENCE[:end]), unseen=(Span(0, end, len(SENTENCE)),))
    return of(prediction)


def pair() -> Report:
    """Two segments, with features in both."""
    prediction = english("It rains")
    second = Feature("wet", 1, 2, 5, (1,))
    return of(replace(prediction, segments=("It rains", "I wet"), features=(*prediction.features, second)))


def two() -> Report:
    """Two predictions in one report."""
    first, second = realistic(), chinese()
    return Report(
        first.predictions + second.predictions,
        second.attributions[:2] + first.attributions,
        attention=second.attention,
        provenance=PROVENANCE,
    )


def paragraphs(prediction: Prediction, rows: int) -> list[str]:
    """The texts that so many coloured rows show: what was written once, unless it is coloured too."""
    segments = [whole(text) for text in prediction.segments]
    *prompt, output = segments
    if not prediction.targets[0].placed or any(one.segment == len(prompt) for one in prediction.features):
        return segments * max(1, rows)
    return [*prompt, output, *prompt * (max(1, rows) - 1)]


def one_label(target: Target) -> Prediction:
    return replace(english("good film"), targets=(target,))


# Token by token with their probabilities: what was written and, after it, the likeliest others. An empty text is one
# more piece of the character before it.
Written = Sequence[tuple[str, dict[str, float]]]
CAPITAL = "The capital of France is"
PARIS: Written = (
    (" Par", {" Par": 0.6, " Lyon": 0.2, " the": 0.05, "the": 0.04}),
    ("is", {"is": 0.9, "ma": 0.05}),
    (".", {".": 0.3, ",": 0.4}),
)
CHINESE_CAPITAL = "法国的首都是"
CHINESE_PARIS: Written = (
    ("巴", {"巴": 0.4, "伦": 0.3, "part of a character (178)": 0.1}),
    ("", {"": 0.8, "part of a character (179)": 0.1}),
    ("黎", {"黎": 0.9, "西": 0.05}),
    ("。", {"。": 0.7, "，": 0.2}),
)
HOSTILE_WRITTEN: Written = (
    (SCRIPT, {SCRIPT: 0.4, IMAGE: 0.3, "=1+1": 0.1, "a" * 300: 0.05}),
    ("\n\u202e", {"\n\u202e": 0.2, "\u200b": 0.1, " ": 0.05, "  ": 0.04}),
    (IMAGE, {IMAGE: 0.1, "%{customdata}": 0.3}),
)


def write(prompt: str, read: Sequence[tuple[int, int]], written: Written, explain_output: bool = False) -> Prediction:
    """A generator's prediction: the written tokens against all others, then each against each of the likeliest.

    `read` are the characters of the prompt's tokens; one that no token covers is not among the words.
    """
    output = "".join(text for text, _ in written)
    places: list[tuple[int, int]] = []
    for text, _ in written:
        end = places[-1][1] if places else 0
        places.append((end, end + len(text)) if text else places[-1])
    tokens = (
        Token("\ufffd<s>", None),
        *(Token(prompt[start:end], Span(0, start, end)) for start, end in read),
        *(Token(output[start:end], Span(1, start, end)) for start, end in places),
    )
    plain = [
        choose(shares, token(100 * place, output[start:end], len(read) + 1 + place, Span(1, start, end)))
        for place, ((_, shares), (start, end)) in enumerate(zip(written, places, strict=True))
    ]
    features = make_features((prompt, output), tokens, "word")
    return Prediction(
        model="demo generator",
        task="generate",
        segments=(prompt, output),
        ids=tuple(range(len(tokens))),
        tokens=tokens,
        unit="word",
        features=tuple(one for one in features if explain_output or one.segment == 0),
        targets=(*plain, *(contrast for target in plain for contrast in contrasts(target))),
    )


def token(id_: int, name: str, position: int, place: Span) -> Target:
    """A written token, read off the position before it."""
    return Target(id_, name, "token", 0.0, position, position - 1, position, place)


def choose(shares: dict[str, float], target: Target) -> Target:
    """The target with its score, entropy and alternatives."""
    own, *others = shares.items()
    alternatives = tuple(Alternative(target.id + place, *other) for place, other in enumerate(others, 1))
    entropy = -sum(share * log(share) for share in shares.values())
    return replace(target, score=logit(own[1]), entropy=entropy, alternatives=alternatives)


def contrasts(target: Target) -> list[Target]:
    """The target against each of its alternatives."""
    own, alone = target.probability or 0.0, replace(target, entropy=None, alternatives=())
    return [
        replace(alone, score=log(own / foil.probability), against=foil, unit=LOG_RATIO) for foil in target.alternatives
    ]


def chosen_only(report: Report) -> Report:
    """The report with gradients of the first token against its first foil alone."""
    predicted = report.predictions[0].predicted
    made = [
        replace(one, values=tuple(row if place == predicted else () for place, row in enumerate(one.values)))
        if one.method == "input_x_gradient"
        else one
        for one in report.attributions
    ]
    return replace(report, attributions=tuple(made))


def generator(explain_output: bool = False) -> Report:
    """Five words read and two written, the first of them of two tokens."""
    read = spans(CAPITAL, CAPITAL.split())
    return chosen_only(of(write(CAPITAL, read, PARIS, explain_output)))


def chinese_generator() -> Report:
    """Characters of several tokens, in the prompt and in what was written."""
    read = [(0, 1), (1, 2), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6)]
    return chosen_only(of(write(CHINESE_CAPITAL, read, CHINESE_PARIS)))


def hostile_generator() -> Report:
    """Every hostile text in the prompt, and hostile ones written or nearly so."""
    text = " ".join(HOSTILE)
    prediction = replace(write(text, spans(text, HOSTILE), HOSTILE_WRITTEN), model=SCRIPT)
    return of(prediction, ("shap", "attention_rollout", IMAGE))


WHOLE = {
    "generator": generator(),
    "generator with its output": generator(explain_output=True),
    "chinese generator": chinese_generator(),
    "hostile generator": hostile_generator(),
    "generator without methods": of(write(CAPITAL, spans(CAPITAL, CAPITAL.split()), PARIS), ()),
}


def looked_at(report: Report) -> dict[str, Report]:
    """What the page shows of a generator's report: a token, one against a foil, a span, one against foils."""
    prediction = report.predictions[0]
    foils = [prediction.foils_of(place)[0] for place in prediction.placed[:2]]
    asked = {"token": [0], "contrast": foils[:1], "span": [0, 1], "contrasted span": foils}
    return {name: focused(report, 0, targets) for name, targets in asked.items()}


REPORTS: dict[str, Report] = {
    "realistic": realistic(),
    "one feature": of(english("good")),
    "all zeros": of(english("good film"), scale=0.0),
    "tiny values": of(english("good film"), scale=1e-7),
    "huge values": of(english("good film"), scale=1e300),
    "three labels": of(predict("good film", ["good", "film"], labels(("bad", 0.2), ("fair", 0.3), ("good", 0.5)))),
    "regression": of(one_label(Target(0, "stars", "regression", 3.42, unit=VALUE)), ("occlusion", "lime")),
    "multilabel": of(
        predict("good film", ["good"], (Target(0, "kind", "multilabel", 2.0), Target(4, "long", "multilabel", 1.0)))
    ),
    "chinese": chinese(),
    "hostile": hostile(),
    "cut": cut(),
    "pair": pair(),
    "two": two(),
    "the same method twice": of(english("good film"), ("shap", "shap", "lime")),
    "does not add up": replace(
        of(english("good film")),
        attributions=(replace(of(english("good film"), ("shap",)).attributions[0], base=(0.5, 0.5)),),
    ),
    "no methods": of(english("good film"), ()),
    "nothing to hide": of(predict("   ", ())),
    "no attention": replace(of(english("good film")), attention=()),
    **WHOLE,
    **{f"{name}, {what}": one for name, full in WHOLE.items() for what, one in looked_at(full).items()},
}

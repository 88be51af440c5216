"""Every text that views and exports show of their own, in one catalogue."""

from __future__ import annotations

from collections.abc import Sequence

WORDING = {
    "adds_up": "adds up (gap {gap})",
    "against": "against {label}",
    "agree": "{methods} say so too.",
    "agrees": "{methods} says so too.",
    "all_hidden": "all hidden",
    "all_hidden_help": "with every {unit} hidden: {value}",
    "all_zero": "No {unit} has any effect on {label} in {method}: every value is 0.",
    "attention_cap": (
        "{title} draws at most {most} tokens and this text has {count}; more would keep a browser busy for too long. "
        "The attention map shows them all."
    ),
    "attention_description": (
        "Attention weights, {title}: how much each of {count} tokens, a row each, looks at each token, a column each."
    ),
    "attention_from": "from",
    "attention_head": "Layer {layer}, head {head}: where the model looks, not why it decides",
    "attention_mean": "Layer {layer}, mean over {heads} heads: where the model looks, not why it decides",
    "attention_to": "to",
    "calls": "Passes",
    "carries": "{word} carries most: {value} in {method} ({direction}).",
    "carries_unsigned": "{word} has the largest value, {value} in {method}, which has no direction.",
    "counter": "Strongest the other way: {word} ({value}).",
    "differ": "First in other methods: {words}.",
    "disputed": "± marks a {unit} on whose sign {methods} disagree, by more than 5 % of their largest value each.",
    "empty": "(empty)",
    "error_note": "The thin line is the standard error, to either side.",
    "every_method": "Every method on the same {units}",
    "explained": "What speaks {direction}",
    "explained_number": "What {direction}",
    "first_in": "{word} ({method} {value})",
    "figures": "Figures",
    "for": "for {label}",
    "from_base": "With every {unit} hidden the model gives {label} {before}; the {units} take it to {after}.",
    "further": "The values for the other answers",
    "gap": "does not add up",
    "gap_help": "what base and values together miss of the score: {value}",
    "gap_warning": "{method} does not add up: base and values miss the score by {gap}.",
    "grey": "grey has a size but no direction",
    "heatmap": "Each row is scaled by its own largest value",
    "heatmap_description": "{count} features, a column each, by the values for {label} of {methods}, a row each.",
    "hidden_by_delete": "Hidden {units} are taken out.",
    "hidden_by_token": "Hidden {units} become {token}.",
    "hides_nothing": "Hides nothing.",
    "hiding": "Hiding",
    "how_made": "How it was made",
    "how_they_add_up": "How the {units} add up ({method})",
    "input": "input {number} of {count}",
    "layer": "Layer",
    "local_fit": "local fit R² {r2}",
    "lowers": "lowers {label}",
    "misses": "misses the score by {gap}",
    "no_effect": "no effect: every value is 0",
    "no_value": "belongs to no {unit}, so it has no value",
    "not_a_sum": "These values are no sum",
    "not_a_sum_unsigned": "These values have a size but no direction",
    "not_read": "not read by the model",
    "nothing_unread": "The model read the whole text.",
    "one_by_one": "The {units} one by one ({method})",
    "other": "{count} other {units}",
    "passes": "{calls} passes, {seconds} s",
    "poor_fit": "poor local fit, R² {r2}",
    "poor_fit_warning": "{method} fits the model poorly around this text (R² {r2}): take its values as rough.",
    "precision": "Precision",
    "raises": "raises {label}",
    "report": "Sidelight report",
    "scaled": "Bars are scaled within a method.",
    "seconds": "Seconds",
    "seed": "seed",
    "settings": "Settings",
    "special_share": "{share} of it on special tokens",
    "stands_out": "What stands out",
    "unread": "What was not seen",
    "unread_part": "Characters {start} to {end} of {length} were not read. They begin: {text}",
    "unsigned": "unsigned, no direction",
    "weights": "weights, SHA-256",
}

UNITS = {
    "word": ("word", "words"),
    "character": ("character", "characters"),
    "token": ("token", "tokens"),
    "sentence": ("sentence", "sentences"),
}


def say(key: str, /, **values: object) -> str:
    """The text of this key with its values put in; plain text, not markup."""
    return WORDING[key].format(**values)


def unit_noun(unit: str, count: int = 1) -> str:
    """What `count` features of a unit are called."""
    one, many = UNITS.get(unit, ("feature", "features"))
    return one if count == 1 else many


def listed(names: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last

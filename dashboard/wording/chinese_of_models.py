"""What models/ says of models and prompts, in Chinese: by its English template, in the order of the alphabet."""

from __future__ import annotations

OF_MODELS = {
    "; or move {config} and {file} away to explain the base alone": "；若只想解释基础模型，请移走 {config} 和 {file}",
    "An adapter ({kind}) that stands with the model is merged into its weights.": (
        "与模型放在一起的适配器（{kind}）已合并到权重中。"
    ),
    "Chinese demo classifier": "中文演示分类器",
    "Classifiers": "分类器",
    "Classify": "分类",
    "First text": "第一段文本",
    "Generate": "生成",
    "Generators": "生成器",
    "Networks without a head, for their attention": "没有分类头的网络（仅比较注意力）",
    "Pair": "文本对",
    "Pair classifiers": "文本对分类器",
    "Prompt": "提示词",
    "Second text": "第二段文本",
    "Text to explain": "要解释的文本",
    "The chat template leaves out white space of the prompt.": "对话模板略去了提示词中的一些空白。",
    "The labels of this model are about two texts, but it was given one: no pair was made of it. "
    "`--task pair` reads two.": "该模型的标签针对两段文本，但这里只给出一段：并未组成文本对。`--task pair` 读取两段。",
    "The model reads {limit} tokens in all; the prompt left {count} of them to write.": (
        "模型总共读取{limit}个词元，提示词只留下{count}个可写。"
    ),
    "The model's generation config asks for {names}, which is not applied: what is written is what the network "
    "says.": "该模型的生成配置要求 {names}，此处没有采用：写出的就是网络本身所说的内容。",
    "The tokenizer puts nothing between the two texts: the model reads them as one.": (
        "分词器在两段文本之间没有放入任何内容：模型把它们当作一段文本读取。"
    ),
    "The weights are those in {file}: {index} names other files ({names}), which are not read.": (
        "使用的权重来自 {file}：{index} 列出的是其他文件（{names}），它们没有被读取。"
    ),
    "What stands before and after “{separator}” is read as one text: no pair was made of it. "
    "`--task pair` reads two.": "“{separator}”前后的内容被当作一段文本读取，并未组成文本对。`--task pair` 读取两段。",
    "What stands beside the weights in {file} is not read: {names}.": "{file} 中权重以外的内容没有被读取：{names}。",
    "Written tokens at the end that make no whole character are left out: {count}.": (
        "已略去末尾不构成完整字符的词元：{count}个。"
    ),
    "a class around the model": "包在模型外面的类",
    "activation checkpointing": "激活检查点",
    "add it": "请补上",
    "an adapter beside its base model": "一个与基础模型放在一起的适配器",
    "answer this prompt": "回答这段提示词",
    "answer this text": "回答这段文本",
    "answer to embeddings": "接受词嵌入作为输入",
    "character {number} of the text is half a character; remove it": "文本的第{number}个字符是半个字符；请删去",
    "character {number} of the {what} is half a character; remove it": "{what}的第{number}个字符是半个字符；请删去",
    "classifier": "分类器",
    "config.json contradicts itself: by id2label the label {index} is {label}, by label2id {same} is {other}. "
    "Labels are named by id2label; if that is wrong, every sign is the other way round.": (
        "config.json 自相矛盾：按 `id2label`，标签{index}是 {label}；按 `label2id`，{same} 是{other}。此处按 "
        "`id2label` 命名标签；若它有误，所有正负号都相反。"
    ),
    "config.json describes more layers than the {count} weights in the files can fill": (
        "config.json 描述的层数超过了文件中{count}个权重所能填充的层数"
    ),
    "config.json describes {count} bytes to compute at once but the files hold {held} weights": (
        "config.json 要求一次计算{count}字节，而文件中只有{held}个权重"
    ),
    "config.json describes {described} weights but the files hold {held}": (
        "config.json 描述了{described}个权重，文件中却有{held}个"
    ),
    "config.json gives several labels the name {name}; they are told apart by their ids.": (
        "config.json 中有多个标签都叫 {name}；它们按编号区分。"
    ),
    "config.json names its labels in label2id alone: by it the label 0 is {name}. They are shown as {label}, …; "
    "write the names into id2label to see them.": (
        "config.json 只在 `label2id` 中给出标签名称：按它，标签0是 {name}。此处显示为 "
        "{label}、……；请把名称写入 `id2label`。"
    ),
    "config.json names no problem_type: its {count} labels are taken to exclude each other (softmax). If several "
    'can be true at once (sigmoid), set `"problem_type": "multi_label_classification"` there.': (
        "config.json 没有写明 `problem_type`：{count}个标签被视为互斥（`softmax`）。若多个标签可以同时成立（`"
        'sigmoid`），请在其中设置 `"problem_type": "multi_label_classification"`。'
    ),
    "config.json names no problem_type; with its one label the answer is taken for a number (regression).": (
        "config.json 没有写明 `problem_type`；它只有一个标签，因此把回答当作数值（回归）。"
    ),
    "config.json names {count} labels in id2label but says num_labels {number}; the names are not used.": (
        "config.json 的 `id2label` 中有{count}个标签，而 `num_labels` 为{number}；这些名称没有被使用。"
    ),
    "config.json names {name} as its weights; only safetensors are read": (
        "config.json 指定 {name} 为权重文件；只读取 safetensors"
    ),
    "config.json of {name} can't be used ({cause})": "无法使用 {name} 的 config.json（{cause}）",
    "config.json says model_type {kind}, which transformers does not know": (
        "config.json 中的 model_type 为 {kind}，transformers 不认识它"
    ),
    "config.json says problem_type {kind}; write one of {known}": (
        "config.json 中的 `problem_type` 为 {kind}；请写 {known} 之一"
    ),
    "config.json says {key} {value}, but the files hold {count} weights, the widest with {rows} rows": (
        "config.json 中的 {key} 为{value}，而文件中只有{count}个权重，其中最宽的有{rows}行"
    ),
    "continuation": "续写",
    "demo classifier": "演示分类器",
    "demo generator": "演示生成器",
    "does not show the prompt": "没有显示提示词",
    "give another model": "请换一个模型",
    "give gradients": "给出梯度",
    "hiding by {kind} needs the token to put there": "以{kind}方式隐藏时，需要指明放入的词元",
    "id2label in config.json is no JSON object; write the names of the labels by their ids": (
        "config.json 中的 `id2label` 不是 JSON 对象；请按编号写出标签名称"
    ),
    "it gave no reason": "未说明原因",
    "it holds no tokenizer; give a file that was converted with its vocabulary": (
        "其中没有分词器；请提供连同词表一起转换的文件"
    ),
    "it is damaged ({cause}); fetch it again": "文件已损坏（{cause}）；请重新下载",
    "it is one of several parts; join them with llama-gguf-split --merge": (
        "这是多个分片之一；请用 llama-gguf-split --merge 合并"
    ),
    "it stretches its rotary positions, which transformers does not read from a .gguf file; give the folder or hub "
    "id that it was made from": (
        "它拉伸了旋转位置编码，transformers 无法从 .gguf 文件读取；请提供生成它的文件夹或 Hugging Face 名称"
    ),
    "its process has ended": "其进程已结束",
    "its tokenizer can't be read ({cause})": "无法读取其分词器（{cause}）",
    "its tokenizer splits text by a rule unknown here ({rule}); give the folder or hub id that it was made from": (
        "其分词器以未知的规则切分文本（{rule}）；请提供生成它的文件夹或 Hugging Face 名称"
    ),
    "labels of this model": "该模型的标签",
    "max_new_tokens={value} is not allowed; it takes 1 to {most}": "max_new_tokens={value} 不允许；可取1至{most}",
    "mismatched": "形状不符",
    "missing": "缺失",
    "model.safetensors.index.json does not say which weights are in which file": (
        "model.safetensors.index.json 没有说明哪些权重在哪个文件中"
    ),
    "models for the task {task} can't be fine-tuned; choose one of {names}": (
        "任务 {task} 的模型不能微调；请选择其中之一：{names}"
    ),
    "no reason given": "未说明原因",
    "only an adapter for {base}": "的只是 {base} 的适配器",
    "pair classifier": "文本对分类器",
    "part of a character ({id})": "字符的一部分（{id}）",
    "pip could not fetch {package} ({reason}); check the network and the index in `pip config list`": (
        "pip 无法获取 {package}（{reason}）；请检查网络以及 `pip config list` 中的软件包索引"
    ),
    "prompt": "提示词",
    "prompt and continuation have {count} tokens; the model reads {limit}; shorten them": (
        "提示词与续写共有{count}个词元；模型最多读取{limit}个；请缩短"
    ),
    "read a short text": "读取短文本",
    "rewrites the prompt": "改写了提示词",
    "seed={value} is not allowed; it takes 0 to 2^63 - 1": "seed={value} 不允许；可取0至2^63 - 1",
    "set is_decoder to true in its config.json if it was trained to write, else give another model": (
        "若它是为生成而训练的，请在其 config.json 中把 `is_decoder` 设为 `true`，否则请换一个模型"
    ),
    "show its attention": "给出注意力",
    "switch it off": "请将其关闭",
    "temperature={value} is not allowed; it takes 0 to 10": "temperature={value} 不允许；可取0至10",
    "that takes {size} of disk space, and {free} are free": "需要 {size} 磁盘空间，而只剩 {free}",
    "the Chinese demo classifier": "中文演示分类器",
    "the adapter in {folder} ({kind}) is of a kind that no weights can take in: merged, it would answer otherwise. "
    "Train one of another kind (LoRA without layer_replication, say), or give its base alone": (
        "{folder} 中的适配器（{kind}）属于无法合并进权重的类型：合并后的回答会不同。请训练其他类型的适配器（"
        "例如不带 `layer_replication` 的 `LoRA`），或只提供基础模型"
    ),
    "the adapter in {folder} can't be merged into {name} ({cause})": (
        "无法把 {folder} 中的适配器合并到 {name}（{cause}）"
    ),
    "the adapter in {folder} holds {weight}, for which {name} has no place": (
        "{folder} 中的适配器含有 {weight}，{name} 中没有它的位置"
    ),
    "the adapter in {folder} lacks {weight}, which would be made up; save the adapter again": (
        "{folder} 中的适配器缺少 {weight}，它只能随机填充；请重新保存适配器"
    ),
    "the attention of {architecture} is not one weight for each pair of tokens": (
        "{architecture} 的注意力不是每对词元一个权重"
    ),
    "the chat template fails ({cause}); {advice}": "对话模板出错（{cause}）；{advice}",
    "the chat template shows the prompt more than once; switch it off": "对话模板多次显示提示词；请将其关闭",
    "the chat template takes longer than {seconds} s; {advice}": "对话模板运行超过{seconds}秒；{advice}",
    "the chat template writes half a character; {advice}": "对话模板写出了半个字符；{advice}",
    "the chat template {problem}; switch it off": "对话模板{problem}；请将其关闭",
    "the connection ended after {done} of {total} bytes": "连接在{total}字节中的第{done}字节处中断",
    "the continuation holds no tokens of this model; give it some words": "续写中没有该模型的词元；请写入一些词",
    "the conversion of a .gguf file": ".gguf 文件的转换",
    "the converted model can't be written ({cause}); is the disk full?": (
        "无法写入转换后的模型（{cause}）；磁盘是否已满？"
    ),
    "the demo base": "演示基础模型",
    "the demo base could not be fetched: {error}; or name a model of your own": (
        "无法获取演示基础模型：{error}；也可以指定你自己的模型"
    ),
    "the demo classifier": "演示分类器",
    "the demo generator": "演示生成器",
    "the device 'meta' computes nothing; choose cpu or another one of this machine": (
        "设备 'meta' 不进行计算；请选择 cpu 或本机的其他设备"
    ),
    "the labels in config.json are numbered {numbers}; they must be 0 to n - 1": (
        "config.json 中的标签编号为 {numbers}；必须是 0 至 n - 1"
    ),
    "the model answers with numbers that are not finite; its weights are damaged": "模型的回答不是有限数；其权重已损坏",
    "the model ends at once: it writes nothing after this prompt; change the prompt": (
        "模型立即结束：在这段提示词之后什么也没有写；请修改提示词"
    ),
    "the model's answer to a part of this text is not a finite number; it can't be explained": (
        "模型对这段文本某一部分的回答不是有限数，无法解释"
    ),
    "the model's answer to this text is not a finite number; it can't be explained": (
        "模型对这段文本的回答不是有限数，无法解释"
    ),
    "the model's eos_token_id holds {end}, which is no number of a token": (
        "模型的 `eos_token_id` 中有 {end}，它不是词元编号"
    ),
    "the model's numbers are not finite here, so it can't write; its weights may be damaged": (
        "模型在此处的数值不是有限数，无法生成；其权重可能已损坏"
    ),
    "the model's numbers are not finite here; it can't be explained": "模型在此处的数值不是有限数，无法解释",
    "the names of the weights hold {part}, which {hint} puts there; rename them with: `{code}`": (
        "权重的名称中含有 {part}，这是{hint}加上的；请用下面的代码改名：`{code}`"
    ),
    "the network embeds its input more than once, or as something else than one vector a token": (
        "网络对输入多次计算词嵌入，或并非每个词元一个向量"
    ),
    "the package index gave another file for {package} than the pinned one; check `pip config list`": (
        "软件包索引为 {package} 提供的文件与指定的不同；请检查 `pip config list`"
    ),
    "the process that reads it ended with code {code}, perhaps because the memory is too small": (
        "读取它的进程以代码 {code} 结束，可能是内存不足"
    ),
    "the prompt has {count} tokens; the model reads {limit} with its answer; shorten it": (
        "提示词有{count}个词元；模型连同回答最多读取{limit}个；请缩短"
    ),
    "the shard {name} is missing from {folder}": "{folder} 中缺少分片 {name}",
    "the task {task} takes {count} texts ({titles}); {given} came": (
        "任务 {task} 需要{count}段文本（{titles}）；收到的是{given}段"
    ),
    "the tokenizer can't read this prompt ({cause})": "分词器无法读取这段提示词（{cause}）",
    "the tokenizer has neither a beginning-of-text nor an end-of-text token, and config.json names none; name one "
    "there as bos_token_id": (
        "分词器既没有文本起始词元，也没有文本结束词元，config.json 也没有指明；请在其中用 `bos_token_id` 指明一个"
    ),
    "the tokenizer has no token to hide words with but its padding, which the model looks past; give it a mask or "
    "an unknown token": "分词器除填充词元外没有可用来隐藏词的词元，而模型会略过填充词元；请为它加上掩码词元或未知词元",
    "the tokenizer has {count} tokens but the model embeds only {rows}; they don't belong together": (
        "分词器有{count}个词元，模型却只嵌入{rows}个；两者不配套"
    ),
    "the tokenizer names no chat template as its default; switch it off": "分词器没有指定默认的对话模板；请将其关闭",
    "the tokenizer of {name} ({kind}) gives no character offsets, so nothing that it reads can be found in the "
    "text; a model with a fast tokenizer (tokenizer.json) is needed": (
        "{name} 的分词器（{kind}）不提供字符位置，因此它读到的内容无法在文本中定位；需要使用带快速分词器（tok"
        "enizer.json）的模型"
    ),
    "the tokenizer of {name} can't be loaded ({cause}); save it beside the weights with save_pretrained": (
        "无法加载 {name} 的分词器（{cause}）；请用 save_pretrained 把它与权重保存在一起"
    ),
    "the tokenizer of {name} draws its tokens at random; set `dropout` to null in its tokenizer.json": (
        "{name} 的分词器随机切分词元；请在其 tokenizer.json 中把 `dropout` 设为 `null`"
    ),
    "the weights are quantized ({method}); give the model in float32 or bfloat16": (
        "权重经过量化（{method}）；请提供 float32 或 bfloat16 的模型"
    ),
    "the weights name a shard outside of the folder: {name}": "权重指向文件夹之外的分片：{name}",
    "the weights of {name} can't be loaded ({cause})": "无法加载 {name} 的权重（{cause}）",
    "the {title} could not be prepared: {error}; or name a model of your own with {option}": (
        "无法准备{title}：{error}；也可以用 {option} 指定你自己的模型"
    ),
    "the {what} is empty; give it some words": "{what}是空的；请写入一些词",
    "there is no config.json in {folder}, but {file}; give that file itself": (
        "{folder} 中没有 config.json，但有 {file}；请直接提供该文件"
    ),
    "there is no config.json in {folder}; give the folder that save_pretrained wrote": (
        "{folder} 中没有 config.json；请提供 save_pretrained 写出的文件夹"
    ),
    "there is no file {name} there; check the spelling": "没有文件 {name}；请检查拼写",
    "there is no folder {reference}, and the hub gave no model of that name ({cause}); check the spelling and the "
    "network, or give a folder": (
        "没有文件夹 {reference}，Hugging Face 上也取不到这个名称的模型（{cause}）；请检查拼写和网络，或提供文件夹"
    ),
    "there is no folder {reference}, nor a model of that name that was fetched before, and HF_HUB_OFFLINE keeps "
    "the hub from being asked; unset it, or give a folder": (
        "没有文件夹 {reference}，本机也没有以前下载过的同名模型，而 `HF_HUB_OFFLINE` 禁止访问 Hugging "
        "Face；请取消该设置，或提供文件夹"
    ),
    "there is no folder {reference}; give a folder, a hub id such as name/model, demo or demo-zh": (
        "没有文件夹 {reference}；请提供文件夹、形如 name/model 的 Hugging Face 名称、demo 或 demo-zh"
    ),
    "there is no model.safetensors in {folder}: {hint}": "{folder} 中没有 model.safetensors：{hint}",
    "there is no tokenizer in {folder}; save it beside the weights": "{folder} 中没有分词器；请把它与权重保存在一起",
    "there is no written token {number}; {count} were written": "没有第{number}个写出的词元；共写出{count}个",
    "there is no {reference} model for the task {task}; choose one of {known}": (
        "任务 {task} 没有名为 {reference} 的演示模型；请从 {known} 中选择"
    ),
    "there is no {unit} in the prompt that could be hidden; give it some words": (
        "提示词中没有可以隐藏的{unit}；请写入一些词"
    ),
    "there is nothing to explain: the model reads no token in this text; give it some words": (
        "没有可解释的内容：模型在这段文本中读不到词元；请写入一些词"
    ),
    "this checkpoint is a {architecture}, which serves the task {task}; choose that task": (
        "这个检查点是 {architecture}，用于任务 {task}；请选择该任务"
    ),
    "this checkpoint is a {architecture}; a model ending in {suffix} is needed here": (
        "这个检查点是 {architecture}；此处需要以 {suffix} 结尾的模型"
    ),
    "token {id} (no text)": "词元{id}（没有文本）",
    "tokens written": "写出的词元",
    "top_p={value} is not allowed; it takes more than 0 and at most 1": "top_p={value} 不允许；须大于 0，最大为 1",
    "transformers can't read it ({cause})": "transformers 无法读取它（{cause}）",
    "transformers reads only {read} of its {held} weights; give the folder or hub id that it was made from": (
        "transformers 只能读取其{held}个权重中的{read}个；请提供生成它的文件夹或 Hugging Face 名称"
    ),
    "write": "生成",
    "{architecture} does not embed its ids by its table of embeddings": "{architecture} 不通过词嵌入表得到词嵌入",
    "{architecture} embeds its text a second time, for its decoder": "{architecture} 会为解码器再次对文本计算词嵌入",
    "{architecture} gives no attention weights": "{architecture} 不提供注意力权重",
    "{count} heads over {tokens} tokens are too many weights to be kept": (
        "{count}个注意力头乘以{tokens}个词元，权重过多，无法保存"
    ),
    "{count} of its weights are missing or misshapen, among them {name}": (
        "其中{count}个权重缺失或形状不符，例如 {name}"
    ),
    "{count} of {total} written tokens have no text of their own; by their ids: {ids}.": (
        "写出的{total}个词元中有{count}个没有自己的文本；其编号为：{ids}。"
    ),
    "{count} weights are those of adapters between the layers ({names}), which the transformers library does not "
    "have; give a model without them": (
        "{count}个权重属于层间的适配器（{names}），transformers 库中没有这种结构；请提供不含它们的模型"
    ),
    "{count} weights are those of an adapter that was never merged ({names}); merge it with peft's "
    "merge_and_unload(), save the model again and give that": (
        "{count}个权重属于一个从未合并的适配器（{names}）；请用 peft 的 `merge_and_unload()` 合并，重新保存模型后再提供"
    ),
    "{count} weights are {problem}, among them {name}, and {strays} in the files have no place, among them "
    "{stray}; config.json and the weights don't belong together": (
        "{count}个权重{problem}，例如 {name}；文件中另有{strays}个权重没有对应的位置，例如 "
        "{stray}；config.json 与权重不配套"
    ),
    "{count} weights are {problem}, among them {name}; they would be made up at random. Give a checkpoint that was "
    "fine-tuned for this task": "{count}个权重{problem}，例如 {name}；它们只能随机填充。请提供为此任务微调过的检查点",
    "{count} weights in the files are of no use to {network} by config.json, and are not read: {names}.": (
        "按 config.json，文件中有{count}个权重对 {network} 没有用处，未被读取：{names}。"
    ),
    "{count} weights in the files are used by no layer of {network} ({names}); without them its answers are not "
    "those of the network that was trained. Give a model of the transformers library that has these layers, or a "
    "checkpoint without them": (
        "文件中有{count}个权重不被 {network} 的任何一层使用（{names}）；缺少它们，得到的就不是训练出来的那个"
        "网络的回答。请提供 transformers 库中含有这些层的模型，或不含这些权重的检查点"
    ),
    "{count} weights in the files belong to a head for another task and are not used: {names}.": (
        "文件中有{count}个权重属于另一项任务的输出头，没有被使用：{names}。"
    ),
    "{count} weights stand in {file} as whole numbers ({kind}): {names}; they are quantized, and what they stand "
    "for is not said. Give the model in float32 or bfloat16": (
        "{file} 中有{count}个权重存为整数（{kind}）：{names}；它们经过量化，而文件没有说明其含义。请提供 "
        "float32 或 bfloat16 的模型"
    ),
    "{device} is not a device of this machine: {cause}": "{device} 不是本机的设备：{cause}",
    "{file} can't be converted: {error}": "无法转换 {file}：{error}",
    "{file} has no entry 'metadata', without which it is not read; save the model again": (
        "{file} 中没有 'metadata' 一项，缺少它就不会被读取；请重新保存模型"
    ),
    "{file} holds a generator, not a classifier; choose the task generate": (
        "{file} 是生成器，不是分类器；请选择“生成”任务"
    ),
    "{file} holds {names}, which {index} does not place there; write the index anew, or save the model again": (
        "{file} 中有 {names}，但 {index} 没有把它们列在那里；请重新生成索引，或重新保存模型"
    ),
    "{file} is no GGUF file; fetch it again, or give a folder with safetensors": (
        "{file} 不是 GGUF 文件；请重新下载，或提供含 safetensors 的文件夹"
    ),
    "{file} says {key} {value}, but no weight in {weights} has more than {rows} rows": (
        "{file} 中的 {key} 为{value}，而 {weights} 中没有一个权重超过{rows}行"
    ),
    "{foil} is no word to contrast with; choose one of {known}": "{foil} 不能用来对照；请从 {known} 中选择",
    "{foil} is not another token than {name}; name another word": "{foil} 与 {name} 是同一个词元；请指定另一个词",
    "{folder} holds an adapter ({file}); merge it into its base with peft's merge_and_unload(), save the result "
    "and give that as the base": (
        "{folder} 中有一个适配器（{file}）；请用 peft 的 `merge_and_unload()` "
        "把它合并到基础模型，保存后以结果作为基础模型"
    ),
    "{folder} holds an adapter for {base}, but no {file}; save it as safetensors": (
        "{folder} 中有 {base} 的适配器，但没有 {file}；请把它保存为 safetensors"
    ),
    "{folder} holds no model itself, but {names}: give one of them, as {same}/{name}": (
        "{folder} 本身不是模型，但含有 {names}：请提供其中之一，例如 {same}/{name}"
    ),
    "{folder} holds {what}; install peft (`pip install peft`) to have it merged, or merge it with "
    "merge_and_unload() and give the result{hint}": (
        "{folder} 中是{what}；请安装 peft（`pip install peft`）以便自动合并，或用 `merge_and_unload()` "
        "合并后提供结果{hint}"
    ),
    "{folder} is an adapter for {base}, which is no folder here; set base_model_name_or_path in {file} to the "
    "folder of its base": (
        "{folder} 是 {base} 的适配器，但这里没有这个文件夹；请在 {file} 中把 `base_model_name_or_path` "
        "设为基础模型的文件夹"
    ),
    "{folder} is an adapter for {base}, which is not on this machine; load that model once, or put its folder "
    "beside the adapter's": (
        "{folder} 是 {base} 的适配器，而该模型不在本机；请先加载一次该模型，或把它的文件夹放在适配器旁边"
    ),
    "{folder} is an adapter that names no base; set base_model_name_or_path in {file} to the folder of its base": (
        "{folder} 是没有指明基础模型的适配器；请在 {file} 中把 `base_model_name_or_path` 设为基础模型的文件夹"
    ),
    "{index} names {names}, which no shard holds; fetch the shards again": (
        "{index} 列出了 {names}，但没有任何分片包含它们；请重新下载分片"
    ),
    "{name} and {other} in the files are both {place} of the network, which can use only one of them; keep the one "
    "that was trained": "文件中的 {name} 和 {other} 都是网络的 {place}，而网络只能使用其中一个；请保留训练过的那一个",
    "{name} answers this text by random numbers: no two answers are the same": (
        "{name} 对这段文本的回答取决于随机数：没有两次回答是相同的"
    ),
    "{name} asks to run code of its own ({key}), which is never done; use a model of the transformers library": (
        "{name} 要求运行其自带的代码（{key}），这绝不允许；请使用 transformers 库中的模型"
    ),
    "{name} can't be built from its config.json ({cause})": "无法按 config.json 构建 {name}（{cause}）",
    "{name} can't be loaded ({cause})": "无法加载 {name}（{cause}）",
    "{name} can't {what}: {cause}": "{name} 无法{what}：{cause}",
    "{name} gives other numbers each time it is asked, so they can't be explained": (
        "{name} 每次给出的数值都不同，因此无法解释"
    ),
    "{name} has no table of tokens that could be explained ({cause})": "{name} 没有可供解释的词元表（{cause}）",
    "{name} has shape {stored} in the weights but {expected} by config.json": (
        "{name} 在权重中的形状为 {stored}，按 config.json 应为 {expected}"
    ),
    "{name} holds no JSON object": "{name} 中没有 JSON 对象",
    "{name} in the files holds other numbers than {network} computes there by config.json, and it would not use "
    "them; correct config.json, or give the network that was trained": (
        "文件中的 {name} 与 {network} 按 config.json 计算出的数值不同，而且不会被使用；请更正 "
        "config.json，或提供训练时的网络"
    ),
    "{name} is a Git LFS pointer, not the weights; run `git lfs pull` in its folder": (
        "{name} 是 Git LFS 指针，不是权重；请在其文件夹中运行 `git lfs pull`"
    ),
    "{name} is a file; give the folder that holds config.json and model.safetensors, or a .gguf file": (
        "{name} 是文件；请提供含 config.json 和 model.safetensors 的文件夹，或 .gguf 文件"
    ),
    "{name} is a pickle, which can run code; convert it to safetensors": (
        "{name} 是 pickle 文件，可能会运行代码；请转换为 safetensors"
    ),
    "{name} is damaged: {cause}": "{name} 已损坏：{cause}",
    "{name} is larger than {most} bytes": "{name} 大于{most}字节",
    "{name} is not a precision; choose one of {known}": "{name} 不是可用的精度；请从 {known} 中选择",
    "{name} is not a task; choose one of {known}": "{name} 不是可用的任务；请从 {known} 中选择",
    "{name} is not a unit; choose one of {known}": "{name} 不是可用的单位；请从 {known} 中选择",
    "{name} is not among the {what}; choose one by name or number: {known}": (
        "{name} 不在{what}之中；请按名称或编号选择：{known}"
    ),
    "{name} is not valid JSON: {cause}": "{name} 不是有效的 JSON：{cause}",
    "{name} is the name of several {what}; choose one by name or number: {known}": (
        "有多个{what}都叫 {name}；请按名称或编号选择：{known}"
    ),
    "{name} reads texts of {limit} tokens, but no shorter ones ({cause}); use a model that reads texts of any "
    "length": "{name} 只能读取{limit}个词元的文本，不能读取更短的文本（{cause}）；请使用能读取任意长度文本的模型",
    "{name} sees the words that come after, so it does not write from left to right; {advice}": (
        "{name} 能看到后面的词，因此不是从左到右生成的；{advice}"
    ),
    "{name} stands in more than one file of the weights; keep one of them": (
        "{name} 同时出现在多个权重文件中；请只保留一个"
    ),
    "{package} can't be fetched because {python} has no pip; run `{command} -m ensurepip`": (
        "无法获取 {package}，因为 {python} 没有 pip；请运行 `{command} -m ensurepip`"
    ),
    "{reference} is no demo model; choose one of {known}": "{reference} 不是演示模型；请从 {known} 中选择",
    "{title} can't be removed: {cause}; stop what uses it": "无法删除{title}：{cause}；请停止正在使用它的程序",
    "{title} is being prepared; stop that before you remove it": "正在准备{title}；请先停止再删除",
    "{wheel} holds no readable {member}": "{wheel} 中没有可读取的 {member}",
    "“{control}” in the text is read as the control token of the model, and not as these characters.": (
        "文本中的“{control}”被读作模型的控制词元，而不是这些字符本身。"
    ),
    "“{word}” is one word of {count} tokens; take the unit token or character (`--unit token`) to see which parts "
    "of it count.": (
        "“{word}”是一个由{count}个词元组成的词；请选择“词元”或“字符”为单位（`--unit token`），以查看哪些部分起作用。"
    ),
}

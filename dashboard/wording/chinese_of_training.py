"""What models/finetuning/ says of trainings, in Chinese: by its English template, in alphabetical order."""

from __future__ import annotations

OF_TRAINING = {
    " ({count} such rows)": "（共{count}行）",
    ", whole groups of {group} alone, whose rows are not independent: intervals are too narrow": (
        "，{group} 相同的行不拆开；同组的行并不独立，因此区间偏窄"
    ),
    "0 where evaluations=0": " 0（当 evaluations=0 时）",
    "a group column is for holding out a share of the data; leave out the column or the file to check with": (
        "分组列用于从数据中留出一部分；请去掉分组列或检验数据"
    ),
    "a share of {share} of the rows held out (seed {seed}){groups}": "留出 {share} 的行（随机种子{seed}）{groups}",
    "about {needed} of disk space are needed for checkpoints and the model, and {free} are free at {folder}; "
    "free some, or give another folder": (
        "检查点和模型约需 {needed} 磁盘空间，而 {folder} 只剩 {free}；请腾出空间，或换一个文件夹"
    ),
    "all {count} held-out rows are training rows too; give others to check with, or fewer repeated rows": (
        "全部{count}行检验数据都出现在训练数据中；请换用其他数据来检验，或减少重复的行"
    ),
    "all {count} rows to learn have the label {label}; give at least two": (
        "要学习的{count}行都是同一个标签 {label}；至少需要两个标签"
    ),
    "all {count} rows {holding}, of which none can be held out; give others to check with": (
        "全部{count}行{holding}，无法从中留出；请另行提供检验数据"
    ),
    "another process trains in {folder}; wait for it, or give another folder": (
        "另一个进程正在 {folder} 中训练；请等它结束，或换一个文件夹"
    ),
    "are of one group in {group}": "在 {group} 列同属一组",
    "begin anew": "重新开始",
    "checked with {count} of the {all} rows of {files}": "用于检验的文件：{files}（共{all}行，其中{count}行用于检验）",
    "give texts, or prompts with responses and no template": ("请提供文本，或提供提示词与回答并且不使用模板"),
    "go on with the training": "继续训练",
    "has not begun; begin it without --resume": "尚未开始；请不带 --resume 开始",
    "have the same text": "文本相同",
    "held out": "留出的",
    "is finished": "已经完成",
    "mask_fraction and balanced are for classifiers; give a generator mask_fraction=0": (
        "mask_fraction 和 balanced 只用于分类器；生成器请设 mask_fraction=0"
    ),
    "more than 0 and at most 1; 1e-5 to 1e-3 is usual": "大于 0、最大为 1 的数；常用 1e-5 至 1e-3",
    "more than 0 and less than 1": "大于 0、小于 1 的数",
    "name either the column of the texts, or those of prompts and responses: both can't be learned": (
        "请只选文本列，或只选提示词列与回答列：两者不能同时学习"
    ),
    "no checkpoint was written yet: the training begins anew, with the same data and settings": (
        "还没有写下检查点：训练将以相同的数据和设置重新开始"
    ),
    "of all {count} rows {purpose} nothing is left to learn within {most} tokens; give shorter prompts, or a "
    "larger max_tokens up to the model's own limit": (
        "全部{count}行{purpose}数据在{most}个词元之内都没有可学习的内容；请缩短提示，或在模型自身的上限之内放宽最长词元数"
    ),
    "rows by file: {files}": "各文件的行数：{files}",
    "rows held out by file: {files}": "用于检验的文件及其行数：{files}",
    "rows without a label are never held out in fine-tuning; give data with labels alone": (
        "没有标签的行在微调中从不留出；请提供每行都有标签的数据"
    ),
    "the base has neither a padding nor an end-of-text token; give its tokenizer one of them": (
        "基础模型既没有填充词元，也没有文本结束词元；请给它的分词器添加其中之一"
    ),
    "the base has no token that ends a text, so no end is learned: it will write as much as is asked for": (
        "基础模型没有表示文本结束的词元，因此学不到结尾：要求写多长，它就会写多长"
    ),
    "the base tells {known} apart and the rows {labels}: its last layer begins anew": (
        "基础模型区分的是 {known}，而数据区分的是 {labels}：其最后一层从头训练"
    ),
    "the best weights so far": "目前最好的权重",
    "the chat template changes {count} of {total} answers, as by dropping thoughts; they are learned whole, "
    "as the data has them": ("对话模板改动了{total}个回答中的{count}个（例如删去思考过程）；学习时按数据中的完整内容"),
    "the chat template opens {opened} for the model's answer, with which {count} of {total} answers do not "
    "begin; they are learned right after it": (
        "对话模板会替模型的回答写出开头 {opened}，而{total}个回答中有{count}个不以它开始；学习时把这些回答紧接在它之后"
    ),
    "the checkpoint at step {step}": "第{step}步的检查点",
    "the checkpoint at step {step} is kept": "已保留第{step}步的检查点",
    "the finished model": "训练好的模型",
    "the folder {folder} is not empty; give a new one with --out": "文件夹 {folder} 不是空的；请用 --out 另给一个新的",
    "the held-out label {label} is not among the labels to learn: {known}": (
        "检验数据的标签 {label} 不在要学习的标签之中：{known}"
    ),
    "the loss became {value} at step {step} of {steps}: training is stopped; {kept}; begin anew with a lower learning "
    "rate": "损失在第{step}步（共{steps}步）变为 {value}：训练已停止；{kept}；请调低学习率重新开始",
    "the pretrained model": "基础模型",
    "there are no rows to check with; give others": "没有可用来检验的行；请另行提供",
    "there are {count} rows to learn from and {held} to check with; give at least {fewest} and 1": (
        "有{count}行可学习，{held}行可检验；至少需要{fewest}行和1行"
    ),
    "there are {count} rows to learn from; give at least {fewest}": "只有{count}行可学习；至少需要{fewest}行",
    "there is no checkpoint yet": "还没有检查点",
    "there is no data to learn from; give a file with --data": "没有可学习的数据；请用 --data 提供文件",
    "there is nothing to go on with in {folder}: its training {state}": "{folder} 中没有可以继续的训练：训练{state}",
    "this tokenizer has no mask token; fine-tune with mask_fraction=0": (
        "这个分词器没有掩码词元；请把掩码行的比例设为0（mask_fraction=0）"
    ),
    "this training began with {name} {known}, not {value}; go on without that option, or begin anew in another "
    "folder": ("这次训练开始时 {name} 为 {known}，而不是 {value}；请去掉该选项再继续，或在另一个文件夹重新开始"),
    "to learn": "要学习的",
    "weights are no finite numbers any more after step {step}: training is stopped; {kept}; begin anew with a lower "
    "learning rate": "第{step}步之后，权重不再是有限数：训练已停止；{kept}；请调低学习率重新开始",
    "{base} lacks {name} and {count} other weights; give a complete model": (
        "{base} 缺少 {name} 以及另外{count}个权重；请提供完整的模型"
    ),
    "{count} of {all} held-out rows equal training rows and are left out of the held-out ones": (
        "{all}行检验数据中有{count}行与训练数据相同，已从检验数据中略去"
    ),
    "{count} of {all} rows are held out, a share of {reached} and not {asked}, since rows of a group or of one text "
    "stand on one side of the split": (
        "{all}行中留出了{count}行，比例为 {reached} 而非 {asked}，因为同一组或同一段文本的各行都划在同一侧"
    ),
    "{count} of {all} rows {purpose} are left out: nothing of them is left to learn": (
        "{all}行{purpose}数据中略去了{count}行：其中没有可学习的内容"
    ),
    "{count} of {all} rows {purpose} are longer than {most} tokens; their rest is not read": (
        "{all}行{purpose}数据中有{count}行超过{most}个词元；其余部分不读取"
    ),
    "{count} of {all} texts are longer than {most} tokens; the rest of them is not read": (
        "{all}段文本中有{count}段超过{most}个词元；其余部分不读取"
    ),
    "{count} of {total} texts are compared, drawn with seed {seed}": (
        "比较{total}段文本中的{count}段，以随机种子{seed}抽取"
    ),
    "{count} rows with {labels} labels to learn and {held} to check with; give rows of at least two labels, and some "
    "to check with": (
        "可学习的有{count}行、{labels}个标签，可检验的有{held}行；请提供至少两个标签的行，以及一些用来检验的行"
    ),
    "{file} has been changed and can't be read; begin anew in another folder": (
        "{file} 已被改动，无法读取；请在另一个文件夹重新开始"
    ),
    "{file} has changed since this training began; begin anew in another folder": (
        "{file} 在训练开始后有改动；请在另一个文件夹重新开始"
    ),
    "{folder} can't be written ({cause}); free some space, or give another folder": (
        "无法写入 {folder}（{cause}）；请腾出空间，或换一个文件夹"
    ),
    "{folder} holds a broken-off training; go on with --resume, or give another --out": (
        "{folder} 中有一次中断的训练；请用 --resume 继续，或另给 --out"
    ),
    "{folder} is a file; give a new folder with --out": "{folder} 是文件；请用 --out 另给一个新文件夹",
    "{low} to less than {high}": "{low}至小于{high}的数",
    "{low} to less than {high}, a share of the steps": "{low}至小于{high}的数，表示步数的比例",
    "{low} to {high}": "{low}至{high}",
    "{most} or more": "{most}或更大的数",
    "{name}: a fine-tuned generator": "{name}：微调的生成器",
    "{name}: a fine-tuned {title}": "{name}：微调的{title}",
    "{name}={value} is not allowed; it takes {range}": "{name}={value} 不允许；可取{range}",
    "{network} can't answer these rows ({cause}); give another base": (
        "{network} 无法回答这些数据行（{cause}）；请换一个基础模型"
    ),
    "{network} can't be trained on these rows ({cause}); give another base": (
        "{network} 无法在这些数据行上训练（{cause}）；请换一个基础模型"
    ),
    "{place}: the chat template does not show what the assistant says; give texts": (
        "{place}：对话模板没有显示助手所说的内容；请提供文本"
    ),
    "{place}: the held-out label {label} is never learned{rows}; labels are {known}": (
        "{place}：检验数据的标签 {label} 从未学习过{rows}；已有的标签：{known}"
    ),
    "{place}: the model has no chat template, which conversations need; give texts": (
        "{place}：对话需要对话模板，而该模型没有；请提供文本"
    ),
    "{reached} (asked was {asked})": "{reached}（要求 {asked}）",
    "{share} of the tokens are unknown to the base, which can't tell them apart; give a base that reads this "
    "language": "{share} 的词元是基础模型不认识的，它无法区分这些词元；请换用能读这种语言的基础模型",
    "{split}; they also chose the weights that were kept": "{split}；保留哪一份权重也由它们决定",
    "{subject} can't be written ({cause}); {free} are free; {kept}; free some space and {advice}": (
        "无法写入{subject}（{cause}）；剩余 {free}；{kept}；请腾出空间再{advice}"
    ),
}

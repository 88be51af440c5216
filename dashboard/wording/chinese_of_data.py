"""What models/finetuning/ says of files and their rows, in Chinese: by its English template, in alphabetical order."""

from __future__ import annotations

OF_DATA = {
    "JSON in too many levels, one in another; write fewer": "JSON 的嵌套层数太多；请减少层数",
    "a cell of more than {count} characters; give shorter texts": ("单元格超过{count}个字符；请缩短文本"),
    "a list": "列表",
    "a quote opens a cell and nothing closes it; write a quote inside of one twice": (
        "有一个单元格以引号开始却没有结束；单元格之内的引号请写两次"
    ),
    "a text": "文本",
    "an object": "对象",
    "commas": "逗号",
    "context": "上下文列",
    "label": "标签列",
    "line {number}": "第{number}行",
    "lines {numbers}": "第 {numbers} 行",
    "lines {numbers} and {count} more": "第 {numbers} 行以及另外{count}行",
    "message {number} calls a tool, which can't be learned; leave such conversations out": (
        "第{number}条消息调用了工具，无法学习；请略去这样的对话"
    ),
    "message {number} has no role; it needs a role ({roles}) and a content": (
        "第{number}条消息没有角色；它需要 role（{roles}）和 content"
    ),
    "message {number} has the role {role}; it needs a role ({roles}) and a content": (
        "第{number}条消息的角色是 {role}；它需要 role（{roles}）和 content"
    ),
    "message {number} has the weight 0: it is not to be learned, but all answers are; remove the weight or the "
    "message": ("第{number}条消息的权重为 0，表示不学习它，而这里会学习所有回答；请删去该权重或该消息"),
    "message {number} has {what} as its content; give a text": ("第{number}条消息的内容是{what}；请提供文本"),
    "message {number} holds a part that is no text ({kind}); only texts can be learned": (
        "第{number}条消息中有不是文本的部分（{kind}）；只能学习文本"
    ),
    "message {number} holds half a character (a lone surrogate); remove it": (
        "第{number}条消息中有半个字符（单独的代理码位）；请删去"
    ),
    "message {number} is empty; it needs a role ({roles}) and a content": (
        "第{number}条消息是空的；它需要 role（{roles}）和 content"
    ),
    "message {number} is one of a tool ({role}), which can't be learned; leave such ones out": (
        "第{number}条消息来自工具（{role}），无法学习；请略去这样的对话"
    ),
    "message {number} is {what}; give an object of a role and a content": (
        "第{number}条消息是{what}；请提供由 role 和 content 组成的对象"
    ),
    "more than one label; give every row one": "标签多于一个；请给每行一个标签",
    "no ending": "无扩展名",
    "nobody answers: there is no message of the assistant to learn": ("没有人回答：其中没有可学习的 assistant 消息"),
    "none is called by a usual name": "没有一列用的是常见的名称",
    "not JSON, and so all that follows is not read; mend it": ("不是 JSON，因此其后的内容都没有读取；请修正"),
    "not JSON; mend it": "不是 JSON；请修正",
    "not JSON; write one object a line": "不是 JSON；请每行写一个对象",
    "not well-formed CSV; check its quotes: those inside of a quoted cell are written twice, as Excel does": (
        "CSV 格式有误；请检查引号：加引号的单元格之内，引号要写两次（Excel 就是这样写的）"
    ),
    "null": "空值",
    "of no row to learn, or to check with, the tokenizer of the base reads anything; give others": (
        "要学习或用来检验的行，基础模型的分词器什么都读不出；请另行提供"
    ),
    "of none of {count} texts the tokenizer of the base reads anything; give another base": (
        "{count}段文本，基础模型的分词器什么都读不出；请换用另一个基础模型"
    ),
    "of {count} of {all} texts the tokenizer of the base reads nothing (the first: {place}); mend them, or have "
    "such rows left out by --skip-empty": (
        "{all}段文本中有{count}段，基础模型的分词器什么都读不出（第一处：{place}）；请修正，或用 --skip-empty "
        "略去这些行"
    ),
    "only the assistant speaks, and so answers nobody; give what it answers, or a text": (
        "只有 assistant 在说话，没有可回答的内容；请补上它所回答的话，或改为提供文本"
    ),
    "response": "回答列",
    "row {number}": "第{number}条",
    "rows {numbers}": "第 {numbers} 条",
    "rows {numbers} and {count} more": "第 {numbers} 条以及另外{count}条",
    "semicolons": "分号",
    "standard input": "标准输入",
    "tabs": "制表符",
    "text": "文本列",
    "the array is not closed; its end seems to be missing": "数组没有结束；末尾似乎缺失",
    "there is no encoding {encoding}; name one such as {names}": (
        "没有名为 {encoding} 的编码；请指明一种，例如 {names}"
    ),
    "vertical bars": "竖线",
    "{cells} cells, but the first line names {columns} columns; put cells that hold a delimiter into quotes": (
        "有{cells}个单元格，而首行有{columns}列；单元格含分隔符时请加引号"
    ),
    "{cells} cells, but the first row has {columns}; put cells that hold a delimiter into quotes": (
        "有{cells}个单元格，而第一行数据有{columns}个；单元格含分隔符时请加引号"
    ),
    "{columns} could each be it": "{columns} 都有可能",
    "{count} conversations begin with the assistant; what it says first is read, but not learned": (
        "{count}段对话以助手开头；它最先说的话只读取，不学习"
    ),
    "{count} of {all} texts are left out, of which the tokenizer of the base reads nothing (the first: {place})": (
        "{all}段文本中略去了{count}段，基础模型的分词器从中什么都读不出（第一处：{place}）"
    ),
    "{count} rows have {labels} different labels; is that the label column?": (
        "{count}行有{labels}个不同的标签；这一列真是标签列吗？"
    ),
    "{count} texts have more than one label (the first: {place}); no model gets all of their rows right": (
        "{count}段文本有不止一个标签（第一处：{place}）；没有模型能把这些行全部判对"
    ),
    "{count} texts occur more than once (but for upper case and white space), in {all} rows; all rows of a text "
    "stand on one side of the split": (
        "{count}段文本（不计大小写与空白）不止出现一次，共{all}行；同一段文本的各行都划在同一侧"
    ),
    "{file} can't be read ({cause}); check the path": ("无法读取 {file}（{cause}）；请检查路径"),
    "{file} holds no rows; give a file with some": "{file} 中没有数据行；请提供有内容的文件",
    "{file} is a report of Sidelight, and no data; open it on the page that it was made on": (
        "{file} 是 Sidelight 的报告，不是数据；请在生成它的页面打开"
    ),
    "{file} is empty; give a file with some rows": "{file} 是空的；请提供有内容的文件",
    "{file} is larger than {size} GB; give a part of it": ("{file} 大于 {size} GB；请提供其中一部分"),
    "{file}, line {number}": "{file} 第{number}行",
    "{file}, row {number}": "{file} 第{number}条",
    "{file}: a .txt is read as a text a line and has no labels; give a table with a column of labels, or read "
    "this one as a table with --header or --no-header": (
        "{file}：.txt 按每行一段文本读取，没有标签；请提供含标签列的表格，或用 --header 或 --no-header 把它读作表格"
    ),
    "{file}: columns are parted by {char}, as its first line says": ("{file}：各列以 {char} 分隔，如其首行所述"),
    "{file}: columns are parted by {sign}": "{file}：各列以{sign}分隔",
    "{file}: columns that are not read: {columns}": ("{file}：没有读取的列：{columns}"),
    "{file}: columns that share a name are numbered: {columns}": ("{file}：同名的列已编号：{columns}"),
    "{file}: columns without a name are called by their place: {columns}": (
        "{file}：没有名称的列以其位置命名：{columns}"
    ),
    "{file}: every line begins with a label, as fastText writes it": ("{file}：每行以标签开头，是 fastText 的写法"),
    "{file}: every line has tabs, as a table does, but a .txt is read as a text a line; read it as a table with "
    "--no-header, which calls the columns 1, 2, ..., or with --header if its first line names them": (
        "{file}：每行都有制表符，像是表格，但 .txt 按每行一段文本读取；请用 --no-header 把它读作表格（各列名为"
        " 1、2……），若首行是列名则用 --header"
    ),
    "{file}: every line has tabs, as a table does; read it as one with --header or --no-header, or name the column "
    "{column} to take whole lines for texts": (
        "{file}：每行都有制表符，像是表格；请用 --header 或 --no-header 把它读作表格，或指明列 {column}，把整行当作文本"
    ),
    "{file}: every line has tabs, which are read as a part of its text (else ask for --no-header)": (
        "{file}：每行都有制表符，按文本的一部分读取（否则请用 --no-header）"
    ),
    "{file}: it holds JSON, and is read so": "{file}：内容是 JSON，按 JSON 读取",
    "{file}: it holds a table and no JSON, and is read so": ("{file}：内容是表格而不是 JSON，按表格读取"),
    "{file}: it is read as {encoding}, as was asked, but is UTF-8 too; see that its texts are right": (
        "{file}：按要求以 {encoding} 读取，但它也是有效的 UTF-8；请查看文本是否正确"
    ),
    "{file}: its JSON objects are written over several lines": ("{file}：其中的 JSON 对象各占多行"),
    "{file}: its quotes stand around no whole cells, and so are read as a part of the texts": (
        "{file}：其中的引号没有括住整个单元格，因此当作文本的一部分"
    ),
    "{file}: its rows are made of one JSON object, which holds all of them": ("{file}：各行取自同一个 JSON 对象"),
    "{file}: its rows are those of a JSON array": "{file}：各行取自一个 JSON 数组",
    "{file}: keys that stand twice in one object: {count} (the first: {name}, {place}); the last one counts": (
        "{file}：同一对象中重复的键：{count}处（第一处：{name}，{place}）；以最后一个为准"
    ),
    "{file}: none of {count} rows has a value in {columns}; name other columns": (
        "{file}：{count}行在 {columns} 列都没有内容；请另选列"
    ),
    "{file}: of a pair of answers only {chosen} is learned, and {rejected} is not read": (
        "{file}：成对的回答中只学习 {chosen}，不读取 {rejected}"
    ),
    "{file}: quotes are written with a backslash before them, as Spark does, and are read so": (
        "{file}：引号之前写有反斜杠（Spark 就是这样写的），按此读取"
    ),
    "{file}: the first line is taken for the names of the columns, and not for a row (else ask for --no-header)": (
        "{file}：把首行当作列名，而不是数据（若不是，请用 --no-header）"
    ),
    "{file}: the roles {roles} are read as {known}": ("{file}：角色 {roles} 读作 {known}"),
    "{file}: there is no column {column}; there are {columns}": ("{file}：没有列 {column}；现有的列：{columns}"),
    "{file}: what is not read of messages: {keys}": ("{file}：消息中没有读取的内容：{keys}"),
    "{file}: which column is the text? {columns} could each be it; name one": (
        "{file}：哪一列是文本？{columns} 都有可能；请选择一列"
    ),
    "{file}: which column is the {column}? {problem}; name one of {columns}": (
        "{file}：哪一列是{column}？{problem}；请选择一列：{columns}"
    ),
    "{file}: {column} is taken for the conversation": ("{file}：把 {column} 当作对话"),
    "{file}: {column} is taken for the {what}": ("{file}：把 {column} 当作{what}"),
    "{file}: {count} columns without a name or a value are left out": ("{file}：略去了{count}个既无名称也无内容的列"),
    "{file}: {count} empty lines are no rows": "{file}：略去了{count}个空行",
    "{file}: {count} empty lines are no texts (are texts parted by them? ask for paragraphs)": (
        "{file}：略去了{count}个空行（若各段文本以空行分隔，请勾选以空行分隔）"
    ),
    "{file}: {count} empty messages of the system are left out": ("{file}：略去了{count}条空的系统消息"),
    "{file}: {count} labels are floats of whole numbers: {first} is read as {number}": (
        "{file}：{count}个标签是写成小数的整数：{first} 读作 {number}"
    ),
    "{file}: {count} labels have white space around them, which is left out": (
        "{file}：{count}个标签的前后有空白，已略去"
    ),
    "{file}: {count} messages are in several parts, which are joined by line ends": (
        "{file}：{count}条消息分为几个部分，已用换行连接"
    ),
    "{file}: {count} of {all} rows are left out, which can't be read ({lines})": (
        "{file}：{all}行中略去了{count}行读不了的（{lines}）"
    ),
    "{file}: {count} of {all} rows are left out, which have no text ({lines})": (
        "{file}：{all}行中略去了{count}行没有文本的（{lines}）"
    ),
    "{file}: {count} of {all} rows are left out, which lack a value ({lines})": (
        "{file}：{all}行中略去了{count}行缺少内容的（{lines}）"
    ),
    "{file}: {count} of {all} rows lack a value in {columns} ({lines}); fill them, or have such rows left out "
    "by --skip-empty": (
        "{file}：{all}行中有{count}行在 {columns} 列缺少内容（{lines}）；请补全，或用 --skip-empty 略去这些行"
    ),
    "{file}: {count} rows have more cells than the first line names, which are empty and left out": (
        "{file}：{count}行的单元格比首行多，多出的是空的，已略去"
    ),
    "{file}: {count} texts, one a line": "{file}：{count}段文本，每行一段",
    "{file}: {count} texts, parted by empty lines": ("{file}：{count}段文本，以空行分隔"),
    "{file}: {ending} is not one of {endings}; save it as one": (
        "{file}：{ending} 不在 {endings} 之列；请存为其中之一"
    ),
    "{name} holds half a character (a lone surrogate); remove it": ("{name} 中有半个字符（单独的代理码位）；请删去"),
    "{name} is a list of {count}; give every row one label, a text or a whole number": (
        "{name} 是有{count}项的列表；请给每行一个标签，即文本或整数"
    ),
    "{name} is {value}, which is no whole number; if it is a class, write it as a text; values in between can't "
    "be learned": ("{name} 是 {value}，不是整数；若它是类别，请写成文本；连续的数值无法学习"),
    "{name} is {what}; give a list of role and content": ("{name} 是{what}；请提供由 role 和 content 组成的列表"),
    "{name} is {what}; give a text": "{name} 是{what}；请提供文本",
    "{name} is {what}; give a text or a whole number": ("{name} 是{what}；请提供文本或整数"),
    "{notice} (up to line {number})": "{notice}（直到第{number}行）",
    "{notice}; if the first line is a row and no names, read it with --no-header": (
        "{notice}；若首行是数据而不是列名，请用 --no-header 读取"
    ),
    "{place} is left out: {notice}": "略去了 {place}：{notice}",
    "{place}: byte {byte} (0x{code}) is not {encoding}, nor of another usual encoding; save it as UTF-8": (
        "{place}：第{byte}个字节（0x{code}）不是 {encoding}，也不是其他常见编码；请存为 UTF-8"
    ),
    "{place}: byte {byte} (0x{code}) is not {encoding}, which its byte order mark says it is; save it anew": (
        "{place}：第{byte}个字节（0x{code}）不是字节顺序标记所说的 {encoding}；请重新保存"
    ),
    "{place}: byte {byte} (0x{code}) is not {encoding}; say by --encoding which encoding it is, by what it would "
    "read: {offers}": (
        "{place}：第{byte}个字节（0x{code}）不是 {encoding}；请用 --encoding 指明编码，可按读出的内容选择：{offers}"
    ),
    "{place}: byte {byte} is 0, as in UTF-16; if it is that, say so by --encoding: {offers}; else remove such bytes": (
        "{place}：第{byte}个字节是 0，像是 UTF-16；若是，请用 --encoding 指明：{offers}；否则请删去这样的字节"
    ),
    "{place}: byte {byte} is 0, which no text holds; remove such bytes": (
        "{place}：第{byte}个字节是 0，文本中不会有；请删去这样的字节"
    ),
    "{place}: this looks like a comment and not like the names of columns, which seem to begin with line {number}; "
    "remove the lines before": ("{place}：这像是注释而不是列名，列名似乎从第{number}行开始；请删去之前的行"),
    "{place}: this looks like a row, not like the names of columns ({cells}); read it with --no-header, which "
    "calls the columns 1, 2, ..., or with --header if it does name them": (
        "{place}：这像是一行数据，而不是列名（{cells}）；请用 --no-header 读取（各列名为 1、2……），若它确实是"
        "列名则用 --header"
    ),
    "{place}: {notice} (none of {count} rows can be read; mend them)": (
        "{place}：{notice}（{count}行都读不了；请修正）"
    ),
    "{place}: {notice} (rows that can't be read: {count} of {all}; mend them, or have them left out by --skip-bad)": (
        "{place}：{notice}（读不了的行：{all}行中的{count}行；请修正，或用 --skip-bad 略去）"
    ),
    "{what}, not an object; write one object a line": "是{what}，不是对象；请每行写一个对象",
}

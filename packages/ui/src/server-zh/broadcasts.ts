import type { Dictionary } from '../dictionary.ts'

/** Broadcasts before they run: files of recipients, checks and tests. */
export const broadcastsChinese: Dictionary = {
  'must be country code and number, digits only': '必须是国家代码加号码，仅限数字',
  'must be the file_id of POST /external/broadcast-files': '必须是 POST /external/broadcast-files 返回的 file_id',
  'is required, or template instead': '为必填项，或改用 template',
  'goes without message': '不能与 message 同时使用',
  'goes without recipients: the recipients are in the file': '不能与 recipients 同时使用：收件人在文件中',
  'needs file_id, or recipients with rows': '需要 file_id，或由各行组成的 recipients',
  'is not for files: use draft: true, and POST …/{id}/start later':
    '不适用于文件：请使用 draft: true，之后调用 POST …/{id}/start',
  'must be a text of at most {max} characters': '必须是最多 {max} 个字符的文本',
  'the upload was cut off': '上传中断',
  'multipart/form-data with a part called file, text/csv or application/x-ndjson':
    '带有 file 部分的 multipart/form-data、text/csv 或 application/x-ndjson',
  'The broadcast is {state}, and its recipients come from a file. Add them to the file, or when it runs.':
    '群发处于 {state} 状态，其收件人来自文件。请加到文件中，或在运行时添加。',
  'The retry was cancelled meanwhile.': '重试在此期间已被取消。',
  'The broadcast {id} is {state} and needs the file.': '群发 {id} 处于 {state} 状态，仍需要此文件。',
  'needs a letter, a digit or a symbol': '必须含有字母、数字或符号',
  'is one of stop_words too': '也在退订词中',
  'must differ from `from`, or `days` must leave out a day': '必须与开始时间不同，或从星期中去掉一天',
  // Rows of a check.
  'column {column}, {place}: {problem}': '{column} 列，{place}：{problem}',
  'column {column}: {problem}': '{column} 列：{problem}',
  '{variable} of the body': '正文的 {variable}',
  'the template': '模板',
  'the header': '标题',
  'the body': '正文',
  'button {n}': '第 {n} 个按钮',
  'is empty': '为空',
  'has no number': '没有号码',
  'is a number that a spreadsheet has rounded: format the column as text, and save the file again':
    '是被电子表格四舍五入的数字：请将该列设为文本格式并重新保存文件',
  'begins with 0: write the country code instead': '以 0 开头：请改写国家代码',
  'has {n} digits: a number has 7 to 15, with its country code': '有 {n} 位数字：含国家代码的号码为 7 到 15 位',
  'is not a number: write country code and number, such as 85268411234':
    '不是号码：请写国家代码加号码，例如 85268411234',
  'the number stands in the file before; each person gets the message once':
    '该号码在文件前面已出现；每人只收到一次消息',
  'the person has stopped marketing messages': '对方已退订营销消息',
  'WhatsApp did not deliver a marketing message to the person within the last 24 hours (131049)':
    'WhatsApp 在过去 24 小时内未向对方送达一条营销消息（131049）',
  'the person has not written within 24 hours, and the message is no template':
    '对方 24 小时内没有来信，且消息不是模板',
  '{bad} of {rows} rows cannot be sent. Correct them and upload the file again, or set skip_bad to true to leave them out.':
    '{rows} 行中有 {bad} 行无法发送。请更正后重新上传文件，或将 skip_bad 设为 true 跳过这些行。',
  'No row can be sent.': '没有可发送的行。',
  // Files that are refused.
  'line {n}: {problem}': '第 {n} 行：{problem}',
  'the file is empty': '文件为空',
  'the file has no rows below its first line': '文件的第一行之后没有内容',
  'the file is a JSON array: write one JSON object in each line instead (JSON Lines)':
    '文件是 JSON 数组：请改为每行一个 JSON 对象（JSON Lines）',
  'the file is UTF-16 ("Unicode text"): save it as "CSV UTF-8", and upload it again':
    '文件是 UTF-16（“Unicode 文本”）：请另存为“CSV UTF-8”后重新上传',
  'the file is a workbook or an archive: save the sheet as "CSV UTF-8", and upload that':
    '文件是工作簿或压缩包：请将工作表另存为“CSV UTF-8”后上传',
  'line {n} has a zero byte: the file is not text': '第 {n} 行含有零字节：文件不是文本',
  'line {n} is not UTF-8: save the file as "CSV UTF-8" (not as Latin-1, Windows-1252, GBK or Big5), and upload it again':
    '第 {n} 行不是 UTF-8：请将文件另存为“CSV UTF-8”（不要用 Latin-1、Windows-1252、GBK 或 Big5）后重新上传',
  'the file has {n} columns; at most {max} are read': '文件有 {n} 列；最多读取 {max} 列',
  'line {n} is longer than {max} KiB': '第 {n} 行超过 {max} KiB',
  'the file has more than {max} rows: split it': '文件超过 {max} 行：请拆分',
}

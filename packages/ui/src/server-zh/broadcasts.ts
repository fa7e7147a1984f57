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
}

import type { Dictionary } from '../i18n.tsx'

/** The sandbox's answers to requests that it cannot carry out. */
export const sandboxChinese: Dictionary = {
  'A phone cannot "{verb}". It can: {list}.': '手机不能“{verb}”。它可以：{list}。',
  'There is no such message (the newest 5,000 are kept).': '没有这条消息（只保留最新的 5,000 条）。',
  'There is no such message of a business.': '商家没有这条消息。',
  'There is no such call (calls are not kept over a restart).': '没有这次调用（重启后不保留调用记录）。',
  'There is no such fault.': '没有这个故障。',
  'There is no such template.': '没有这个模板。',
  'There is no such account.': '没有这个账户。',
  'There is no account {id}.': '没有账户 {id}。',
  'There is no number {id}.': '没有号码 {id}。',
  'There is already an account {id}.': '账户 {id} 已存在。',
  'There is already a number {id}.': '号码 {id} 已存在。',
  'There is no {method} {path}.': '没有 {method} {path}。',
  '"{number}" is not a phone number.': '"{number}" 不是电话号码。',
  '"text" is what a text says; a {type} has its content under its own name.':
    '"text" 是文本消息的内容；{type} 的内容放在同名的键下。',
  '"{key}" must be a list of objects.': '"{key}" 必须是对象列表。',
  'Give "text", or "type" and its content.': '请给出 "text"；或给出 "type" 及其内容。',
  '"does" must be says, edits, revokes, saves, removes, shares, sharesMedia or declines.':
    '"does" 必须是 says、edits、revokes、saves、removes、shares、sharesMedia 或 declines。',
  'A group can be suspended, resumed, or read by everybody: suspend, resume, reads.':
    '群组可以停用、恢复，或由所有人读取：suspend、resume、reads。',
  '"status" must be captured, pending or failed.': '"status" 必须是 captured、pending 或 failed。',
  '"owner" must be app or other.': '"owner" 必须是 app 或 other。',
  '"{key}" must be a text.': '"{key}" 必须是文本。',
  '"{key}" must be a number.': '"{key}" 必须是数字。',
  '"{key}" must be an object.': '"{key}" 必须是对象。',
  'Give "text", or "type" and the content under the key of the same name.':
    '请给出 "text"；或给出 "type" 以及同名键下的内容。',
  'Give "field" and "value".': '请给出 "field" 和 "value"。',
  'A template can be judged, rated or recategorised: judge, rate, recategorise.':
    '模板可以审核、评分或改类别：judge、rate、recategorise。',
  'This is not an exported state.': '这不是导出的状态。',
  'The body is too large.': '请求体过大。',
  'The body is not JSON.': '请求体不是 JSON。',
  'The body must be a JSON object.': '请求体必须是 JSON 对象。',
  'The sandbox answered {status}.': '沙盒应答了 {status}。',
  'The gateway could not look it up.': '网关无法查询。',
  'unknown host name; use an address, localhost or a name without a dot':
    '未知的主机名；请使用地址、localhost 或不含点的名称',
  'requests from other origins are refused': '拒绝来自其他来源的请求',
  'requests from other sites are refused': '拒绝来自其他网站的请求',
  'content-type must be application/json': 'content-type 必须是 application/json',
  'a fitting message': '符合条件的消息',
  'phone {phone} did not see {what} within {ms} ms; {summary}': '手机 {phone} 在 {ms} 毫秒内没有看到 {what}；{summary}',
  'it has received nothing': '它没有收到任何消息',
  'something to tap called "{name}"': '名为“{name}”的可点按项',
  'a {kind}': '{kind}',
  'sandbox: there is no business number {id}': '沙盒：没有商家号码 {id}',
}

import type { Dictionary } from '../dictionary.ts'

/** Endpoints, and polling and streaming of events. */
export const endpointsChinese: Dictionary = {
  'must have from_event_id or since: the place to replay from': '需要 from_event_id 或 since：从哪里开始重新投递',
  "{problem}. An endpoint in Meta's format answers it as Meta's webhooks do, with the endpoint's secret as its verify token":
    '{problem}。Meta 格式的端点应像 Meta 的 Webhook 一样应答，以端点密钥作为验证令牌',
  'at most {max} bytes in all, got {got}': '总共最多 {max} 字节，现为 {got}',
  'needs an endpoint with an http or https URL': '只能用于 http 或 https 网址',
  'go with an http or https URL': '只能用于 http 或 https 网址',
  'meta needs an http or https URL': 'meta 格式只能用于 http 或 https 网址',
  'meta {says}': 'meta 格式{says}',
  '{says}: set headers to null as well': '{says}：请同时把 headers 设为 null',
  'The endpoint is paused: resume it with state "active" instead.': '端点已暂停：请用 state "active" 恢复。',
  'A channel has at most {n} endpoints: remove one first.': '一个渠道最多有 {n} 个端点：请先移除一个。',
  'must be a URL that begins with {list}': '必须是以 {list} 开头的网址',
  'must not hold a user or a password: give an authorization header in headers instead':
    '不能包含用户名或密码：请改用 headers 中的 authorization 请求头',
  'is given twice: header names do not differ by case': '出现了两次，仅大小写不同',
  'must hold 24 to 64 bytes in base64 behind whsec_': 'whsec_ 之后必须是 24 到 64 字节的 base64',
  'must be 16 to 200 printable characters without a space': '必须是 16 到 200 个可见字符，不含空格',
  'must begin with whsec_, unless the format is meta': '必须以 whsec_ 开头，除非格式是 meta',
  'must be a whole number of seconds from 0 to 30': '必须是 0 到 30 的整数秒',
  'must be 1 to 50 names, separated by commas': '必须是 1 到 50 个名称，用逗号分隔',
  'is not the id of an event of this gateway, and not the word now': '不是此网关的事件 ID，也不是 now',
  'The channel has reached its limit of {limit} {what} on this node. End one of them, or send the same request again in {seconds} s.':
    '此节点上该渠道已有 {limit} 个{what}，已达上限。请结束其中一个，或在 {seconds} 秒后重试。',
  'events for this endpoint are written to a database or a stream, without a request':
    '此端点的事件写入数据库或流，没有请求',
}

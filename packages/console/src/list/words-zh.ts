import type { Dictionary } from '../../../ui/src/dictionary.ts'

/** Words of the overview's spans, and of the lists. */
export const listChinese: Dictionary = {
  'Drag over the chart to zoom. With keys: ← and → move, Shift extends, Enter zooms.':
    '在图上拖动即可放大。用键盘：← 和 → 移动，Shift 扩展，Enter 放大。',
  '{from} to {to}: {sent} sent, {received} received, {failed} failed':
    '{from} 至 {to}：已发送 {sent}，已接收 {received}，失败 {failed}',
  'Other…': '其他…',
  'The end must be after the beginning.': '终点必须晚于起点。',
  'At most 30 days.': '最多 30 天。',
  'Whole hours are shown.': '按整小时显示。',
  '{from} to {to}, {zone}. The figures, the chart, the failures and their links are of this span.':
    '{from} 至 {to}，{zone}。数字、图表、失败及其链接都限于这一时段。',
  'Back to the last {span}': '返回最近 {span}',
  'This is one hour. The chart begins at two.': '这是一个小时。两个小时起才有图表。',
  Now: '现在',
  'Numbers, now': '号码（现在）',
  Request: '请求',
  'a secret, not shown': '机密，不显示',
  'As it would be sent now, with the present settings of the endpoint.': '按端点的当前设置，现在会这样发送。',
  'Made again for attempt {n}, {time}, with the present secret and settings of the endpoint.':
    '按第 {n} 次尝试（{time}）重新生成，使用端点当前的密钥和设置。',
  'Verify this signature': '验证此签名',
  'Copy as code': '复制为代码',
  'This is the delivery’s request. Type the secret that your endpoint has: the check runs in this browser, and the secret is not sent anywhere.':
    '这是该投递的请求。请输入端点所用的密钥：检查在此浏览器中进行，密钥不会发送到任何地方。',
  'Selected rows': '所选行',
  '{n} selected': '已选 {n} 项',
  'Replay selected…': '重放所选…',
  'Clear the selection': '清除选择',
  '{m} of {n} events could not be replayed: {problem}': '{n} 个事件中有 {m} 个无法重放：{problem}',
  'Select all rows': '选择所有行',
  'Select {id}': '选择 {id}',
  'Show only endpoints with a problem': '只显示有问题的端点',
  'Show all {n} endpoints': '显示全部 {n} 个端点',
  'Last hour: no attempts': '最近一小时：没有尝试',
  'Last hour: {rate} of {n} succeeded': '最近一小时：{n} 次中成功 {rate}',
  'Failing since {time}': '自 {time} 起失败',
  '{n} waiting, the oldest since {time}': '{n} 个等待中，最早的自 {time} 起',
  '{m} of {n}': '{m} / {n}',
  'Failing since': '失败始于',
  'Replay…': '重放…',
  'The call behind this list': '此列表背后的调用',
  'Replace YOUR_API_KEY with an API key or the admin token.': '请把 YOUR_API_KEY 换成 API 密钥或管理令牌。',
  Code: '代码',
  'As a call': '作为调用',
  'This call sends the message again, as a new message.': '此调用会把消息作为一条新消息再次发送。',
  'This call fetches the message.': '此调用获取这条消息。',
  'Skip to the first row': '跳到第一行',
}

import type { Dictionary } from '../dictionary.ts'

/** What the story of a shop's day says. */
export const storyChinese: Dictionary = {
  'The shop confirms an order: one HTTP call, and a template appears on Mei’s phone.':
    '商店确认一笔订单：一次 HTTP 调用，模板消息就出现在 Mei 的手机上。',
  'Mei taps “Yes”. WhatsApp tells Postern, Postern calls the shop’s webhook, and the shop answers.':
    'Mei 点了“Yes”。WhatsApp 通知 Postern，Postern 调用商店的 webhook，商店作出回复。',
  'Pablo asks for a bag. The shop answers with a list, and he picks a row.':
    'Pablo 想买一个包。商店用列表回复，他选了其中一行。',
  'The shop sends the bill. Pablo pays in the chat, and the webhook hears of it.':
    '商店发来账单。Pablo 在聊天中付款，webhook 收到通知。',
  'Mei sends a photo. The shop fetches the file from Postern and answers.':
    'Mei 发来一张照片。商店从 Postern 取得文件并回复。',
  'Your webhook is down. Postern keeps the events and retries.': '你的 webhook 宕机了。Postern 保留事件并不断重试。',
  'Your webhook is back. Every event arrives, in order, and the shop answers.':
    '你的 webhook 恢复了。每个事件都按顺序到达，商店作出回复。',
  'A shop’s day in half a minute, on the phones, on the wire and in the console.':
    '半分钟看完一家商店的一天：在手机上、在线路上、在控制台里。',
  'That was the shop’s day. Nothing was lost, and nothing came twice.':
    '商店的一天结束了。没有丢失任何内容，也没有重复。',
  'The gateway is still starting. Try again in a moment.': '网关仍在启动。请稍后再试。',
  'The story was stopped.': '演示已停止。',
  'A trouble is active, and would make another story. End it under “Trouble” first.':
    '有一个故障正在生效，会改变演示的过程。请先在“故障”中结束它。',
  'The story needs the demo channel, which was removed or changed.': '演示需要演示渠道，但它已被删除或更改。',
  'The demo channel has 20 endpoints. Remove one: the story needs one of its own.':
    '演示渠道已有 20 个端点。请删除一个：演示需要一个自己的端点。',
  'The sandbox was reset, so the story ended.': '沙盒已重置，演示因此结束。',
  'The story was paused for ten minutes, so it ended.': '演示已暂停十分钟，因此结束。',
  'The message did not arrive on the phone within 20 seconds. Is the phone offline?':
    '消息在 20 秒内没有到达手机。手机是否离线？',
  'The shop’s webhook did not hear of it within 20 seconds.': '商店的 webhook 在 20 秒内没有收到通知。',
  'The webhook is down, but Postern did not call it within 20 seconds.':
    'webhook 已宕机，但 Postern 在 20 秒内没有调用它。',
  'The story needs a gateway: this sandbox runs alone.': '演示需要网关：此沙盒单独运行。',
  'A story can: start, pause, resume, stop.': '演示可以：start、pause、resume、stop。',
  '"speed" must be normal or fast.': '"speed" 必须是 normal 或 fast。',
}

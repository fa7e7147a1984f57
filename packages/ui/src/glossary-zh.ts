import type { Dictionary } from './dictionary.ts'

/** Chinese for the glossary's synonyms and sentences. */
export const glossaryChinese: Dictionary = {
  'sender, phone number': '发送方、电话号码',
  'A WhatsApp phone number of the business, with its access token and its endpoint.':
    '商家的一个 WhatsApp 电话号码，以及它的访问令牌和端点。',
  'API key': 'API 密钥',
  'The secret that names a channel in a call of the API.': '调用 API 时用来指明渠道的密钥。',
  'customer, WhatsApp user': '客户、WhatsApp 用户',
  'A person on WhatsApp, known by a phone number, a business-scoped id, or both.':
    'WhatsApp 上的一个人，以电话号码、商家范围用户 ID 或两者识别。',
  message: '消息',
  'One message to or from a contact on a channel, with its status.': '渠道上与联系人往来的一条消息，以及它的状态。',
  'WhatsApp message id': 'WhatsApp 消息 ID',
  'The id that Meta gives to a message.': 'Meta 给消息的 ID。',
  'customer service window': '客户服务窗口',
  'The 24 hours after a contact’s last message: free-form messages may be sent.':
    '联系人最后一条消息之后的 24 小时：期间可以发送自由格式消息。',
  'message template': '消息模板',
  'A text with variables that Meta has approved: it may be sent outside the window too.':
    '经 Meta 批准、带变量的文本：在窗口之外也可以发送。',
  'bulk send, campaign': '群发、营销活动',
  'One message to many contacts, sent at the channel’s rate limit.': '发给许多联系人的一条消息，按渠道的速率限制发送。',
  'rate limit': '速率限制',
  'The most messages a second that a channel sends.': '渠道每秒最多发送的消息数。',
  'result of a send': '发送结果',
  'The result of one call of the Cloud API: accepted, refused, throttled, unavailable or unknown.':
    '一次 Cloud API 调用的结果：已受理、被拒绝、被限流、不可用或未知。',
  'in doubt': '存疑',
  'The call got no answer, so WhatsApp may have taken the message: a status webhook settles it.':
    '调用没有得到应答，WhatsApp 可能已收下消息：由状态 webhook 确定。',
  'idempotency key': '幂等键',
  'A key of the caller’s: a repeated request with the same key is not sent again.':
    '调用方给出的键：带相同键的重复请求不会再次发送。',
  'webhook event': 'Webhook 事件',
  'Something that happened, such as a new message, stored for your software as JSON.':
    '发生的一件事（例如新消息），以 JSON 形式为您的软件保存。',
  'webhook URL, callback URL': 'Webhook URL、回调 URL',
  'The URL of your server that gets the events of a channel.': '接收渠道事件的服务器 URL。',
  'outgoing webhook': '外发 webhook',
  'The signed HTTP request that carries one event to an endpoint.': '把一个事件送到端点的、带签名的 HTTP 请求。',
  'webhook delivery, job': 'Webhook 投递、任务',
  'One event for one endpoint, from the first attempt to the last.':
    '一个事件对一个端点的投递，从第一次尝试到最后一次。',
  try: '尝试',
  'One HTTP request of a delivery, and its result.': '投递中的一次 HTTP 请求及其结果。',
  'partition, ordered queue': '分区、有序队列',
  'The deliveries of one contact to one endpoint: they go out one at a time, in order.':
    '一个联系人对一个端点的各次投递：按顺序逐个发出。',
  'open circuit (circuit breaker)': '熔断（断路器打开）',
  'The endpoint fails for many contacts: deliveries wait, and one attempt now and then tests it.':
    '端点对许多联系人都失败：投递等待，并不时用一次尝试来探测。',
  'dead letter': '死信',
  'The delivery has no retries left: it is kept and can be replayed.': '投递已没有重试次数：它被保留，可以重放。',
  redelivery: '重新投递',
  'Sends a stored event to its endpoint again, with the same id.': '把已保存的事件以相同 ID 再次发送到端点。',
  'dead-letter queue for input': '输入的死信队列',
  'Webhooks of Meta’s that could not be read or applied, stored with their bytes.':
    '无法读取或应用的 Meta webhook，连同原始字节保存。',
  'emulator, test double': '模拟器、测试替身',
  'The stand-in for the Cloud API, with phones, for tests.': '用于测试的 Cloud API 替身，带有手机。',
  'functional core': '函数式核心',
  'The pure function that decides what a batch of writes changes.': '决定一批写入改变什么的纯函数。',
  'database adapter': '数据库适配器',
  'Loads and writes batches on one database: SQLite or PostgreSQL.':
    '在一种数据库上读取和写入批次：SQLite 或 PostgreSQL。',
  'group commit': '组提交',
  'Collects writes while a commit runs and commits them together.': '在一次提交进行时收集写入，并一起提交。',
  offset: '偏移量',
  'The place in the stored events up to which a lane has been delivered.': '已保存事件中通道已投递到的位置。',
  'lock with an expiry': '有期限的锁',
  'The right of one node to work on a lane or broadcast until a time.': '一个节点在某时刻之前处理通道或群发的权利。',
  'instance, process': '实例、进程',
  'One running gateway: several nodes share one PostgreSQL.': '一个运行中的网关：多个节点共用一个 PostgreSQL。',
  'use case, application service': '用例、应用服务',
  'One thing that the gateway does, such as sending or delivering.': '网关所做的一件事，例如发送或投递。',
  layer: '层',
  'A folder of the gateway’s source whose files import only what is below it.':
    '网关源码中的一个文件夹，其文件只导入下层的内容。',
}

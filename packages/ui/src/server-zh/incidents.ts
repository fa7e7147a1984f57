import type { Dictionary } from '../dictionary.ts'

/** What is wrong, and what to do. */
export const incidentsChinese: Dictionary = {
  'must be the id of the last incident of the page before': '必须是上一页最后一个事件的 ID',
  'must be next_id of the answer before': '必须是上一个回答的 next_id',
  'certification code': '认证码',
  'There are at most {n} alarms: remove one first.': '最多有 {n} 个告警：请先移除一个。',
  'inbound message': '收到的消息',
  'scheduled message': '定时消息',

  'Waiting events': '等待的事件',
  'Dead events': '失效的事件',
  'Messages of unknown outcome': '结果未知的消息',
  'Accepted messages': '已受理的消息',
  Channel: '渠道',
  Templates: '模板',
  Overview: '概览',

  // Endpoints.
  'The endpoint {name} is paused, because it answered 410 Gone. {n} events wait.':
    '端点 {name} 已暂停，因为它应答了 410 Gone。有 {n} 个事件在等待。',
  'The server answered 410 Gone, which means: send no more. Give the endpoint another URL, or resume it: postern endpoint resume.':
    '服务器应答了 410 Gone，意思是不要再发。请给端点换一个网址，或恢复它：postern endpoint resume。',
  'Deliveries to the endpoint {name} fail, so it rests between tries. Last answer: {answer}. {n} events wait. Next try: {time}.':
    '投递到端点 {name} 失败，因此两次尝试之间它会休息。最近应答：{answer}。有 {n} 个事件在等待。下次尝试：{time}。',
  'Deliveries to the endpoint {name} fail. Last answer: {answer}. {n} events wait, the oldest since {time}.':
    '投递到端点 {name} 失败。最近应答：{answer}。有 {n} 个事件在等待，最早的始于 {time}。',
  'Repair the server behind the endpoint: it must answer 2xx within 10 seconds. Deliveries continue by themselves; "postern endpoint retry" tries now, and "postern endpoint test" sends a test event.':
    '请修复端点后面的服务器：它必须在 10 秒内应答 2xx。投递会自动继续；"postern endpoint retry" 立即尝试，"postern endpoint test" 发送测试事件。',
  now: '现在',
  none: '无',
  'no answer yet': '尚无应答',
  '{n} events for the endpoint {name} are dead: their three days of retries ended without an acknowledgement.':
    '端点 {name} 有 {n} 个事件已失效：重试三天仍未得到确认。',
  'When the endpoint works again, deliver them: postern deliveries replay --channel <id>. They are kept until their retention ends.':
    '端点恢复后，请重新投递：postern deliveries replay --channel <id>。它们保留到保存期结束。',
  '{n} events wait for the endpoint {name}, the oldest since {time}: {reason}.':
    '有 {n} 个事件在等待端点 {name}，最早的始于 {time}：{reason}。',
  'an operator paused it': '运维人员暂停了它',
  'it is slower than the events come, or fails for some contacts': '它比事件到来的速度慢，或对某些联系人失败',
  'its deliveries fail': '投递失败',
  'See which contacts wait and why: postern deliveries list --state pending. Events are retried for three days, then they are dead.':
    '查看哪些联系人在等待以及原因：postern deliveries list --state pending。事件重试三天，之后失效。',

  // Numbers.
  'WhatsApp rejects the access token of this channel (code {code}). Every send fails.':
    'WhatsApp 拒绝此渠道的访问令牌（代码 {code}）。每次发送都会失败。',
  'Make a new system user token in Meta’s business settings, with whatsapp_business_messaging and whatsapp_business_management and without expiry, and give it to the channel: PATCH /admin/channels/{channel_id} with access_token, or the channel’s page in the console.':
    '请在 Meta 的商务设置中新建系统用户令牌，带 whatsapp_business_messaging 和 whatsapp_business_management 权限且永不过期，并交给渠道：用 PATCH /admin/channels/{channel_id} 设置 access_token，或在控制台的渠道页面设置。',
  'The access token of this channel expired at {time}. Then every send fails.':
    '此渠道的访问令牌已于 {time} 过期。此后每次发送都会失败。',
  'The access token of this channel expires at {time}. Then every send fails.':
    '此渠道的访问令牌将于 {time} 过期。此后每次发送都会失败。',
  'WhatsApp throttles the number{reason}: it sends {n} messages a second instead of {of}.':
    'WhatsApp 限制了号码的速度{reason}：每秒发送 {n} 条，而不是 {of} 条。',
  'WhatsApp throttles the number: it sends {n} messages a second instead of {of}.':
    'WhatsApp 限制了号码的速度：每秒发送 {n} 条，而不是 {of} 条。',
  ' (code {code})': '（代码 {code}）',
  'Nothing is lost: sends wait or are refused with retry-after, and the rate rises again by itself. If it lasts, lower messages_per_second of the channel, spread broadcasts, or ask Meta for a higher throughput.':
    '没有丢失任何消息：发送会等待，或带 retry-after 被拒绝，速度会自动回升。若持续，请降低渠道的 messages_per_second、分散群发，或向 Meta 申请更高的吞吐量。',
  'WhatsApp rates the quality of the number {rated}: people block or report its messages.':
    'WhatsApp 将此号码的质量评为{rated}：有人屏蔽或举报它的消息。',
  'low (red)': '低（红色）',
  'medium (yellow)': '中（黄色）',
  'Send less marketing, only to people who asked for it, and make it easy to stop. WhatsApp counts the last seven days; a number that stays low loses its limit.':
    '请减少营销消息，只发给要求接收的人，并让退订容易。WhatsApp 统计最近七天；质量持续偏低的号码会被降低限额。',
  'WhatsApp lowered the messaging limit from {before} to {now} people a day.':
    'WhatsApp 把消息限额从每天 {before} 人降到 {now} 人。',
  'Spread broadcasts over more days, and improve the quality of the number. The limit rises again when half of it is used with good quality for seven days. This closes when the limit is back, or after seven days.':
    '请把群发分散到更多天，并提高号码质量。七天内以良好质量用到一半限额，限额就会回升。限额恢复或七天后，此事件关闭。',
  'WhatsApp restricts the number or its account ({word}).': 'WhatsApp 限制了此号码或其账户（{word}）。',
  'WhatsApp restricts the number or its account ({word}) until {time}.':
    'WhatsApp 限制了此号码或其账户（{word}），直到 {time}。',
  'See what is restricted, and ask for a review, in Meta’s Business Support Home. Until it is lifted, WhatsApp refuses some or all sends.':
    '请在 Meta 商务支持主页查看限制内容并申请复核。解除之前，WhatsApp 会拒绝部分或全部发送。',
  'The number is not connected to this app any more ({word}). Every send fails.':
    '此号码已不再连接到此应用（{word}）。每次发送都会失败。',
  'Register the number with the Cloud API again, and verify it where Meta asks for it.':
    '请重新在 Cloud API 注册此号码，并在 Meta 要求时验证它。',
  'WhatsApp accepted the last {n} messages, and sent no status of any of them for more than {minutes} minutes. Replies are probably missing too.':
    'WhatsApp 受理了最近 {n} 条消息，但超过 {minutes} 分钟没有发来任何一条的状态。回复很可能也没有收到。',
  'Meta does not reach this gateway, or sends its webhooks elsewhere: run "postern doctor". Check the public address, its certificate, the proxy, and the callback URL in Meta’s app. WhatsApp repeats webhooks for 7 days, so they come late and are not lost.':
    'Meta 无法访问此网关，或把 Webhook 发到了别处：请运行 "postern doctor"。请检查公网地址、证书、代理以及 Meta 应用中的回调网址。WhatsApp 会重发 Webhook 7 天，所以只是晚到，不会丢失。',
  'The app of this channel’s token is not subscribed to the WhatsApp Business Account: replies and statuses do not come.':
    '此渠道令牌所属的应用没有订阅该 WhatsApp 商业账户：收不到回复和状态。',
  'Subscribe it: the button on the channel’s page in the console, or POST /{waba_id}/subscribed_apps at Meta with the token of the channel.':
    '请订阅：用控制台渠道页面上的按钮，或用渠道的令牌在 Meta 调用 POST /{waba_id}/subscribed_apps。',
  'WhatsApp sends the webhooks of this number to another address: {url}.':
    'WhatsApp 把此号码的 Webhook 发到了另一个地址：{url}。',
  'Other apps get the webhooks of this account too ({apps}), and may answer or take messages.':
    '其他应用也会收到此账户的 Webhook（{apps}），可能会应答或接走消息。',
  'If it is yours and meant, leave it. Otherwise remove the app from the account in Meta’s business settings, or remove the override of the callback URL.':
    '如果那是您有意设置的，请保留。否则请在 Meta 的商务设置中把该应用移出账户，或删除回调网址的覆盖设置。',
  'It is unknown whether WhatsApp accepted {n} messages of the last day: its answer was lost, and no status came.':
    '最近一天有 {n} 条消息不知道 WhatsApp 是否受理：应答丢失，也没有状态。',
  'Do not send them again before you looked: some may have arrived. A late status settles them. If many come, check the connection to WhatsApp and whether webhooks arrive.':
    '查看之前请勿重发：有些可能已送达。迟来的状态会给出结果。若很多，请检查到 WhatsApp 的连接以及 Webhook 是否到达。',
  'WhatsApp set the template {name} ({language}), which was in use, to {status}: sends with it fail.':
    'WhatsApp 把正在使用的模板 {name}（{language}）设为 {status}：用它发送会失败。',
  'A template is paused when people block or report it: for 3 hours, then for 6, and the third time for good. Change its text, or send another template. It closes when the template is approved again, or was not used for seven days.':
    '被人屏蔽或举报的模板会暂停：先 3 小时，再 6 小时，第三次则永久停用。请修改文字或改发另一个模板。模板重新获批，或七天未使用后，此事件关闭。',
  'WhatsApp rejected the template {name} ({language}), which was in use: sends with it fail.':
    'WhatsApp 拒绝了正在使用的模板 {name}（{language}）：用它发送会失败。',
  'See the reason on the template’s page, change the template, and submit it again; or send another one.':
    '请在模板页面查看原因，修改后重新提交；或改发另一个模板。',
  'The broadcast {name} stopped by itself ({reason}): no send could succeed, or a limit of stop_when was reached.':
    '群发 {name} 自行停止（{reason}）：所有发送都无法成功，或达到了 stop_when 的上限。',
  'See its failures by code, repair the cause, then resume or cancel it: postern broadcast show <id>. This closes when it goes on, is cancelled, or after seven days.':
    '请按代码查看失败，排除原因，然后继续或取消：postern broadcast show <id>。它继续、取消或七天后，此事件关闭。',

  'The loss audit found {n} messages and callbacks without a known end, the oldest since {time}: {kinds}.':
    '丢失审计发现 {n} 条消息和回调没有已知结局，最早的始于 {time}：{kinds}。',
  'See them, each with what to do: postern audit --since 26h. The audit runs once a day, and hourly while this is open; it closes when one finds none.':
    '查看它们以及各自该做什么：postern audit --since 26h。审计每天运行一次，此事件未关闭时每小时一次；审计没有发现任何丢失时，此事件关闭。',
  'must be Unix seconds': '必须是 Unix 秒',
  'must be next of the page before': '必须是上一页的 next',
  'must be before until, and at most {n} days before': '必须早于 until，且最多早 {n} 天',

  // WhatsApp, the store, the machine.
  'WhatsApp cannot be reached: {n} of the last {of} calls found no connection.':
    '无法连接 WhatsApp：最近 {of} 次调用中有 {n} 次没有连上。',
  'WhatsApp fails: {n} of the last {of} calls got an error of its servers, or no answer.':
    'WhatsApp 出现故障：最近 {of} 次调用中有 {n} 次得到服务器错误或没有应答。',
  'Check the network, DNS, the firewall and the proxy of this machine: it must reach CLOUD_API_URL. Customers get 503 and can send again; nothing was sent.':
    '请检查本机的网络、DNS、防火墙和代理：必须能访问 CLOUD_API_URL。客户会得到 503，可以重发；没有发送任何消息。',
  'See Meta’s status page (metastatus.com). Customers get 503 with retry-after. It closes by itself when calls succeed.':
    '请查看 Meta 的状态页（metastatus.com）。客户会得到带 retry-after 的 503。调用成功后此事件自动关闭。',
  'The store accepts no writes, because its disk is full. Customers get 503, and Meta repeats its webhooks.':
    '存储无法写入，因为磁盘已满。客户会得到 503，Meta 会重发 Webhook。',
  'Free space on the disk of DATA_DIR, or of PostgreSQL: old logs and backups first. Nothing acknowledged is lost, and work continues by itself when there is space. Shorten RETENTION_…_DAYS if it fills again.':
    '请在 DATA_DIR 或 PostgreSQL 的磁盘上腾出空间：先清理旧日志和备份。已确认的内容不会丢失，有空间后会自动继续。若再次占满，请缩短 RETENTION_…_DAYS。',
  'The store accepts no writes, because it is read-only. Customers get 503, and Meta repeats its webhooks.':
    '存储无法写入，因为它是只读的。客户会得到 503，Meta 会重发 Webhook。',
  'With SQLite: see dmesg for errors of the disk, and mount it writable again. With PostgreSQL: DATABASE_URL points at a standby; name all hosts and add target_session_attrs=read-write. Work continues by itself.':
    'SQLite：用 dmesg 查看磁盘错误，并重新以可写方式挂载。PostgreSQL：DATABASE_URL 指向了备库；请写明所有主机并加上 target_session_attrs=read-write。之后会自动继续。',
  'The store cannot be reached or does not answer. Customers get 503, and Meta repeats its webhooks.':
    '存储无法访问或没有应答。客户会得到 503，Meta 会重发 Webhook。',
  'See that PostgreSQL runs and can be reached from this machine (DATABASE_URL, network, connection limit); with SQLite, that no other program holds the file. Nothing acknowledged is lost, and work continues by itself.':
    '请确认 PostgreSQL 正在运行且本机可以访问（DATABASE_URL、网络、连接数上限）；使用 SQLite 时，确认没有其他程序占用文件。已确认的内容不会丢失，之后会自动继续。',
  'The scheduled backup fails: {problem}. The last good one: {last}.':
    '定时备份失败：{problem}。上一次成功的备份：{last}。',
  'Repair the cause; the next try comes within ten minutes. postern backup makes one now. It closes with the next good one.':
    '请排除原因；十分钟内会再次尝试。postern backup 可立即备份一次。下一次备份成功后，此事件自动关闭。',
  'The daily loss audit fails: {problem}. The last one that ended: {last}. Meanwhile nobody looks for lost messages.':
    '每日遗失核对失败：{problem}。上一次完成的核对：{last}。在此期间没有人查找遗失的消息。',
  'The log says why: losses.audit_failed. It is tried again every minute, and "postern audit --since 26h" looks now. It closes when an audit ends.':
    '日志中的 losses.audit_failed 说明原因。每分钟会再次尝试，"postern audit --since 26h" 可立即核对。核对完成后此事件自动关闭。',
  'The disk of DATA_DIR on {host} is nearly full: {free} ({share} %) are free.':
    '{host} 上 DATA_DIR 的磁盘快满了：剩余 {free}（{share} %）。',
  'Free space or enlarge the disk. When it is full, the gateway accepts nothing until there is space again.':
    '请腾出空间或扩大磁盘。磁盘占满后，网关在有空间之前不再接收任何内容。',
  'The clock of {host} was set ahead by {n} s.': '{host} 的时钟被拨快了 {n} 秒。',
  'The clock of {host} was set back by {n} s.': '{host} 的时钟被拨慢了 {n} 秒。',
  'Windows, scheduled sends and signatures depend on it. Let the machine synchronise its time steadily (NTP, chrony); a machine that was suspended jumps too. This closes when the clock ran evenly for half an hour.':
    '窗口、定时发送和签名都依赖时钟。请让机器平稳对时（NTP、chrony）；挂起过的机器时钟也会跳动。时钟平稳运行半小时后，此事件关闭。',
  'The clock of {host} is {n} s ahead of that of {against}, so 24-hour windows are judged wrongly.':
    '{host} 的时钟比 {against} 快 {n} 秒，因此 24 小时窗口会判断错误。',
  'The clock of {host} is {n} s behind that of {against}, so 24-hour windows are judged wrongly.':
    '{host} 的时钟比 {against} 慢 {n} 秒，因此 24 小时窗口会判断错误。',
  'Synchronise both (NTP). Above five minutes, customers refuse callbacks, because their signatures look too old.':
    '请让两者对时（NTP）。超过五分钟，客户会拒绝回调，因为签名看起来太旧。',
  'The newest prices in RATE_CARD_FILE are valid from {day}: they are {n} days old, more than {most}. Get the present rate card from WhatsApp’s pricing page, add its prices to the file, and start the gateway again.':
    'RATE_CARD_FILE 中最新的价格自 {day} 起生效：已有 {n} 天，超过 {most} 天。请从 WhatsApp 定价页获取当前价目表，把价格加入文件，然后重启网关。',
  'Costs are counted with old prices meanwhile. Nothing else is affected.': '在此期间费用按旧价格计算。其他不受影响。',
  'WhatsApp sent webhooks with the field {name}, which this version of Postern does not know.':
    'WhatsApp 发来了带 {name} 字段的 Webhook，此版本的 Postern 不认识它。',
  'They are stored and delivered unchanged under that name. See whether a newer version of Postern knows the field, and whether your program should. This closes seven days after the first one.':
    '它们会以该名称原样存储和投递。请查看新版 Postern 是否认识此字段，以及您的程序是否需要。第一次出现七天后，此事件关闭。',
}

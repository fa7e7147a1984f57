import type { Dictionary } from '../dictionary.ts'

/** Whole answers of the gateway, results of the check of a number, and problems of files and links. */
export const answersChinese: Dictionary = {
  'The body is not UTF-8: the byte at position {position} is not part of a character. Encode the JSON as UTF-8 (not as GBK, Big5 or Latin-1) and send it again.':
    '请求体不是 UTF-8：第 {position} 字节处不是有效字符。请用 UTF-8 编码 JSON（不要用 GBK、Big5 或 Latin-1），然后重新发送。',
  'The body is not valid JSON: {problem}. Send one JSON object.':
    '请求体不是有效的 JSON：{problem}。请发送一个 JSON 对象。',
  'it is empty': '它是空的',
  'The request cannot be read: {problem}.': '请求无法读取：{problem}。',
  'the body is not as long as Content-Length says': '请求体的长度与 Content-Length 不符',
  'WhatsApp did not take the message.': 'WhatsApp 没有接收这条消息。',
  'The template is not found.': '找不到模板。',
  'The admin token is missing or wrong. Send it as "authorization: Bearer <ADMIN_TOKEN>".':
    '缺少管理令牌或令牌错误。请以 "authorization: Bearer <ADMIN_TOKEN>" 发送。',
  'The API key is wrong, revoked or expired. Send a key as "authorization: Bearer pk_…".':
    'API 密钥错误、已吊销或已过期。请以 "authorization: Bearer pk_…" 发送密钥。',
  'The e-mail address, the password or the code is wrong.': '邮箱地址、密码或验证码错误。',
  'The invitation was used, has expired or was replaced. Ask an admin for another one.':
    '邀请已使用、已过期或已被替换。请向管理员索取新的邀请。',
  'This needs the role {needed}, and you have the role {role}. Ask an admin.':
    '此操作需要角色 {needed}，而您的角色是 {role}。请联系管理员。',
  'The gateway listens on this machine only and does not know the host name {host}. Use its IP address, or set TRUSTED_PROXIES to the proxy, or PUBLIC_URL to the public address.':
    '此网关只在本机监听，不认识主机名 {host}。请使用它的地址，或在 TRUSTED_PROXIES 中写明它前面的代理，或在 PUBLIC_URL 中写明它的公网地址。',
  'There is no route {method} {path}. See /openapi.json for all routes.':
    '没有路由 {method} {path}。全部路由见 /openapi.json。',
  'The route {path} does not accept {method}. It accepts {allowed}.': '路由 {path} 不接受 {method}，只接受 {allowed}。',
  'No {what} has the id {id}.': '没有 ID 为 {id} 的 {what}。',
  'no channel has the id {id}': '没有 ID 为 {id} 的渠道',
  'Another program holds the conversation with this contact, and if_owner is true. Nothing was sent. Wait for the event conversation_owner, or take the conversation with POST /external/contacts/{to}/thread.':
    '另一个程序正在负责与此联系人的对话，而 if_owner 为 true。没有发送任何消息。请等待 conversation_owner 事件，或用 POST /external/contacts/{to}/thread 接管对话。',
  'A request with this Idempotency-Key is still in flight. Wait for its answer, then ask again.':
    '带此 Idempotency-Key 的请求仍在处理中。请等待其应答后再试。',
  'The body is larger than {limit} bytes. Send less.': '请求体超过 {limit} 字节。请减少内容。',
  'The file has more than {limit} bytes.': '文件超过 {limit} 字节。',
  'The content type {got} is not accepted. Send {wanted}.': '这里不接受内容类型 {got}。请发送 {wanted}。',
  'multipart/form-data with a part called file': '带有名为 file 部分的 multipart/form-data',
  'This Idempotency-Key was used with another body. Use a new key for a new request.':
    '此 Idempotency-Key 已用于另一个请求体。新请求请使用新的键。',
  'The channel has no webhook. Set one with PUT /admin/channels/{channel_id}/webhook.':
    '该渠道没有 webhook。请用 PUT /admin/channels/{channel_id}/webhook 设置。',
  'Too many requests. Wait {seconds} s and send again.': '请求过多。请等待 {seconds} 秒后再发。',
  'The number’s rate limit is {per_second} messages per second, and its queue is full. Nothing was sent. Wait {seconds} s and send again.':
    '此号码待发的消息超过每秒 {per_second} 条的速度。没有发送任何消息：请等待 {seconds} 秒后再发。',
  'Too many messages to this contact in a short time: WhatsApp allows one every 6 s, and 45 in a burst. Nothing was sent. Wait {seconds} s and send again.':
    '短时间内给此人发送的消息过多：WhatsApp 允许每 6 秒一条，一次最多 45 条。没有发送任何消息：请等待 {seconds} 秒后再发。',
  'Internal error. Quote request {request_id} when you report it.': '我们这边出了问题。报告时请注明请求 {request_id}。',
  'The store cannot be reached. Nothing was sent. Send the same request again in a few seconds.':
    '存储无法访问，因此没有发送。请几秒后重发同一请求。',
  'This node is at its limit of sends in flight. Nothing was sent. Send the same request again in {seconds} s.':
    '此节点已满负荷，因此没有发送。请 {seconds} 秒后重发同一请求。',
  'This node is stopping. Nothing was sent. Send the same request again.':
    '此节点正在停止，因此没有发送。请重发同一请求。',
  'The certification code is missing, wrong or revoked. Send it in the header certification-code.':
    '认证码缺失、错误或已吊销。请放在 certification-code 请求头中发送。',
  'WhatsApp did not answer, so it is unknown whether it accepted the message. Do not send it again: the status callback with reference {reference} reports the result.':
    'WhatsApp 没有应答，因此不知道消息是否已受理。请勿重发：编号 {reference} 的状态回调会给出结果。',
  'The store did not confirm the write, so it is not known whether this was done. Look before you send it again, or repeat it with the same Idempotency-Key.':
    '存储没有确认写入，因此不知道是否已完成。重发前请先查看，或使用相同的 Idempotency-Key 重试。',
  'is the public code of the sandbox: choose another': '是沙盒的公开认证码：请另选一个',
  'must be 16 to 200 visible ASCII characters, without spaces': '必须是 16 到 200 个可见 ASCII 字符，不含空格',
  'channel_id: a channel has or had the number {id}. Choose another, or leave it out.':
    'channel_id：编号 {id} 已被（或曾被）某个渠道使用。请另选一个，或不填。',
  'certification_code: this code is in use, or was revoked. Choose another, or leave it out.':
    'certification_code：此认证码正在使用或已被撤销。请另选一个，或不填。',
  'channels.{i}: somebody else took its number or its code just now. The rows before it are made. Send the same call again.':
    'channels.{i}：其号码或认证码刚被他人占用。之前的各行已创建，请再次发送同一请求。',
  'phone_number_id: another channel has {id}. Change that channel, or remove it first.':
    'phone_number_id：另一个渠道已使用 {id}。请先修改或删除那个渠道。',
  'The broadcast is {state}; it cannot be changed to {to}.': '群发处于 {state} 状态，不能改为 {to}。',
  'The failed recipients were tried again as {id}. Retry that broadcast.':
    '失败的收件人已通过 {id} 重试。请对该群发重试。',
  'The broadcast is running. Wait until it is done, or pause it.': '群发正在进行。请等待其完成，或先暂停。',
  'The broadcast is {state}, so nothing has failed yet.': '群发处于 {state} 状态，尚无失败的收件人。',
  'No recipient has failed.': '没有失败的收件人。',
  'No recipient may be tried again: {why}.': '没有可重试的收件人：{why}。',
  'The broadcast was cancelled; make a new one.': '群发已取消；请新建一个。',
  'The channel was removed.': '渠道已删除。',
  'A channel has at most {most} codes: revoke one first.': '一个渠道最多有 {most} 个认证码：请先撤销一个。',
  'The gateway stopped before WhatsApp answered.': '网关在 WhatsApp 应答前停止了。',
  'The link: {problem}': '链接：{problem}',

  // Calls of WhatsApp. WhatsApp's own text stays unchanged.
  'WhatsApp did not answer: {why}': 'WhatsApp 没有应答：{why}',
  'WhatsApp could not be reached: {why}': '无法连接 WhatsApp：{why}',
  'WhatsApp could not be asked: {why}': '无法询问 WhatsApp：{why}',
  "WhatsApp's answer (HTTP {status}) could not be understood: {why}":
    '无法理解 WhatsApp 的应答（HTTP {status}）：{why}',
  'This person has not written to this number yet. Send a template instead.':
    '此人还没有给这个号码写过消息。请改发模板。',
  'The person last wrote more than 24 hours ago. Send a template instead.': '此人上次来信已超过 24 小时。请改发模板。',
  '(#131047) Re-engagement message': '(#131047) Re-engagement message（24 小时窗口已关闭）',
  '(#132001) Template name does not exist in the translation':
    '(#132001) Template name does not exist in the translation（此语言没有该名称的模板）',

  // The check of a number before it becomes a channel.
  'WhatsApp takes the token.': 'WhatsApp 接受此令牌。',
  'Not looked at: the token comes first.': '未检查：先要有可用的令牌。',
  'Not looked at: the number comes first.': '未检查：先要有正确的号码。',
  'The account sends its webhooks to an app.': '账户会把 webhook 发给一个应用。',
  'No app is subscribed to the account, so replies and statuses never come. Subscribe it.':
    '没有应用订阅此账户，因此收不到回复和状态。请订阅。',
  'This id belongs to {shown}, not to {wanted}. Correct the id or the number.':
    '此 ID 属于 {shown}，而不是 {wanted}。请更正 ID 或号码。',
  '{number} is {status}. Register it with the Cloud API before sending.':
    '{number} 的状态是 {status}。发送前请先在 Cloud API 注册。',
  '{number} is connected.': '{number} 已连接。',
  'The account has {n} number(s), this one among them.': '账户有 {n} 个号码，此号码在其中。',
  'The number is not of this account. The account has no numbers.': '此号码不属于该账户。账户没有号码。',
  'The number is not of this account. Its numbers: {list}.': '此号码不属于该账户。账户的号码：{list}。',
  'No callback address is set. In the app’s WhatsApp settings, set it to this gateway’s public address and {path}.':
    '没有设置回调地址。请在应用的 WhatsApp 设置中，设为本网关的公网地址加 {path}。',
  'Webhooks go to {url}.': 'webhook 发往 {url}。',
  'Webhooks go to {url}, which does not end in {path}: this gateway may not hear of replies and statuses.':
    'webhook 发往 {url}，它不以 {path} 结尾：本网关可能收不到回复和状态。',

  // Endpoints.
  'paused by an operator': '已由操作员暂停',
  'not known to work: the next delivery shows whether it does': '尚不知是否可用：下一次投递会表明',
  'The webhook is paused: resume it with webhook_state "active" instead.':
    'webhook 已暂停：请改用 webhook_state "active" 恢复。',
  'the endpoint answered 410 Gone': '端点应答 410 Gone',
  'the endpoint answered HTTP {status}': '端点应答 HTTP {status}',
  'no answer within {ms} ms': '{ms} 毫秒内没有应答',
  'a long answer': '应答过长',
  'given up before it was written': '写出之前已放弃',

  // Files and links.
  'the link must be a full http:// or https:// address': '链接必须是完整的 http:// 或 https:// 地址',
  'the link is not a full address': '链接不是完整的地址',
  'the link ends in .{extension}; {kind} is {list}': '链接以 .{extension} 结尾；{kind}应为 {list}',
  "the link's host ({host}) is not on the public internet; WhatsApp could not fetch it":
    '链接的主机（{host}）不在公共互联网上；WhatsApp 无法获取',
  "the link's host is not on the public internet; WhatsApp could not fetch it":
    '链接的主机不在公共互联网上；WhatsApp 无法获取',
  "the link's host{host} is not on the public internet; WhatsApp could not fetch it":
    '链接的主机{host}不在公共互联网上；WhatsApp 无法获取',
  'the host answered {status}': '主机应答 {status}',
  'its host answered {status}': '其主机应答 {status}',
  'the host packs the file ({how})': '主机对文件做了压缩（{how}）',
  'the host sent no bytes': '主机没有发送任何字节',
  'the host gives no parts of the file': '主机不提供文件的片段',
  'the host gave another part than asked for': '主机给出的片段与请求的不同',
  'so much of a film is not read at once': '不会一次读取视频的这么多内容',
  'the bytes could not be read': '无法读取这些字节',
  'the host gave less than asked for': '主机给出的少于请求的',
  'the host could not be asked: {why}': '无法询问主机：{why}',
  'the budget of bytes is used up': '字节预算已用完',
  'the check is off': '检查已关闭',
  'the look failed': '检查失败',
  'too many links are being looked at': '正在检查的链接过多',
  'the file is empty': '文件是空的',
  'the file is {found}; a voice message is {list}': '文件是 {found}；语音消息应为 {list}',
  'the file is {found}; {kind} is {list}': '文件是 {found}；{kind}应为 {list}',
  'the file is {found}; WhatsApp takes {list}': '文件是 {found}；WhatsApp 接受 {list}',
  'the example is {found}; WhatsApp takes {list} here': '示例是 {found}；WhatsApp 在这里接受 {list}',
  'of no known image type': '未知的图片类型',
  'of an unknown type': '未知类型',
  'of no type that its first bytes or its name reveal': '从首部字节和名称都看不出的类型',
  'of an unknown codec ({id})': '未知编码（{id}）',
  'the file is a video; send it as one': '文件是视频；请按视频发送',
  'the file has sound and no picture; send it as audio': '文件只有声音没有画面；请按音频发送',
  'the file broke off before its end': '文件在结束之前中断',
  'the image is {found}; it must be 8-bit RGB, RGBA or grayscale': '图片是 {found}；必须是 8 位 RGB、RGBA 或灰度',
  'the audio is not Opus; an .ogg file must be': '音频不是 Opus；.ogg 文件必须是',
  'the audio has {n} channels; an .ogg file must be mono': '音频有 {n} 个声道；.ogg 文件必须是单声道',
  'the video is {found}; it must be H.264': '视频是 {found}；必须是 H.264',
  'the video has {n} audio streams; it may have one or none': '视频有 {n} 条音轨；只能有一条或没有',
  "the video's audio is {found}; it must be AAC": '视频的音频是 {found}；必须是 AAC',

  // Texts of the pages, when the server does not answer.
  'The gateway does not answer.': '网关没有应答。',
  'The sandbox does not answer.': '沙盒没有应答。',
  'The gateway answered {status}.': '网关应答了 {status}。',
  'no answer in time': '没有及时应答',
  '{kind} has at most {max} ({bytes} bytes)': '{kind}最大 {max}（{bytes} 字节）',
  '{kind} has at most {max} ({bytes} bytes), got {got}': '{kind}最大 {max}（{bytes} 字节），现为 {got}',
  'more than {n} redirects': '重定向超过 {n} 次',
  'the file could not be fetched: {why}': '无法获取文件：{why}',
  'the stored message cannot be read': '保存的消息无法读取',
}

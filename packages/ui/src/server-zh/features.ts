import type { Dictionary } from '../dictionary.ts'

/** Meanings of Meta's codes for calls, groups, flows and the block list, and advice. */
export const featuresChinese: Dictionary = {
  // Calls.
  'Call permissions were read more than five times in a second.': '一秒内读取通话许可超过五次。',
  'Read again in a second.': '请一秒后再读取。',
  'The business account has no working way to pay for calls.': '商业账户没有可用的通话付款方式。',
  'Calls are not enabled for this number.': '此号码未启用通话。',
  'Enable calls with the resource calling_settings.': '请用 calling_settings 资源启用通话。',
  'The person is not on WhatsApp, has not accepted its terms, or has an app that takes no calls.':
    '此人没有使用 WhatsApp、未接受其条款，或其应用不能接听通话。',
  'Write to the person instead.': '请改为给此人发消息。',
  'The number has 1,000 calls at this moment, its limit.': '此号码当前已有 1,000 路通话，达到上限。',
  'Call again when another call has ended.': '请在其他通话结束后再拨。',
  'The number already has a call with this person.': '此号码与此人已有通话。',
  'End the other call first.': '请先结束另一通话。',
  'The call could not be connected, for example because of its SDP.': '通话无法接通，例如因为 SDP 有误。',
  'Check session.sdp: it must follow RFC 8866, with line ends of two characters (CR LF).':
    '请检查 session.sdp：必须符合 RFC 8866，行尾为两个字符（CR LF）。',
  'The number has started too many calls in a short time.': '此号码短时间内发起的通话过多。',
  'Call again later, and more slowly.': '请稍后以更慢的速度拨打。',
  'The person has not allowed this number to call.': '此人未允许此号码拨打。',
  'Ask with an interactive message of type call_permission_request, or with a template that has one.':
    '请用 call_permission_request 类型的互动消息请求许可，或用带有它的模板。',
  'The SDP was not applied in time.': 'SDP 没有及时应用。',
  'Call again, and answer faster.': '请重新拨打，并更快应答。',
  'The person was asked for permission once in 24 hours or twice in seven days, the limits.':
    '24 小时内已请求许可一次，或七天内已请求两次，达到上限。',
  'Ask again when the limit has passed. A call that connects ends it.': '请在限制过后再请求。接通一次通话即解除限制。',
  'The number had five connected calls to this person in 24 hours, the limit.':
    '此号码 24 小时内与此人接通了五次通话，达到上限。',
  'Call again at the time that `details` names.': '请在 `details` 所说的时间再拨打。',
  'Call permissions were read too fast.': '读取通话许可过快。',
  'Calls need an app that is subscribed to the field calls, or a SIP server.':
    '通话需要订阅了 calls 字段的应用，或一台 SIP 服务器。',
  'Subscribe the app to the field calls in the app dashboard, then enable calls.':
    '请在应用面板中为应用订阅 calls 字段，然后启用通话。',
  // Groups.
  'The group has no member besides the business.': '群组中除商家外没有其他成员。',
  'Send when somebody has joined the group.': '请在有人加入群组后再发送。',
  'The group does not exist, or the number is not a member of it.': '群组不存在，或此号码不是其成员。',
  'Check the group’s id.': '请检查群组 ID。',
  'Only a part of the request was done.': '请求只完成了一部分。',
  'A participant is named twice.': '同一成员出现了两次。',
  'The request names more participants than a group or a request may have.': '请求中的成员数超过群组或单次请求的上限。',
  'Name fewer participants.': '请减少成员数。',
  'WhatsApp suspended the group.': 'WhatsApp 已停用该群组。',
  'Wait for the webhook group_suspend_cleared.': '请等待 group_suspend_cleared 通知。',
  'The number has changed groups too often in a short time.': '此号码短时间内更改群组过于频繁。',
  'Try again later.': '请稍后再试。',
  'The picture of a group must be as wide as it is high.': '群组图片的宽和高必须相等。',
  'Send a square picture.': '请发送正方形图片。',
  'The picture of a group needs 192 pixels on each side.': '群组图片每边至少 192 像素。',
  'Send a larger picture.': '请发送更大的图片。',
  'The number has as many groups as it may have.': '此号码的群组数已达上限。',
  'Delete a group first.': '请先删除一个群组。',
  'The person is not in the group.': '此人不在群组中。',
  'The join request was answered, withdrawn, or never made.': '入群申请已处理、已撤回或从未提出。',
  'Read the join requests of the group again.': '请重新读取群组的入群申请。',
  'The number may create no groups for now, because of marketing messages to people who did not write.':
    '因向未来信的人发送营销消息，此号码暂时不能创建群组。',
  'This number may have no groups.': '此号码不能使用群组。',
  'Use a number with an official business account.': '请使用官方商业账户的号码。',
  // Flows.
  'The account may not publish flows, because of its standing or its verification.':
    '因账户状况或验证问题，此账户不能发布流程。',
  'A published flow cannot be edited.': '已发布的流程不能修改。',
  'The flow has errors, or its endpoint is not ready.': '流程有错误，或其端点尚未就绪。',
  'Only a published flow can be deprecated.': '只能弃用已发布的流程。',
  'Only a draft can be deleted.': '只能删除草稿。',
  'Correct what `details` or validation_errors name.': '请更正 `details` 或 validation_errors 指出的内容。',
  // Blocks, conversations, history, templates.
  'The block list is full: it holds 64,000 people.': '黑名单已满：最多 64,000 人。',
  'Unblock people who are not a problem any more.': '请取消拉黑不再有问题的人。',
  'Another request is changing the block list.': '另一个请求正在更改黑名单。',
  'WhatsApp could not change the block list.': 'WhatsApp 无法更改黑名单。',
  'Only the partner that conversations are escalated to can take this one.': '只有升级对话的合作方才能接管此对话。',
  'Wait until the other program passes the conversation.': '请等待另一个程序移交对话。',
  'The business shares no chat history.': '商家不共享聊天记录。',
  'Ask the business to share its history when it is connected again.': '请商家在重新连接时共享聊天记录。',
  'A template with a maximum price cannot go through the messages endpoint.':
    '设有最高价格的模板不能通过 messages 端点发送。',
  'The value of a parameter breaks a rule.': '某个参数的值违反规则。',
  'The Marketing Messages API refused the template. Meta does not say why.':
    'Marketing Messages API 拒绝了该模板。Meta 没有说明原因。',
  // Answers of the route for calls.
  'is required when status is ENABLED': 'status 为 ENABLED 时必填',
  'WhatsApp did not answer, so it is unknown whether it calls the contact. Do not connect again before the event call tells, or a minute has passed.':
    'WhatsApp 没有应答，因此不知道它是否在呼叫此联系人。请在 call 事件告知结果之前、或一分钟过去之前，不要再次 connect。',
  // Sends to a group.
  'is required: the id of the group': '必填：群组 ID',
  'must be the id of a group, as group_id in its webhooks': '必须是群组 ID，即其通知中的 group_id',
  'is not for groups: give the id of the group in to': '不用于群组：请在 to 中填群组 ID',
  'WhatsApp says that the business does not use this number in the WhatsApp Business app, so there is nothing to sync.':
    'WhatsApp 表示商家没有在 WhatsApp Business App 中使用此号码，因此没有可同步的内容。',
  'WhatsApp gives each sync once. To get it again, the business disconnects the number in its app and connects it again.':
    'WhatsApp 每种同步只提供一次。如需再次获取，商家须在其 App 中断开此号码并重新连接。',
  'WhatsApp does not say whether this number is in the app.': 'WhatsApp 没有说明此号码是否在 App 中使用。',
  'belongs to the action pass: who gets the conversation': '属于动作 pass：由谁接手对话',
  'must be a role of WhatsApp, such as ai_agent': '必须是 WhatsApp 的角色，例如 ai_agent',
  'must be a number with its country code, or a business-scoped user id': '必须是含国家代码的号码，或商家范围的用户 ID',

  // Messages for later.
  'needs send_at': '需要同时有 send_at',
  'a one-time code is not stored, so it cannot be sent later': '一次性验证码不会被保存，因此不能稍后发送',
  'must be later than send_at': '必须晚于 send_at',
  'belongs beside the message': '应放在 message 之外',
  'The message {id} is {state}: only a scheduled one can be changed.':
    '消息 {id} 的状态是 {state}：只有 scheduled 的消息可以更改。',
  'is in the past: leave it out to send now': '时间已过：要立即发送请去掉此字段',
  'must be within the next 366 days': '必须在未来 366 天之内',
  'belongs beside the message: it is a key of the broadcast': '应放在消息之外：它是群发的键',
  'is not for broadcasts: create it with start: false, and resume it then':
    '不适用于群发：请以 start: false 创建，到时再恢复',

  '(#131050) The person has stopped marketing messages of this business. Nothing was sent.':
    '(#131050) 对方已停止接收本企业的营销消息。未发送任何内容。',
  'has no number and no user id': '没有号码，也没有用户 ID',
  'It is quiet hours at the contact’s until {until}: the message waits.':
    '对方所在地的免打扰时段持续到 {until}：消息将等待。',
  '(#131049) WhatsApp did not deliver a marketing message to this person in the last 24 hours, and repeating it makes it worse. Nothing was sent.':
    '(#131049) WhatsApp 在过去 24 小时内未向对方送达一条营销消息，重复发送会使情况更糟。未发送任何内容。',
}

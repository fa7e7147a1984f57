import type { Dictionary } from '../dictionary.ts'

/** Meanings of Meta's error codes, and advice. */
export const adviceChinese: Dictionary = {
  // Meanings.
  'The app or its user cannot be authenticated.': '应用或其用户无法通过身份验证。',
  'WhatsApp could not handle the request and does not say why.': 'WhatsApp 无法处理请求，且没有说明原因。',
  'WhatsApp is down or overloaded.': 'WhatsApp 停机或过载。',
  'The app lacks the capability or permission for this call.': '应用没有此调用所需的能力或权限。',
  'The app has used up its calls.': '应用的调用次数已用完。',
  'A permission is missing or was taken away.': '缺少权限，或权限已被收回。',
  'The business phone number has been deleted.': '商家电话号码已被删除。',
  'A parameter is unknown, misspelled, missing or too long, or the id does not exist for this token.':
    '某个参数未知、拼错、缺失或过长，或者此令牌看不到该 ID。',
  'The request carried no access token.': '请求没有携带访问令牌。',
  'The access token has expired or is not valid.': '访问令牌已过期或无效。',
  'The business account is restricted or disabled for breaking WhatsApp’s policies.':
    '商业账户因违反 WhatsApp 政策而受限或停用。',
  'The address of the request does not exist.': '请求的地址不存在。',
  'The business account has used up its management calls.': '商业账户的管理调用次数已用完。',
  'The business account has used up its calls for this use case.': '商业账户在此用途上的调用次数已用完。',
  'The business has blocked this person.': '商家已拉黑此人。',
  'The number sends faster than its throughput allows (80 or 1,000 messages a second).':
    '号码的发送速度超过其吞吐量（每秒 80 或 1,000 条）。',
  'WhatsApp holds back marketing messages from some people to measure their effect.':
    'WhatsApp 为衡量效果，对部分用户扣留营销消息。',
  'This business may not write to people in that country.': '此商家不得给该国家或地区的用户发消息。',
  'A message of a kind that groups do not pass on.': '群组不转发此类消息。',
  'An error inside WhatsApp.': 'WhatsApp 内部错误。',
  'Something required is not there.': '缺少必需的内容。',
  'A value breaks a rule.': '某个值违反规则。',
  'A part of WhatsApp is down for the moment.': 'WhatsApp 的某一部分暂时停机。',
  'The message is addressed to the number that sends it.': '收件人就是发送消息的号码本身。',
  'The person is not on WhatsApp, has not accepted its terms, or uses a version that is too old.':
    '此人没有使用 WhatsApp、未接受其条款，或版本过旧。',
  'A test number may write only to the five people on its list.': '测试号码只能给名单上的五个人发消息。',
  'The business account is locked, or data such as the PIN did not verify.':
    '商业账户被锁定，或 PIN 等数据未通过验证。',
  'The number’s display name has not been approved.': '号码的显示名称未获批准。',
  'The business account has no working way to pay.': '商业账户没有可用的付款方式。',
  'The phone number is not registered properly.': '电话号码没有正确注册。',
  'More than 24 hours have passed since the person last wrote.': '距此人上次来信已超过 24 小时。',
  'Too many of this number’s messages were blocked or reported, so it may send only a few.':
    '此号码的消息被屏蔽或举报过多，因此只能发送少量消息。',
  'The person has had enough marketing messages for now.': '此人近期收到的营销消息已够多。',
  'The person does not want marketing messages from this business.': '此人不想接收此商家的营销消息。',
  'WhatsApp does not know this type of message.': 'WhatsApp 不认识此消息类型。',
  'What the person sent could not be downloaded.': '无法下载此人发送的内容。',
  'The file of the message could not be fetched or used.': '消息的文件无法获取或使用。',
  'Only marketing templates go through this endpoint.': '此端点只用于营销模板。',
  'This endpoint takes marketing templates only.': '此端点只接受营销模板。',
  'Too many messages from this number to this one person.': '此号码给同一个人发送的消息过多。',
  'The number is being changed, for example to a higher throughput. It takes a minute at most.':
    '号码正在变更（例如提高吞吐量），最多需要一分钟。',
  'The number is being changed.': '号码正在变更。',
  'A list was continued from a place that no longer exists.': '列表的续读位置已不存在。',
  'WhatsApp announces a message whose content it does not pass on.': 'WhatsApp 通知有一条消息，但不转交其内容。',
  'This template can be sent to phone numbers only.': '此模板只能发往电话号码。',
  'This business account sends no marketing templates through the Cloud API.':
    '此商业账户不通过 Cloud API 发送营销模板。',
  'The account is held back because templates were filed under the wrong category.': '账户因模板类别填报错误而受限。',
  'The template has more or fewer variables than the request fills.': '请求填入的变量数与模板不符。',
  'No approved template has this name in this language.': '此语言没有该名称的已通过模板。',
  'With its variables filled in, the text is too long.': '填入变量后文本过长。',
  'The text holds what WhatsApp’s policy forbids.': '文本含有 WhatsApp 政策禁止的内容。',
  'A parameter has another kind than the template asks for.': '某个参数的种类与模板要求不同。',
  'WhatsApp paused the template because people reacted badly to it.': '因用户反馈不佳，WhatsApp 暂停了该模板。',
  'The template was paused too often and is disabled for good.': '模板多次被暂停，已永久停用。',
  'A value breaks a rule for templates, for example by a line break.': '某个值违反模板规则，例如含有换行。',
  'The flow is blocked.': '流程已被封禁。',
  'The flow was sent ten times in the last hour, its limit for now.': '流程在过去一小时已发送十次，达到当前上限。',
  'An earlier deregistration did not finish.': '之前的注销没有完成。',
  'WhatsApp’s registration server is down for the moment.': 'WhatsApp 的注册服务器暂时停机。',
  'The PIN is wrong.': 'PIN 错误。',
  'The PIN was wrong too often.': 'PIN 错误次数过多。',
  'The PIN was tried too quickly.': 'PIN 尝试过快。',
  'The number must be verified before it is registered.': '号码必须先验证再注册。',
  'The number is not registered with the Cloud API.': '号码没有在 Cloud API 注册。',
  'The number was deleted a moment ago.': '号码刚刚被删除。',
  'The number was registered or deregistered more than ten times in 72 hours.': '号码在 72 小时内注册或注销超过十次。',
  'The terms for payments have not been accepted.': '尚未接受付款条款。',
  'The template is new and not ready yet.': '模板是新建的，尚未就绪。',
  'The template cannot be used here.': '模板不能在这里使用。',
  'Something about the parameters is wrong.': '参数有误。',
  'The person’s identity key has changed since it was noted.': '此人的身份密钥自记录后已改变。',
  'Of the people to block or unblock, some were refused.': '要拉黑或取消拉黑的人中，部分被拒绝。',
  'Somebody has this name.': '此名称已有人使用。',
  'This number may have no username.': '此号码不能有用户名。',
  'The name belongs to a Facebook page that is not linked.': '此名称属于尚未关联的 Facebook 主页。',
  'The name belongs to an Instagram account that is not linked.': '此名称属于尚未关联的 Instagram 账户。',
  'Another number of the business holds the name.': '商家的另一个号码占用此名称。',

  // Advice.
  'Make a new system user token with the WhatsApp permissions and store it in the channel.':
    '请新建带 WhatsApp 权限的系统用户令牌，并保存到渠道中。',
  'Give the system user the whatsapp_business_messaging and whatsapp_business_management permissions.':
    '请给系统用户授予 whatsapp_business_messaging 和 whatsapp_business_management 权限。',
  'Look at the account’s quality and support pages in WhatsApp Manager.':
    '请在 WhatsApp 管理工具中查看账户的质量和支持页面。',
  'Send again later, and more slowly.': '请稍后以更慢的速度重发。',
  'Send again in a few seconds; look at WhatsApp’s status page if it goes on.':
    '请几秒后重发；若持续如此，请查看 WhatsApp 状态页。',
  'Correct what `details` names.': '请更正 `details` 指出的内容。',
  'Nothing can be done for this message.': '对这条消息无能为力。',
  'Sync the templates and compare the request with the template as it was approved.':
    '请同步模板，并将请求与审核通过的模板对照。',
  'Edit the template in WhatsApp Manager, or send another.': '请在 WhatsApp 管理工具中修改模板，或改发其他模板。',
  'Check the channel’s phone_number_id.': '请检查渠道的 phone_number_id。',
  'Correct the parameter that the message names. With subcode 33, check the id and the token’s permissions.':
    '请更正消息中指出的参数。子代码为 33 时，请检查 ID 和令牌的权限。',
  'Check CLOUD_API_URL and CLOUD_API_VERSION.': '请检查 CLOUD_API_URL 和 CLOUD_API_VERSION。',
  'Unblock the person first.': '请先取消拉黑。',
  'Lower the channel’s messages_per_second, or send again in a second.':
    '请降低渠道的 messages_per_second，或一秒后重发。',
  'Send to another number.': '请发往其他号码。',
  'Check the number, or reach the person another way.': '请检查号码，或用其他方式联系此人。',
  'Add the person to the list in the app dashboard, or send from a real number.':
    '请在应用面板的名单中添加此人，或用正式号码发送。',
  'Have the display name approved in WhatsApp Manager.': '请在 WhatsApp 管理工具中申请批准显示名称。',
  'Add or repair the payment method in WhatsApp Manager.': '请在 WhatsApp 管理工具中添加或修复付款方式。',
  'Register the number again.': '请重新注册号码。',
  'Register the number.': '请注册号码。',
  'Send a template instead.': '请改发模板。',
  'Wait hours to days, and look at the number’s quality in WhatsApp Manager.':
    '请等待数小时到数天，并在 WhatsApp 管理工具中查看号码质量。',
  'Do not send it again within 24 hours: repeats can stop all messages of this account to the person for a day.':
    '24 小时内请勿重发：多次重发会使该账户发给此人的所有消息被拦截一天。',
  'Send no marketing to this person.': '请勿再给此人发送营销消息。',
  'Send one of the documented types.': '请发送文档中列出的类型。',
  'Ask the person to send it again.': '请对方重新发送。',
  'Check that the link answers publicly with the right content type, and the file’s format and size.':
    '请检查链接能否公开访问并给出正确的内容类型，以及文件的格式和大小。',
  'Send it through the Marketing Messages API: set marketing of the channel to marketing_messages or auto.':
    '请通过 Marketing Messages API 发送：把渠道的 marketing 设为 marketing_messages 或 auto。',
  'Send it through the messages endpoint: its category is not marketing any more. Sync templates, then send it again.':
    '请通过 messages 端点发送：它的类别已不是营销。请同步模板后重新发送。',
  'WhatsApp has not enabled Direct Send for this account. Send an approved template without category instead, and set direct_send of the channel to false.':
    'WhatsApp 未为此账户启用 Direct Send。请改为发送已批准的模板（不带 category），并把渠道的 direct_send 设为 false。',
  'Wait a second before the next message to this person, and four times as long after each further refusal.':
    '给此人发下一条之前请等待一秒；每再被拒绝一次，等待时间延长到四倍。',
  'Send again in a minute.': '请一分钟后重发。',
  'Read the list from its beginning.': '请从头读取列表。',
  'Address the person by phone number.': '请用电话号码作为收件人。',
  'Correct the templates’ categories; the limit lifts by itself.': '请更正模板的类别；限制会自动解除。',
  'Check name and language, and sync the templates.': '请检查名称和语言，并同步模板。',
  'Shorten the values.': '请缩短各个值。',
  'Wait until the pause ends, edit the template, or send another.': '请等待暂停结束、修改模板，或改发其他模板。',
  'Make a new template with other content.': '请用其他内容新建模板。',
  'Correct the flow in WhatsApp Manager.': '请在 WhatsApp 管理工具中更正流程。',
  'Wait an hour, and correct the flow in WhatsApp Manager.': '请等待一小时，并在 WhatsApp 管理工具中更正流程。',
  'Deregister the number again.': '请再次注销号码。',
  'Use the right PIN, or reset it in WhatsApp Manager.': '请使用正确的 PIN，或在 WhatsApp 管理工具中重置。',
  'Verify the number, then register it.': '请先验证号码，再注册。',
  'Wait as long as `details` says.': '请按 `details` 所说的时间等待。',
  'Wait five minutes.': '请等待五分钟。',
  'Wait 72 hours.': '请等待 72 小时。',
  'Accept the terms in WhatsApp Manager.': '请在 WhatsApp 管理工具中接受条款。',
  'Send again in ten minutes.': '请十分钟后重发。',
  'Look at the template in WhatsApp Manager.': '请在 WhatsApp 管理工具中查看模板。',
  'Confirm who it is, then use the new hash.': '请确认对方身份，然后使用新的哈希。',
  'Look at failed_users in the answer.': '请查看应答中的 failed_users。',
  'Choose another name.': '请选择其他名称。',
  'Link the page first.': '请先关联主页。',
  'Link the account first.': '请先关联账户。',
  'Transfer the name.': '请转移名称。',

  // Problems of templates.
  'The business account has reached its number of templates.': '商业账户的模板数已达上限。',
  'A template of this name and language is being deleted or was a short while ago; choose another name.':
    '同名同语言的模板正在删除或刚被删除；请换一个名称。',
  'This name already has content in this language.': '此名称在此语言中已有内容。',
  'The template cannot be changed in its present status, for example while in review.':
    '模板在当前状态下不能修改，例如正在审核。',
  'A field is longer than allowed.': '某个字段超过允许的长度。',
  'The header’s format is wrong.': '页眉格式有误。',
  'The body’s format is wrong.': '正文格式有误。',
  'The footer’s format is wrong.': '页脚格式有误。',
  'There are too many variables for so short a text.': '相对于文本长度，变量过多。',
  'A variable stands at the beginning or the end of the text.': '变量位于文本的开头或结尾。',
}

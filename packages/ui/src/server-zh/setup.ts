import type { Dictionary } from '../dictionary.ts'

/** The steps of a number to its first message, and what to do where on Meta’s pages. */
export const setupChinese: Dictionary = {
  'must be the digits of the code': '必须是验证码的数字',
  'must be six digits': '必须是六位数字',
  'must be a country code and a number, digits only': '必须是国家代码加号码，只含数字',
  'WhatsApp does not tell its permissions and its expiry.': 'WhatsApp 没有说明它的权限和有效期。',
  'WhatsApp accepts the token.': 'WhatsApp 接受此令牌。',
  'WhatsApp says that the token is not valid, or has expired.': 'WhatsApp 表示令牌无效或已过期。',
  'The token lacks the permission {scopes}.': '令牌缺少权限 {scopes}。',
  'The token has both permissions.': '令牌具有两个权限。',
  'It is a token of the app {name} ({id}).': '它是应用 {name}（{id}）的令牌。',
  'It expires at {time}. Make one that never expires before you rely on it.':
    '它将于 {time} 过期。在依赖它之前，请生成一个永不过期的令牌。',
  'WhatsApp knows no number with the id {id}, or this token may not see it.':
    'WhatsApp 没有 ID 为 {id} 的号码，或此令牌无权查看。',
  'The id belongs to {shown}, and the channel to {phone}.': '该 ID 属于 {shown}，而渠道属于 {phone}。',
  'The account {id} does not have this number. Its numbers: {numbers}.': '账户 {id} 没有此号码。它的号码：{numbers}。',
  '{number} is of this account.': '{number} 属于此账户。',
  '{number} is registered.': '{number} 已注册。',
  'WhatsApp flags it for low quality.': 'WhatsApp 因质量低而标记了它。',
  'WhatsApp has set {number} to {status}.': 'WhatsApp 已把 {number} 设为 {status}。',
  'WhatsApp says {status} of {number}.': 'WhatsApp 对 {number} 的说明是 {status}。',
  'unknown to WhatsApp': 'WhatsApp 未知',
  'It is not proven that {number} is yours ({status}).': '尚未证明 {number} 属于您（{status}）。',
  '{number} is not registered ({status}).': '{number} 未注册（{status}）。',
  'The token comes first.': '先处理令牌。',
  'The number comes first.': '先处理号码。',
  'WhatsApp lets this number send nothing: {why}': 'WhatsApp 不让此号码发送任何内容：{why}',
  'WhatsApp lets this number send nothing.': 'WhatsApp 不让此号码发送任何内容。',
  'The name {name} is approved.': '名称 {name} 已获批准。',
  'WhatsApp still reviews the name.': 'WhatsApp 仍在审核名称。',
  'WhatsApp did not approve the name {name} ({status}).': 'WhatsApp 没有批准名称 {name}（{status}）。',
  'Its quality is low (RED): people block or report its messages.': '它的质量低（RED）：有人屏蔽或举报它的消息。',
  'Its quality is {quality}.': '它的质量是 {quality}。',
  'Templates may reach any number of people a day.': '模板每天可发给任意多人。',
  'Templates may reach {count} people a day.': '模板每天可发给 {count} 人。',
  'The business is not verified ({status}). {advice}': '商家尚未验证（{status}）。{advice}',
  'WhatsApp limits its sends: {why}': 'WhatsApp 限制它的发送：{why}',
  'The sandbox calls this gateway directly, so it needs no public address.': '沙盒直接调用本网关，因此不需要公网地址。',
  'PUBLIC_URL is not set, so WhatsApp has no address to call.': '未设置 PUBLIC_URL，因此 WhatsApp 没有可调用的地址。',
  '{url} does not get a webhook as it was sent.': '{url} 收到的 webhook 与发出时不同。',
  '{url} answers the handshake, and takes a signed webhook.': '{url} 应答了握手，并接受已签名的 webhook。',
  '{url} answers {status} to {what}.': '{url} 对{what}的应答是 {status}。',
  '{url} cannot be reached from here ({why}).': '从这里无法访问 {url}（{why}）。',
  'the handshake': '握手',
  'a signed webhook': '已签名的 webhook',
  'It is not known whose app the token is. The token comes first.': '不知道令牌属于哪个应用。先处理令牌。',
  'META_APP_SECRET is not the secret of the app {name}.': 'META_APP_SECRET 不是应用 {name} 的密钥。',
  'The app {name} has no callback URL.': '应用 {name} 没有回调地址。',
  'The app {name} sends its webhooks to {url}, and this gateway is at {ours}.':
    '应用 {name} 把 webhook 发往 {url}，而本网关在 {ours}。',
  'The app {name} is not subscribed to the field messages.': '应用 {name} 没有订阅 messages 字段。',
  'The app {name} sends its webhooks to {url}.': '应用 {name} 把 webhook 发往 {url}。',
  'It is not subscribed to {fields}.': '它没有订阅 {fields}。',
  'The app is not subscribed to the account, so no answer and no status comes.':
    '应用没有订阅此账户，因此收不到回复和状态。',
  'The messages of this number go to {url}, in place of the app’s address.':
    '此号码的消息发往 {url}，而不是应用的地址。',
  'The app is subscribed to the account.': '应用已订阅此账户。',
  'Other apps get the same messages, and may answer them: {names}.': '其他应用也收到同样的消息，并可能回复：{names}。',
  'The message of {time} arrived.': '{time} 的消息已送达。',
  'The account has no approved template without variables.': '账户没有不含变量的已批准模板。',
  'Nothing was sent yet. The first message is the template {name}.': '还没有发送任何内容。第一条消息是模板 {name}。',
  'no reason given': '未说明原因',
  'The newest message failed: {why}.': '最新的消息失败：{why}。',
  'WhatsApp accepted the message of {time}, and sent no status of it.':
    'WhatsApp 接受了 {time} 的消息，但没有发来它的状态。',
  'The message is on its way ({status}).': '消息正在路上（{status}）。',
  'An answer came at {time}.': '{time} 收到了回复。',
  'No answer came yet. Write to the number from your phone.': '还没有回复。请用您的手机给此号码写消息。',
  'No answer came yet.': '还没有回复。',
  'Postern cannot do the step {step}: its advice says where it is done.':
    'Postern 无法完成步骤 {step}：其建议说明了在哪里完成。',
  'is needed: six digits. Or give code_method, then code, when the number is not verified':
    '是必需的：六位数字。号码未验证时，请先给出 code_method，再给出 code',
  'is needed': '是必需的',
  'The token and the secret of the app come first.': '先处理令牌和应用密钥。',
  'PUBLIC_URL is not set, so there is no address to give.': '未设置 PUBLIC_URL，因此没有可提供的地址。',
  'WhatsApp sends these webhooks to {url}. Give replace: true, and whatever is there hears no more.':
    'WhatsApp 把这些 webhook 发往 {url}。给出 replace: true 后，那里的程序就再也收不到了。',
  'is needed: your own number, with its country code': '是必需的：您自己的号码，带国家代码',
  'error {code}': '错误 {code}',
  // What to do.
  'business.facebook.com → Settings → Users → System users → the user → Generate token: choose the app, the expiry Never, and both permissions, whatsapp_business_messaging and whatsapp_business_management. Then give the new token here.':
    'business.facebook.com → 设置 → 用户 → 系统用户 → 该用户 → 生成令牌：选择应用、有效期“永不”，以及两个权限 whatsapp_business_messaging 和 whatsapp_business_management。然后在这里填写新令牌。',
  'Check the network and CLOUD_API_URL, then look again.': '检查网络和 CLOUD_API_URL，然后再看一次。',
  'The id is in WhatsApp Manager → Phone numbers → the number, below its name. A channel keeps its id: remove the channel, and add it with the right one.':
    '该 ID 在 WhatsApp Manager → 电话号码 → 该号码，位于名称下方。渠道的 ID 不能更改：请移除此渠道，再用正确的 ID 添加。',
  'Remove the channel, and add it with the number and the id of the same line in WhatsApp Manager.':
    '请移除此渠道，再用 WhatsApp Manager 中同一行的号码和 ID 添加。',
  'business.facebook.com → Settings → Accounts → WhatsApp accounts → the account → Assign people: add the system user with full control. If the id is wrong, give the right one: WhatsApp Manager shows it beside the name of the account.':
    'business.facebook.com → 设置 → 账户 → WhatsApp 账户 → 该账户 → 分配用户：添加系统用户并授予完全控制权。如果 ID 有误，请填写正确的 ID：WhatsApp Manager 在账户名称旁显示它。',
  'Give the id of the account that has this number: WhatsApp Manager shows it beside the name of the account.':
    '请填写拥有此号码的账户的 ID：WhatsApp Manager 在账户名称旁显示它。',
  'Ask for a code by text message or call, and give it here. On Meta’s pages: WhatsApp Manager → Phone numbers → the number → Verify.':
    '通过短信或来电索取验证码，并在这里填写。在 Meta 的页面上：WhatsApp Manager → 电话号码 → 该号码 → 验证。',
  'Choose six digits and keep them: they are the PIN of the number. If the number has a PIN, give that one. WhatsApp Manager → Phone numbers → the number → Two-step verification shows whether it has one, and turns it off or changes it.':
    '选择六位数字并妥善保存：这是号码的 PIN。如果号码已有 PIN，请填写它。WhatsApp Manager → 电话号码 → 该号码 → 两步验证会显示是否已有 PIN，也可在那里关闭或更改。',
  'A number in the WhatsApp Business app is not registered here: it is connected in the app, under Settings → Business platform.':
    'WhatsApp Business 应用中的号码不在这里注册：请在该应用的 设置 → 商业平台 中连接。',
  'See why, and ask for a review, in business.facebook.com → Business Support Home → the WhatsApp account.':
    '请在 business.facebook.com → Business Support Home → 该 WhatsApp 账户 中查看原因并申请复审。',
  'Give another name. On Meta’s pages: WhatsApp Manager → Phone numbers → the number → Profile → Display name → Edit. The name must be that of the business, or lead to it from its website.':
    '请填写另一个名称。在 Meta 的页面上：WhatsApp Manager → 电话号码 → 该号码 → 资料 → 显示名称 → 编辑。名称必须是商家的名称，或能从商家的网站看出关联。',
  'WhatsApp reviews the name by itself, mostly within two days. Sends may be refused with 131037 until then.':
    'WhatsApp 会自行审核名称，大多在两天之内。在此之前，发送可能被 131037 拒绝。',
  'See WhatsApp Manager → Account tools → Account overview, and do what it asks for.':
    '请查看 WhatsApp Manager → 账户工具 → 账户概览，并按其要求处理。',
  'business.facebook.com → Settings → Security Centre → Start verification.':
    'business.facebook.com → 设置 → 安全中心 → 开始验证。',
  'Put a proxy with a certificate before Postern, set PUBLIC_URL to its https address, and start Postern again. docs/deploy.md has files for Caddy and nginx.':
    '在 Postern 前放置带证书的代理，把 PUBLIC_URL 设为它的 https 地址，然后重新启动 Postern。docs/deploy.md 有 Caddy 和 nginx 的文件。',
  'Another gateway answers there, or one with another META_VERIFY_TOKEN. Correct PUBLIC_URL or the token.':
    '那里应答的是另一个网关，或其 META_VERIFY_TOKEN 不同。请更正 PUBLIC_URL 或该令牌。',
  'Check that the proxy passes /webhooks/meta to Postern, GET and POST, and that PUBLIC_URL is its address.':
    '请检查代理是否把 /webhooks/meta 的 GET 和 POST 转给 Postern，以及 PUBLIC_URL 是否是它的地址。',
  'Check the name in DNS, the certificate, the firewall, and that the proxy runs.':
    '请检查 DNS 中的名称、证书、防火墙，以及代理是否在运行。',
  'The proxy changes the body, or takes the header X-Hub-Signature-256 away. Let it pass both as they are.':
    '代理更改了正文，或去掉了 X-Hub-Signature-256 标头。请让两者原样通过。',
  'developers.facebook.com → My apps → the app → App settings → Basic → App secret → Show. Set META_APP_SECRET to it, and start Postern again. Until then every webhook is refused.':
    'developers.facebook.com → 我的应用 → 该应用 → 应用设置 → 基本 → 应用密钥 → 显示。把 META_APP_SECRET 设为它，然后重新启动 Postern。在此之前，每个 webhook 都会被拒绝。',
  'Postern can set it. On Meta’s pages: the app → WhatsApp → Configuration → Webhook → Edit: the address, and the text of META_VERIFY_TOKEN.':
    'Postern 可以设置它。在 Meta 的页面上：该应用 → WhatsApp → 配置 → Webhook → 编辑：填写地址和 META_VERIFY_TOKEN 的文本。',
  'If another program uses this app, make an app of its own for Postern, or that program hears no more. Otherwise replace the address.':
    '如果另一个程序使用此应用，请为 Postern 单独建一个应用，否则那个程序再也收不到任何内容。若没有，请替换该地址。',
  'Postern can subscribe them. On Meta’s pages: the app → WhatsApp → Configuration → Webhook fields.':
    'Postern 可以订阅它们。在 Meta 的页面上：该应用 → WhatsApp → 配置 → Webhook 字段。',
  'Postern can do it. Meta’s pages have no button for it.': 'Postern 可以完成。Meta 的页面上没有对应的按钮。',
  'If another program takes these messages on purpose, leave it. Otherwise replace it: Postern takes the address away, so that the app’s own one counts.':
    '如果另一个程序有意接收这些消息，请保持不变。否则请替换：Postern 会去掉该地址，改用应用自己的地址。',
  'WhatsApp Manager → Message templates → Create template: category Utility, a text without variables, then Submit. It is mostly approved within minutes. Then look again.':
    'WhatsApp Manager → 消息模板 → 创建模板：类别选“实用”，文本不含变量，然后提交。大多几分钟内获批。然后再看一次。',
  'Give your own number, with its country code. WhatsApp charges for it as for every template.':
    '请填写您自己的号码，带国家代码。WhatsApp 会像其他模板一样收费。',
  'Repair what it says, then send again.': '请先处理所说的问题，然后重新发送。',
  'Webhooks do not arrive. Look at the steps address, app and subscription, and set the app to Live: developers.facebook.com → the app → App Mode.':
    'webhook 没有到达。请查看“地址”“应用”“订阅”各步，并把应用设为上线：developers.facebook.com → 该应用 → 应用模式。',
  'Is the phone on, and in WhatsApp with this number?': '手机是否开机，并且 WhatsApp 用的是这个号码？',
  'Write anything to the business’s number from the phone that got the message.':
    '请用收到消息的手机给商家号码写任意内容。',
  'If you wrote already: the app must be subscribed to the field messages, and be Live (developers.facebook.com → the app → App Mode).':
    '如果您已经写过：应用必须订阅 messages 字段，并且已上线（developers.facebook.com → 该应用 → 应用模式）。',
}

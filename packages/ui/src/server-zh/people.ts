import type { Dictionary } from '../dictionary.ts'

/** Users, API keys and the audit log. */
export const peopleChinese: Dictionary = {
  'must be the id of the last row of the page before': '必须是上一页最后一行的 ID',
  'must be a route such as "POST /external/messages/whatsapp", or a beginning such as "/external/*"':
    '必须是路由，例如 "POST /external/messages/whatsapp"，或路由的开头，例如 "/external/*"',
  'There are at most {most} keys: revoke one first.': '最多 {most} 个密钥：请先吊销一个。',
  'There are at most {most} users: remove one first.': '最多 {most} 个用户：请先移除一个。',
  'API key': 'API 密钥',
  user: '用户',
  'A user has this e-mail address already.': '已有用户使用此邮箱地址。',
  'is wrong: enter the six digits that the app shows now': '错误：请输入应用当前显示的六位数字',
  'is no route of this gateway': '不是此网关的路由',
  'is no channel of this gateway': '不是此网关的渠道',
  'must be in the future': '必须在将来',
  'is required: the header names the channel of this call': '必填：此请求头指明本次调用的渠道',
  'The API key may only read, and {method} changes something.': '此 API 密钥只能读取，而 {method} 会更改内容。',
  'The routes of the API key do not have {method} {path}.': '此 API 密钥的路由不包含 {method} {path}。',
  '{method} {path} needs the role admin: a key reaches it only when its routes name it without *.':
    '{method} {path} 需要角色 admin：仅当密钥的路由不带 * 写明它时才可使用。',
  'The API key may only read, and send its templates. {route} is something else.':
    '此 API 密钥只能读取和发送其模板。{route} 不在其中。',
  'The API key sends its own templates only, so recipients come in the body, without a file or a map.':
    '此 API 密钥只能发送其模板，因此收件人须写在请求体中，不能用文件或映射。',
  'The API key sends templates only.': '此 API 密钥只能发送模板。',
  'The templates of the API key do not have {name}.': '此 API 密钥的模板不包含 {name}。',
  'Channel {id} is not one of your channels.': '渠道 {id} 不属于您的渠道。',
  'This route is about all channels, and you have some of them.': '此路由涉及所有渠道，而您只拥有部分渠道。',
  'Name one of your channels with channel_id.': '请用 channel_id 指明您的一个渠道。',
  'The groups of the account give this role: change them at the provider, or OIDC_ROLES.':
    '此角色由账号所在的群组决定：请在提供方更改群组，或更改 OIDC_ROLES。',
  'must be an e-mail address': '必须是邮箱地址',
  'must be ids of channels with commas': '必须是以逗号分隔的渠道 ID',
  'must be the id of a user, or none': '必须是用户 ID，或 none',
  'must be the id of a user': '必须是用户 ID',
  'is no user who may answer on this channel': '不是可在此渠道回复的用户',
  'must be the reference of a message': '必须是消息的 reference',
  'saved reply': '快捷回复',
  'There are at most {most} saved replies: remove one first.': '最多 {most} 条快捷回复：请先删除一条。',
}

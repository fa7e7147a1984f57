/** What to do for a step, and where on Meta's pages. */
export const ADVICE = {
  token:
    'business.facebook.com → Settings → Users → System users → the user → Generate token: choose the app, the expiry Never, and both permissions, whatsapp_business_messaging and whatsapp_business_management. Then give the new token here.',
  reachMeta: 'Check the network and CLOUD_API_URL, then look again.',
  numberId:
    'The id is in WhatsApp Manager → Phone numbers → the number, below its name. A channel keeps its id: remove the channel, and add it with the right one.',
  phoneOfChannel: 'Remove the channel, and add it with the number and the id of the same line in WhatsApp Manager.',
  assign:
    'business.facebook.com → Settings → Accounts → WhatsApp accounts → the account → Assign people: add the system user with full control. If the id is wrong, give the right one: WhatsApp Manager shows it beside the name of the account.',
  wabaId: 'Give the id of the account that has this number: WhatsApp Manager shows it beside the name of the account.',
  verify:
    'Ask for a code by text message or call, and give it here. On Meta’s pages: WhatsApp Manager → Phone numbers → the number → Verify.',
  pin: 'Choose six digits and keep them: they are the PIN of the number. If the number has a PIN, give that one. WhatsApp Manager → Phone numbers → the number → Two-step verification shows whether it has one, and turns it off or changes it.',
  onBizApp:
    'A number in the WhatsApp Business app is not registered here: it is connected in the app, under Settings → Business platform.',
  restricted: 'See why, and ask for a review, in business.facebook.com → Business Support Home → the WhatsApp account.',
  name: 'Give another name. On Meta’s pages: WhatsApp Manager → Phone numbers → the number → Profile → Display name → Edit. The name must be that of the business, or lead to it from its website.',
  waitForName:
    'WhatsApp reviews the name by itself, mostly within two days. Sends may be refused with 131037 until then.',
  health: 'See WhatsApp Manager → Account tools → Account overview, and do what it asks for.',
  verifyBusiness: 'business.facebook.com → Settings → Security Centre → Start verification.',
  publicUrl:
    'Put a proxy with a certificate before Postern, set PUBLIC_URL to its https address, and start Postern again. docs/deploy.md has files for Caddy and nginx.',
  verifyToken: 'Another gateway answers there, or one with another META_VERIFY_TOKEN. Correct PUBLIC_URL or the token.',
  proxy: 'Check that the proxy passes /webhooks/meta to Postern, GET and POST, and that PUBLIC_URL is its address.',
  reach: 'Check the name in DNS, the certificate, the firewall, and that the proxy runs.',
  changedBody:
    'The proxy changes the body, or takes the header X-Hub-Signature-256 away. Let it pass both as they are.',
  appSecret:
    'developers.facebook.com → My apps → the app → App settings → Basic → App secret → Show. Set META_APP_SECRET to it, and start Postern again. Until then every webhook is refused.',
  appCallback:
    'Postern can set it. On Meta’s pages: the app → WhatsApp → Configuration → Webhook → Edit: the address, and the text of META_VERIFY_TOKEN.',
  replaceCallback:
    'If another program uses this app, make an app of its own for Postern, or that program hears no more. Otherwise replace the address.',
  fields: 'Postern can subscribe them. On Meta’s pages: the app → WhatsApp → Configuration → Webhook fields.',
  subscribe: 'Postern can do it. Meta’s pages have no button for it.',
  override:
    'If another program takes these messages on purpose, leave it. Otherwise replace it: Postern takes the address away, so that the app’s own one counts.',
  template:
    'WhatsApp Manager → Message templates → Create template: category Utility, a text without variables, then Submit. It is mostly approved within minutes. Then look again.',
  sendFirst: 'Give your own number, with its country code. WhatsApp charges for it as for every template.',
  sendAgain: 'Repair what it says, then send again.',
  noStatus:
    'Webhooks do not arrive. Look at the steps address, app and subscription, and set the app to Live: developers.facebook.com → the app → App Mode.',
  phoneOff: 'Is the phone on, and in WhatsApp with this number?',
  write: 'Write anything to the business’s number from the phone that got the message.',
  noAnswer:
    'If you wrote already: the app must be subscribed to the field messages, and be Live (developers.facebook.com → the app → App Mode).',
}

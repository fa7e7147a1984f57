import { ask } from '../ask.ts'
import { Checker, wordOf, type Json } from '../checker.ts'
import type { Cloud } from '../cloud.ts'
import { GraphError, invalid, noSuchObject } from '../graph-error.ts'
import type { App } from '../world.ts'
import { accountFor, type Answer, type Call } from './call.ts'

/**
 * The `hub.*` challenge that Meta sends before it saves a callback.
 * @throws GraphError 2200 with the answer of the callback
 */
export async function handshake(cloud: Cloud, url: string, verifyToken: string): Promise<void> {
  const challenge = String(cloud.source.draw('challenge').readUInt32BE(0))
  let asked: URL
  try {
    asked = new URL(url)
  } catch {
    throw invalid('Param callback_url is not a valid URI.')
  }
  if (asked.protocol !== 'http:' && asked.protocol !== 'https:') throw invalid('Param callback_url is not a valid URI.')
  asked.searchParams.set('hub.mode', 'subscribe')
  asked.searchParams.set('hub.challenge', challenge)
  asked.searchParams.set('hub.verify_token', verifyToken)
  const answer = await ask(asked, {
    headers: { 'user-agent': 'facebookplatform/1.0', accept: '*/*' },
    timeoutMs: 10_000,
    mostBytes: 4_096,
  }).catch(() => undefined)
  if (answer?.status !== 200 || answer.body !== challenge) {
    throw new GraphError(2200, {
      message:
        '(#2200) Callback verification failed with the following errors: ' +
        (answer ? `HTTP Status Code = ${answer.status}` : 'no answer'),
    })
  }
}

/** Saves an override after its challenge, or removes it when the URL is empty. */
export async function saveOverride(cloud: Cloud, body: Json, save: (url: string | undefined) => void): Promise<void> {
  const url = body['override_callback_uri']
  if (url === undefined || url === '') return save(undefined)
  const check = new Checker()
  const uri = check.string(body, 'override_callback_uri', '', 200)
  const token = check.string(body, 'verify_token', '')
  await handshake(cloud, uri, token)
  save(uri)
}

export async function postSubscribedApps(call: Call): Promise<Answer> {
  const account = accountFor(call, call.path[0]!)
  await saveOverride(call.cloud, call.body, (url) => {
    if (url === undefined) delete account.overrideUrl
    else account.overrideUrl = url
  })
  account.subscribed = true
  call.cloud.world.saveAccount(account)
  return { body: { success: true } }
}

export function getSubscribedApps(call: Call): Answer {
  const account = accountFor(call, call.path[0]!)
  const { app } = call.cloud.world
  const others = (account.otherApps ?? []).map((one) => apiData(call, one))
  return {
    body: {
      data: account.subscribed
        ? [
            {
              ...apiData(call, app),
              ...(account.overrideUrl !== undefined && { override_callback_uri: account.overrideUrl }),
            },
            ...others,
          ]
        : others,
    },
  }
}

const apiData = (call: Call, { id, name }: { id: string; name: string }): Json => ({
  whatsapp_business_api_data: { id, name, link: `${call.cloud.origin}/apps/${id}` },
})

export function deleteSubscribedApps(call: Call): Answer {
  const account = accountFor(call, call.path[0]!)
  account.subscribed = false
  delete account.overrideUrl
  call.cloud.world.saveAccount(account)
  return { body: { success: true } }
}

function appFor(call: Call): App {
  const { app } = call.cloud.world
  if (call.path[0] !== app.id && call.path[0] !== 'app') throw noSuchObject(call.path[0]!, call.method)
  return app
}

/** `POST /{app id}/subscriptions` with the app's own token. */
export async function postAppSubscriptions(call: Call): Promise<Answer> {
  const { cloud, body } = call
  appFor(call)
  const check = new Checker()
  check.word(body, 'object', '', ['whatsapp_business_account'])
  const url = check.string(body, 'callback_url', '')
  const token = check.string(body, 'verify_token', '')
  const given = typeof body['fields'] === 'string' ? body['fields'].split(',') : body['fields']
  const fields = Array.isArray(given) ? given.map((one) => wordOf(one).trim()).filter((one) => one !== '') : undefined
  await handshake(cloud, url, token)
  Object.assign(cloud.world.app, { callbackUrl: url, verifyToken: token }, fields && { fields })
  cloud.world.saveApp()
  return { body: { success: true } }
}

/** What an app is subscribed to that never chose: everything. */
const ALL_FIELDS = [
  ...[
    'account_alerts',
    'account_review_update',
    'account_settings_update',
    'account_update',
    'business_capability_update',
  ],
  ...['calls', 'history', 'message_echoes', 'message_template_components_update', 'message_template_quality_update'],
  ...['message_template_status_update', 'messages', 'messaging_handovers', 'phone_number_name_update'],
  ...['phone_number_quality_update', 'security', 'smb_app_state_sync', 'smb_message_echoes', 'standby'],
  ...['template_category_update', 'user_preferences'],
]

export function getAppSubscriptions(call: Call): Answer {
  const { callbackUrl, fields = ALL_FIELDS } = appFor(call)
  if (callbackUrl === undefined) return { body: { data: [] } }
  const listed = fields.map((name) => ({ name, version: call.version }))
  const one = { object: 'whatsapp_business_account', callback_url: callbackUrl, active: true, fields: listed }
  return { body: { data: [one] } }
}

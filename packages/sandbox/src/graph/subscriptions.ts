import { ask } from '../ask.ts'
import { Checker, type Json } from '../checker.ts'
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
  return {
    body: {
      data: account.subscribed
        ? [
            {
              whatsapp_business_api_data: { id: app.id, name: app.name, link: `${call.cloud.origin}/apps/${app.id}` },
              ...(account.overrideUrl !== undefined && { override_callback_uri: account.overrideUrl }),
            },
          ]
        : [],
    },
  }
}

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
  await handshake(cloud, url, token)
  cloud.world.app.callbackUrl = url
  cloud.world.app.verifyToken = token
  cloud.world.saveApp()
  return { body: { success: true } }
}

export function getAppSubscriptions(call: Call): Answer {
  const { callbackUrl } = appFor(call)
  const data =
    callbackUrl === undefined ? [] : [{ object: 'whatsapp_business_account', callback_url: callbackUrl, active: true }]
  return { body: { data } }
}

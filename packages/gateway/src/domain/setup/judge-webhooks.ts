import { samePlace } from '../../platform/url-path.ts'
import { ADVICE } from './advice.ts'
import type { SetupFacts, Trip } from './facts.ts'
import { withoutAnswer } from './judge-number.ts'
import { done, type Found, note, waiting, wrong } from './step.ts'

/** The steps of the public address, the app and the account's subscription. Decides only. */

/** Without this field there are neither messages nor statuses. */
const NEEDED = 'messages'
/** Every field that Postern understands, and that every app may have. */
export const FIELDS = [
  NEEDED,
  'message_template_status_update',
  'message_template_quality_update',
  'template_category_update',
  'account_update',
  'account_review_update',
  'account_alerts',
  'business_capability_update',
  'phone_number_quality_update',
  'phone_number_name_update',
  'security',
  'user_preferences',
]

export function judgeAddress({ address, isSandbox }: SetupFacts): Found {
  if (!address) {
    if (isSandbox) return done({ says: 'The sandbox calls this gateway directly, so it needs no public address.' })
    return wrong({ says: 'PUBLIC_URL is not set, so WhatsApp has no address to call.', advice: ADVICE.publicUrl })
  }
  const { url, challenge, webhook } = address
  const failed = tripFailed(url, challenge, 'the handshake', ADVICE.verifyToken)
  if (failed) return failed
  if (webhook.kind === 'status' && webhook.status === 401)
    return wrong({ says: `${url} does not get a webhook as it was sent.`, advice: ADVICE.changedBody })
  return (
    tripFailed(url, webhook, 'a signed webhook', ADVICE.proxy) ??
    done({ says: `${url} answers the handshake, and takes a signed webhook.` })
  )
}

function tripFailed(url: string, trip: Trip, what: string, forbidden: string): Found | undefined {
  if (trip.kind === 'ok') return undefined
  if (trip.kind === 'unreachable')
    return wrong({ says: `${url} cannot be reached from here (${trip.why}).`, advice: ADVICE.reach })
  const { status } = trip
  return wrong({
    says: `${url} answers ${status} to ${what}.`,
    advice: status === 403 ? forbidden : ADVICE.proxy,
  })
}

export function judgeApp(facts: SetupFacts): Found {
  const { app, token, address } = facts
  if (!app) return waiting({ says: 'It is not known whose app the token is. The token comes first.' })
  const name = token.value?.app?.name ?? 'of the token'
  if (app.error) {
    if (app.error.code === 190)
      return wrong({ says: `META_APP_SECRET is not the secret of the app ${name}.`, advice: ADVICE.appSecret })
    return withoutAnswer(app.error, ADVICE.appCallback)
  }
  const set = { action: { needs: [] } }
  if (!app.value || app.value.callbackUrl === '')
    return wrong({ says: `The app ${name} has no callback URL.`, advice: ADVICE.appCallback, ...set })
  const { callbackUrl, fields } = app.value
  if (address && !samePlace(callbackUrl, address.url) && !overrideIsOurs(facts))
    return wrong({
      says: `The app ${name} sends its webhooks to ${callbackUrl}, and this gateway is at ${address.url}.`,
      advice: ADVICE.replaceCallback,
      action: { needs: ['replace'] },
    })
  if (!fields.includes(NEEDED))
    return wrong({ says: `The app ${name} is not subscribed to the field messages.`, advice: ADVICE.fields, ...set })
  const others = FIELDS.filter((field) => !fields.includes(field))
  return done({
    says: `The app ${name} sends its webhooks to ${callbackUrl}.`,
    ...(others.length > 0 && {
      notes: [note(`It is not subscribed to ${others.join(', ')}.`)],
      advice: ADVICE.fields,
      ...set,
    }),
  })
}

/** An address of the account or the number goes before the app's. */
const overrideIsOurs = ({ number, address }: SetupFacts): boolean => {
  const [first] = number.value?.overrides ?? []
  return first !== undefined && address !== undefined && samePlace(first, address.url)
}

export function judgeSubscription({ apps, token, number, address }: SetupFacts): Found {
  if (apps.error) return withoutAnswer(apps.error, ADVICE.assign)
  const own = token.value?.app?.id
  const ours = own === undefined ? apps.value[0] : apps.value.find(({ id }) => id === own)
  if (!ours)
    return wrong({
      says: 'The app is not subscribed to the account, so no answer and no status comes.',
      advice: ADVICE.subscribe,
      action: { needs: [] },
    })
  const [elsewhere] = number.value?.overrides ?? []
  if (elsewhere !== undefined && address && !samePlace(elsewhere, address.url))
    return wrong({
      says: `The messages of this number go to ${elsewhere}, in place of the app’s address.`,
      advice: ADVICE.override,
      action: { needs: ['replace'] },
    })
  const others = apps.value.filter((one) => one !== ours).map(({ name }) => name)
  return done({
    says: 'The app is subscribed to the account.',
    ...(others.length > 0 && {
      notes: [note(`Other apps get the same messages, and may answer them: ${others.join(', ')}.`)],
    }),
  })
}

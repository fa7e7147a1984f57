import { z } from 'zod'
import type { Clock } from '@postern/runtime/clock'
import { numberChanges } from '../../domain/channels/signals.ts'
import { createChannelSchema } from '../../domain/channels/channel.ts'
import {
  webhookUrlOf,
  judgeAccount,
  judgeWebhookUrl,
  judgeNumber,
  type CheckStep,
} from '../../domain/channels/check-number.ts'
import type { CloudApi } from '../../platform/cloud-api/client.ts'
import { CloudApiError } from '../../platform/cloud-api/errors.ts'
import { ERROR_CODES } from '@postern/cloud-api'
import type { WirePhoneNumber } from '@postern/cloud-api'
import { applyStateChanges } from '../../store/channel-state.ts'
import type { Directory } from '../../store/directory.ts'
import type { Store } from '../../store/store.ts'
import { repeatable } from '../../flows/send/to-gateway-error.ts'
import { WEBHOOK_PATH } from '../meta.ts'
import { route, type Route } from '../route.ts'

const { phone_number_id, waba_id, access_token, business_phone } = createChannelSchema.shape
const body = z.strictObject({ phone_number_id, waba_id, access_token, business_phone: business_phone.optional() })

const NUMBER_FIELDS = [
  'id',
  'display_phone_number',
  'verified_name',
  'quality_rating',
  'status',
  'webhook_configuration',
  'throughput',
  'is_on_biz_app',
]
const TIMEOUT_MS = 8_000

const stepShape = z.object({
  step: z.enum(['token', 'number', 'account', 'subscription', 'callback']),
  state: z.enum(['ok', 'warning', 'failed', 'unknown']),
  says: z.string(),
})

const answerShape = z.object({
  ok: z.boolean(),
  steps: z.array(stepShape),
  display_phone_number: z.string().nullable(),
  callback_url: z.string().nullable().describe('The address that WhatsApp sends the number’s webhooks to, if known.'),
})

/** Checks a number at Meta, step by step: before it becomes a channel, and when a channel has a problem. */
export function channelCheckRoutes(deps: {
  cloudApi: CloudApi
  store: Store
  clock: Clock
  directory: Directory
}): Route[] {
  const { cloudApi, store, clock, directory } = deps

  /** Keeps what Meta says of a channel's number. Meta's clock counts seconds: a signal of this second is not older. */
  async function keepState(channelId: number, number: WirePhoneNumber): Promise<void> {
    const at = Math.floor(clock.now() / 1000) * 1000
    const changes = numberChanges(number, at).map((change) => ({ ...change, channelId }))
    await applyStateChanges(store.sql, changes, clock.now())
    await directory.readStates([channelId])
  }

  async function judged(asked: z.infer<typeof body>, channelId?: number): Promise<z.infer<typeof answerShape>> {
    const { steps, number } = await look(cloudApi, asked)
    if (number && channelId !== undefined) await keepState(channelId, number)
    return {
      ok: steps.every((step) => step.state !== 'failed'),
      steps,
      display_phone_number: number?.display_phone_number ?? null,
      callback_url: (number && webhookUrlOf(number)) ?? null,
    }
  }

  return [
    route({
      method: 'POST',
      path: '/admin/channels/check',
      tag: 'channels',
      summary: 'Check a number’s token, ids, subscription and callback with WhatsApp',
      description: 'Changes and stores nothing. Each step says what is wrong and how to fix it.',
      auth: 'admin',
      right: 'administer',
      body,
      data: answerShape,
      fails: ['validation_failed'],
      handle: async ({ body: asked }) => judged(asked),
    }),
    route({
      method: 'POST',
      path: '/admin/channels/{channel_id}/check',
      tag: 'channels',
      summary: 'Check a channel’s token, ids, subscription and callback with WhatsApp',
      description:
        'The same check as for a new number, with the settings of the channel. Changes no setting; what WhatsApp says of quality, verified name and throughput becomes the state of the channel.',
      auth: 'admin',
      right: 'operate',
      data: answerShape,
      async handle({ channel }) {
        return judged(
          {
            phone_number_id: channel.phoneNumberId,
            waba_id: channel.wabaId,
            access_token: channel.accessToken,
            business_phone: channel.businessPhone,
          },
          channel.id,
        )
      },
    }),
    route({
      method: 'POST',
      path: '/admin/channels/check/subscribe',
      tag: 'channels',
      summary: 'Subscribe the token’s app to the account, so that Meta sends webhooks',
      description: 'The same as `POST /{waba_id}/subscribed_apps` at Meta. Without it no webhook comes.',
      auth: 'admin',
      right: 'administer',
      body: z.strictObject({ waba_id, access_token }),
      data: z.object({ success: z.literal(true) }),
      fails: ['validation_failed', 'upstream_refused', 'upstream_throttled', 'upstream_unavailable'],
      async handle({ body: asked }) {
        await repeatable(() => cloudApi.subscribeApp(asked.waba_id, asked.access_token, { timeoutMs: TIMEOUT_MS }))
        return { success: true }
      },
    }),
  ]
}

async function look(
  cloudApi: CloudApi,
  asked: z.infer<typeof body>,
): Promise<{ steps: CheckStep[]; number: WirePhoneNumber | undefined }> {
  const { phone_number_id: numberId, waba_id: wabaId, access_token: token } = asked
  const options = { timeoutMs: TIMEOUT_MS }
  const [number, account, apps] = await Promise.all([
    tried(() => cloudApi.getPhoneNumber(numberId, token, { ...options, fields: NUMBER_FIELDS })),
    tried(() => cloudApi.listPhoneNumbers(wabaId, token, { ...options, limit: 100 })),
    tried(() => cloudApi.subscribedApps(wabaId, token, options)),
  ])
  const steps: CheckStep[] = []
  const tokenError = [number, account, apps].map((one) => one.error).find(isTokenError)
  if (tokenError) {
    const skipped = ['number', 'account', 'subscription', 'callback'] as const
    const says = 'Not looked at: the token comes first.'
    steps.push({ step: 'token', state: 'failed', says: inWords(tokenError) })
    return {
      steps: [...steps, ...skipped.map((step) => ({ step, state: 'unknown' as const, says }))],
      number: undefined,
    }
  }
  const answered = number.value !== undefined || account.value !== undefined
  steps.push(
    answered
      ? { step: 'token', state: 'ok', says: 'WhatsApp takes the token.' }
      : { step: 'token', state: 'unknown', says: inWords(number.error) },
  )
  steps.push(
    number.value
      ? judgeNumber(number.value, asked.business_phone)
      : { step: 'number', state: 'failed', says: inWords(number.error) },
  )
  steps.push(
    account.value
      ? judgeAccount(account.value.data, numberId)
      : { step: 'account', state: 'failed', says: inWords(account.error) },
  )
  steps.push(subscriptionOf(apps))
  steps.push(
    number.value
      ? judgeWebhookUrl(number.value, WEBHOOK_PATH)
      : { step: 'callback', state: 'unknown', says: 'Not looked at: the number comes first.' },
  )
  return { steps, number: number.value }
}

function subscriptionOf(apps: Tried<readonly unknown[]>): CheckStep {
  if (!apps.value) return { step: 'subscription', state: 'unknown', says: inWords(apps.error) }
  return apps.value.length > 0
    ? { step: 'subscription', state: 'ok', says: 'The account sends its webhooks to an app.' }
    : {
        step: 'subscription',
        state: 'failed',
        says: 'No app is subscribed to the account, so replies and statuses never come. Subscribe it.',
      }
}

type Tried<T> = { value?: T; error?: unknown }

async function tried<T>(call: () => Promise<T>): Promise<Tried<T>> {
  try {
    return { value: await call() }
  } catch (error) {
    return { error }
  }
}

const isTokenError = (error: unknown): boolean =>
  error instanceof CloudApiError && (error.code === 190 || error.code === 0 || error.code === 104)

function inWords(error: unknown): string {
  if (!(error instanceof CloudApiError)) return `WhatsApp could not be asked: ${(error as Error).message}`
  const advice = ERROR_CODES[error.code]?.advice
  return `${error.message}${advice === undefined ? '' : ` ${advice}`}`
}

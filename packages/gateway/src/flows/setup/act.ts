import type { Channel } from '../../domain/channels/channel.ts'
import type { SetupFacts } from '../../domain/setup/facts.ts'
import { FIELDS, judgeAddress } from '../../domain/setup/judge-webhooks.ts'
import type { StepName } from '../../domain/setup/step.ts'
import { judgeMessage } from '../../domain/setup/steps.ts'
import type { CatalogEntry } from '../../domain/templates/catalog-entry.ts'
import { GatewayError, validationError } from '../../platform/errors.ts'
import { samePlace } from '../../platform/url-path.ts'
import { appToken, firstTemplate, look, lookAtMessages, type SetupDeps } from './look.ts'

/** The part of a step that Postern can do. It throws WhatsApp's refusal, and the steps then say what is left. */

export type Given = {
  pin?: string | undefined
  code?: string | undefined
  code_method?: 'SMS' | 'VOICE' | undefined
  display_name?: string | undefined
  to?: string | undefined
  replace?: boolean | undefined
}

export type ActDeps = SetupDeps & {
  send: (channel: Channel, to: string, template: CatalogEntry) => Promise<void>
  /** Converts the errors of calls that may be repeated. */
  repeatable: <T>(call: () => Promise<T>) => Promise<T>
}

type Act = (deps: ActDeps, channel: Channel, given: Given) => Promise<void>

/** Steps that a person does elsewhere have no act. A token and an account’s id are settings of the channel. */
const ACTS: Partial<Record<StepName, Act>> = { registration, name, app, subscription, message, answer }

export async function act(deps: ActDeps, channel: Channel, step: StepName, given: Given): Promise<void> {
  const does = ACTS[step]
  if (!does)
    throw new GatewayError('conflict', {
      problem: `Postern cannot do the step ${step}: its advice says where it is done.`,
    })
  await does(deps, channel, given)
}

/** One call of the Graph API with the channel's token, or with another one. */
function graph(deps: ActDeps, path: string[], json: Record<string, unknown>, token: string): Promise<unknown> {
  return deps.repeatable(() => deps.cloudApi.resource({ method: 'POST', path, query: {}, json }, token))
}

async function registration(deps: ActDeps, channel: Channel, given: Given): Promise<void> {
  const { phoneNumberId, accessToken } = channel
  const post = (edge: string, json: Record<string, unknown>) => graph(deps, [phoneNumberId, edge], json, accessToken)
  if (given.code_method !== undefined) await post('request_code', { code_method: given.code_method, language: 'en_US' })
  else if (given.code !== undefined) await post('verify_code', { code: given.code })
  else if (given.pin !== undefined) await post('register', { messaging_product: 'whatsapp', pin: given.pin })
  else throw missing('pin', 'is needed: six digits. Or give code_method, then code, when the number is not verified')
}

async function name(deps: ActDeps, channel: Channel, { display_name: wish }: Given): Promise<void> {
  if (wish === undefined) throw missing('display_name', 'is needed')
  await graph(deps, [channel.phoneNumberId], { new_display_name: wish }, channel.accessToken)
}

async function app(deps: ActDeps, channel: Channel, { replace }: Given): Promise<void> {
  const facts = await look(deps, channel)
  const known = facts.token.value?.app
  const { address } = facts
  if (!known || facts.app?.error) throw new GatewayError('conflict', { problem: 'The token and the secret of the app come first.' }) // prettier-ignore
  if (!address)
    throw new GatewayError('conflict', { problem: 'PUBLIC_URL is not set, so there is no address to give.' })
  const { state, says } = judgeAddress(facts)
  if (state !== 'done') throw new GatewayError('conflict', { problem: says })
  const before = facts.app?.value
  if (before && before.callbackUrl !== '' && !samePlace(before.callbackUrl, address.url) && replace !== true)
    throw isTaken(before.callbackUrl)
  await graph(
    deps,
    [known.id, 'subscriptions'],
    {
      object: 'whatsapp_business_account',
      callback_url: address.url,
      verify_token: deps.secrets().verifyToken,
      fields: [...new Set([...(before?.fields ?? []), ...FIELDS])].join(','),
    },
    appToken(known.id, deps.secrets().appSecret),
  )
}

async function subscription(deps: ActDeps, channel: Channel, { replace }: Given): Promise<void> {
  const facts = await look(deps, channel)
  const elsewhere = overrideElsewhere(facts)
  if (elsewhere !== undefined && replace !== true) throw isTaken(elsewhere)
  const { wabaId, phoneNumberId, accessToken } = channel
  // Also takes an address of the account's away.
  await graph(deps, [wabaId, 'subscribed_apps'], {}, accessToken)
  const override = { webhook_configuration: { override_callback_uri: '' } }
  if (elsewhere !== undefined) await graph(deps, [phoneNumberId], override, accessToken)
}

function overrideElsewhere({ number, address }: SetupFacts): string | undefined {
  const [first] = number.value?.overrides ?? []
  return first !== undefined && address && !samePlace(first, address.url) ? first : undefined
}

const isTaken = (url: string): GatewayError =>
  new GatewayError('conflict', {
    problem: `WhatsApp sends these webhooks to ${url}. Give replace: true, and whatever is there hears no more.`,
  })

/** Sends nothing when a message arrived already, or is on its way. */
async function message(deps: ActDeps, channel: Channel, { to }: Given): Promise<void> {
  const { state, action } = judgeMessage(await lookAtMessages(deps, channel))
  if (state === 'done' || (state === 'waiting' && action === null)) return
  if (to === undefined) throw missing('to', 'is needed: your own number, with its country code')
  const template = await deps.repeatable(() => firstTemplate(deps, channel))
  if (!template) throw new GatewayError('conflict', { problem: 'The account has no approved template without variables.' }) // prettier-ignore
  await deps.send(channel, to, template)
}

const ANSWER_WITHIN_MS = 20_000
const LOOK_EVERY_MS = 1_000

/** Waits for the first answer, or for the end of its time. */
async function answer(deps: ActDeps, channel: Channel): Promise<void> {
  const until = deps.clock.monotonic() + ANSWER_WITHIN_MS
  while (deps.clock.monotonic() < until) {
    const { received } = await lookAtMessages(deps, channel)
    if (received) return
    await new Promise<void>((resolve) => deps.clock.after(LOOK_EVERY_MS, resolve))
  }
}

const missing = (path: keyof Given, message: string): GatewayError =>
  validationError([{ path, rule: 'required', message }])

import { z } from 'zod'
import { createChannelSchema } from '../../domain/channels/channel.ts'
import { matching } from '../../domain/fields/schema.ts'
import { NEEDS, nextOf, STEPS, type Step, type StepName } from '../../domain/setup/step.ts'
import { stepsOf } from '../../domain/setup/steps.ts'
import { type ActDeps, act } from '../../flows/setup/act.ts'
import { discover } from '../../flows/setup/discover.ts'
import { look } from '../../flows/setup/look.ts'
import { GatewayError } from '../../platform/errors.ts'
import type { Directory } from '../../store/directory.ts'
import { route, type Route, UPSTREAM_FAILS } from '../route.ts'

const stepShape = z
  .object({
    step: z.enum(STEPS),
    state: z.enum(['done', 'waiting', 'wrong']),
    says: z.string(),
    advice: z.string().nullable().describe('What to do, and where on Meta’s pages.'),
    notes: z.array(z.string()).describe('Worth knowing, and no reason to stop.'),
    action: z
      .object({ needs: z.array(z.enum(NEEDS)) })
      .nullable()
      .describe('What Postern can do for the step, and what it needs for it.'),
  })
  .meta({ id: 'SetupStep' })

const setupShape = z.object({
  steps: z.array(stepShape),
  next: z.enum(STEPS).nullable().describe('The first step that stops the way; null when messages go and come.'),
})

const givenShape = z.strictObject({
  code_method: z.enum(['SMS', 'VOICE']).optional().describe('registration: asks WhatsApp for a code to the number.'),
  code: matching(/^\d{4,10}$/, 'must be the digits of the code')
    .optional()
    .describe('registration: the code that the number received.'),
  pin: matching(/^\d{6}$/, 'must be six digits')
    .optional()
    .describe('registration: registers the number with this PIN.'),
  display_name: z.string().min(3).max(75).optional().describe('name: asks for another name.'),
  to: matching(/^\+?\d{5,20}$/, 'must be a country code and a number, digits only')
    .optional()
    .describe('message: your own number.'),
  replace: z
    .boolean()
    .optional()
    .describe('app, subscription: takes the webhooks away from the address that has them now.'),
})

const foundShape = z.object({
  app: z.object({ id: z.string(), name: z.string() }).nullable(),
  scopes: z.array(z.string()),
  expires_at: z.int().nullable().describe('Unix seconds; null: never.'),
  accounts: z.array(
    z.object({
      waba_id: z.string(),
      name: z.string().nullable(),
      numbers: z.array(
        z.object({
          phone_number_id: z.string(),
          display_phone_number: z.string(),
          verified_name: z.string().nullable(),
          channel_id: z.int().nullable().describe('The channel that has this number already.'),
        }),
      ),
    }),
  ),
})

/** The way of a number to its first message: each step, its state, and what Postern can do for it. */
export function channelSetupRoutes(deps: ActDeps & { directory: Directory }): Route[] {
  const { directory, repeatable, cloudApi } = deps

  const setupOf = (steps: Step[]) => ({ steps, next: nextOf(steps) })

  return [
    route({
      method: 'GET',
      path: '/admin/channels/{channel_id}/setup',
      tag: 'channels',
      summary: 'The steps to the first message, and the state of each',
      description:
        'Asks WhatsApp about token, number, app and subscription, and calls PUBLIC_URL as WhatsApp does. Each state follows from these answers and from the store, so it is the present one, whoever did the step. Changes nothing.',
      auth: 'admin',
      right: 'operate',
      data: setupShape,
      handle: async ({ channel }) => setupOf(stepsOf(await look(deps, channel))),
    }),
    route({
      method: 'POST',
      path: '/admin/channels/{channel_id}/setup/{step}',
      tag: 'channels',
      summary: 'Do the part of a step that Postern can do',
      description:
        'registration: asks for a code, gives it, or registers with a PIN. name: asks for another name. app: sets the app’s callback URL and fields. subscription: subscribes the app to the account. message: sends a first template. answer: waits up to 20 s for an answer. A step that is done already is not done again. The answer has the new state of all steps.',
      auth: 'admin',
      right: 'administer',
      body: givenShape,
      data: setupShape,
      fails: ['validation_failed', 'conflict', ...UPSTREAM_FAILS, 'outcome_unknown'],
      async handle({ channel, params, body }) {
        await act(deps, channel, stepNamed(params.step!), body)
        return setupOf(stepsOf(await look(deps, channel)))
      },
    }),
    route({
      method: 'POST',
      path: '/admin/channels/discover',
      tag: 'channels',
      summary: 'The accounts and numbers that a token may use',
      description: 'Asks WhatsApp, and stores nothing. At most 10 accounts, with up to 100 numbers each.',
      auth: 'admin',
      right: 'administer',
      body: z.strictObject({ access_token: createChannelSchema.shape.access_token }),
      data: foundShape,
      fails: ['validation_failed', ...UPSTREAM_FAILS],
      async handle({ body }) {
        const { token, accounts } = await repeatable(() => discover(cloudApi, body.access_token))
        const channels = directory.channels()
        return {
          app: token.app ?? null,
          scopes: [...token.scopes],
          expires_at: token.expiresAt === null ? null : Math.floor(token.expiresAt / 1000),
          accounts: accounts.map(({ wabaId, name, numbers }) => ({
            waba_id: wabaId,
            name,
            numbers: numbers.map((one) => ({
              ...one,
              channel_id: channels.find(({ phoneNumberId }) => phoneNumberId === one.phone_number_id)?.id ?? null,
            })),
          })),
        }
      },
    }),
  ]
}

function stepNamed(name: string): StepName {
  const known = STEPS.find((one) => one === name)
  if (known) return known
  throw new GatewayError('resource_not_found', { what: 'step', id: name.slice(0, 100) })
}

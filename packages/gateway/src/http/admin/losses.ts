import { z } from 'zod'
import type { Clock } from '@postern/runtime/clock'
import { matching } from '../../domain/fields/schema.ts'
import { lossShape, publicLoss } from '../../domain/losses/loss.ts'
import type { Audit, Place } from '../../flows/losses/audit.ts'
import { validationError } from '../../platform/errors.ts'
import { route, type Route } from '../route.ts'

const time = matching(/^\d{1,10}$/, 'must be Unix seconds').transform(Number)

const query = z.strictObject({
  since: time.optional().describe('Unix seconds: messages and events from then on. Default: a day ago.'),
  until: time.optional().describe('Unix seconds: those before. Default: now. Give the answer’s until with next.'),
  channel_id: matching(/^\d{1,15}$/, 'must be the id of a channel')
    .transform(Number)
    .optional(),
  next: matching(/^\d{1,15}\.(msg_[0-9A-Z]{26}|\d{1,15})\.\d{1,6}$/, 'must be next of the page before')
    .transform(placeOf)
    .optional()
    .describe('For the next page: next of the page before, with the same since and until.'),
})

/** `next` as it stands in answers and queries: the channel, the message or event behind which it goes on, the count. */
function placeOf(text: string): Place {
  const [channelId, place = '', asked] = text.split('.')
  const at = { channelId: Number(channelId), asked: Number(asked) }
  return place.startsWith('msg_') ? { ...at, afterId: place } : { ...at, afterSeq: Number(place) }
}
const textOf = (place: Place): string =>
  `${place.channelId}.${'afterId' in place ? place.afterId : place.afterSeq}.${place.asked}`

const shape = z.object({
  since: z.int(),
  until: z.int(),
  messages: z.int().describe('How many messages this page looked at.'),
  events: z.int().describe('How many events this page looked at.'),
  losses: z.array(lossShape),
  next: z.string().nullable().describe('For the next page; null at the end.'),
})

const DAY_S = 24 * 60 * 60
const LONGEST_DAYS = 31

/** What was accepted, beside what WhatsApp told and what endpoints acknowledged. */
export function lossRoutes(deps: { audit: Audit; clock: Clock; hasChannel: (id: number) => boolean }): Route[] {
  return [
    route({
      method: 'GET',
      path: '/admin/loss-audit',
      tag: 'overview',
      summary: 'What has no known end: sends without a status, callbacks without an acknowledgement',
      description:
        'Compares what was accepted with what WhatsApp told and what endpoints acknowledged, message by message. For a message without a status WhatsApp’s message history is asked, for at most 200 messages of an audit. A page ends after a short time: ask with `next` until it is null. Callbacks younger than ten minutes, and messages whose statuses are not late yet, are no losses.',
      auth: 'admin',
      right: 'read',
      query,
      data: shape,
      fails: ['validation_failed'],
      async handle({ query: given }) {
        const now = Math.floor(deps.clock.now() / 1000) + 1
        const until = given.until ?? now
        const since = given.since ?? until - DAY_S
        const { channel_id: channelId } = given
        if (since > until || until - since > LONGEST_DAYS * DAY_S)
          throw validationError([
            { path: 'since', rule: 'range', message: `must be before until, and at most ${LONGEST_DAYS} days before` },
          ])
        if (channelId !== undefined && !deps.hasChannel(channelId))
          throw validationError([{ path: 'channel_id', rule: 'exists', message: `no channel has the id ${channelId}` }])
        const page = await deps.audit({ since: since * 1000, until: until * 1000, channelId }, given.next)
        return {
          ...{ since, until, messages: page.messages, events: page.events },
          losses: page.losses.map(publicLoss),
          next: page.next ? textOf(page.next) : null,
        }
      },
    }),
  ]
}

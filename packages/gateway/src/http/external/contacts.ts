import { z } from 'zod'
import type { Clock } from '@postern/runtime/clock'
import { GatewayError } from '../../platform/errors.ts'
import { preferenceNotice } from '../../flows/contacts/preference-notice.ts'
import { awaitUnderway } from '../../flows/send/underway.ts'
import { isNumber } from '../../domain/contacts/identity.ts'
import { freeUntil } from '../../domain/contacts/state.ts'
import { windowOf } from '../../domain/messages/window.ts'
import { contactNamed } from '../../store/contacts.ts'
import { findContact } from '../../store/messages.ts'
import type { Notice, Store } from '../../store/store.ts'
import { route, type Route } from '../route.ts'
import { seconds } from '../shapes.ts'
import { contactFor } from './contact-for.ts'
import { contactOf, contactShape, freeUntilShape } from './contact-shape.ts'

export function contactRoutes(deps: {
  store: Store
  clock: Clock
  /** Stores an event of ours and what it changes, and has it delivered. */
  tell: (notice: Notice) => Promise<unknown>
}): Route[] {
  const { store, clock } = deps
  return [
    route({
      method: 'GET',
      path: '/external/contacts/{to}',
      tag: 'contacts',
      summary: 'What is known of a contact: names, window, owner of the conversation, permissions',
      description:
        'to is the number, the business-scoped id (also an earlier one) or the parent id of the contact. 404 when no message, call or webhook has named them on this channel.',
      auth: 'code',
      readsConversation: true,
      data: contactShape,
      fails: ['resource_not_found'],
      async handle({ channel, params }) {
        const contact = await contactNamed(store.sql, channel.id, params.to!)
        if (!contact) throw new GatewayError('resource_not_found', { what: 'contact', id: params.to!.slice(0, 100) })
        return contactOf(contact, channel, clock.now())
      },
    }),
    route({
      method: 'PUT',
      path: '/external/contacts/{to}/preferences',
      tag: 'contacts',
      summary: 'Record whether a contact wants marketing messages',
      description:
        'What the person told you, wherever that was. A marketing template to a contact with stopped is refused with opted_out before WhatsApp is asked; utility and authentication templates pass. Sends the event contact_update.',
      auth: 'code',
      body: z.strictObject({ marketing: z.enum(['allowed', 'stopped']) }),
      data: contactShape,
      fails: ['validation_failed'],
      async handle({ channel, params, body }) {
        const { contact } = await contactFor(store, channel.id, params.to!)
        await deps.tell(preferenceNotice(channel, contact, { state: body.marketing, at: clock.now() }, clock.now()))
        const known = (await contactNamed(store.sql, channel.id, params.to!))!
        if (body.marketing === 'stopped') await awaitUnderway({ sql: store.sql, clock }, channel.id, known.id)
        return contactOf(known, channel, clock.now())
      },
    }),
    route({
      method: 'GET',
      path: '/external/contacts/{to}/window',
      tag: 'contacts',
      summary: 'Whether free-form messages may be sent to this contact now',
      description:
        'state is unknown for a contact without messages on a channel that is younger than 24 hours: the contact may have written before Postern was connected. A message to them is passed on, and WhatsApp has the last word. open is true only where it is known.',
      auth: 'code',
      data: z.object({
        open: z.boolean().describe('True only when it is known to be open.'),
        state: z.enum(['open', 'closed', 'unknown']),
        last_inbound_at: z.int().nullable().describe('Unix seconds, by WhatsApp’s clock.'),
        closes_at: z.int().nullable().describe('Unix seconds; in the past when the window is closed.'),
        free_until: freeUntilShape,
      }),
      async handle({ channel, params }) {
        const to = params.to!
        const name = isNumber(to) ? { phone: to } : { userId: to }
        const contact = await findContact(store.sql, channel.id, name)
        const window = windowOf(
          { lastInboundAt: contact?.lastInboundAt, channelCreatedAt: channel.createdAt },
          clock.now(),
        )
        const closes =
          window.state === 'open' ? window.closesAt : window.state === 'closed' ? window.closedAt : undefined
        return {
          open: window.state === 'open',
          state: window.state,
          last_inbound_at: seconds(contact?.lastInboundAt ?? null),
          closes_at: seconds(closes ?? null),
          free_until: seconds(contact ? freeUntil(contact.state, clock.now()) : null),
        }
      },
    }),
  ]
}

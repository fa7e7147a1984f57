import { randomBytes } from 'node:crypto'
import type { SendMessage } from '@postern/client'
import type { Verdict } from './verdict.ts'

const GOOD_FOR_MS = 10 * 60_000
const HOUR_MS = 3_600_000
const MOST_PREPARED = 200

type Prepared = { message: SendMessage; verdict: Verdict; until: number; key?: string }

/** What `take` found: a message to send, or why nothing is sent. */
export type Taken = { message: SendMessage } | { refused: string }

/**
 * Messages whose verdict an agent has seen. Only they can be sent, as they were shown: a message has one ticket, one
 * recipient and one idempotency key.
 */
export function createPrepared(options: { mostSends: number; now: () => number }) {
  const { mostSends, now } = options
  const tickets = new Map<string, Prepared>()
  let sentAt: number[] = []

  return {
    /** Keeps a message for ten minutes. */
    add(message: SendMessage, verdict: Verdict): { ticket: string; valid_for_seconds: number } {
      for (const [ticket, { until }] of tickets) if (until <= now()) tickets.delete(ticket)
      if (tickets.size >= MOST_PREPARED) tickets.delete(tickets.keys().next().value!)
      const ticket = `ticket_${randomBytes(9).toString('base64url')}`
      tickets.set(ticket, { message, verdict, until: now() + GOOD_FOR_MS })
      return { ticket, valid_for_seconds: GOOD_FOR_MS / 1000 }
    },

    /** The message of a ticket, for sending it. The same ticket with the same key is a repetition, and not counted again. */
    take(ticket: string, key: string): Taken {
      const found = tickets.get(ticket)
      if (!found || found.until <= now())
        return { refused: 'This ticket is unknown or older than ten minutes. Call prepare_message again.' }
      if (found.key !== undefined && found.key !== key)
        return {
          refused: 'This ticket was used with another idempotency_key. For a new message, call prepare_message.',
        }
      if (!found.verdict.will_be_accepted)
        return { refused: `This message would be refused: ${found.verdict.problems.join(' ')}` }
      if (found.key === undefined) {
        sentAt = sentAt.filter((at) => at > now() - HOUR_MS)
        if (sentAt.length >= mostSends)
          return { refused: `${mostSends} messages were sent within an hour, which is the limit (--most-sends).` }
        sentAt.push(now())
        found.key = key
      }
      return { message: found.message }
    },
  }
}

export type PreparedMessages = ReturnType<typeof createPrepared>

import { GraphError, invalid } from '../graph-error.ts'
import type { Message } from '../world.ts'
import { numberFor, type Answer, type Call } from './call.ts'
import { paged } from './paging.ts'

/** Names of statuses in the history. */
const NAMES: Record<string, string> = {
  sent: 'SENT',
  delivered: 'DELIVERED',
  read: 'READ',
  played: 'READ',
  failed: 'FAILED',
}

const idOf = (message: Message): string => Buffer.from(message.id.slice(-20)).toString('hex')

/** `GET /{phone number id}/message_history`: each status of a message, and whether its webhook was delivered. */
export function messageHistory(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const { world } = call.cloud
  const wamid = call.query.get('message_id')
  let messages: Message[]
  if (wamid === null)
    messages = [...world.messages.values()].filter((m) => m.direction === 'out' && m.numberId === number.id).reverse()
  else {
    const message = world.messages.get(wamid)
    if (!message || message.numberId !== number.id || message.direction !== 'out') {
      throw new GraphError(131009, { details: 'Message ID does not exist' })
    }
    messages = [message]
  }
  const page = paged(call, messages)
  return {
    body: {
      ...page,
      data: page.data.map((m) => ({ id: idOf(m), message_id: m.id, events: { data: eventsOf(call, m) } })),
    },
  }
}

export function historyEvents(call: Call): Answer {
  const id = call.path[0]!
  const message = [...call.cloud.world.messages.values()].find((m) => m.direction === 'out' && idOf(m) === id)
  if (!message) throw invalid('Param id is not a message history id.')
  numberFor(call, message.numberId)
  const wanted = call.query.get('status_filter')
  const events = eventsOf(call, message).filter((e) => wanted === null || e.delivery_status === wanted)
  // In this answer, unlike in the history itself, each event is under `node` and has other keys for its time. Meta's
  // description is the only source.
  const page = paged(call, events)
  const data = page.data.map(({ timestamp, ...event }) => ({
    node: { ...event, occurrence_timestamp: timestamp, status_timestamp: timestamp },
  }))
  return { body: { ...page, data } }
}

function eventsOf(call: Call, message: Message) {
  const { app } = call.cloud.world
  return (message.steps ?? [])
    .filter((s) => NAMES[s.status] !== undefined)
    .map((step, i) => ({
      id: `${idOf(message)}${i}`,
      delivery_status: NAMES[step.status]!,
      webhook_update_state: step.told ?? 'PENDING',
      timestamp: Math.floor(step.at / 1000),
      application: { id: app.id },
      ...(app.callbackUrl !== undefined && { webhook_uri: app.callbackUrl }),
      ...(step.status === 'failed' && message.error && { error_description: message.error.title }),
    }))
}

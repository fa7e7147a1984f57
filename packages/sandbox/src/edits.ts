import { isObject, type Json } from './checker.ts'
import type { Cloud } from './cloud.ts'
import { SetupError } from './setup.ts'
import type { Message } from './world.ts'

/* Edits and deletions on the phones. Both sides see the new text, or that a message was deleted. */

/** WhatsApp's own limit. */
const EDITABLE_MS = 15 * 60_000

/** The author's own message. A message that the sandbox no longer has may still be edited: only its webhook is sent. */
function own(cloud: Cloud, wamid: string, direction: Message['direction']): Message | undefined {
  const message = cloud.world.messages.get(wamid)
  if (message && message.direction !== direction) throw new SetupError('Only the author can change a message.')
  return message
}

/** Shows the new text, or the new caption of the same file. */
export function applyEdit(
  cloud: Cloud,
  wamid: string,
  direction: Message['direction'],
  content: { type: string; [key: string]: unknown },
): void {
  const message = own(cloud, wamid, direction)
  if (!message || message.revoked !== undefined) return
  const now = cloud.clock.now()
  if (now - message.at > EDITABLE_MS) throw new SetupError('A message can be edited for 15 minutes.')
  const inner = content[content.type]
  const given: Json = isObject(inner) ? inner : {}
  message.content =
    content.type === 'text' || !isObject(message.content)
      ? given
      : { ...message.content, ...(typeof given['caption'] === 'string' && { caption: given['caption'] }) }
  message.edited = now
  changed(cloud, message, 'edited')
}

export function applyRevoke(cloud: Cloud, wamid: string, direction: Message['direction']): void {
  const message = own(cloud, wamid, direction)
  if (!message) return
  message.revoked = cloud.clock.now()
  changed(cloud, message, 'revoked')
}

/** An event for the page: the message looks different now. */
export function changed(cloud: Cloud, message: Message, status: string): void {
  cloud.world.saveMessage(message)
  cloud.events.emit('status', cloud.clock.now(), () => ({ id: message.id, phone: message.phone, status }))
}

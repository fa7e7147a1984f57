import type { NewEvent } from '../core/rows.ts'
import type { Changes } from '../core/working-set.ts'

/** The events of a batch with their bodies without the quoted message of the same batch. */
export function* withoutContents(changes: Changes): Generator<{ made: NewEvent; body: string; rest: string | null }> {
  const contents = new Map(changes.messagesMade.map((m) => [`${m.channelId} ${m.id}`, m.content]))
  for (const made of changes.eventsMade) {
    const { body } = made.event
    const content = made.messageId === null ? undefined : contents.get(`${made.channelId} ${made.messageId}`)
    const at = content ? body.indexOf(content) : -1
    yield at < 0
      ? { made, body, rest: null }
      : { made, body: body.slice(0, at), rest: body.slice(at + content!.length) }
  }
}

import { isRecord } from '../../platform/is-record.ts'

/** A later message that changes or removes an earlier one. Times are epoch milliseconds. */
export type Edit = { type: string; content: string; at: number }

export type Edited = {
  /** The content as it is now. */
  content: unknown
  editedAt?: number
  revokedAt?: number
  /** What it was before, the oldest first, each with the time since which it was that. */
  earlier: { content: unknown; at: number }[]
}

/**
 * A message with its edits. The new content takes the place of the old one, under the same type; the original stays
 * readable. A removed message keeps its content for the business: the mark says that the author took it back.
 */
export function withEdits(content: unknown, at: number, edits: readonly Edit[]): Edited {
  const edited: Edited = { content, earlier: [] }
  let since = at
  for (const edit of edits) {
    if (edit.type === 'revoke') {
      edited.revokedAt ??= edit.at
      continue
    }
    const now = newContent(edited.content, edit)
    if (now === undefined) continue
    edited.earlier.push({ content: edited.content, at: since })
    edited.content = now
    edited.editedAt = since = edit.at
  }
  return edited
}

function newContent(before: unknown, { content }: Edit): unknown {
  const message = JSON.parse(content) as unknown
  const change = isRecord(message) && isRecord(message.edit) ? message.edit.message : undefined
  if (!isRecord(before) || !isRecord(change) || typeof change.type !== 'string') return undefined
  const { [before.type as string]: _old, ...rest } = before
  return { ...rest, type: change.type, [change.type]: change[change.type] }
}

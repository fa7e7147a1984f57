import { GraphError, invalid } from '../graph-error.ts'
import type { Call } from './call.ts'

const cursorOf = (index: number): string => Buffer.from(String(index)).toString('base64').replaceAll('=', '') + 'ZD'

function indexOf(cursor: string): number {
  const text = cursor.endsWith('ZD') ? Buffer.from(cursor.slice(0, -2), 'base64').toString() : ''
  if (!/^\d+$/.test(text)) throw new GraphError(131059, { details: 'The cursor is not valid' })
  return Number(text)
}

/** A page in Graph's form. Cursors stand for positions. `next` and `previous` are missing at the ends. */
export function paged<T>(
  call: Call,
  items: readonly T[],
  defaults = { limit: 25, most: 100 },
): { data: T[]; paging?: object } {
  const asked = call.query.get('limit')
  const limit = asked === null ? defaults.limit : Number(asked)
  if (!Number.isInteger(limit) || limit < 1) throw invalid('Param limit must be a positive integer.')
  const size = Math.min(limit, defaults.most)
  const after = call.query.get('after')
  const before = call.query.get('before')
  let from = 0
  if (after !== null) from = indexOf(after) + 1
  else if (before !== null) from = Math.max(0, indexOf(before) - size)
  const data = items.slice(from, from + size)
  if (data.length === 0) return { data }
  const cursors = { before: cursorOf(from), after: cursorOf(from + data.length - 1) }
  const link = (key: 'after' | 'before', cursor: string): string => {
    const query = new URLSearchParams(call.query)
    for (const other of ['after', 'before', 'access_token']) query.delete(other)
    query.set(key, cursor)
    return `${call.cloud.origin}/${call.version}/${call.path.join('/')}?${query}`
  }
  return {
    data,
    paging: {
      cursors,
      ...(from + data.length < items.length && { next: link('after', cursors.after) }),
      ...(from > 0 && { previous: link('before', cursors.before) }),
    },
  }
}

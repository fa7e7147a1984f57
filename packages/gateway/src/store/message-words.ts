import { finderOf, type Piece, sameLetters, wordsOf } from '../domain/messages/words.ts'
import type { Sql } from './sql.ts'
import { Where } from './where.ts'

/** A message in which all words were found. */
export type WordHit = {
  channel_id: number
  id: string
  contact_id: number
  direction: 'in' | 'out'
  type: string
  status: string
  created_at: number
  name: string | null
  phone: string | null
  user_id: string | null
  excerpt: Piece[]
}

export type WordSearch = {
  /** The channels to search. Each has its own index range, so they are read one by one. */
  channelIds: readonly number[]
  search: string
  /** Continues before this message. */
  beforeId?: string | undefined
  count: number
}

/** `next`: the message before which to continue; undefined when all was looked at. */
export type WordHits = { hits: WordHit[]; next: string | undefined }

/** Messages that one statement looks at, over all channels, and the least of each channel. */
export const ROWS_A_LOOK = 5_000
const LEAST_OF_A_CHANNEL = 200
/** Statements are repeated until enough is found, or this often. */
export const LOOKS = 4
/** Candidates that one statement returns: their contents are read by the caller. */
const MOST_CANDIDATES = 100
const NEWEST = 'msg_~'

/**
 * Looks for words, the newest messages first. Walks the index of a channel's messages and ends after a fixed number of
 * rows: the caller continues from there. The database compares the stored JSON, which may also have the words in a key or
 * an id; what it returns is read here and looked at again.
 */
export async function findByWords(
  { sql, engine }: { sql: Sql; engine: 'sqlite' | 'postgres' },
  { channelIds, search, beforeId, count }: WordSearch,
): Promise<WordHits> {
  const words = wordsOf(search)
  if (words.length === 0 || channelIds.length === 0) return { hits: [], next: undefined }
  const find = finderOf(words)
  const each = Math.max(LEAST_OF_A_CHANNEL, Math.floor(ROWS_A_LOOK / channelIds.length))
  const hits: WordHit[] = []
  let before = beforeId ?? NEWEST
  for (let look = 0; look < LOOKS; look++) {
    // Where the channel with the newest rows ends: all channels are read down to there.
    const ends = await Promise.all(channelIds.map((id) => endOf(sql, id, before, each)))
    const end = ends.reduce((a, b) => (a > b ? a : b))
    const found = await Promise.all(channelIds.map((id) => candidates({ sql, engine }, id, { before, end, words })))
    // A statement that returned all it may has not looked at what is older.
    const full = found.flatMap((rows) => (rows.length < MOST_CANDIDATES ? [] : [rows.at(-1)!.id]))
    const reached = full.reduce((a, b) => (a > b ? a : b), end)
    for (const { content, ...row } of found.flat().sort((a, b) => (a.id < b.id ? 1 : -1))) {
      if (row.id < reached) break
      const excerpt = find(content)
      if (!excerpt) continue
      hits.push({ ...row, excerpt })
      if (hits.length === count) return { hits, next: row.id }
    }
    if (reached === '') return { hits, next: undefined }
    before = reached
  }
  return { hits, next: before }
}

/** The last message that a look over so many rows reaches; empty when there are fewer. */
async function endOf(sql: Sql, channelId: number, before: string, rows: number): Promise<string> {
  const row = await sql.get<{ id: string }>(
    'select id from messages where channel_id = $1 and id < $2 order by id desc limit 1 offset $3',
    [channelId, before, rows - 1],
  )
  return row?.id ?? ''
}

type Candidate = Omit<WordHit, 'excerpt'> & { content: string }

async function candidates(
  { sql, engine }: { sql: Sql; engine: 'sqlite' | 'postgres' },
  channelId: number,
  { before, end, words }: { before: string; end: string; words: readonly string[] },
): Promise<Candidate[]> {
  const where = new Where().and('m.channel_id = ?', channelId).and('m.id < ?', before).and('m.id >= ?', end)
  for (const { sql: condition, params } of conditionsOf(words, engine)) where.and(condition, ...params)
  const limit = where.param(MOST_CANDIDATES)
  const rows = await sql.all<Candidate>(
    `select m.channel_id, m.id, m.contact_id, m.direction, m.type, m.status, m.created_at, m.content, c.name, c.phone,
       c.user_id
     from messages m left join contacts c on c.id = m.contact_id ${where.clause} order by m.id desc limit ${limit}`,
    where.params,
  )
  return rows.map((row) => ({
    ...row,
    channel_id: Number(row.channel_id),
    contact_id: Number(row.contact_id),
    created_at: Number(row.created_at),
  }))
}

type Condition = { kind: 'plain' | 'classes' | 'framed'; sql: string; params: string[] }

/**
 * The conditions of a statement: of one or two words, since the caller looks for all. Only these kinds in one order, so
 * that there are a handful of statements, whatever is searched. A word of the frame is used when there is no other.
 */
export function conditionsOf(words: readonly string[], engine: 'sqlite' | 'postgres'): Condition[] {
  const all = words.toSorted((a, b) => b.length - a.length).map((word) => conditionOf(word, engine))
  const telling = all.filter(({ kind }) => kind !== 'framed')
  if (telling.length === 0) return all.slice(0, 1)
  return telling.slice(0, 2).sort((a, b) => (a.kind < b.kind ? -1 : 1))
}

/** What nearly all stored messages have around their words, the most frequent first. */
const FRAMES = [
  ...['"type":"text"', '"text":', '"from":', '"id":', '"timestamp":', '"type":', '"mime_type":', '"body":', '"image"'],
  ...['"template"', '"interactive"', '"button"', '"name":', '"context":', '"language":', '"code":', '"components":'],
  ...['"parameters":', '"user_id":', '"caption":', '"link":', '"sent_by":', '"kind":'],
]

/**
 * The condition that the stored JSON contains a word. Both databases compare ASCII without regard to case, which is the
 * fastest; a word with other letters that have a case, or several forms, is a pattern of classes. For a word that stands
 * in the frame of the JSON, the frame is taken away before.
 */
function conditionOf(word: string, engine: 'sqlite' | 'postgres'): Condition {
  const stored = Array.from(JSON.stringify(word).slice(1, -1))
  const isPlain = stored.every((letter) => letter < '\u0080' || sameLetters(letter).length === 1)
  if (isPlain) {
    const pattern = `%${stored.map((letter) => (/[%_\\]/.test(letter) ? `\\${letter}` : letter)).join('')}%`
    const like = engine === 'sqlite' ? `like ? escape '\\'` : `collate "C" ilike ?`
    const [first, second = first] = FRAMES.filter((frame) => frame.includes(word.toLowerCase()))
    if (first === undefined) return { kind: 'plain', sql: `m.content ${like}`, params: [pattern] }
    const sql = `replace(replace(m.content, ?, ''), ?, '') ${like}`
    return { kind: 'framed', sql, params: [first, second!, pattern] }
  }
  // Any character stands for one that the pattern's own language would read: the message is looked at again.
  const any = engine === 'sqlite' ? '?' : '.'
  const classes = stored.map((letter) => (/[\p{L}\p{N}]/u.test(letter) ? `[${sameLetters(letter).join('')}]` : any))
  return engine === 'sqlite'
    ? { kind: 'classes', sql: 'm.content glob ?', params: [`*${classes.join('')}*`] }
    : { kind: 'classes', sql: 'm.content ~ ?', params: [classes.join('')] }
}

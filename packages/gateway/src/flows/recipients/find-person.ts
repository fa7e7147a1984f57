import { pipeline, Readable } from 'node:stream'
import { parse } from 'csv-parse'
import { readNumber } from '../../domain/broadcasts/number.ts'
import { csvOptions, ERASED, firstLineOf, type FileFormat, type Parts } from './read-rows.ts'

/*
 * Finds the rows of a stored file that name a person, to erase them. Numbers may be written in any way that a broadcast
 * reads.
 */

/** The numbers and business-scoped ids of one person. */
export type Names = readonly string[]
/** The bytes of a row: from, and up to. */
export type Range = [from: number, to: number]

const LONGEST_NAME = 400

/** Could a person be named in these bytes? Much faster than reading the rows. */
export async function mayName(parts: Parts, names: Names): Promise<boolean> {
  // Between the digits of a number stand marks, of up to three bytes each, in a text of bytes.
  const spread = (digits: string): string => [...digits].join('[^0-9A-Za-z\\n]{0,12}')
  const pattern = new RegExp(
    names.map((name) => (/^\d+$/.test(name) ? spread(name) : name.replace(/\W/g, '\\$&'))).join('|'),
  )
  let rest = ''
  for await (const part of parts) {
    const text = rest + Buffer.from(part.buffer, part.byteOffset, part.length).toString('latin1')
    if (pattern.test(text)) return true
    rest = text.slice(-LONGEST_NAME)
  }
  return false
}

export async function rangesOf(
  parts: Parts,
  file: { format: FileFormat; delimiter: string | null },
  names: Names,
): Promise<Range[]> {
  const wanted = new Set(names)
  const found: Range[] = []
  const rows = file.format === 'csv' ? csvRanges(parts, file.delimiter ?? ',') : jsonRanges(parts)
  for await (const { range, texts } of rows) if (texts.some((text) => isNamed(text, wanted))) found.push(range)
  return found
}

function isNamed(text: string, wanted: ReadonlySet<string>): boolean {
  const read = readNumber(text.trim())
  return 'to' in read ? wanted.has(read.to) : 'recipient' in read && wanted.has(read.recipient)
}

type Found = { range: Range; texts: string[] }

async function* csvRanges(parts: Parts, delimiter: string): AsyncGenerator<Found> {
  const all = parts[Symbol.asyncIterator]()
  const first = await all.next()
  if (first.done) return
  const { bytes, fromLine } = firstLineOf(first.value)
  let from = bytes
  const parser = parse({
    ...csvOptions(delimiter, fromLine),
    bom: true,
    on_record(texts: string[], { bytes: to }: { bytes: number }) {
      const found: Found = { range: [from, to], texts }
      from = to
      return found as unknown as string[]
    },
  })
  const again: Parts = {
    async *[Symbol.asyncIterator]() {
      yield first.value
      for (let next = await all.next(); !next.done; next = await all.next()) yield next.value
    },
  }
  pipeline(Readable.from(again), parser, () => {})
  yield* parser as AsyncIterable<Found>
}

async function* jsonRanges(parts: Parts): AsyncGenerator<Found> {
  let rest = Buffer.alloc(0)
  let from = 0
  for await (const part of parts) {
    const bytes = Buffer.concat([rest, part])
    let at = 0
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, at)) {
      yield { range: [from + at, from + end + 1], texts: textsOf(bytes.toString('utf8', at, end)) }
      at = end + 1
    }
    from += at
    rest = bytes.subarray(at)
  }
  if (rest.length > 0) yield { range: [from, from + rest.length], texts: textsOf(rest.toString('utf8')) }
}

/** All texts and numbers of a line, however deep. */
function textsOf(line: string): string[] {
  const texts: string[] = []
  try {
    JSON.parse(line.replace(/^\uFEFF/, ''), (_key, value: unknown) => {
      if (typeof value === 'string' || typeof value === 'number') texts.push(String(value))
      return value
    })
  } catch {
    // A row that nobody can read. It is searched as it stands.
    texts.push(...line.split(/[",:{}[\]]/))
  }
  return texts
}

const [LINE_FEED, RETURN, SPACE] = [10, 13, 0x20]

/**
 * Overwrites the rows in a part that begins at `start` of the file. The end of a row and its separators stay, so that
 * all other rows keep their place. A row of a report becomes an empty one.
 */
export function erased(
  part: Uint8Array,
  start: number,
  ranges: readonly Range[],
  file: { kind: 'recipients' | 'report'; delimiter: string | null },
): Uint8Array | undefined {
  const bytes = new Uint8Array(part)
  const fill = file.kind === 'report' ? SPACE : ERASED
  const mark = file.kind === 'report' ? -1 : (file.delimiter?.charCodeAt(0) ?? -1)
  let isChanged = false
  for (const [from, to] of ranges)
    for (let at = Math.max(0, from - start); at < Math.min(bytes.length, to - start); at++) {
      const left = to - start - at
      const isEnd =
        (left === 1 && (bytes[at] === LINE_FEED || bytes[at] === RETURN)) ||
        (left === 2 && bytes[at] === RETURN && (at + 1 === bytes.length || part[at + 1] === LINE_FEED))
      if (isEnd || bytes[at] === mark) continue
      bytes[at] = fill
      isChanged = true
    }
  return isChanged ? bytes : undefined
}

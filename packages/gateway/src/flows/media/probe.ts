import type { Outbound } from '../../platform/outbound/guard.ts'
import { refusalOfContent, contentTypeOf, wrongSize } from './content.ts'
import { fetchPublic, headerOf, readFront, type Fetched } from './fetch.ts'
import { FORMATS, type MediaKind } from './formats.ts'
import { hasTracks, refusalOfTracks } from './tracks.ts'
import { warmUp } from './track-reader.ts'
import type { Verdict } from '../../domain/media/verdict.ts'

export type ProbeLimits = {
  /** Bytes of the first request, and of each later one. */
  stepBytes: number
  /** Bytes read from one host for one link, over all requests. */
  maxBytes: number
}

const none = (why: string): Verdict => ({ ok: true, evidence: 'none', why })

/**
 * Checks the file behind a link: its first bytes, and for videos the index of tracks, wherever it is in the file.
 * Refuses only what the bytes prove. Throws when the host cannot be reached; the caller decides what that means.
 */
export async function probe(
  outbound: Outbound,
  url: URL,
  kind: MediaKind,
  limits: ProbeLimits,
  signal: AbortSignal,
): Promise<Verdict> {
  if (kind === 'video') warmUp() // the thread starts while the host answers
  const answer = await fetchPublic(outbound, url, { signal, headers: { range: `bytes=0-${limits.stepBytes - 1}` } })
  if (answer.status !== 200 && answer.status !== 206) {
    answer.body.destroy()
    return none(`the host answered ${answer.status}`)
  }
  const packing = headerOf(answer, 'content-encoding') ?? 'identity'
  if (packing !== 'identity') {
    answer.body.destroy()
    return none(`the host packs the file (${packing.slice(0, 20)})`)
  }

  const { bytes: head, ended } = await readFront(answer.body, limits.stepBytes)
  if (head.length === 0) return none('the host sent no bytes')
  const claim = claimedSize(answer, ended ? head.length : undefined)
  const refusal = (await refusalOfContent(kind, head)) ?? (await sizeRefusal(claim, head, kind, ask))
  if (refusal) return refusal

  if (kind === 'video' || kind === 'audio') {
    const container = await contentTypeOf(head)
    if (hasTracks(container) && claim.size !== undefined) {
      const refused = await refusalOfTracks(kind, claim.size, readerOf(head, claim, limits, ask))
      // The parser ignores a failed read, so a check that ran out of time must be detected here.
      signal.throwIfAborted()
      if (refused) return refused
    }
  }
  return { ok: true, evidence: 'content' }

  async function ask(range: string): Promise<Fetched> {
    // The URL of the first answer, so that redirects are followed once.
    return fetchPublic(outbound, answer.url, { signal, headers: { range } })
  }
}

type Ask = (range: string) => Promise<Fetched>
type Claim = { size: number | undefined; proven: boolean; ranges: boolean }

/** The size of the file as the host states it, and whether HTTP proves it. */
function claimedSize(answer: Fetched, whole: number | undefined): Claim {
  if (answer.status === 206) {
    const total = /^bytes \d+-\d+\/(\d{1,15})$/.exec(headerOf(answer, 'content-range') ?? '')?.[1]
    return { size: total === undefined ? undefined : Number(total), proven: false, ranges: true }
  }
  if (whole !== undefined) return { size: whole, proven: true, ranges: false }
  const length = headerOf(answer, 'content-length')
  // A whole answer of this length: if the length were wrong, no client could read the answer, including WhatsApp.
  return length && /^\d{1,15}$/.test(length)
    ? { size: Number(length), proven: true, ranges: false }
    : { size: undefined, proven: false, ranges: false }
}

async function sizeRefusal(claim: Claim, head: Uint8Array, kind: MediaKind, ask: Ask) {
  const refusal = wrongSize(kind, head, claim.size)
  if (!refusal || claim.proven) return refusal
  // The total in `Content-Range` proves nothing. A byte after the limit does: the file is too large.
  const limit = refusal.limit ?? FORMATS[kind].maxBytes
  const answer = await ask(`bytes=${limit}-${limit}`)
  const { bytes } = await readFront(answer.body, 1)
  const there = headerOf(answer, 'content-range')?.startsWith(`bytes ${limit}-`)
  return answer.status === 206 && there && bytes.length === 1 ? refusal : undefined
}

/**
 * Reads parts of the file for the parser: from the first answer when it contains them, else by range, within the
 * limits.
 */
function readerOf(head: Uint8Array, claim: Claim, limits: ProbeLimits, ask: Ask) {
  let spent = head.length
  let piece = { start: 0, bytes: head }
  const from = (source: typeof piece, start: number, end: number) =>
    start >= source.start && end <= source.start + source.bytes.length
      ? source.bytes.subarray(start - source.start, end - source.start)
      : undefined

  return async (start: number, end: number): Promise<Uint8Array> => {
    const known = from({ start: 0, bytes: head }, start, end) ?? from(piece, start, end)
    if (known) return known
    if (!claim.ranges) throw new Error('the host gives no parts of the file')
    const wanted = Math.min(Math.max(end - start, limits.stepBytes), (claim.size ?? end) - start)
    if (spent + wanted > limits.maxBytes) throw new Error('the budget of bytes is used up')
    spent += wanted
    const answer = await ask(`bytes=${start}-${start + wanted - 1}`)
    if (answer.status !== 206 || !headerOf(answer, 'content-range')?.startsWith(`bytes ${start}-`)) {
      answer.body.destroy()
      throw new Error('the host gave another part than asked for')
    }
    piece = { start, bytes: (await readFront(answer.body, wanted)).bytes }
    const found = from(piece, start, end)
    if (!found) throw new Error('the host gave less than asked for')
    return found
  }
}

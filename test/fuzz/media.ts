import { Readable } from 'node:stream'
import { refusalOfContent } from '../../packages/gateway/src/flows/media/content.ts'
import { MEDIA_KINDS } from '../../packages/gateway/src/flows/media/formats.ts'
import { refusalOfTracks } from '../../packages/gateway/src/flows/media/tracks.ts'
import { MediaRefused, uploadStream } from '../../packages/gateway/src/flows/media/upload.ts'
import { chance } from '../support/mutate.ts'
import { holdOf, LONGEST_HOLD_MS, settled, watchLoop } from '../support/loop-watch.ts'
import { mediaInput, type Input } from './media-inputs.ts'

const HEAD_BYTES = 64 * 1024

export type Fuzzed = { inputs: number; refused: number; taken: number; longestHoldMs: number; held: string[] }

/** Runs all checks of a file. */
async function lookAt({ name, bytes }: Input): Promise<boolean> {
  let isTaken = true
  const head = bytes.subarray(0, HEAD_BYTES)
  for (const kind of MEDIA_KINDS) {
    await refusalOfContent(kind, head, bytes.length)
    if (kind === 'video' || kind === 'audio') {
      const read = (start: number, end: number): Promise<Uint8Array> =>
        end <= bytes.length ? Promise.resolve(bytes.subarray(start, end)) : Promise.reject(new Error('behind the end'))
      await refusalOfTracks(kind, bytes.length, read)
    }
  }
  const api = {
    async uploadMedia(_number: string, _token: string, file: { body: AsyncIterable<Buffer> }) {
      for await (const _chunk of file.body);
      return '1'
    },
  }
  const chunks = Readable.from(pieces(bytes), { objectMode: false })
  const request = { api: api as never, phoneNumberId: '1', token: 't', stream: chunks, filename: name }
  await uploadStream(request).catch((error: unknown) => {
    if (!(error instanceof MediaRefused)) throw error
    isTaken = false
  })
  return isTaken
}

/** In chunks as from a socket. */
function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += HEAD_BYTES) yield bytes.subarray(at, at + HEAD_BYTES)
}

/**
 * Checks `count` mutated files. A file that blocks the event loop for more than 50 ms of processor time, three times in
 * a row, is listed in `held`. A check that throws ends the run.
 */
export async function fuzzMedia(count: number, seed: number, say: (text: string) => void = () => {}): Promise<Fuzzed> {
  const random = chance(seed)
  const result: Fuzzed = { inputs: 0, refused: 0, taken: 0, longestHoldMs: 0, held: [] }
  // Parsers are loaded and compiled before the measurement.
  for (let i = 0; i < 20; i++) await lookAt(mediaInput(random))
  const watch = watchLoop()
  try {
    for (let i = 0; i < count; i++) {
      const input = mediaInput(random)
      await settled()
      watch.take()
      const isTaken = await lookAt(input).catch((cause: unknown) => {
        throw new Error(`input ${i} of seed ${seed} (${input.how}) made a look throw`, { cause })
      })
      await settled()
      result.inputs++
      if (isTaken) result.taken++
      else result.refused++
      let ms = watch.take()
      if (ms > LONGEST_HOLD_MS) ms = await holdOf(() => lookAt(input))
      result.longestHoldMs = Math.max(result.longestHoldMs, ms)
      if (ms > LONGEST_HOLD_MS) {
        const beginning = input.bytes.subarray(0, 48).toString('latin1')
        const what = `input ${i} of seed ${seed}, ${input.how}, ${input.bytes.length} bytes: ${ms.toFixed(0)} ms; it begins ${JSON.stringify(beginning)}`
        result.held.push(what)
        say(what)
      }
    }
  } finally {
    watch.stop()
  }
  return result
}

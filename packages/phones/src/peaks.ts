/** Bars of a waveform, as on a phone. */
export const BARS = 46
/** WhatsApp's own voice messages need about 3 KB a second. */
const MOST_BYTES = 6 * 1024 * 1024
const MOST_SECONDS = 15 * 60
/** The browser decodes on a thread of its own, and to this rate: a quarter of an hour is 29 MB of samples. */
const RATE_HZ = 8_000
const WITHIN_MS = 10_000
const LOOKS_PER_BAR = 400
const MOST_KNOWN = 200

/** Heights of the bars from 0 to 1, and the length of the sound in seconds. */
export type Wave = { bars: number[]; seconds: number }

const known = new Map<string, Promise<Wave | undefined>>()
let last: Promise<unknown> = Promise.resolve()

/**
 * The waveform of a file of the sandbox. Undefined for files of other hosts, which pages may not read, and for files
 * that are too large, too long or cannot be decoded. One file is decoded at a time.
 */
export function waveOf(source: string, seconds: number): Promise<Wave | undefined> {
  if (!source.startsWith('/') || seconds > MOST_SECONDS) return Promise.resolve(undefined)
  let wave = known.get(source)
  if (!wave) {
    wave = last.then(() => decode(source)).catch(() => undefined)
    last = wave
    known.set(source, wave)
    if (known.size > MOST_KNOWN) known.delete(known.keys().next().value!)
  }
  return wave
}

async function decode(source: string): Promise<Wave | undefined> {
  const bytes = await download(source)
  if (!bytes) return undefined
  const sound = await new OfflineAudioContext(1, 1, RATE_HZ).decodeAudioData(bytes)
  return { bars: barsOf(sound.getChannelData(0), BARS), seconds: sound.duration }
}

async function download(source: string): Promise<ArrayBuffer | undefined> {
  const response = await fetch(source, { signal: AbortSignal.timeout(WITHIN_MS) })
  if (!response.ok || !response.body) return undefined
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read()
    if (done) return new Blob(chunks).arrayBuffer()
    size += value.length
    if (size > MOST_BYTES) {
      await reader.cancel()
      return undefined
    }
    chunks.push(value)
  }
}

/** The loudest sample of each part, beside the loudest of all. Looks at a bounded number of samples. */
export function barsOf(samples: Float32Array, count: number): number[] {
  const part = samples.length / count
  const step = Math.max(1, Math.floor(part / LOOKS_PER_BAR))
  const bars = Array.from({ length: count }, (_, bar) => {
    let loudest = 0
    const end = Math.min(samples.length, Math.floor((bar + 1) * part))
    for (let at = Math.floor(bar * part); at < end; at += step) loudest = Math.max(loudest, Math.abs(samples[at]!))
    return loudest
  })
  const most = Math.max(...bars)
  return bars.map((bar) => (most > 0 ? bar / most : 0))
}

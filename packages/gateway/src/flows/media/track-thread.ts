import { parentPort } from 'node:worker_threads'
import { CustomSource, Input, Logging, LogLevel, MP4, QTFF } from 'mediabunny'
import type { FromThread, ToThread, Track } from './track-reader.ts'

/**
 * Parses the index of videos outside of the event loop: the bytes are hostile, and a file with ten thousand boxes would
 * block all requests. This thread only parses, so it can be ended at any time.
 */
Logging.level = LogLevel.Silent

const port = parentPort!
const say = (message: FromThread): void => port.postMessage(message)
type Waiting = { resolve: (bytes: Uint8Array) => void; reject: (error: Error) => void }
const reads = new Map<number, Waiting>()
let lastRead = 0

port.on('message', (message: ToThread) => {
  if (message.kind === 'job') return void work(message.job, message.size)
  const waiting = reads.get(message.read)
  reads.delete(message.read)
  if (message.bytes) waiting?.resolve(message.bytes)
  else waiting?.reject(new Error('the bytes could not be read'))
})

async function work(job: number, size: number): Promise<void> {
  const tracks = await tracksOf(job, size).catch(() => undefined)
  say({ kind: 'tracks', job, tracks })
}

async function tracksOf(job: number, size: number): Promise<Track[]> {
  const source = new CustomSource({
    getSize: () => size,
    read: (start, end) =>
      new Promise<Uint8Array>((resolve, reject) => {
        const read = ++lastRead
        reads.set(read, { resolve, reject })
        say({ kind: 'read', job, read, start, end })
      }),
    maxCacheSize: 4 * 1024 * 1024,
    // A read may end after the parse was abandoned.
    handleUnhandledError: () => {},
  })
  const input = new Input({ formats: [MP4, QTFF], source })
  try {
    const tracks: Track[] = []
    for (const track of await input.getTracks()) {
      const id = String(track.internalCodecId)
        .replace(/[^\w.-]/g, '?')
        .slice(0, 20)
      tracks.push({ type: track.type, codec: await track.getCodec(), id })
    }
    return tracks
  } finally {
    input.dispose()
  }
}

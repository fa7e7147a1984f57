import { createHash } from 'node:crypto'
import type { Clock } from '@postern/runtime/clock'
import { GatewayError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import {
  addPart,
  beginFile,
  broadcastOfFile,
  endFile,
  findFile,
  readPart,
  removeFile,
  type BroadcastFile,
} from '../../store/broadcast-files.ts'
import type { Sql } from '../../store/sql.ts'
import type { Store } from '../../store/store.ts'
import { relieveGcPressure } from '../../platform/gc-pressure.ts'
import type { FileFormat } from './read-rows.ts'
import { runTask } from './thread.ts'

export const MOST_BYTES = 256 * 1024 * 1024
const PART_BYTES = 256 * 1024
/** A file that no broadcast needs is removed after this long. */
export const FILE_LIFE_MS = 7 * 24 * 3600_000

export type Upload = {
  stream: AsyncIterable<Uint8Array>
  filename: string | null
  format: FileFormat | undefined
  /** The caller has gone. */
  signal?: AbortSignal
}

/** The recipients' files of broadcasts. */
export type RecipientsFiles = ReturnType<typeof createRecipientsFiles>

export function createRecipientsFiles({ store, clock }: { store: Store; clock: Clock }) {
  const { sql } = store

  async function find(channelId: number, id: string): Promise<BroadcastFile> {
    const file = await findFile(sql, channelId, id, 'recipients')
    if (!file) throw new GatewayError('resource_not_found', { what: 'recipients’ file', id: id.slice(0, 100) })
    return file
  }

  return {
    find,

    /** Stores the file as it comes, and reads it once. No more of it is in memory than a few parts. */
    async upload(channelId: number, { stream, filename, format, signal }: Upload): Promise<BroadcastFile> {
      const id = newId('bf', clock.now())
      const hash = createHash('sha256')
      let [bytes, n] = [0, 0]
      const parts = inParts(stream)[Symbol.asyncIterator]()
      const relieve = relieveGcPressure()
      let storing: Promise<void> = Promise.resolve()
      let isOver = false
      await beginFile(sql, { channelId, id, kind: 'recipients', filename, format: format ?? 'csv', now: clock.now() })
      try {
        const { layout, rows } = await runTask(
          { kind: 'inspect', format },
          {
            async part() {
              const next = await parts.next()
              // The file was refused while its next part came: nothing more is stored.
              if (next.done || isOver) return undefined
              bytes += next.value.length
              if (bytes > MOST_BYTES) throw new GatewayError('body_too_large', { limit: MOST_BYTES })
              hash.update(next.value)
              // A copy, because the store's thread takes over what it gets.
              storing = addPart(sql, id, n++, new Uint8Array(next.value))
              await storing
              relieve(next.value.length)
              return next.value
            },
          },
          { signal },
        )
        const columns = JSON.stringify(layout.columns)
        const { delimiter } = layout
        const sha256 = hash.digest('hex')
        await endFile(sql, channelId, id, { format: layout.format, delimiter, columns, rows, bytes, sha256 })
      } catch (error) {
        isOver = true
        await storing.catch(() => {})
        await removeFile(sql, channelId, id)
        throw error
      }
      return find(channelId, id)
    },

    async remove(channelId: number, id: string): Promise<void> {
      await find(channelId, id)
      const user = await broadcastOfFile(sql, id)
      if (user)
        throw new GatewayError('conflict', { problem: `The broadcast ${user.id} is ${user.state} and needs the file.` })
      await removeFile(sql, channelId, id)
    },
  }
}

/** The parts of a stored file, one at a time. Fails when some of its bytes are gone: others would not get the message. */
export function partsOf(sql: Sql, { id, bytes }: { id: string; bytes: number }): () => Promise<Uint8Array | undefined> {
  let [n, read] = [0, 0]
  const relieve = relieveGcPressure()
  return async () => {
    const part = await readPart(sql, id, n++)
    read += part?.length ?? 0
    relieve(part?.length ?? 0)
    if (part === undefined && read !== bytes)
      throw new GatewayError('conflict', {
        problem: `${bytes - read} of ${bytes} bytes of the recipients’ file are gone: upload it again.`,
      })
    return part
  }
}

/** Parts of one size, whatever the size of the chunks. */
async function* inParts(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    chunks.push(chunk)
    size += chunk.length
    if (size < PART_BYTES) continue
    yield Buffer.concat(chunks)
    chunks = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(chunks)
}

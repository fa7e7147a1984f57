import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, statSync } from 'node:fs'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { createTarDecoder } from 'modern-tar'
import { packTar } from 'modern-tar/fs'
import { BadBackup, MANIFEST, MANIFEST_BYTES, type Manifest, type Part, readManifest } from './manifest.ts'

type Entry = { header: { name: string; size: number }; body: ReadableStream<Uint8Array> }

/** Size and hash of a file. */
export async function partOf(folder: string, name: Part['name']): Promise<Part> {
  const path = join(folder, name)
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash)
  return { name, bytes: statSync(path).size, sha256: hash.digest('hex') }
}

/** Writes a backup of the parts in a folder, readable by its owner only, and waits until it is on the disk. */
export async function packParts(folder: string, manifest: Manifest, to: string): Promise<void> {
  const tar = packTar([
    { type: 'content', target: MANIFEST, content: `${JSON.stringify(manifest, null, 2)}\n`, mode: 0o600 },
    ...manifest.parts.map(({ name }) => ({
      type: 'file' as const,
      source: join(folder, name),
      target: name,
      mode: 0o600,
    })),
  ])
  await pipeline(tar, createWriteStream(to, { flags: 'wx', mode: 0o600, flush: true }))
}

/** Reads the manifest alone: the beginning of a backup is enough. */
export async function manifestOf(backup: Readable): Promise<Manifest> {
  try {
    for await (const entry of entriesOf(backup)) return await manifestIn(entry)
    throw new BadBackup('it is empty')
  } finally {
    backup.destroy()
  }
}

/**
 * Reads a whole backup and compares every part with the manifest. With `folder` the parts are written there, each
 * readable by its owner only. `accept` is called with the manifest before anything is written, and may throw.
 */
export async function unpackParts(
  backup: Readable,
  options: { folder?: string; accept?: (manifest: Manifest) => void } = {},
): Promise<Manifest> {
  let manifest: Manifest | undefined
  const left = new Map<string, Part>()
  try {
    for await (const entry of entriesOf(backup)) {
      if (!manifest) {
        manifest = await manifestIn(entry)
        options.accept?.(manifest)
        for (const part of manifest.parts) left.set(part.name, part)
        continue
      }
      const part = left.get(entry.header.name)
      if (!part) throw new BadBackup(`it holds ${JSON.stringify(entry.header.name)}, which its manifest does not name`)
      await unpackOne(entry, part, options.folder)
      left.delete(part.name)
    }
  } finally {
    backup.destroy()
  }
  if (!manifest) throw new BadBackup('it is empty')
  if (left.size > 0) throw new BadBackup(`it ends before ${[...left.keys()].join(', ')}: the file is cut off`)
  return manifest
}

async function unpackOne({ header, body }: Entry, part: Part, folder: string | undefined): Promise<void> {
  if (header.size !== part.bytes) throw new BadBackup(`${part.name} has ${header.size} bytes instead of ${part.bytes}`)
  const hash = createHash('sha256')
  const hashed = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  const target =
    folder === undefined
      ? async (chunks: AsyncIterable<unknown>) => {
          for await (const _ of chunks);
        }
      : createWriteStream(join(folder, part.name), { flags: 'wx', mode: 0o600, flush: true })
  await pipeline(Readable.fromWeb(body), hashed, target as NodeJS.WritableStream).catch(asBad)
  if (hash.digest('hex') !== part.sha256) throw new BadBackup(`${part.name} is damaged: its SHA-256 is another`)
}

async function* entriesOf(backup: Readable): AsyncGenerator<Entry> {
  const entries = Readable.toWeb(backup).pipeThrough(
    createTarDecoder({ strict: true }) as never,
  ) as unknown as ReadableStream<Entry>
  const reader = entries.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(asBad)
      if (done) return
      yield value
    }
  } finally {
    // What was not read is not wanted.
    await reader.cancel().catch(() => {})
  }
}

/** A plain error is the decoder's. Those of files and of the network have more to them, and stay. */
function asBad(error: unknown): never {
  if (error instanceof Error && error.constructor === Error && !('code' in error))
    throw new BadBackup(`it is no tar archive, or a damaged one (${error.message.replace(/\.$/, '')})`)
  throw error
}

async function manifestIn({ header, body }: Entry): Promise<Manifest> {
  if (header.name !== MANIFEST) throw new BadBackup(`it does not begin with ${MANIFEST}`)
  if (header.size > MANIFEST_BYTES) throw new BadBackup(`its ${MANIFEST} is too large`)
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of body) chunks.push(chunk)
  } catch (error) {
    asBad(error)
  }
  return readManifest(Buffer.concat(chunks).toString('utf8'))
}

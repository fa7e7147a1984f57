import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const MOST_BYTES_IN_MEMORY = 64 * 1024 * 1024

/** Stores the bytes of media by media id: in files when the sandbox has a folder, else in memory up to a limit. */
export class MediaStore {
  readonly #folder: string | undefined
  readonly #bytes = new Map<string, Buffer>()
  #size = 0

  constructor(folder?: string) {
    this.#folder = folder
    if (folder) mkdirSync(folder, { recursive: true })
  }

  put(id: string, bytes: Buffer): void {
    if (this.#folder) return writeFileSync(this.#path(id), bytes)
    this.remove(id)
    this.#bytes.set(id, bytes)
    this.#size += bytes.length
    for (const [oldest, old] of this.#bytes) {
      if (this.#size <= MOST_BYTES_IN_MEMORY || oldest === id) break
      this.#bytes.delete(oldest)
      this.#size -= old.length
    }
  }

  get(id: string): Buffer | undefined {
    if (!this.#folder) return this.#bytes.get(id)
    try {
      return readFileSync(this.#path(id))
    } catch {
      return undefined
    }
  }

  remove(id: string): void {
    if (this.#folder) return rmSync(this.#path(id), { force: true })
    const bytes = this.#bytes.get(id)
    if (!bytes) return
    this.#bytes.delete(id)
    this.#size -= bytes.length
  }

  clear(): void {
    this.#bytes.clear()
    this.#size = 0
    if (this.#folder) {
      rmSync(this.#folder, { recursive: true, force: true })
      mkdirSync(this.#folder, { recursive: true })
    }
  }

  #path(id: string): string {
    // The sandbox's own ids are digits. The replacement keeps an id of an imported state from leaving the folder.
    return join(this.#folder!, id.replace(/[^A-Za-z0-9]/g, '_'))
  }
}

import { parentPort, workerData } from 'node:worker_threads'
import type { BackupOptions } from './make.ts'
import { keepBackup, openPlace } from './place.ts'

/** A scheduled backup: works in a thread of its own, because it reads and hashes all of the store. */
export type Asked = BackupOptions & { to: string; keep: number | undefined; allow: readonly string[]; now: number }
export type Answered = { file: string; bytes: number; takenAt: string } | { problem: string }

const { to, allow, ...options } = workerData as Asked
const port = parentPort!

async function work(): Promise<Answered> {
  const place = await openPlace(to, allow)
  try {
    const { file, bytes, manifest } = await keepBackup(place, options)
    return { file, bytes, takenAt: manifest.taken_at }
  } finally {
    await place.close()
  }
}

port.postMessage(await work().catch((error: unknown): Answered => ({ problem: (error as Error).message })))

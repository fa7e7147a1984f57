import { z } from 'zod'

/** The files of `DATA_DIR` that a backup may hold. Everything else there is made anew by a start. */
export const PARTS = ['postern.db', 'master.key', 'admin.token'] as const
export type PartName = (typeof PARTS)[number]

export const MANIFEST = 'manifest.json'
/** A manifest has some kilobytes. */
export const MANIFEST_BYTES = 1024 * 1024

const partShape = z.object({
  name: z.enum(PARTS),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

/** The first entry of a backup says what the others are. */
export const manifestShape = z.object({
  format: z.literal(1),
  /** Of the program that made it. */
  version: z.string(),
  engine: z.literal('sqlite'),
  /** Number of the newest migration. */
  schema: z.int().positive(),
  installation: z.string(),
  /** ISO time: everything that was acknowledged before is in the backup. */
  taken_at: z.iso.datetime(),
  rows: z.record(z.string(), z.int().nonnegative()),
  parts: z.array(partShape).min(1),
})

export type Manifest = z.infer<typeof manifestShape>
export type Part = Manifest['parts'][number]

/** The file is not a backup, or not a whole one. The message says what is wrong with it. */
export class BadBackup extends Error {
  constructor(what: string) {
    super(`This is not a backup that can be restored: ${what}.`)
    this.name = 'BadBackup'
  }
}

export function readManifest(text: string): Manifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new BadBackup(`its ${MANIFEST} is not JSON`)
  }
  const read = manifestShape.safeParse(value)
  if (read.success) return read.data
  const { path, message } = read.error.issues[0]!
  throw new BadBackup(`its ${MANIFEST} has a wrong ${path.join('.') || 'form'} (${message})`)
}

/** The name of a backup in a folder or bucket: sorts by time. */
export const fileNameOf = (takenAt: number): string =>
  `postern-${new Date(takenAt).toISOString().slice(0, 19).replaceAll(':', '-')}Z.tar`

const NAME = /^postern-\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z\.tar$/

/** True for the names that `fileNameOf` gives: other files in the place are left alone. */
export const isBackupName = (name: string): boolean => NAME.test(name)

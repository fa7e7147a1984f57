import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Config } from './config.ts'
import { newSecret } from './ids.ts'

export type Secrets = {
  masterKey: Uint8Array
  adminToken: string
  /** True when the token was made just now: the only time it is shown. */
  adminTokenIsNew: boolean
}

/**
 * The secrets this installation lives with: those of the environment, else those in `DATA_DIR`, else new ones, which
 * are written there readable by their owner alone.
 */
export function loadSecrets(config: Config): Secrets {
  const keep = (name: string, make: () => string): { value: string; isNew: boolean } => {
    const path = join(config.dataDir, name)
    if (existsSync(path)) return { value: readFileSync(path, 'utf8').trim(), isNew: false }
    mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
    const value = make()
    // wx: two processes that start together must not each keep their own.
    try {
      writeFileSync(path, `${value}\n`, { mode: 0o600, flag: 'wx', flush: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      return { value: readFileSync(path, 'utf8').trim(), isNew: false }
    }
    chmodSync(path, 0o600)
    return { value, isNew: true }
  }
  const masterKey = config.masterKey ?? keep('master.key', () => randomBytes(32).toString('base64')).value
  const bytes = Buffer.from(masterKey, 'base64')
  if (bytes.length !== 32)
    throw new Error(`${join(config.dataDir, 'master.key')} does not hold 32 bytes in base64; restore it from a backup`)
  const token =
    config.adminToken === undefined
      ? keep('admin.token', () => newSecret('pa_'))
      : { value: config.adminToken, isNew: false }
  return { masterKey: bytes, adminToken: token.value, adminTokenIsNew: token.isNew }
}

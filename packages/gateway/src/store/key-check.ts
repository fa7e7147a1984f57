import type { Vault } from '../platform/secrets.ts'
import type { Store } from './store.ts'

const PURPOSE = 'master_key_check'
const WORD = 'postern'

/**
 * Throws `WrongMasterKey` unless this store was created with our key. The first node stores a test value that it
 * encrypted; all others must be able to decrypt it, otherwise one node would encrypt data that the others cannot read.
 */
export async function checkKey({ sql }: Pick<Store, 'sql'>, vault: Vault): Promise<void> {
  const sealed = Buffer.from(vault.seal(WORD, PURPOSE)).toString('base64')
  await sql.run(`insert into meta (name, value) values ($1, $2) on conflict (name) do nothing`, [PURPOSE, sealed])
  await proveKey({ sql }, vault)
}

/** Throws `WrongMasterKey` when the test value exists and our key does not decrypt it. Stores none. */
export async function proveKey({ sql }: Pick<Store, 'sql'>, vault: Vault): Promise<void> {
  const kept = await sql.get<{ value: string }>('select value from meta where name = $1', [PURPOSE])
  if (kept) vault.open(Buffer.from(kept.value, 'base64'), PURPOSE)
}

import type { Vault } from '../platform/secrets.ts'
import type { Store } from './store.ts'

const PURPOSE = 'master_key_check'
const WORD = 'postern'

/**
 * Throws `WrongMasterKey` unless this store was made with our key. The first node to come leaves a word that it sealed;
 * all that come after must be able to open it, or one node would seal what the others cannot read.
 */
export async function checkKey({ sql }: Pick<Store, 'sql'>, vault: Vault): Promise<void> {
  const sealed = Buffer.from(vault.seal(WORD, PURPOSE)).toString('base64')
  await sql.run(`insert into meta (name, value) values ($1, $2) on conflict (name) do nothing`, [PURPOSE, sealed])
  await proveKey({ sql }, vault)
}

/** Throws `WrongMasterKey` when the word is there and our key does not open it. Leaves none. */
export async function proveKey({ sql }: Pick<Store, 'sql'>, vault: Vault): Promise<void> {
  const kept = await sql.get<{ value: string }>('select value from meta where name = $1', [PURPOSE])
  if (kept) vault.open(Buffer.from(kept.value, 'base64'), PURPOSE)
}

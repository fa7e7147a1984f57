import { SETTINGS, shownDefault } from './config.ts'

type Row = { env: string; help: string; fallback: unknown; shown?: string; secret?: boolean }

/** A setting as people may see it. `value`: as it was set, trimmed; null when it is not set, or a secret. */
export type ShownSetting = {
  name: string
  value: string | null
  set: boolean
  secret: boolean
  default: string
  meaning: string
}

/** All settings. `given`: the texts that were set, by their variables. The value of a secret is never among the answers. */
export function shownSettings(given: ReadonlyMap<string, string>): ShownSetting[] {
  return (Object.values(SETTINGS) as Row[]).map((row) => ({
    name: row.env,
    value: row.secret ? null : (given.get(row.env) ?? null),
    set: given.has(row.env),
    secret: row.secret === true,
    default: shownDefault(row),
    meaning: row.help,
  }))
}

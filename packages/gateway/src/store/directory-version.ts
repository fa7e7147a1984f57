import type { Sql, Statement } from './sql.ts'

/** Every change of cached data increments this number. A node that sees another number reads all of it again. */
export const DIRECTORY_CHANGED: Statement = {
  sql: `insert into meta (name, value) values ('directory', '1')
        on conflict (name) do update set value = cast(cast(meta.value as integer) + 1 as text)`,
}

export async function directoryVersion(sql: Sql): Promise<string> {
  return (await sql.get<{ value: string }>(`select value from meta where name = 'directory'`))?.value ?? '0'
}

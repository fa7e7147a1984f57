// A broadcast from a CSV file: one template to many people, each with values of their own.
//   npx node examples/broadcast.ts examples/people.csv
// Whoever reads files from others should look at them first: docs/broadcasts.md.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, type BroadcastRecipient, type Client } from '@postern/client'

/** The rows of a CSV file, by the names in its first line. Values may be in quotation marks. */
export function rowsOf(csv: string): Record<string, string>[] {
  const [names = [], ...rows] = csv
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) =>
      [...`${line},`.matchAll(/(?:"((?:[^"]|"")*)"|([^",]*)),/g)].map(
        ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!,
      ),
    )
  return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] ?? ''])))
}

/** Starts the broadcast, and resolves with its counts when it has ended. */
export async function broadcast(client: Pick<Client, 'broadcasts'>, name: string, csv: string, template: string) {
  const text = (value: string | undefined) => ({ type: 'text' as const, text: value! })
  const recipients = rowsOf(csv).map(({ number, since, until, code, discount }): BroadcastRecipient => {
    const header = { type: 'header' as const, parameters: [text(since)] }
    const body = { type: 'body' as const, parameters: [text(until), text(code), text(discount)] }
    return { to: number!, components: [header, body] }
  })
  const message = { type: 'template' as const, template: { name: template } }
  const { id } = await client.broadcasts.create({ name, message, recipients })
  for (;;) {
    const { state, counts, failures } = await client.broadcasts.get(id)
    if (state === 'done' || state === 'stopped' || state === 'cancelled') return { state, counts, failures }
    await sleep(500)
  }
}

if (import.meta.main) {
  const [path = 'examples/people.csv', template = 'test_header_text_2'] = process.argv.slice(2)
  const url = process.env.POSTERN_URL ?? 'http://127.0.0.1:8080'
  const certificationCode = process.env.CERTIFICATION_CODE ?? 'postern-demo-certification-code'
  const client = createClient({ url, certificationCode })
  console.log(await broadcast(client, `News of ${new Date().toDateString()}`, readFileSync(path, 'utf8'), template))
}

import { writeFileSync } from 'node:fs'
import type { CatalogEntry } from '../domain/templates/catalog-entry.ts'
import { catalogTypes } from '../domain/templates/catalog-types.ts'
import { idOf } from './channel.ts'
import { Failed, textOf, type Command } from './command.ts'
import { connect, CONNECTION } from './connect.ts'

export const types: Command = {
  name: 'types',
  summary: 'Write TypeScript types of the approved templates, for @postern/client.',
  args: '[channel_id]',
  details:
    'Prints a declaration file; with --out, writes it. Put it among the sources of your program: a wrong template name or a missing parameter does not compile then. Without a channel, the templates of all channels.',
  options: {
    ...CONNECTION,
    out: { type: 'string', value: 'file', help: 'The file to write, such as src/templates.d.ts.' },
  },
  async run(call) {
    const out = textOf(call.values, 'out')
    const gateway = await connect(call)
    try {
      const [given] = call.words
      const channels =
        given !== undefined
          ? [Number(idOf(given))]
          : ((await gateway.ask('GET', '/admin/channels')) as { channel_id: number }[]).map((one) => one.channel_id)
      const entries: CatalogEntry[] = []
      for (const id of channels) {
        const { templates } = (await gateway.ask('GET', `/admin/channels/${id}/templates`)) as {
          templates: CatalogEntry[]
        }
        entries.push(...templates)
      }
      // Channels of one account share their templates.
      const text = catalogTypes([...new Map(entries.map((entry) => [entry.id, entry])).values()])
      const names = [...new Set(entries.filter(({ status }) => status === 'APPROVED').map(({ name }) => name))].sort()
      if (out === undefined) return { data: { templates: names, text }, text: text.trimEnd() }
      write(out, text)
      return { data: { templates: names, file: out }, text: `${names.length} templates are in ${out}.` }
    } finally {
      await gateway.close()
    }
  },
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw new Failed(`--out cannot be written: ${(error as Error).message}.`)
  }
}

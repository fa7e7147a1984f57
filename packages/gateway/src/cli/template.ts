import { type Call, type Command } from './command.ts'
import { connect, CONNECTION, type Connection } from './connect.ts'
import { idOf } from './channel.ts'
import { moment, table } from './table.ts'

type Template = { id: string; name: string; language: string; status: string; category: string; quality: string }

/** The channels of a command: the named one, or all. */
async function channelsOf(call: Call, gateway: Connection): Promise<number[]> {
  if (call.words.length > 0) return [Number(idOf(call.words[0]!))]
  const channels = (await gateway.ask('GET', '/admin/channels')) as { channel_id: number }[]
  return channels.map((channel) => channel.channel_id)
}

export const templateSync: Command = {
  name: 'template sync',
  summary: 'Fetch the templates from WhatsApp now.',
  args: '[channel_id]',
  details: 'Syncs all channels, unless one is named. The gateway also does this by itself.',
  options: CONNECTION,
  async run(call) {
    const gateway = await connect(call)
    try {
      const synced = []
      for (const id of await channelsOf(call, gateway)) {
        const answer = (await gateway.ask('POST', `/admin/channels/${id}/templates/sync`)) as { templates: number }
        synced.push({ channel_id: id, templates: answer.templates })
      }
      const rows = synced.map((one) => [one.channel_id, one.templates])
      return { data: synced, text: table(['CHANNEL', 'TEMPLATES'], rows) }
    } finally {
      await gateway.close()
    }
  },
}

export const templateList: Command = {
  name: 'template list',
  summary: 'List the templates that the gateway has stored.',
  args: '[channel_id]',
  options: CONNECTION,
  async run(call) {
    const gateway = await connect(call)
    try {
      const lists = []
      for (const id of await channelsOf(call, gateway)) {
        const answer = await gateway.ask('GET', `/admin/channels/${id}/templates`)
        lists.push({ channel_id: id, ...(answer as { synced_at: number; templates: Template[] }) })
      }
      const rows = lists.flatMap((list) =>
        list.templates.map((one) => [list.channel_id, one.name, one.language, one.status, one.category, one.quality]),
      )
      const synced = lists.map((list) => `Channel ${list.channel_id} was synced at ${moment(list.synced_at)} UTC.`)
      const shown = table(['CHANNEL', 'NAME', 'LANGUAGE', 'STATUS', 'CATEGORY', 'QUALITY'], rows)
      return {
        data: lists,
        text: [...(rows.length > 0 ? [shown, ''] : ['There are no templates.']), ...synced].join('\n'),
      }
    } finally {
      await gateway.close()
    }
  },
}

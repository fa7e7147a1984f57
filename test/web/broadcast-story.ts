import assert from 'node:assert/strict'
import { ADMIN_TOKEN, type World } from '../support/world.ts'

const ROWS = 480
const NAMES = ['Mei', 'Ana', 'Li Wei', 'Pablo', 'Yuki', 'Noor', 'Tom', 'Ines']
const TEAS = ['Oolong', 'Darjeeling', 'Sencha']

function people(): string {
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const number = i % 97 === 40 ? `06${12_345_000 + i}` : i % 97 === 50 ? '' : `+${85_262_000_000 + i}`
    return `${number},${NAMES[i % NAMES.length]!},${TEAS[i % TEAS.length]!}`
  })
  return `Telephone,First name,Tea\n${rows.join('\n')}\n`
}

/** Broadcasts of a tea shop: one that has ended, with some failures, and a draft with bad rows. For pictures. */
export async function tellBroadcasts(
  world: World,
): Promise<{ draft: string; ready: string; done: string; file: string }> {
  const { sandbox } = world
  sandbox.addTemplate({
    name: 'autumn_offer',
    category: 'MARKETING',
    components: [
      { type: 'BODY', text: 'Hello {{1}}, the new {{2}} has arrived. Come and *taste* it this week!' },
      { type: 'FOOTER', text: 'Write STOP to get no more news' },
      { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Keep one for me' }] },
    ],
  })
  await world.admin('POST', '/admin/channels/1/templates/sync')
  const form = new FormData()
  form.set('file', new Blob([people()]), 'autumn.csv')
  const uploaded = await fetch(`${world.gateway.url}/admin/channels/1/broadcast-files`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    body: form,
  })
  const { data: file } = (await uploaded.json()) as { data: { file_id: string } }
  const make = async (name: string): Promise<string> => {
    const made = await world.admin('POST', '/admin/channels/1/broadcasts', {
      ...{ name, file_id: file.file_id, draft: true },
      template: { name: 'autumn_offer', language: 'en_US' },
      map: { to: 'Telephone', name: 'First name', body: ['First name', 'Tea'] },
    })
    assert.equal(made.http, 201, JSON.stringify(made))
    const { id } = made.data as { id: string }
    await world.admin('POST', `/admin/channels/1/broadcasts/${id}/check`)
    return id
  }
  const done = await make('Autumn teas')
  sandbox.fault({ on: 'statuses', code: 131026, as: 'status', times: 9 })
  await world.admin('POST', `/admin/channels/1/broadcasts/${done}/start`, { skip_bad: true })
  let state = ''
  while (state !== 'done' && state !== 'stopped') {
    const shown = await world.admin('GET', `/admin/channels/1/broadcasts/${done}`)
    state = (shown.data as { state: string }).state
  }
  await sandbox.settled()
  for (let i = 0; i < ROWS; i++) if (i % 3 !== 0 && i % 97 !== 50) sandbox.phone(String(85_262_000_000 + i)).reads()
  await sandbox.settled()
  const ready = await make('Spring teas')
  await world.admin('PATCH', `/admin/channels/1/broadcasts/${ready}`, { skip_bad: true })
  await world.admin('POST', `/admin/channels/1/broadcasts/${ready}/check`)
  return { draft: await make('Winter teas'), ready, done, file: file.file_id }
}

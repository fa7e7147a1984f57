import { readConfig } from '../packages/gateway/src/platform/config.ts'
import { startGateway } from '../packages/gateway/src/app/gateway.ts'
import { silentLog } from '../packages/gateway/src/platform/log.ts'
import type { PostgresServer } from '../test/support/postgres.ts'
import { settled, watchLoop } from '../test/support/loop-watch.ts'
import { history } from './age.ts'
import { BROKEN, pile } from './backlog.ts'
import { fill } from './fill.ts'
import type { Report } from './report.ts'
import { ADMIN, makeHome, removeHome, settingsOf, startEngine, type Engine } from './sides.ts'
import type { BenchWorld } from './world.ts'

const TRIES = 5

/** Reads of operators, consoles and customers: first pages, later pages, searches that find little, figures. */
const READS = [
  '/metrics',
  '/readyz',
  '/admin/stats',
  '/admin/stats/activity',
  '/admin/stats/activity?hours=720',
  '/admin/channels',
  `/admin/channels/${BROKEN}`,
  '/admin/messages',
  '/admin/messages?status=failed',
  '/admin/messages?status=read',
  '/admin/messages?channel_id=1',
  '/admin/messages?channel_id=1&status=failed',
  '/admin/messages?channel_id=1&direction=inbound',
  '/admin/messages?channel_id=1&contact=15550100042',
  '/admin/messages/search?contact=15550100042',
  '/admin/messages/search?contact=1555',
  '/admin/messages/search?id=wamid.nobody-has-this',
  '/admin/messages/search?error=131026',
  '/admin/messages/search?status=failed&count=200',
  '/admin/conversations?channel_id=1',
  '/admin/conversations?channel_id=1&q=15550100042',
  '/admin/conversations?channel_id=1&q=person',
  '/admin/conversations?channel_id=1&q=nobody',
  '/admin/deliveries',
  '/admin/deliveries?state=dead',
  '/admin/deliveries?state=pending',
  `/admin/deliveries?channel_id=${BROKEN}&state=pending`,
  '/admin/deliveries?channel_id=1&state=pending',
  '/admin/deliveries?channel_id=1&state=delivered',
]

/** How long each read blocks the event loop, with a long history and a long backlog. */
export async function reads(
  world: BenchWorld,
  engine: Engine,
  server: PostgresServer | undefined,
  run: { messages: number; events: number },
  report: Report,
): Promise<void> {
  const home = await makeHome(engine, server)
  try {
    const first = await startEngine(world, home)
    await first.admin('POST', '/admin/channels', {
      name: 'Broken',
      business_phone: '15550002222',
      phone_number_id: '3000',
      waba_id: '3001',
      access_token: 'token',
      webhook_url: 'http://127.0.0.1:9/hook',
    })
    await first.stop()
    await fill(home, (kind) => [...history(kind, run.messages), ...pile(kind, run.events)])
    const gateway = await startGateway({ config: readConfig(settingsOf(world, home)), log: silentLog })
    const watch = watchLoop()
    try {
      const rows: { path: string; holds: number[]; ms: number[] }[] = []
      // The first request also loads the client.
      await fetch(`${gateway.url}/healthz`)
      for (const path of READS) {
        const row = { path, holds: [] as number[], ms: [] as number[] }
        for (let i = 0; i < TRIES; i++) {
          await settled()
          watch.take()
          const startedAt = performance.now()
          const answer = await fetch(`${gateway.url}${path}`, { headers: { authorization: `Bearer ${ADMIN}` } })
          await answer.arrayBuffer()
          row.ms.push(performance.now() - startedAt)
          await settled()
          row.holds.push(watch.take())
          if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`)
        }
        rows.push(row)
      }
      const middle = (all: number[]): number => all.toSorted((a, b) => a - b)[all.length >> 1]!
      report.table(
        `reads, ${engine}: ${run.messages.toLocaleString('en')} messages stored, ${run.events.toLocaleString('en')} events pending`,
        ['read', 'longest hold of the loop, middle of 5, ms of CPU', 'worst of 5', 'answered after, ms'],
        rows.map(({ path, holds, ms }) => [
          path,
          middle(holds).toFixed(1),
          Math.max(...holds).toFixed(1),
          middle(ms).toFixed(0),
        ]),
      )
    } finally {
      watch.stop()
      await gateway.stop()
    }
  } finally {
    await removeHome(home)
  }
}

import { mkdtempSync, rmSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { ShiftedClock } from '../../../packages/runtime/src/clock.ts'
import { readConfig } from '../../../packages/gateway/src/platform/config.ts'
import { startGateway } from '../../../packages/gateway/src/app/gateway.ts'
import { silentLog } from '../../../packages/gateway/src/platform/log.ts'
import { Receiver } from '../../support/receiver.ts'
import { ADMIN_TOKEN, caller } from '../../support/world.ts'
import { until } from '../cluster.ts'
import { startTraffic } from '../traffic.ts'
import { APP_SECRET, PNID, startWhatsApp, WABA } from '../whatsapp.ts'
import { close, type Row, type Scale } from './row.ts'

const MINUTE = 60_000
/** Ahead by more than a lease, back by less than was gained: as when a wrong clock is corrected. */
const JUMPS_MS = [90 * MINUTE, -60 * MINUTE, 5_000, -4_000, 45 * MINUTE, -30 * MINUTE]

/** A gateway in this process whose clock is set ahead and back under load. */
export async function clockJumps(scale: Scale, databaseUrl?: string): Promise<Row> {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-clock-'))
  const clock = new ShiftedClock()
  const receiver = await Receiver.start()
  receiver.anyTime = true
  let origin = ''
  const whatsapp = await startWhatsApp(() => origin)
  const gateway = await startGateway({
    config: readConfig({
      PORT: '0',
      DATA_DIR: dataDir,
      ADMIN_TOKEN,
      CLOUD_API_URL: `http://127.0.0.1:${whatsapp.port}`,
      META_APP_SECRET: APP_SECRET,
      META_VERIFY_TOKEN: 'faults',
      OUTBOUND_ALLOW: '127.0.0.0/8',
      CALLS_PER_SECOND: '100000',
      ...(databaseUrl !== undefined && {
        DATABASE_URL: databaseUrl,
        MASTER_KEY: randomBytes(32).toString('base64'),
      }),
    }),
    log: silentLog,
    clock,
  })
  try {
    origin = gateway.url
    const call = caller(() => origin)
    const added = await call('POST', '/admin/channels', CHANNEL(receiver.url), {
      authorization: `Bearer ${ADMIN_TOKEN}`,
    })
    const data = added.data as { certification_code: string; webhook_secret: string }
    receiver.secret = data.webhook_secret
    const cluster = {
      whatsapp,
      receiver,
      code: data.certification_code,
      call,
      origin: () => origin,
      allAlive: () => true,
    }
    const traffic = startTraffic(cluster, { people: 6, senders: 4 })
    for (let round = 0; round < scale.rounds; round++) {
      // On a slow machine little happens between two steps, which would prove little.
      const had = { sent: traffic.sent, acknowledged: traffic.acknowledged }
      await until(() => traffic.sent > had.sent + 4 && traffic.acknowledged > had.acknowledged + 4, 'some traffic')
      await after(200 + Math.random() * 300)
      clock.step(JUMPS_MS[round % JUMPS_MS.length]!)
      scale.say(`jump ${round + 1}, ${traffic.acknowledged} webhooks and ${traffic.sent} sends acknowledged`)
    }
    // The clock ends later than all its earlier times, so everything that was due is due now.
    clock.step(180 * MINUTE)
    return await close(traffic, {
      what: 'clock set ahead and back',
      engine: databaseUrl === undefined ? 'sqlite' : 'postgres',
      rounds: scale.rounds,
      mayRepeat: true,
      // Whatever the clock says, every request is served.
      available: 0.99,
      explains: [],
      note: '',
    })
  } finally {
    await gateway.stop()
    await whatsapp.close()
    await receiver.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

const CHANNEL = (webhookUrl: string) => ({
  name: 'Clock',
  business_phone: '6281519236680',
  phone_number_id: PNID,
  waba_id: WABA,
  access_token: 'token',
  webhook_url: webhookUrl,
  window_policy: 'observe',
  messages_per_second: 10_000,
})

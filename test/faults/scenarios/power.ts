import { setTimeout as after } from 'node:timers/promises'
import { startCluster, until } from '../cluster.ts'
import { makeFailingDisk } from '../failing-disk.ts'
import { startTraffic } from '../traffic.ts'
import { close, type Row, type Scale } from './row.ts'

/** The power goes at random moments: the gateway is gone, and what it had written and not synced. */
export async function powerLoss(scale: Scale): Promise<Row> {
  const disk = makeFailingDisk(256)
  try {
    const cluster = await startCluster({ dataDir: disk.folder })
    try {
      const traffic = startTraffic(cluster)
      for (let round = 0; round < scale.rounds; round++) {
        const had = traffic.sent
        await until(() => traffic.sent > had + 2, 'some sends between two losses of power')
        await after(Math.random() * 400)
        cluster.halt(0)
        const comesBack = disk.losesPower()
        await cluster.kill(0)
        comesBack()
        await cluster.start(0)
        scale.say(`loss ${round + 1}, ${traffic.acknowledged} webhooks and ${traffic.sent} sends acknowledged`)
      }
      await after(200)
      return await close(traffic, {
        what: 'power lost: the gateway and all writes that were not synced',
        engine: cluster.engine,
        rounds: scale.rounds,
        mayRepeat: true,
        available: 0.01,
        explains: ['no answer'],
        note: 'ext4',
      })
    } finally {
      await cluster.close()
    }
  } finally {
    disk.close()
  }
}

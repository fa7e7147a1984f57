import { readConfig } from '../packages/gateway/src/platform/config.ts'
import { startGateway } from '../packages/gateway/src/app/gateway.ts'
import { createLog, flushLog } from '../packages/gateway/src/platform/log.ts'
import { openNullStore } from './null-store.ts'

/** `postern serve` with the null store. Loses everything: for the bench only. */
const config = readConfig(process.env)
const log = createLog(config.logLevel, false)
const gateway = await startGateway({ config, log, openStore: openNullStore })
log.info({ url: gateway.url }, 'gateway.ready')
flushLog(log)
process.once('SIGTERM', () => {
  void gateway.stop(2_000).then(() => process.exit(0))
})

import { systemClock } from '../clock.ts'
import { readConfig } from '../config.ts'
import { DEMO, startGateway, VERSION, type Gateway } from '../gateway.ts'
import { adminTokenShown } from '../installation.ts'
import { createLog, flushLog, writeLogNow, type Log } from '../log.ts'
import { tidyAfterStart } from '../memory.ts'
import { numberOf, takeWords, type Call, type Command } from './command.ts'
import { startFailure } from './start-failure.ts'
import { STOP_WITHIN_MS, untilSignal } from './until-signal.ts'
import { asWorker, refuseWorkers, runWorkers, type Opened } from './workers.ts'

/** How long a connection that is idle may stay after a signal, for the request that may be on its way. */
const IDLE_FOR_MS = 1_000

export const serve: Command = {
  name: 'serve',
  summary: 'Start the gateway (with the sandbox, unless CLOUD_API_URL is set), until it is stopped.',
  details:
    'SIGTERM and SIGINT let what is in flight end within 10 s. With --json, stdout has one JSON value and no log.',
  options: {
    workers: {
      type: 'string',
      value: 'number',
      help: 'As many processes on one port, for a machine with several cores. Needs DATABASE_URL.',
    },
  },
  async run(call) {
    takeWords(call.words)
    const config = readConfig(call.env)
    const workers = numberOf(call.values, 'workers')
    const worker = asWorker()
    if (workers !== undefined && !worker) {
      refuseWorkers(workers, config)
      await runWorkers({
        count: workers,
        config,
        stopWithinMs: STOP_WITHIN_MS,
        json: call.json,
        announce: (log, opened) => announce(call, log, opened),
      })
      return undefined
    }
    const ownLog = createLog(call.json ? 'silent' : config.logLevel, worker ? false : undefined)
    const log = worker ? ownLog.child({ worker: worker.number }) : ownLog
    // From here on signals end it in order: at once while it waits for its store, else when it has started.
    const signal = untilSignal()
    const ending = new AbortController()
    void signal.then(() => ending.abort())
    const onReason = (reason: string): void =>
      call.note(`The store cannot be opened: ${reason}. Check DATABASE_URL, and that the server runs. Trying again.`)
    const gateway = await startGateway({
      config,
      log,
      onStoreEnd: (cause) => endWithoutStore(call, log, cause),
      wait: { onReason, signal: ending.signal, ...(worker?.hasSiblings && { doors: 'closed' as const }) },
      ...(worker && { shareMetrics: worker.shareMetrics }),
    }).catch((error: unknown) => {
      if (ending.signal.aborted && error === ending.signal.reason) return undefined
      throw startFailure(error, config)
    })
    if (!gateway) {
      log.info({ signal: await signal }, 'gateway.stopped')
      flushLog(log)
      leave()
      return undefined
    }
    const token = showToken(call, gateway, config.dataDir)
    const opened = { told: tidings(gateway), text: banner(gateway, token.line) }
    if (worker) {
      worker.open(opened)
      log.info('worker.ready')
    } else announce(call, log, opened)
    token.shown()
    writeLogNow()
    tidyAfterStart(systemClock)

    log.info({ signal: await signal }, 'gateway.stopping')
    await gateway.stop(STOP_WITHIN_MS, IDLE_FOR_MS)
    log.info('gateway.stopped')
    flushLog(log)
    leave()
    return undefined
  },
}

/** What was acknowledged is kept; nothing more can be, so whoever started us has to start us again. */
function endWithoutStore(call: Call, log: Log, cause: Error): never {
  log.fatal({ err: cause }, 'store.ended')
  flushLog(log)
  call.note(`postern: ${cause.message}. Nothing that was acknowledged is lost. Start it again.`)
  process.exit(1)
}

/** Sockets that a peer keeps open, and connections that are still being made, must not keep us. */
const leave = (): void => void setTimeout(() => process.exit(0), 200).unref()

/** For people on a terminal; for machines the same as one line of the log, the words for people then go to stderr. */
function announce(call: Call, log: Log, { told, text }: Opened): void {
  if (call.json) return call.print({ data: told, text })
  ;(process.stdout.isTTY ? process.stdout : process.stderr).write(`${text}\n\n`)
  log.info(told, 'gateway.ready')
}

/**
 * The admin token is shown once, and on a terminal only: elsewhere what is printed is kept, by a journal or a collector
 * of logs, and read by others. The showing is used up by what was printed, so after it.
 */
function showToken(call: Call, gateway: Gateway, dataDir: string): { line: string[]; shown: () => void } {
  const { adminToken, adminTokenFile: file, adminTokenIsNew } = gateway
  if (file === undefined) return { line: [], shown: () => {} }
  if (adminTokenIsNew && process.stdout.isTTY && !call.json) {
    return {
      line: [`  admin token    ${adminToken}   (shown this once, kept in ${file})`],
      shown: () => adminTokenShown(dataDir),
    }
  }
  return { line: [`  admin token    in ${file}`], shown: () => {} }
}

const curlOf = (gateway: Gateway): string =>
  `curl -sS ${gateway.url}/external/messages/whatsapp -H 'content-type: application/json' -H 'certification-code: ${DEMO.certificationCode}' -d '{"to":"${DEMO.phones[0]}","type":"template","template":{"name":"test_button_reply_1"}}'`

function tidings(gateway: Gateway): Record<string, unknown> {
  return {
    version: VERSION,
    url: gateway.url,
    ...(gateway.sandbox && {
      sandbox_url: gateway.sandbox.url,
      demo_channel_id: DEMO.channelId,
      demo_certification_code: DEMO.certificationCode,
      curl: curlOf(gateway),
    }),
  }
}

function banner(gateway: Gateway, token: readonly string[]): string {
  return [
    `Postern ${VERSION} is open.`,
    '',
    `  console        ${gateway.url}/`,
    `  API reference  ${gateway.url}/docs`,
    ...(gateway.sandbox ? [`  phones         ${gateway.sandbox.url}/`] : []),
    ...token,
    ...(gateway.sandbox
      ? [
          `  demo channel   ${DEMO.channelId}, certification code ${DEMO.certificationCode}`,
          '',
          'Send a first message, and see it on the phone:',
          '',
          `  ${curlOf(gateway)}`,
        ]
      : []),
  ].join('\n')
}

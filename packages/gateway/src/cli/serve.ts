import { systemClock } from '@postern/runtime/clock'
import { readConfig } from '../platform/config.ts'
import { environmentOfThreads, misspelledIn, misspelledText } from '../platform/environment.ts'
import { DEMO } from '../app/demo.ts'
import { startGateway, type Gateway } from '../app/gateway.ts'
import { VERSION } from '../app/version.ts'
import { adminTokenShown } from '../platform/installation.ts'
import { createLog, flushLog, writeLogNow, type Log } from '../platform/log.ts'
import { createServiceManager } from '../platform/service-manager.ts'
import { releaseMemoryAfterStart } from '../platform/heap.ts'
import { numberOf, type Call, type Command } from './command.ts'
import { startFailure } from './start-failure.ts'
import { STOP_WITHIN_MS, untilSignal } from './until-signal.ts'
import { coresUsed, refuseWorkers, startWorkers } from './workers.ts'

/** How long idle connections stay open after a signal, for requests on their way. */
const IDLE_FOR_MS = 1_000

export const serve: Command = {
  name: 'serve',
  summary: 'Start the gateway (with the sandbox, unless CLOUD_API_URL is set), until it is stopped.',
  details:
    'After SIGTERM or SIGINT, requests in flight have 10 s to finish. With --json, stdout has one JSON value and no log.',
  options: {
    workers: {
      type: 'string',
      value: 'number',
      help: 'Number of HTTP threads on one port, for a machine with several cores. More than 1 works on Linux only.',
    },
  },
  async run(call) {
    const config = readConfig(call.env)
    const count = numberOf(call.values, 'workers') ?? 1
    refuseWorkers(count, config)
    const logLevel = call.json ? 'silent' : config.logLevel
    const log = createLog(logLevel)
    warnOfMisspelled(call, log)
    // From here on a signal starts an orderly shutdown: at once while the gateway waits for its store, otherwise after
    // the start.
    const signal = untilSignal()
    const ending = new AbortController()
    void signal.then(() => ending.abort())
    const onReason = (reason: string): void =>
      call.note(
        `The store cannot be opened: ${reason}. Check DATABASE_URL, and that the server is running. Trying again.`,
      )
    const onStoreEnd = (cause: Error): never => endWithoutStore(call, log, cause)
    const starting: Promise<Served> =
      count === 1
        ? startGateway({ config, log, onStoreEnd, wait: { onReason, signal: ending.signal } })
        : startWorkers({
            count,
            config,
            env: environmentOfThreads(call.env),
            log,
            logLevel,
            onStoreEnd,
            onReason,
            signal: ending.signal,
          }).then(({ url, secrets, stop }) => ({ url, ...secrets, sandbox: null, stop }))
    const manager = createServiceManager(call.env, (err) => log.warn({ err }, 'systemd.not_told'))
    const served = await starting.catch((error: unknown) => {
      if (ending.signal.aborted && error === ending.signal.reason) return undefined
      throw startFailure(error, config)
    })
    if (!served) {
      log.info({ signal: await signal }, 'gateway.stopped')
      flushLog(log)
      leave()
      return undefined
    }
    const token = showToken(call, served, config.dataDir)
    const workers = count === 1 ? [] : [`  workers        ${coresUsed(count)}`]
    announce(call, log, {
      told: { ...startupInfo(served), ...(count > 1 && { workers: count }) },
      text: [banner(served, token.line), ...workers].join('\n'),
    })
    token.shown()
    manager.ready()
    writeLogNow()
    releaseMemoryAfterStart(systemClock)

    log.info({ signal: await signal }, 'gateway.stopping')
    manager.stopping()
    await served.stop(STOP_WITHIN_MS, IDLE_FOR_MS)
    log.info('gateway.stopped')
    flushLog(log)
    leave()
    return undefined
  },
}

/** A setting with a typing error has no effect, and only its name shows it. */
function warnOfMisspelled(call: Call, log: Log): void {
  for (const one of misspelledIn(call.env)) {
    if (call.json) call.note(misspelledText(one))
    else log.warn(one, 'setting.misspelled')
  }
}

type Opened = { told: Record<string, unknown>; text: string }

/** A gateway, or several threads that act as one. */
type Served = Pick<Gateway, 'url' | 'adminToken' | 'adminTokenFile' | 'adminTokenIsNew' | 'sandbox' | 'stop'>

/** Acknowledged data is stored. Nothing more can be stored, so the process ends and its supervisor must restart it. */
function endWithoutStore(call: Call, log: Log, cause: Error): never {
  log.fatal({ err: cause }, 'store.ended')
  flushLog(log)
  call.note(`postern: ${cause.message}. No acknowledged message is lost. Start the gateway again.`)
  process.exit(1)
}

/** Open sockets and pending connections must not keep the process alive. */
const leave = (): void => void setTimeout(() => process.exit(0), 200).unref()

/** Prints the address on a terminal. Otherwise writes a line of the log, and the text for people goes to stderr. */
function announce(call: Call, log: Log, { told, text }: Opened): void {
  if (call.json) return call.print({ data: told, text })
  ;(process.stdout.isTTY ? process.stdout : process.stderr).write(`${text}\n\n`)
  log.info(told, 'gateway.ready')
}

/**
 * Shows the admin token once, and only on a terminal: elsewhere a journal or log collector would store the output.
 * `shown` is called after the output, because it marks the token as shown.
 */
function showToken(call: Call, gateway: Served, dataDir: string): { line: string[]; shown: () => void } {
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

const curlOf = (gateway: Served): string =>
  `curl -sS ${gateway.url}/external/messages/whatsapp -H 'content-type: application/json' -H 'certification-code: ${DEMO.certificationCode}' -d '{"to":"${DEMO.phones[0]}","type":"template","template":{"name":"test_button_reply_1"}}'`

function startupInfo(gateway: Served): Record<string, unknown> {
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

function banner(gateway: Served, token: readonly string[]): string {
  return [
    `Postern ${VERSION} is running.`,
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

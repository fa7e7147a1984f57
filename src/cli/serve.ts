import { systemClock } from '../clock.ts'
import { readConfig, type Config } from '../config.ts'
import { DEMO, startGateway, VERSION, type Gateway } from '../gateway.ts'
import { StoreUnavailable } from '../errors.ts'
import { createLog, flushLog } from '../log.ts'
import { giveBackMemory } from '../memory.ts'
import { Failed, takeWords, type Command } from './command.ts'
import { untilSignal } from './until-signal.ts'

/** How long work in flight may take after a signal. */
const STOP_WITHIN_MS = 10_000

/** Once the start is over, what it used goes back to the system. */
const TIDY_AFTER_MS = 3_000

export const serve: Command = {
  name: 'serve',
  summary: 'Start the gateway (with the sandbox, unless CLOUD_API_URL is set), until it is stopped.',
  details:
    'SIGTERM and SIGINT let what is in flight end within 10 s. With --json, stdout has one JSON value and no log.',
  async run(call) {
    takeWords(call.words)
    const config = readConfig(call.env)
    const log = createLog(call.json ? 'silent' : config.logLevel)
    // From here on signals end it in order: at once while it waits for its store, else when it has started.
    const signal = untilSignal()
    const ending = new AbortController()
    void signal.then(() => ending.abort())
    const onReason = (reason: string): void =>
      call.note(`The store cannot be opened: ${reason}. Check DATABASE_URL, and that the server runs. Trying again.`)
    const gateway = await startGateway({ config, log, wait: { onReason, signal: ending.signal } }).catch(
      (error: unknown) => {
        if (ending.signal.aborted && error === ending.signal.reason) return undefined
        throw inWords(error, config)
      },
    )
    if (!gateway) {
      log.info({ signal: await signal }, 'gateway.stopped')
      flushLog(log)
      return undefined
    }
    const told = tidings(gateway)
    const text = banner(gateway)
    if (call.json) call.print({ data: told, text })
    else {
      // For people on a terminal; for machines the same as one line of the log, the words for people then go to stderr.
      ;(process.stdout.isTTY ? process.stdout : process.stderr).write(`${text}\n\n`)
      log.info(told, 'gateway.ready')
    }
    flushLog(log)
    systemClock.after(TIDY_AFTER_MS, giveBackMemory)

    log.info({ signal: await signal }, 'gateway.stopping')
    await gateway.stop(STOP_WITHIN_MS)
    log.info('gateway.stopped')
    flushLog(log)
    // Sockets that a peer keeps open must not keep us.
    setTimeout(() => process.exit(0), 200).unref()
    return undefined
  },
}

/** Why it did not start, for whoever has to mend it; what is not known here stays what it is. */
function inWords(error: unknown, config: Config): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (error instanceof StoreUnavailable) {
    const where =
      config.databaseUrl === undefined
        ? 'DATA_DIR, and that no other Postern runs on it'
        : 'DATABASE_URL, and that the server runs'
    return new Failed(`The store cannot be opened: ${message}. Check ${where}; then start again.`)
  }
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return error
  return new Failed(`The gateway cannot listen: ${message}. Choose another HOST, PORT or SANDBOX_PORT.`)
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

function banner(gateway: Gateway): string {
  return [
    `Postern ${VERSION} is open.`,
    '',
    `  console        ${gateway.url}/`,
    `  API reference  ${gateway.url}/docs`,
    ...(gateway.sandbox ? [`  phones         ${gateway.sandbox.url}/`] : []),
    ...(gateway.adminTokenIsNew
      ? [`  admin token    ${gateway.adminToken}   (shown this once, kept in DATA_DIR)`]
      : []),
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

import { readConfig } from '../config.ts'
import { DEMO, startGateway, VERSION, type Gateway } from '../gateway.ts'
import { createLog, flushLog } from '../log.ts'

/** How long work in flight may take after a signal. */
const STOP_WITHIN_MS = 10_000

export async function serve(_args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const config = readConfig(env)
  const log = createLog(config.logLevel)
  const gateway = await startGateway({ config, log })
  announce(gateway, (line) => log.info(line, 'gateway.ready'))
  flushLog(log)

  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    process.once('SIGTERM', resolve)
    process.once('SIGINT', resolve)
  })
  // A second Ctrl-C means it.
  process.once('SIGINT', () => process.exit(130))
  log.info({ signal }, 'gateway.stopping')
  await gateway.stop(STOP_WITHIN_MS)
  log.info('gateway.stopped')
  flushLog(log)
  // Sockets that a peer keeps open must not keep us.
  setTimeout(() => process.exit(0), 200).unref()
  return 0
}

/** For people on a terminal; for machines the same as one line of the log, the words for people then go to stderr. */
function announce(gateway: Gateway, line: (fields: Record<string, unknown>) => void): void {
  const curl = `curl -sS ${gateway.url}/external/messages/whatsapp -H 'content-type: application/json' -H 'certification-code: ${DEMO.certificationCode}' -d '{"to":"${DEMO.phones[0]}","type":"template","template":{"name":"test_button_reply_1"}}'`
  const isTerminal = process.stdout.isTTY
  const lines = [
    `Postern ${VERSION} is open.`,
    '',
    `  gateway   ${gateway.url}`,
    ...(gateway.sandbox ? [`  sandbox   ${gateway.sandbox.url}`] : []),
    `  API       ${gateway.url}/openapi.json`,
    ...(gateway.adminTokenIsNew ? [`  admin token (shown this once, kept in DATA_DIR): ${gateway.adminToken}`] : []),
    ...(gateway.sandbox
      ? [
          `  demo channel ${DEMO.channelId}, certification code: ${DEMO.certificationCode}`,
          '',
          'Send a first message:',
          '',
          `  ${curl}`,
        ]
      : []),
    '',
    '',
  ]
  ;(isTerminal ? process.stdout : process.stderr).write(lines.join('\n'))
  line({
    version: VERSION,
    url: gateway.url,
    ...(gateway.sandbox && {
      sandbox_url: gateway.sandbox.url,
      demo_channel_id: DEMO.channelId,
      demo_certification_code: DEMO.certificationCode,
      curl,
    }),
  })
}

import { join } from 'node:path'
import { readConfig } from '../platform/config.ts'
import { prepareDataDir } from '../platform/data-dir.ts'
import { DEMO } from '../app/demo.ts'
import { createLog, flushLog } from '../platform/log.ts'
import { numberOf, textOf, type Command } from './command.ts'
import { facts } from './table.ts'
import { runWithGateway } from './sandbox-with-gateway.ts'
import { startFailure } from './start-failure.ts'
import { UNTIL_EOF } from './until-end.ts'
import { untilSignal } from './until-signal.ts'

/** How long idle connections stay open after a signal, for requests on their way. */
const IDLE_FOR_MS = 1_000

export const sandbox: Command = {
  name: 'sandbox',
  summary: 'Start the sandbox with its phones, alone or with a gateway for tests, until it is stopped.',
  details:
    'Its state is stored in DATA_DIR/sandbox. Connect a gateway to it with CLOUD_API_URL, META_APP_SECRET and META_VERIFY_TOKEN as printed, and OUTBOUND_ALLOW=127.0.0.0/8 for webhooks on this machine.',
  options: {
    host: { type: 'string', value: 'address', help: 'Address to listen on. Default: HOST, else 127.0.0.1.' },
    port: {
      type: 'string',
      value: 'port',
      help: 'Port to listen on. Default: SANDBOX_PORT, else 8081. 0 takes a free port.',
    },
    seed: { type: 'string', value: 'text', help: 'Seed of ids and secrets: the same seed gives the same ids.' },
    'webhook-url': {
      type: 'string',
      value: 'url',
      help: 'Callback URL of the app, which gets the webhooks. With --with-gateway: of your software, which gets signed callbacks.',
    },
    'with-gateway': {
      type: 'boolean',
      help: 'Start a gateway too, for tests: on free ports unless PORT and SANDBOX_PORT are set, and without keeping anything.',
    },
    'until-eof': { ...UNTIL_EOF, help: `With --with-gateway: ${UNTIL_EOF.help}` },
  },
  async run(call) {
    if (call.values['with-gateway'] === true) {
      await runWithGateway(call)
      return undefined
    }
    const config = readConfig(call.env)
    const log = createLog(call.json ? 'silent' : config.logLevel)
    const dataDir = join(config.dataDir, 'sandbox')
    prepareDataDir(dataDir)
    const seed = textOf(call.values, 'seed')
    const webhookUrl = textOf(call.values, 'webhook-url')
    // Imported only here: a gateway does not load the sandbox.
    const { phoneSite, startSandbox } = await import('@postern/sandbox')
    const cloud = await startSandbox({
      host: textOf(call.values, 'host') ?? config.host,
      port: numberOf(call.values, 'port') ?? config.sandboxPort,
      ...(config.handsetPort !== undefined && { handsetPort: config.handsetPort }),
      dataDir,
      log,
      site: phoneSite(),
      ...(seed !== undefined && { seed }),
      ...(config.metaAppSecret !== undefined && { appSecret: config.metaAppSecret }),
      ...(config.metaVerifyToken !== undefined && { verifyToken: config.metaVerifyToken }),
      ...(webhookUrl !== undefined && { webhookUrl }),
    }).catch((error: unknown) => {
      throw startFailure(error, config, 'The sandbox')
    })
    // From here on a signal starts an orderly shutdown.
    const stopped = untilSignal()
    if (webhookUrl !== undefined) {
      await cloud.subscribe(webhookUrl).catch(async (error: unknown) => {
        call.note(
          `${webhookUrl} did not answer the handshake (${(error as Error).message}). Webhooks are sent there anyway.`,
        )
        await cloud.subscribe(webhookUrl, { verify: false })
      })
    }
    const told = {
      url: cloud.url,
      app_secret: cloud.appSecret,
      verify_token: cloud.verifyToken,
      access_token: DEMO.accessToken,
      phone_number_id: DEMO.phoneNumberId,
      waba_id: DEMO.wabaId,
      phones: DEMO.phones,
      webhook_url: webhookUrl ?? null,
    }
    const shown = Object.entries(told).map(
      ([name, value]) => [name.replaceAll('_', ' '), Array.isArray(value) ? value.join(', ') : value] as const,
    )
    call.print({ data: told, text: `The sandbox is running.\n\n${facts(shown)}\n` })
    await stopped
    await cloud.close(IDLE_FOR_MS)
    flushLog(log)
    return undefined
  },
}

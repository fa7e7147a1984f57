import { DEMO } from '../app/demo.ts'
import { readConfig } from '../platform/config.ts'
import { readSecret } from '../platform/environment.ts'
import { numberOf, textOf, type Call } from './command.ts'
import { startFailure } from './start-failure.ts'
import { facts } from './table.ts'
import { untilEnd } from './until-end.ts'

/** The settings that are used here. A test must not write into the database of its environment, or call WhatsApp. */
const KEPT = ['HOST', 'PORT', 'SANDBOX_PORT', 'OUTBOUND_ALLOW', 'CALLS_PER_SECOND']

/** `postern sandbox --with-gateway`: what a test in another language needs, until a signal. Nothing is kept. */
export async function runWithGateway(call: Call): Promise<void> {
  const host = textOf(call.values, 'host')
  const phonesPort = numberOf(call.values, 'port')
  const seed = textOf(call.values, 'seed')
  const webhookUrl = textOf(call.values, 'webhook-url')
  const given = KEPT.flatMap((name) => (call.env[name] === undefined ? [] : [[name, call.env[name]] as const]))
  const adminToken = readSecret(call.env, 'ADMIN_TOKEN')
  const settings = {
    ...{ PORT: '0', SANDBOX_PORT: '0' },
    ...Object.fromEntries(given),
    ...(adminToken !== undefined && { ADMIN_TOKEN: adminToken }),
    ...(phonesPort !== undefined && { SANDBOX_PORT: String(phonesPort) }),
    ...(host !== undefined && { HOST: host }),
  }
  const config = readConfig(settings)
  const stopped = untilEnd(call)
  // Imported only here: a gateway does not load it.
  const { startPostern } = await import('../testing/index.ts')
  const postern = await startPostern({
    settings,
    log: call.json ? 'silent' : 'warn',
    ...(seed !== undefined && { sandbox: { seed } }),
  }).catch((error: unknown) => {
    throw startFailure(error, config)
  })
  try {
    const webhook = webhookUrl === undefined ? undefined : await postern.webhook(webhookUrl)
    const { sandbox } = postern
    const told = {
      url: postern.url,
      sandbox_url: sandbox.url,
      channel_id: postern.channelId,
      certification_code: postern.certificationCode,
      admin_token: postern.adminToken,
      webhook_url: webhook?.url ?? null,
      webhook_secret: webhook?.secret ?? null,
      phones: DEMO.phones,
      business_phone: DEMO.businessPhone,
      phone_number_id: DEMO.phoneNumberId,
      waba_id: DEMO.wabaId,
    }
    const shown = Object.entries(told).map(
      ([name, value]) => [name.replaceAll('_', ' '), Array.isArray(value) ? value.join(', ') : value] as const,
    )
    call.print({ data: told, text: `Gateway and sandbox are running. Nothing is kept.\n\n${facts(shown)}\n` })
    await stopped
  } finally {
    await postern.stop()
  }
}

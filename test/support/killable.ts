import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { startSandbox, type Sandbox } from '../../packages/sandbox/src/index.ts'
import { freePort, startProcess, type GatewayProcess } from './process.ts'
import { ADMIN_TOKEN, caller } from './world.ts'

/** The settings of a channel for the sandbox's demo number, in the form of the admin API. */
export const demoChannel = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: 'Demo',
  business_phone: DEMO.businessPhone,
  phone_number_id: DEMO.phoneNumberId,
  waba_id: DEMO.wabaId,
  access_token: DEMO.accessToken,
  ...more,
})

/** A gateway on SQLite in a process of its own, with one channel, and a sandbox that survives it. */
export type Killable = {
  sandbox: Sandbox
  /** A customer's call, with the channel's code. It rejects while the gateway is down. */
  call: ReturnType<typeof caller>
  /** SIGKILL, and a start with the same data and port. */
  killAndStart(): Promise<void>
}

export async function startKillable(
  t: TestContext,
  options: { latencyMs: number; channel: Record<string, unknown> },
): Promise<Killable> {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-killable-'))
  const sandbox = await startSandbox({ seed: `killable ${Date.now()}`, statusDelayMs: 1 })
  // Long enough that many kills fall between the call to WhatsApp and its answer.
  sandbox.fault({ on: 'messages', latencyMs: options.latencyMs, times: null })
  const env = {
    PORT: String(await freePort()),
    DATA_DIR: dataDir,
    ADMIN_TOKEN,
    CLOUD_API_URL: sandbox.url,
    META_APP_SECRET: sandbox.appSecret,
    META_VERIFY_TOKEN: sandbox.verifyToken,
  }
  let gateway: Promise<GatewayProcess> | undefined
  const start = (): Promise<GatewayProcess> => (gateway = startProcess(env))
  t.after(async () => {
    // Also one that is still starting.
    await gateway?.then(
      (one) => one.kill().catch(() => {}),
      () => {},
    )
    await sandbox.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const { url } = await start()
  const raw = caller(() => `http://127.0.0.1:${env.PORT}`)
  const added = await raw('POST', '/admin/channels', demoChannel(options.channel), {
    authorization: `Bearer ${ADMIN_TOKEN}`,
  })
  const { certification_code: code } = added.data as { certification_code: string }
  await sandbox.subscribe(`${url}/webhooks/meta`)
  return {
    sandbox,
    call: (method, path, body, headers) => raw(method, path, body, { 'certification-code': code, ...headers }),
    async killAndStart() {
      await (await gateway!).kill()
      await start()
    },
  }
}

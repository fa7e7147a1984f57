import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readConfig } from '../../packages/gateway/src/platform/config.ts'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { startGateway, type Gateway } from '../../packages/gateway/src/app/gateway.ts'
import type { GatewayOptions } from '../../packages/gateway/src/app/options.ts'
import { createLog } from '../../packages/gateway/src/platform/log.ts'
import type { Sandbox } from '../../packages/sandbox/src/index.ts'
import { Receiver } from './receiver.ts'

export const ADMIN_TOKEN = 'an-admin-token-for-tests'

export type Answer = {
  http: number
  headers: Headers
  status: string
  code: number
  message: string
  data: never
  error: Record<string, never>
}

export type World = {
  gateway: Gateway
  sandbox: Sandbox
  receiver: Receiver
  dataDir: string
  /** Calls a customer route with the demo channel's code. */
  customer(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  admin(method: string, path: string, body?: unknown): Promise<Answer>
  /** Sends, expects success, and returns the wamid. */
  send(body: unknown): Promise<string>
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * A gateway on a fresh store, with the sandbox on one side and a customer's endpoint on the other, connected as in
 * operation: over HTTP on loopback.
 */
export async function startWorld(
  options: {
    env?: Record<string, string>
    dataDir?: string
    /** False: the demo channel has no endpoint. */
    webhook?: boolean
    gateway?: Partial<GatewayOptions>
    receiver?: Receiver
  } = {},
): Promise<World> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'postern-test-'))
  const config = readConfig({
    PORT: '0',
    SANDBOX_PORT: '0',
    DATA_DIR: dataDir,
    ADMIN_TOKEN,
    LOG_LEVEL: process.env.TEST_LOG ?? 'silent',
    ...options.env,
  })
  const gateway = await startGateway({
    config,
    log: createLog(config.logLevel, false),
    sandbox: { statusDelayMs: 1 },
    ...options.gateway,
  })
  const receiver = options.receiver ?? (await Receiver.start())
  const call = caller(() => gateway.url)
  const customer: World['customer'] = (method, path, body, headers) =>
    call(method, path, body, { 'certification-code': DEMO.certificationCode, ...headers })
  const admin: World['admin'] = (method, path, body) =>
    call(method, path, body, { authorization: `Bearer ${ADMIN_TOKEN}` })

  if (options.webhook !== false) {
    const { data } = await admin('PUT', `/admin/channels/${DEMO.channelId}/webhook`, { url: receiver.url })
    receiver.secret = (data as { webhook_secret: string }).webhook_secret
  }
  const stop = async (): Promise<void> => {
    await gateway.stop()
    if (!options.receiver) await receiver.close()
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
  }
  return {
    gateway,
    sandbox: gateway.sandbox!,
    receiver,
    dataDir,
    customer,
    admin,
    async send(body) {
      let answer = await customer('POST', '/external/messages/whatsapp', body)
      // A busy machine: nothing was sent, and the answer says to send again, so the test does.
      while (answer.http === 503 && (answer.error as { reason?: string } | undefined)?.reason === 'overloaded') {
        await sleep(500)
        answer = await customer('POST', '/external/messages/whatsapp', body)
      }
      if (answer.http !== 200) throw new Error(`the send was refused: ${JSON.stringify(answer)}`)
      return (answer.data as { msg_id: string }).msg_id
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** JSON calls to one origin. Returns the envelope and the HTTP status in one object. */
export function caller(origin: () => string) {
  return async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const response = await fetch(`${origin()}${path}`, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const envelope = (text === '' ? {} : JSON.parse(text)) as Omit<Answer, 'http' | 'headers'>
    return { ...envelope, http: response.status, headers: response.headers }
  }
}

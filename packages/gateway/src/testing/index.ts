import { randomBytes } from 'node:crypto'
import { createClient, type Client } from '@postern/client'
import { ShiftedClock } from '@postern/runtime/clock'
import type { ActiveFault, Fault, Phone, PhoneOptions, Sandbox, SandboxClock, SandboxOptions } from '@postern/sandbox'
import { DEMO } from '../app/demo.ts'
import { startGateway, type Gateway } from '../app/gateway.ts'
import { readConfig } from '../platform/config.ts'
import { newSecret } from '../platform/ids.ts'
import { createLog } from '../platform/log.ts'
import { replay } from './conversation/replay.ts'
import type { Step } from './conversation/steps.ts'
import { makeFolder } from './folder.ts'
import { addWebhook, type Webhook, type WebhookHandler, type WebhookOptions } from './webhook.ts'

/** The gateway is the callback. */
type Callback = 'webhookUrl' | 'appSecret' | 'verifyToken'

export type PosternOptions = {
  /** Settings of the gateway by their names in the environment, for instance `{ CALLS_PER_SECOND: '5' }`. */
  settings?: Record<string, string>
  /** Options of the sandbox. Default: statuses without delay. */
  sandbox?: Omit<
    SandboxOptions,
    'host' | 'port' | 'clock' | 'log' | 'dataDir' | 'site' | 'settled' | 'story' | Callback
  >
  /** Shows the gateway's log from this level on. Default: `silent`. */
  log?: 'silent' | 'error' | 'warn' | 'info' | 'debug'
}

/** A gateway with its sandbox, for a test. */
export type Postern = {
  /** Address of the gateway. */
  readonly url: string
  /** The certification code of the demo channel, which `client` uses. */
  readonly certificationCode: string
  /** The bearer token of `/admin/*`. */
  readonly adminToken: string
  readonly channelId: number
  /** A client of the demo channel. */
  readonly client: Client
  /** WhatsApp's side: templates, numbers, verdicts, webhooks of every kind. */
  readonly sandbox: Sandbox
  /** The time of the gateway and of the sandbox. `advance(ms)` closes windows and makes retries due. */
  readonly clock: SandboxClock
  /** A person with this number. */
  phone(number: string, options?: PhoneOptions): Phone
  /** Makes WhatsApp fail on purpose. `remove()` ends it. */
  fault(fault: Fault): ActiveFault & { remove(): void }
  /**
   * Sends the channel's events to a function of the test, or to a URL. A function that returns accepts the event, and
   * one that throws gets it again.
   */
  webhook(target: WebhookHandler | string, options?: WebhookOptions): Promise<Webhook>
  /**
   * Resolves when nothing is in flight: sends, statuses, webhooks, deliveries. What waits for a later time does not
   * count: `clock.advance` makes it due.
   */
  settled(): Promise<void>
  /**
   * Plays a recorded conversation on the phones, and rejects with `ConversationDiffers` when a person sees something
   * else.
   */
  replay(steps: readonly Step[], options?: { withinMs?: number }): Promise<void>
  /** Ends everything and removes its files. */
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts a gateway, its sandbox and phones in this process, on free ports, with an empty store. */
export async function startPostern(options: PosternOptions = {}): Promise<Postern> {
  const folder = makeFolder()
  const adminToken = newSecret('pa_')
  const clock = new ShiftedClock()
  try {
    const config = readConfig({
      ...{ PORT: '0', SANDBOX_PORT: '0', LOG_LEVEL: options.log ?? 'silent', ADMIN_TOKEN: adminToken },
      MASTER_KEY: randomBytes(32).toString('base64'),
      ...options.settings,
      DATA_DIR: folder.path,
    })
    const gateway: Gateway = await startGateway({
      config,
      log: createLog(config.logLevel),
      clock,
      sandbox: { statusDelayMs: 0, reviewDelayMs: 0, ...options.sandbox, clock, settled: () => gateway.settled() },
      // A receiver compares a signature's time with its own clock, which a test does not move.
      deliver: { signedAt: () => Date.now() },
    })
    const sandbox = gateway.sandbox
    if (!sandbox) {
      await gateway.stop()
      throw new Error('startPostern has a sandbox of its own: remove CLOUD_API_URL from its settings.')
    }
    const webhooks: Webhook[] = []
    let stopped: Promise<void> | undefined
    const stop = (): Promise<void> =>
      (stopped ??= (async () => {
        await gateway.stop()
        await Promise.all(webhooks.map((one) => one.close()))
        folder.remove()
      })())
    return {
      url: gateway.url,
      certificationCode: DEMO.certificationCode,
      adminToken: gateway.adminToken,
      channelId: DEMO.channelId,
      client: createClient({ url: gateway.url, certificationCode: DEMO.certificationCode }),
      sandbox,
      clock,
      phone: (number, phoneOptions) => sandbox.phone(number, phoneOptions),
      fault: (fault) => sandbox.fault(fault),
      async webhook(target, webhookOptions) {
        const added = await addWebhook({ url: gateway.url, adminToken: gateway.adminToken }, target, webhookOptions)
        webhooks.push(added)
        return added
      },
      settled: () => gateway.settled(),
      replay: (steps, replayOptions) => replay(sandbox.url, steps, replayOptions),
      stop,
      [Symbol.asyncDispose]: stop,
    }
  } catch (error) {
    folder.remove()
    throw error
  }
}

export { ConversationDiffers } from './conversation/replay.ts'
export type { Difference } from './conversation/play.ts'
export type { Step } from './conversation/steps.ts'
export type { Webhook, WebhookHandler, WebhookOptions } from './webhook.ts'
export type { CallbackEvent, Client } from '@postern/client'
export type { Fault, Phone, Sandbox } from '@postern/sandbox'

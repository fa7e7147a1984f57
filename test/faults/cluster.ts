import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startProcess, type GatewayProcess } from '../support/process.ts'
import { Receiver } from '../support/receiver.ts'
import { ADMIN_TOKEN, caller, type Answer } from '../support/world.ts'
import { startBalancer } from './balancer.ts'
import { countPostgres, countSqlite, type Counted } from './inventory.ts'
import { APP_SECRET, PNID, startWhatsApp, WABA, type WhatsApp } from './whatsapp.ts'

export type Engine = 'sqlite' | 'postgres'

/**
 * Gateways in processes of their own, with a stand-in for WhatsApp on one side and a customer's endpoint on the other.
 */
export type Cluster = {
  readonly engine: Engine
  readonly whatsapp: WhatsApp
  readonly receiver: Receiver
  readonly code: string
  readonly origins: string[]
  /** The settings of a node: for commands that work on the same store. */
  settings(node: number): Record<string, string>
  /** Any of the nodes. */
  origin(): string
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  /** SIGKILL for one node, and a new start with the same data. */
  killAndRestart(node: number): Promise<void>
  /** SIGKILL alone. */
  kill(node: number): Promise<void>
  start(node: number): Promise<void>
  /** SIGTERM, and the exit code. */
  terminate(node: number): Promise<number | null>
  /** SIGSTOP: it does nothing more, and its files stay open. */
  halt(node: number): void
  /** False when a process ended by itself. */
  allAlive(): boolean
  /** `/readyz` of a node: the HTTP status, and the reason. */
  readiness(node: number): Promise<{ http: number; reason: string }>
  /** Every event in the store, with its lane. With SQLite the gateway is killed for the read, and started again. */
  inventory(): Promise<Counted[]>
  close(): Promise<void>
}

export type ClusterOptions = {
  databaseUrl?: string
  nodes?: number
  dataDir?: string
  /** The ports that the gateway uses for WhatsApp and the customer, when a proxy stands between. */
  whatsappPort?: (real: number) => Promise<number>
  customerPort?: (real: number) => Promise<number>
  /** Requests go through a load balancer. Default: to the nodes in turn. */
  balanced?: boolean
  /** The checkout that a node is started from. Default: this one. */
  checkoutOf?: () => string | undefined
}

export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const count = options.nodes ?? 1
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'postern-faults-'))
  const ports = await Promise.all(Array.from({ length: count }, () => freePort()))
  const origins = ports.map((port) => `http://127.0.0.1:${port}`)
  let turn = 0
  const balancer = options.balanced === true ? await startBalancer(origins) : undefined
  const origin = (): string => balancer?.origin ?? origins[++turn % count]!
  const whatsapp = await startWhatsApp(origin)
  const receiver = await Receiver.start()
  const receiverPort = Number(new URL(receiver.url).port)
  const upstream = (await options.whatsappPort?.(whatsapp.port)) ?? whatsapp.port
  const customer = (await options.customerPort?.(receiverPort)) ?? receiverPort
  const env = (node: number): Record<string, string> => ({
    PORT: String(ports[node]),
    DATA_DIR: dataDir,
    ADMIN_TOKEN,
    CLOUD_API_URL: `http://127.0.0.1:${upstream}`,
    META_APP_SECRET: APP_SECRET,
    META_VERIFY_TOKEN: 'faults',
    OUTBOUND_ALLOW: '127.0.0.0/8',
    CALLS_PER_SECOND: '100000',
    LOG_LEVEL: process.env.FAULTS_LOG ?? 'info',
    ...(options.databaseUrl !== undefined && { DATABASE_URL: options.databaseUrl, MASTER_KEY: masterKey }),
  })
  const masterKey = randomBytes(32).toString('base64')
  const processes: (GatewayProcess | undefined)[] = []
  const expectedGone = new Set<number>()

  async function start(node: number): Promise<void> {
    // A busy machine compiles slowly.
    processes[node] = await startProcess(env(node), [], 60_000, undefined, mainOf(options.checkoutOf?.()))
    expectedGone.delete(node)
  }
  async function kill(node: number): Promise<void> {
    expectedGone.add(node)
    await processes[node]?.kill()
  }
  async function close(): Promise<void> {
    await Promise.all(ports.map((_, node) => kill(node)))
    await balancer?.close()
    await whatsapp.close()
    await receiver.close()
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
  }

  try {
    for (let node = 0; node < count; node++) await start(node)
    const call = caller(origin)
    const added = await call(
      'POST',
      '/admin/channels',
      {
        name: 'Faults',
        business_phone: '6281519236680',
        phone_number_id: PNID,
        waba_id: WABA,
        access_token: 'token',
        webhook_url: `http://127.0.0.1:${customer}/hook`,
        messages_per_second: 10_000,
      },
      { authorization: `Bearer ${ADMIN_TOKEN}` },
    )
    if (added.http !== 201) throw new Error(`the channel was not added: ${JSON.stringify(added)}`)
    const data = added.data as { certification_code: string; webhook_secret: string }
    receiver.secret = data.webhook_secret
    // Other nodes know the channel after a moment.
    for (const one of origins) await until(() => knows(one, data.certification_code), 'every node knows the channel')
    return {
      engine: options.databaseUrl === undefined ? 'sqlite' : 'postgres',
      whatsapp,
      receiver,
      code: data.certification_code,
      origins,
      settings: env,
      origin,
      call,
      kill,
      start,
      terminate(node) {
        expectedGone.add(node)
        return processes[node]!.terminate()
      },
      halt(node) {
        expectedGone.add(node)
        processes[node]?.child.kill('SIGSTOP')
      },
      async killAndRestart(node) {
        await kill(node)
        await start(node)
      },
      allAlive: () =>
        processes.every(
          (one, node) => expectedGone.has(node) || (one?.child.exitCode === null && one.child.signalCode === null),
        ),
      async readiness(node) {
        const answer = await fetch(`${origins[node]}/readyz`, { signal: AbortSignal.timeout(30_000) })
        const told = (await answer.json()) as { reason?: string }
        return { http: answer.status, reason: told.reason ?? '' }
      },
      async inventory() {
        if (options.databaseUrl !== undefined) return countPostgres(options.databaseUrl)
        await kill(0)
        const counted = countSqlite(dataDir)
        await start(0)
        return counted
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const mainOf = (checkout: string | undefined): string | undefined =>
  checkout === undefined ? undefined : join(checkout, 'packages/gateway/src/main.ts')

async function knows(origin: string, code: string): Promise<boolean> {
  const answer = await fetch(`${origin}/external/events?count=1`, { headers: { 'certification-code': code } })
  await answer.arrayBuffer()
  return answer.status === 200
}

/** Waits until `fact` is true; a rejection counts as false. */
export async function until(fact: () => boolean | Promise<boolean>, what: string, withinMs = 30_000): Promise<number> {
  const startedAt = performance.now()
  for (;;) {
    if (await Promise.resolve(fact()).catch(() => false)) return performance.now() - startedAt
    if (performance.now() - startedAt > withinMs) throw new Error(`waited ${withinMs} ms for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}

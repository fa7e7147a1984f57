import { setTimeout as after } from 'node:timers/promises'
import { until, type Cluster } from '../cluster.ts'
import { startTraffic } from '../traffic.ts'
import { close, type Row, type Scale } from './row.ts'

/** A way of keeping a store and of going back to it. */
export type Way = {
  what: string
  note: string
  /** Refusals that the accident explains. */
  explains?: readonly string[]
  /** What the backup needs first. */
  prepare?(round: number): Promise<void>
  /** The backup, or the moment to go back to. Everything that was acknowledged before the call must come back. */
  keep(round: number): Promise<void>
  /** The accident, while the gateways run. They are killed after it. */
  lose(round: number): Promise<void>
  /** The store is put back and settled, while no gateway runs. */
  restore(round: number): Promise<void>
}

type Planned = { reference: string; to: string; text: string; sendAt: number; round: number }

const SOON = 24
const LATER = 6
const LATER_S = 45
const PEOPLE = 1500
const RECIPIENT = 15_552_000_000

/**
 * Traffic, scheduled sends and a running broadcast; a backup in the middle; work after it that is lost; a restore, and
 * the same traffic goes on. Nothing from before the backup is missing, no message goes out twice, and what WhatsApp
 * repeats is not told under a second id.
 */
export async function goBack(scale: Scale, cluster: Cluster, way: Way): Promise<Row> {
  const traffic = startTraffic(cluster)
  const planned: Planned[] = []
  const broadcasts: string[] = []
  const unknowns: number[] = []
  const broken: string[] = []
  for (let round = 0; round < scale.rounds; round++) {
    const had = traffic.sent
    await until(() => traffic.sent > had + 20, 'some sends before the backup')
    await way.prepare?.(round)
    const plans = await plan(cluster, round)
    planned.push(...plans)
    broadcasts.push(await startBroadcast(cluster, round))
    const mark = traffic.mark()
    await way.keep(round)
    await until(() => plans.some((one) => times(cluster, one) > 0), 'a scheduled send went out after the backup')
    const [webhooks, sends] = [traffic.acknowledged, traffic.sent]
    await until(() => traffic.acknowledged > webhooks + 5 && traffic.sent > sends + 5, 'some traffic after the backup')
    await after(Math.random() * 800)
    await way.lose(round)
    for (const node of cluster.origins.keys()) await cluster.kill(node)
    const restoring = performance.now()
    await way.restore(round)
    traffic.wentBack(mark)
    for (const node of cluster.origins.keys()) await cluster.start(node)
    const seconds = ((performance.now() - restoring) / 1000).toFixed(1)
    await traffic.repeat(mark, 200)
    const states = await statesOf(cluster, plans)
    unknowns.push(states.filter((state) => state === 'unknown').length)
    if (states.includes('missing')) broken.push(`a scheduled send of before backup ${round + 1} is missing`)
    scale.say(
      `back ${round + 1} after ${seconds} s, ${unknowns.at(-1)} scheduled sends unknown, ${traffic.acknowledged} webhooks and ${traffic.sent} sends acknowledged`,
    )
  }
  broken.push(...(await judgePlanned(cluster, planned)), ...(await judgeBroadcasts(cluster, broadcasts)))
  const unknown = unknowns.reduce((sum, one) => sum + one, 0)
  if (unknown === 0) broken.push('no scheduled send fell between a backup and its restore: it proves nothing')
  const row = await close(traffic, {
    what: way.what,
    engine: cluster.engine,
    rounds: scale.rounds,
    mayRepeat: true,
    // The gateway is down for most of the time.
    available: 0.01,
    explains: ['no answer', '503 store_unavailable', '504 outcome_unknown', '503 overloaded', ...(way.explains ?? [])],
    note: `${way.note}; ${unknown} of ${planned.length} scheduled sends fell between, and went out once at most`,
  })
  row.verdict.broken.push(...broken)
  return row
}

/** Some that fall due around the backup and the loss, and some after the restore. */
async function plan(cluster: Cluster, round: number): Promise<Planned[]> {
  const now = Math.floor(Date.now() / 1000)
  const made: Planned[] = []
  for (let n = 0; n < SOON + LATER; n++) {
    const sendAt = n < SOON ? now + 2 + Math.floor(n / 2) : now + LATER_S
    const to = String(15_550_500_000 + round * 100 + n)
    const text = `Planned ${round}-${n}`
    const body = { to, type: 'text', text: { body: text }, send_at: sendAt }
    const answer = await patient(cluster, 'POST', '/external/messages/whatsapp', body)
    if (answer.http !== 202) throw new Error(`the scheduled send was refused: ${JSON.stringify(answer)}`)
    made.push({ reference: (answer.data as { reference: string }).reference, to, text, sendAt, round })
  }
  return made
}

const times = ({ whatsapp }: Cluster, { to, text }: Pick<Planned, 'to' | 'text'>): number =>
  whatsapp.texts.get(`${to} ${text}`) ?? 0

async function startBroadcast(cluster: Cluster, round: number): Promise<string> {
  const message = { type: 'text', text: { body: 'We move to a new address.' } }
  const recipients = Array.from({ length: PEOPLE }, (_, n) => String(RECIPIENT + round * PEOPLE + n))
  const made = await patient(cluster, 'POST', '/external/broadcasts', { message, recipients })
  const { id } = made.data as { id: string }
  if (made.http !== 201) throw new Error(`the broadcast was refused: ${JSON.stringify(made)}`)
  return id
}

/** A busy gateway asks to call again. */
async function patient(cluster: Cluster, method: string, path: string, body?: unknown): ReturnType<Cluster['call']> {
  for (;;) {
    const answer = await cluster.call(method, path, body, { 'certification-code': cluster.code }).catch(() => undefined)
    if (answer && answer.http !== 503 && answer.http !== 429) return answer
    await after(50)
  }
}

async function statesOf(cluster: Cluster, plans: readonly Planned[]): Promise<string[]> {
  const states: string[] = []
  for (const { reference } of plans) {
    const answer = await patient(cluster, 'GET', `/external/scheduled/${reference}`)
    states.push(answer.http === 200 ? (answer.data as { state: string }).state : 'missing')
  }
  return states
}

/** Each went out at most once; one that was due after its restore, and each that is `sent`, exactly once. */
async function judgePlanned(cluster: Cluster, planned: readonly Planned[]): Promise<string[]> {
  const last = Math.max(...planned.map(({ sendAt }) => sendAt))
  const isOver = async (): Promise<boolean> =>
    Date.now() > last * 1000 &&
    (await statesOf(cluster, planned)).every((state) => state !== 'scheduled' && state !== 'sending')
  await until(isOver, 'every scheduled send has ended', (LATER_S + 60) * 1000)
  const states = await statesOf(cluster, planned)
  const broken: string[] = []
  for (const [i, one] of planned.entries()) {
    const went = times(cluster, one)
    const state = states[i]!
    if (went > 1) broken.push(`${one.text} went out ${went} times`)
    if (state === 'sent' && went === 0) broken.push(`${one.text} is sent, and WhatsApp does not have it`)
    if (state !== 'sent' && state !== 'unknown') broken.push(`${one.text} is ${state}`)
  }
  return broken
}

/** Nobody gets a broadcast twice, and who got it is accepted or unknown. */
async function judgeBroadcasts(cluster: Cluster, broadcasts: readonly string[]): Promise<string[]> {
  const broken: string[] = []
  const counts: Record<string, number>[] = []
  for (const id of broadcasts) {
    await until(
      async () =>
        ((await patient(cluster, 'GET', `/external/broadcasts/${id}`)).data as { state: string }).state === 'done',
      `broadcast ${id} is done`,
      120_000,
    )
    counts.push(
      ((await patient(cluster, 'GET', `/external/broadcasts/${id}`)).data as { counts: Record<string, number> }).counts,
    )
  }
  for (const [round, { accepted, unknown }] of counts.entries()) {
    let got = 0
    for (let n = 0; n < PEOPLE; n++) {
      const went = times(cluster, { to: String(RECIPIENT + round * PEOPLE + n), text: 'We move to a new address.' })
      if (went > 1) broken.push(`recipient ${n} of broadcast ${round + 1} got it ${went} times`)
      got += went
    }
    if (accepted! > got) broken.push(`broadcast ${round + 1} has ${accepted} accepted, and ${got} got it`)
    if (accepted! + unknown! !== PEOPLE)
      broken.push(`broadcast ${round + 1}: ${accepted} accepted and ${unknown} unknown of ${PEOPLE}`)
  }
  return broken
}

import { z } from 'zod'

/** Qualities of a number, the best first. A rule names the first one that is not good enough. */
const STOPPING_QUALITIES = ['YELLOW', 'RED'] as const
const RANKS = { YELLOW: 2, RED: 1 } as const

/** `stop_when` of a broadcast: it stops by itself as soon as one of these is reached. */
export const stopWhenSchema = z
  .strictObject({
    failed_share: z
      .number()
      .gt(0)
      .max(1)
      .optional()
      .describe('Share of failed messages, from 0 to 1. Judged from ten results on; a small share needs more.'),
    failed: z.int().min(1).max(1_000_000).optional().describe('Number of failed messages.'),
    quality: z.enum(STOPPING_QUALITIES).optional().describe('Quality of the number: this one, or a worse one.'),
    spend: z
      .number()
      .gt(0)
      .max(1_000_000_000)
      .optional()
      .describe('Cost of the messages, in the currency of RATE_CARD_FILE.'),
  })
  .describe('The broadcast stops by itself when one of these limits is reached, with the reason stopped_by_rule.')

export type StopWhen = z.infer<typeof stopWhenSchema>

/** What is known of a running broadcast. */
export type Standing = {
  /** Messages that WhatsApp accepted, the ones that failed later included. */
  accepted: number
  /** Messages that WhatsApp refused. Contacts that may not be written to are not among them. */
  refused: number
  /** Accepted messages that failed later. */
  undelivered: number
  /** 3 is green, 2 yellow, 1 red; undefined when WhatsApp has told nothing. */
  quality: number | undefined
  /** Cost so far in millionths of the currency; undefined without a rate card. */
  micros: number | undefined
}

export type RuleBroken = { rule: keyof StopWhen; limit: number | string; actual: number | string }

const FEWEST_RESULTS = 10

/** The first limit that is reached. */
export function ruleBroken(rules: StopWhen, standing: Standing): RuleBroken | undefined {
  const { accepted, refused, undelivered, quality, micros } = standing
  const failed = refused + undelivered
  const results = accepted + refused
  if (rules.failed !== undefined && failed >= rules.failed) {
    return { rule: 'failed', limit: rules.failed, actual: failed }
  }
  if (rules.failed_share !== undefined) {
    // One failure among the first must not stop a broadcast of a hundred thousand.
    const enough = Math.max(FEWEST_RESULTS, Math.ceil(2 / rules.failed_share))
    const share = results === 0 ? 0 : failed / results
    if (results >= enough && share >= rules.failed_share) {
      return { rule: 'failed_share', limit: rules.failed_share, actual: Math.round(share * 10_000) / 10_000 }
    }
  }
  if (rules.quality !== undefined && quality !== undefined && quality <= RANKS[rules.quality]) {
    return { rule: 'quality', limit: rules.quality, actual: quality === 1 ? 'RED' : 'YELLOW' }
  }
  if (rules.spend !== undefined && micros !== undefined && micros >= rules.spend * 1_000_000) {
    return { rule: 'spend', limit: rules.spend, actual: Math.round(micros / 10_000) / 100 }
  }
  return undefined
}

const WORDS: Record<keyof StopWhen, (broken: RuleBroken) => string> = {
  failed: ({ limit, actual }) => `${actual} messages failed, and the limit is ${limit}`,
  failed_share: ({ limit, actual }) =>
    `${percent(actual as number)} of the messages failed, and the limit is ${percent(limit as number)}`,
  quality: ({ limit, actual }) => `the quality of the number is ${actual}, and the limit is ${limit}`,
  spend: ({ limit, actual }) => `the messages cost ${actual}, and the limit is ${limit}`,
}

export const STOPPED_BY_RULE = 'stopped_by_rule'

/** Why the broadcast stopped, in the form of its `reason`. */
export function stoppedByRule(broken: RuleBroken): { reason: typeof STOPPED_BY_RULE; message: string } & RuleBroken {
  const message = `Stopped by stop_when.${broken.rule}: ${WORDS[broken.rule](broken)}. Nothing more is sent until it is resumed.`
  return { reason: STOPPED_BY_RULE, message, ...broken }
}

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`

/** The rules as they were stored. Undefined when there are none. */
export function readStopWhen(stored: string | null): StopWhen | undefined {
  if (stored === null) return undefined
  const read = stopWhenSchema.safeParse(JSON.parse(stored))
  return read.success ? read.data : undefined
}

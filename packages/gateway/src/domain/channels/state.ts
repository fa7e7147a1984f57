import { z } from 'zod'

/**
 * What is known of a number and its account: one part for each thing that Meta tells. A part has Meta's word as its
 * value, the time since which it has that value, and the reason.
 */
export type ChannelState = ReadonlyMap<string, StatePart>

/** Times are epoch milliseconds. */
export type StatePart = {
  value: unknown
  /** The start of the present value. */
  since: number
  /** Meta's time of the newest signal. An older signal changes nothing. */
  at: number
  reason: string | null
  /** The end that Meta announced, for example of a restriction. */
  until: number | null
  /** Meta's own keys of the newest signal. */
  details: Record<string, unknown> | null
}

/** What one signal changes. `at` is Meta's time of it. */
export type StateChange = Pick<StatePart, 'value' | 'at' | 'reason' | 'until' | 'details'> & { part: string }

/** The parts that every answer shows, null when nothing is known. `restriction` is the strongest of three. */
export const SHOWN_PARTS = [
  'quality',
  'messaging_limit',
  'throughput',
  'review',
  'restriction',
  'verified_name',
  'name_review',
  'account',
  'username',
  'security',
  'settings',
] as const

/** Parts with this prefix are the alerts of an account, by type. */
export const ALERT = 'alert:'
/** Parts with this prefix are other events of an account, by name. */
export const EVENT = 'event:'
export const RESTRICTION = 'restriction'
export const BAN = 'ban'
export const VIOLATION = 'violation'

/** The restriction that holds now: a ban before a restriction, a restriction before a violation. */
export function restrictionOf(state: ChannelState, now: number): StatePart | undefined {
  const ban = state.get(BAN)
  if (ban && ban.value !== 'REINSTATE') return ban
  const restriction = state.get(RESTRICTION)
  if (restriction && restriction.value !== null && (restriction.until === null || restriction.until > now))
    return restriction
  const violation = state.get(VIOLATION)
  // A reinstated account has answered for its earlier violations.
  return violation && !(ban && ban.at >= violation.at) ? violation : undefined
}

/** True while Meta lets the number do less than usual. A violation alone limits nothing. */
export function isRestricted(state: ChannelState, now: number): boolean {
  const present = restrictionOf(state, now)
  return present !== undefined && present !== state.get(VIOLATION)
}

const RANKS = new Map<unknown, number>([
  ...(['GREEN', 'HIGH', 'UNFLAGGED'] as const).map((word) => [word, 3] as const),
  ...(['YELLOW', 'MEDIUM'] as const).map((word) => [word, 2] as const),
  ...(['RED', 'LOW', 'FLAGGED'] as const).map((word) => [word, 1] as const),
])

/** The quality as a number for alarms: 3 is green, 2 yellow, 1 red. Undefined when it is not known. */
export const qualityRank = (state: ChannelState): number | undefined => RANKS.get(state.get('quality')?.value)

/** Messages a second of a number that is also on the WhatsApp Business app. Meta fixes it. */
const COEXISTENCE_PACE = 20

/** True for a number that the business also uses in the WhatsApp Business app. */
export const isOnApp = (state: ChannelState): boolean => state.get('coexistence')?.value === true

/** Messages a second: the operator's setting, or Meta's limit when that is lower. */
export const paceOf = (own: number, state: ChannelState): number =>
  isOnApp(state) ? Math.min(own, COEXISTENCE_PACE) : own

/** Words of `account` after which Meta refuses the sends of the number. */
const GONE = new Map([
  ['PARTNER_REMOVED', 'The business disconnected the number from this app. Connect it again.'],
  ['PARTNER_APP_UNINSTALLED', 'The business removed this app from its account. Install the app again.'],
  [
    'ACCOUNT_OFFBOARDED',
    'The business changed its device or registered its app again. WhatsApp usually connects the number again within minutes; otherwise connect it again.',
  ],
  ['ACCOUNT_DELETED', 'The WhatsApp Business Account was deleted. Remove the channel, or give it another account.'],
])

/** Why Meta refuses every send of the number, and what to do. Undefined while the number is connected. */
export function disconnection(state: ChannelState): { word: string; part: StatePart; advice: string } | undefined {
  const part = state.get('account')
  const advice = GONE.get(part?.value as string)
  return part && advice !== undefined ? { word: part.value as string, part, advice } : undefined
}

const seconds = (ms: number | null): number | null => (ms === null ? null : Math.floor(ms / 1000))

const partShape = z
  .object({
    value: z.unknown().describe('WhatsApp’s own word, number or object.'),
    since: z.int().describe('Unix seconds: the start of the present value.'),
    reason: z.string().nullable(),
    until: z.int().nullable().describe('Unix seconds: the end that WhatsApp announced.'),
    details: z.looseObject({}).nullable().describe('WhatsApp’s own keys of the newest signal.'),
  })
  .meta({ id: 'StatePart' })

const alertShape = z.object({
  type: z.string(),
  severity: z.unknown(),
  status: z.unknown().describe('ACTIVE, or NONE when the alert is over.'),
  description: z.unknown(),
  since: z.int(),
})

export const stateShape = z
  .object({
    ...(Object.fromEntries(SHOWN_PARTS.map((part) => [part, partShape.nullable()])) as Record<
      (typeof SHOWN_PARTS)[number],
      z.ZodNullable<typeof partShape>
    >),
    alerts: z.array(alertShape).describe('The newest first.'),
    other: z.record(z.string(), partShape).describe('Other events of the account, by their name.'),
  })
  .describe('What WhatsApp told of the number and its account. A part is null when WhatsApp has told nothing.')

type Shown = z.infer<typeof stateShape>

const shownPart = ({ value, since, reason, until, details }: StatePart): z.infer<typeof partShape> => ({
  value,
  since: Math.floor(since / 1000),
  reason,
  until: seconds(until),
  details,
})

/** The state as the API shows it. */
export function publicState(state: ChannelState, now: number): Shown {
  const of = (name: string): z.infer<typeof partShape> | null => {
    const part = name === RESTRICTION ? restrictionOf(state, now) : state.get(name)
    return part ? shownPart(part) : null
  }
  const named = (prefix: string): [string, StatePart][] =>
    [...state].flatMap(([name, part]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), part]] : []))
  return {
    ...(Object.fromEntries(SHOWN_PARTS.map((name) => [name, of(name)])) as Pick<Shown, (typeof SHOWN_PARTS)[number]>),
    alerts: named(ALERT)
      .sort(([, a], [, b]) => b.at - a.at)
      .map(([type, { value, since, details }]) => ({
        type: typeof details?.alert_type === 'string' ? details.alert_type : type,
        severity: details?.alert_severity ?? null,
        status: value,
        description: details?.alert_description ?? null,
        since: Math.floor(since / 1000),
      })),
    other: Object.fromEntries(named(EVENT).map(([name, part]) => [name, shownPart(part)])),
  }
}

import { z } from 'zod'

export const SEVERITIES = ['critical', 'warning', 'info'] as const
export type Severity = (typeof SEVERITIES)[number]

const SECOND = 1000
const MINUTE = 60 * SECOND

/**
 * Every kind of incident. `openAfterMs`: how long the evidence must last before it opens; `closeAfterMs`: how long the
 * evidence must be gone before it closes. Kinds whose rule judges durations by itself open at once.
 */
export const KINDS = {
  endpoint_failing: { openAfterMs: 0, closeAfterMs: MINUTE },
  dead_events: { openAfterMs: 0, closeAfterMs: 10 * SECOND },
  events_waiting: { openAfterMs: 0, closeAfterMs: MINUTE },
  token_rejected: { openAfterMs: 5 * SECOND, closeAfterMs: 10 * SECOND },
  token_expiring: { openAfterMs: 0, closeAfterMs: 10 * SECOND },
  number_throttled: { openAfterMs: 20 * SECOND, closeAfterMs: MINUTE },
  quality_fallen: { openAfterMs: 0, closeAfterMs: MINUTE },
  limit_fallen: { openAfterMs: 0, closeAfterMs: MINUTE },
  number_restricted: { openAfterMs: 0, closeAfterMs: MINUTE },
  number_disconnected: { openAfterMs: 0, closeAfterMs: MINUTE },
  template_paused: { openAfterMs: 0, closeAfterMs: MINUTE },
  template_rejected: { openAfterMs: 0, closeAfterMs: MINUTE },
  webhooks_silent: { openAfterMs: 30 * SECOND, closeAfterMs: 30 * SECOND },
  app_unsubscribed: { openAfterMs: 0, closeAfterMs: 10 * SECOND },
  second_subscriber: { openAfterMs: 0, closeAfterMs: 10 * SECOND },
  unknown_outcomes: { openAfterMs: 0, closeAfterMs: MINUTE },
  meta_unreachable: { openAfterMs: 0, closeAfterMs: 30 * SECOND },
  meta_failing: { openAfterMs: 0, closeAfterMs: 30 * SECOND },
  store_full: { openAfterMs: 10 * SECOND, closeAfterMs: 15 * SECOND },
  store_read_only: { openAfterMs: 10 * SECOND, closeAfterMs: 15 * SECOND },
  store_away: { openAfterMs: 10 * SECOND, closeAfterMs: 15 * SECOND },
  disk_nearly_full: { openAfterMs: 30 * SECOND, closeAfterMs: MINUTE },
  clock_step: { openAfterMs: 0, closeAfterMs: 0 },
  clock_skew: { openAfterMs: 0, closeAfterMs: MINUTE },
  rates_old: { openAfterMs: 0, closeAfterMs: 0 },
  unknown_field: { openAfterMs: 0, closeAfterMs: 0 },
  backup_failed: { openAfterMs: 0, closeAfterMs: 0 },
  broadcast_stopped: { openAfterMs: 0, closeAfterMs: 0 },
  loss_found: { openAfterMs: 0, closeAfterMs: 0 },
  loss_audit_failed: { openAfterMs: 0, closeAfterMs: 0 },
} as const satisfies Record<string, { openAfterMs: number; closeAfterMs: number }>

export type Kind = keyof typeof KINDS

/** What an incident is about. `subject`: a template, a broadcast, a field or a machine. */
export type About = {
  kind: Kind
  channelId?: number | undefined
  endpointId?: string | undefined
  subject?: string | undefined
}

/**
 * The evidence of one rule at one moment. `holds`: too little to open an incident, enough to keep it open. `unread`: it
 * could not be looked at, so what was known stays as it is.
 */
export type Reading = About & {
  holds?: true
  unread?: true
  severity: Severity
  /** The begin of the evidence, when the rule knows it. */
  since?: number | undefined
  count: number
  what: string
  advice: string
}

/** Times are epoch milliseconds. `until`: null while it is open. */
export type Incident = About & {
  id: string
  severity: Severity
  since: number
  until: number | null
  count: number
  what: string
  advice: string
}

/** One incident for each key at a time. */
export const keyOf = ({ kind, channelId, endpointId, subject }: About): string =>
  [kind, channelId ?? '', endpointId ?? '', subject ?? ''].join(' ')

const RANK: Record<Severity, number> = { critical: 0, warning: 1, info: 2 }

/** True for a more severe incident. */
export const isWorse = (a: Pick<Incident, 'severity'>, b: Pick<Incident, 'severity'>): boolean =>
  RANK[a.severity] < RANK[b.severity]

/** The worst first, then the newest. */
export const bySeverity = (a: Incident, b: Incident): number =>
  RANK[a.severity] - RANK[b.severity] || b.since - a.since || (a.id < b.id ? 1 : -1)

export const incidentShape = z
  .object({
    id: z.string(),
    kind: z.enum(Object.keys(KINDS) as [Kind, ...Kind[]]),
    severity: z.enum(SEVERITIES),
    channel_id: z.int().optional(),
    endpoint_id: z.string().optional(),
    since: z.int().describe('Unix seconds: the begin of the evidence.'),
    until: z.int().optional().describe('Unix seconds: when the evidence was gone. Missing while it is open.'),
    count: z.int().describe('How many events, messages, machines or values it is about.'),
    what: z.string().describe('What is wrong, in a sentence or two.'),
    advice: z.string().describe('What to do.'),
    links: z.array(z.object({ title: z.string(), href: z.string() })).describe('Places to look at, on this gateway.'),
  })
  .meta({ id: 'Incident' })

export type ShownIncident = z.infer<typeof incidentShape>

/** The incident as the API shows it. */
export function publicIncident(incident: Incident): ShownIncident {
  const { id, kind, severity, channelId, endpointId, since, until, count, what, advice } = incident
  return {
    id,
    kind,
    severity,
    ...(channelId !== undefined && { channel_id: channelId }),
    ...(endpointId !== undefined && { endpoint_id: endpointId }),
    since: Math.floor(since / 1000),
    ...(until !== null && { until: Math.floor(until / 1000) }),
    count,
    what,
    advice,
    links: linksOf(incident),
  }
}

type Link = ShownIncident['links'][number]

/** Pages of the console that show more of it. */
export function linksOf({ kind, channelId, endpointId }: About): Link[] {
  const channel: Link[] = channelId === undefined ? [] : [{ title: 'Channel', href: `/#/channels/${channelId}` }]
  const filter =
    (channelId === undefined ? '' : `&channel=${channelId}`) +
    (endpointId === undefined ? '' : `&endpoint=${encodeURIComponent(endpointId)}`)
  switch (kind) {
    case 'endpoint_failing':
    case 'events_waiting':
      return [{ title: 'Waiting events', href: `/#/deliveries?state=pending${filter}` }, ...channel]
    case 'dead_events':
      return [{ title: 'Dead events', href: `/#/deliveries?state=dead${filter}` }, ...channel]
    case 'template_paused':
    case 'template_rejected':
      return [{ title: 'Templates', href: '/#/templates' }, ...channel]
    case 'unknown_outcomes':
      return [{ title: 'Messages of unknown outcome', href: `/#/messages?status=unknown${filter}` }, ...channel]
    case 'loss_found':
      return [{ title: 'Deliveries', href: `/#/deliveries?state=dead${filter}` }, ...channel]
    case 'webhooks_silent':
      return [{ title: 'Accepted messages', href: `/#/messages?status=accepted${filter}` }, ...channel]
    default:
      return channel.length > 0 ? channel : [{ title: 'Overview', href: '/#/' }]
  }
}

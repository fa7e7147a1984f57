import type { Kind } from '../../../gateway/src/domain/incidents/incident.ts'
import type { Incident } from '../api.ts'

const word = (text: string): string => text

/** What each kind of incident is, in a few words. */
const TITLES: Record<Kind, string> = {
  endpoint_failing: word('An endpoint does not take its events'),
  dead_events: word('Events were given up'),
  events_waiting: word('Events wait for an endpoint'),
  token_rejected: word('WhatsApp rejects an access token'),
  token_expiring: word('An access token expires'),
  number_throttled: word('WhatsApp slows a number down'),
  quality_fallen: word('The quality of a number fell'),
  limit_fallen: word('The messaging limit of a number fell'),
  number_restricted: word('WhatsApp restricts a number'),
  number_disconnected: word('A number is disconnected'),
  template_paused: word('WhatsApp paused a template'),
  template_rejected: word('WhatsApp rejected a template'),
  webhooks_silent: word('WhatsApp sends no statuses'),
  app_unsubscribed: word('WhatsApp sends no webhooks to this app'),
  second_subscriber: word('Another app gets the webhooks as well'),
  unknown_outcomes: word('The outcome of messages is unknown'),
  meta_unreachable: word('WhatsApp cannot be reached'),
  meta_failing: word('WhatsApp answers with errors'),
  store_full: word('The disk is full'),
  store_read_only: word('The database is read-only'),
  store_away: word('The database does not answer'),
  disk_nearly_full: word('The disk is nearly full'),
  clock_step: word('The clock was set'),
  clock_skew: word('The clock is wrong'),
  rates_old: word('The prices are old'),
  unknown_field: word('WhatsApp sends a new kind of webhook'),
  backup_failed: word('Backups fail'),
  broadcast_stopped: word('A broadcast stopped'),
  loss_found: word('Messages or callbacks have no known end'),
  loss_audit_failed: word('The daily audit fails'),
}

/** A newer gateway may have a kind that this page does not know. */
export const titleOf = ({ kind }: Incident): string => TITLES[kind as Kind] ?? word('Something is wrong')

/** How many wait, are lost or are in doubt. Other kinds count machines or values, which says nothing to a reader. */
const COUNTED: Record<string, string> = {
  endpoint_failing: word('{n} waiting'),
  events_waiting: word('{n} waiting'),
  dead_events: word('{n} dead'),
  webhooks_silent: word('{n} messages'),
  unknown_outcomes: word('{n} messages'),
}

export const countWords = ({ kind }: Incident): string | undefined => COUNTED[kind]

type Place = { label: string; href: string }

/** The place in the console where an incident is mended. Undefined: it is mended on the machine or at WhatsApp. */
export function placeOf({ kind, channel_id: channel, endpoint_id: endpoint }: Incident): Place | undefined {
  if (channel === undefined) return undefined
  const there = endpoint === undefined ? '' : `&endpoint=${encodeURIComponent(endpoint)}`
  const page = `/channels/${channel}`
  switch (kind) {
    case 'endpoint_failing':
    case 'events_waiting':
      return { label: word('Open endpoint'), href: endpoint === undefined ? page : `${page}?${there.slice(1)}` }
    case 'dead_events':
      return { label: word('Review dead events'), href: `/deliveries?state=dead&channel=${channel}${there}` }
    case 'token_rejected':
    case 'token_expiring':
      return { label: word('Replace the token'), href: `${page}?field=access_token` }
    case 'number_throttled':
      return { label: word('Change the rate limit'), href: `${page}?field=messages_per_second` }
    case 'template_paused':
    case 'template_rejected':
      return { label: word('Open templates'), href: `/templates?channel=${channel}` }
    case 'broadcast_stopped':
      return { label: word('Open broadcasts'), href: `/broadcasts/${channel}` }
    case 'webhooks_silent':
      return { label: word('Show messages'), href: `/messages?status=accepted&channel=${channel}` }
    case 'unknown_outcomes':
      return { label: word('Show messages'), href: `/messages?status=unknown&channel=${channel}` }
    default:
      return { label: word('Open channel'), href: page }
  }
}

export type Tone = 'good' | 'warm' | 'bad' | 'idle'

const TONES = { critical: 'bad', warning: 'warm', info: 'idle' } as const

export const toneOf = ({ severity }: Incident): Tone => TONES[severity]

/** The tone of all open incidents together: that of the worst. */
export const worstTone = (open: readonly Incident[]): Tone =>
  (['bad', 'warm', 'idle'] as const).find((tone) => open.some((one) => toneOf(one) === tone)) ?? 'good'

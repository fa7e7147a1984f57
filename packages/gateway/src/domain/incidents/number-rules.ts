import type { ChannelFact } from './facts.ts'
import type { Reading } from './incident.ts'
import { DAY, MINUTE, type Rule, rule, timeText, UNREAD } from './rule.ts'

type Found = Omit<Reading, 'kind' | 'channelId'>

const of = ({ channelId }: Pick<ChannelFact, 'channelId'>, found: Found) => ({ channelId, ...found })

const EXPIRES_SOON_MS = 7 * DAY
/** A lower limit that has lasted this long is the normal one. */
const FELL_FOR_MS = 7 * DAY
/** WhatsApp usually connects a number again within minutes after its business changed the phone. */
const RECONNECTS_WITHIN_MS = 10 * MINUTE
/** Statuses settle most sends of unknown outcome within seconds. */
const SETTLES_WITHIN_MS = 10 * MINUTE
/** Fewer sends without a status are no proof: each of them may have been lost for itself. */
const LEAST_SILENT = 3

const NEW_TOKEN =
  'Make a new system user token in Meta’s business settings, with whatsapp_business_messaging and whatsapp_business_management and without expiry, and give it to the channel: PATCH /admin/channels/{channel_id} with access_token, or the channel’s page in the console.'

function silent(one: ChannelFact) {
  const { silence } = one
  if (!silence) return of(one, UNREAD)
  // Without a send that a status could answer, nothing speaks against the webhooks.
  if (silence.of === 0 || silence.unanswered < silence.of) return undefined
  const minutes = Math.round(silence.usualMs / MINUTE)
  return of(one, {
    ...(silence.unanswered < LEAST_SILENT && { holds: true }),
    severity: 'critical',
    since: silence.oldestAt,
    count: silence.unanswered,
    what: `WhatsApp accepted the last ${silence.unanswered} messages, and sent no status of any of them for more than ${minutes} minutes. Replies are probably missing too.`,
    advice:
      'Meta does not reach this gateway, or sends its webhooks elsewhere: run "postern doctor". Check the public address, its certificate, the proxy, and the callback URL in Meta’s app. WhatsApp repeats webhooks for 7 days, so they come late and are not lost.',
  })
}

export const NUMBER_RULES: readonly Rule[] = [
  rule('token_rejected', 'channels', (one) => {
    if (!one.token) return of(one, UNREAD)
    if (one.token.rejectedAt <= one.token.acceptedAt) return undefined
    return of(one, {
      severity: 'critical',
      since: one.token.rejectedAt,
      count: 1,
      what: `WhatsApp rejects the access token of this channel (code ${one.token.code ?? 190}). Every send fails.`,
      advice: NEW_TOKEN,
    })
  }),

  rule('token_expiring', 'channels', (one, now) => {
    const at = one.tokenExpiresAt
    if (at === undefined) return of(one, UNREAD)
    if (at === null || at - now > EXPIRES_SOON_MS) return undefined
    const expiry = at <= now ? 'expired' : 'expires'
    return of(one, {
      severity: at - now > DAY ? 'warning' : 'critical',
      since: Math.min(now, at - EXPIRES_SOON_MS),
      count: 1,
      what: `The access token of this channel ${expiry} at ${timeText(at)}. Then every send fails.`,
      advice: NEW_TOKEN,
    })
  }),

  rule('quality_fallen', 'channels', (one) => {
    const rank = one.quality?.rank
    if (rank === undefined || rank === 3) return undefined
    const rated = rank === 1 ? 'low (red)' : 'medium (yellow)'
    return of(one, {
      severity: rank === 1 ? 'critical' : 'warning',
      since: one.quality!.since,
      count: 1,
      what: `WhatsApp rates the quality of the number ${rated}: people block or report its messages.`,
      advice:
        'Send less marketing, only to people who asked for it, and make it easy to stop. WhatsApp counts the last seven days; a number that stays low loses its limit.',
    })
  }),

  rule('limit_fallen', 'channels', (one, now) => {
    const fell = one.limitFell
    if (!fell || now - fell.at > FELL_FOR_MS) return undefined
    return of(one, {
      severity: 'warning',
      since: fell.at,
      count: 1,
      what: `WhatsApp lowered the messaging limit from ${fell.before} to ${fell.now} people a day.`,
      advice:
        'Spread broadcasts over more days, and improve the quality of the number. The limit rises again when half of it is used with good quality for seven days. This closes when the limit is back, or after seven days.',
    })
  }),

  rule('number_restricted', 'channels', (one) => {
    if (!one.restriction) return undefined
    const { word, since, until } = one.restriction
    const end = until === null ? '' : ` until ${timeText(until)}`
    return of(one, {
      severity: 'critical',
      since,
      count: 1,
      what: `WhatsApp restricts the number or its account (${word})${end}.`,
      advice:
        'See what is restricted, and ask for a review, in Meta’s Business Support Home. Until it is lifted, WhatsApp refuses some or all sends.',
    })
  }),

  rule('number_disconnected', 'channels', (one, now) => {
    if (!one.disconnection) return undefined
    const { word, since, advice } = one.disconnection
    const isBack = word === 'ACCOUNT_OFFBOARDED' && now - since < RECONNECTS_WITHIN_MS
    return of(one, {
      ...(isBack && { holds: true }),
      severity: 'critical',
      since,
      count: 1,
      what: `The number is not connected to this app any more (${word}). Every send fails.`,
      advice,
    })
  }),

  rule('webhooks_silent', 'channels', silent),

  rule('app_unsubscribed', 'channels', (one) =>
    one.apps === undefined
      ? of(one, UNREAD)
      : one.apps.ours
        ? undefined
        : of(one, {
            severity: 'critical',
            count: 1,
            what: 'The app of this channel’s token is not subscribed to the WhatsApp Business Account: replies and statuses do not come.',
            advice:
              'Subscribe it: the button on the channel’s page in the console, or POST /{waba_id}/subscribed_apps at Meta with the token of the channel.',
          }),
  ),

  rule('second_subscriber', 'channels', (one) => {
    // A known address is evidence, whether or not the apps could be asked for.
    if (one.apps === undefined && one.otherAddress === undefined) return of(one, UNREAD)
    const others = one.apps?.others ?? []
    if (others.length === 0 && one.otherAddress === undefined) return undefined
    return of(one, {
      severity: 'warning',
      count: Math.max(1, others.length),
      what:
        one.otherAddress !== undefined
          ? `WhatsApp sends the webhooks of this number to another address: ${one.otherAddress}.`
          : `Other apps get the webhooks of this account too (${others.join(', ')}), and may answer or take messages.`,
      advice:
        'If it is yours and meant, leave it. Otherwise remove the app from the account in Meta’s business settings, or remove the override of the callback URL.',
    })
  }),

  rule('unknown_outcomes', 'channels', (one, now) => {
    if (!one.unknown || one.unknown.count === 0) return undefined
    const { count, oldestAt } = one.unknown
    return of(one, {
      ...(now - oldestAt < SETTLES_WITHIN_MS && { holds: true }),
      severity: 'warning',
      since: oldestAt,
      count,
      what: `It is unknown whether WhatsApp accepted ${count} messages of the last day: its answer was lost, and no status came.`,
      advice:
        'Do not send them again before you looked: some may have arrived. A late status settles them. If many come, check the connection to WhatsApp and whether webhooks arrive.',
    })
  }),

  {
    kind: 'template_paused',
    read: ({ templates }) =>
      templates
        ?.filter(({ status }) => status === 'PAUSED' || status === 'DISABLED')
        .map(({ channelId, name, language, status, since }) => ({
          kind: 'template_paused',
          channelId,
          subject: `${name} ${language}`,
          severity: status === 'DISABLED' ? 'critical' : 'warning',
          since,
          count: 1,
          what: `WhatsApp set the template ${name} (${language}), which was in use, to ${status}: sends with it fail.`,
          advice:
            'A template is paused when people block or report it: for 3 hours, then for 6, and the third time for good. Change its text, or send another template. It closes when the template is approved again, or was not used for seven days.',
        })),
  },

  {
    kind: 'template_rejected',
    read: ({ templates }) =>
      templates
        ?.filter(({ status }) => status === 'REJECTED')
        .map(({ channelId, name, language, since }) => ({
          kind: 'template_rejected',
          channelId,
          subject: `${name} ${language}`,
          severity: 'warning',
          since,
          count: 1,
          what: `WhatsApp rejected the template ${name} (${language}), which was in use: sends with it fail.`,
          advice:
            'See the reason on the template’s page, change the template, and submit it again; or send another one.',
        })),
  },

  {
    kind: 'broadcast_stopped',
    read: ({ broadcasts }) =>
      broadcasts?.map(({ channelId, id, name, reason, at }) => ({
        kind: 'broadcast_stopped',
        channelId,
        subject: id,
        severity: 'warning',
        since: at,
        count: 1,
        what: `The broadcast ${name ?? id} stopped by itself (${reason ?? 'no reason'}): no send could succeed, or a limit of stop_when was reached.`,
        advice:
          'See its failures by code, repair the cause, then resume or cancel it: postern broadcast show <id>. This closes when it goes on, is cancelled, or after seven days.',
      })),
  },

  rule('loss_found', 'losses', ({ channelId, count, oldestAt, missing }) => ({
    channelId,
    severity: 'warning',
    since: oldestAt,
    count,
    what: `The loss audit found ${count} messages and callbacks without a known end, the oldest since ${timeText(oldestAt)}: ${kindsText(missing)}.`,
    advice:
      'See them, each with what to do: postern audit --since 26h. The audit runs once a day, and hourly while this is open; it closes when one finds none.',
  })),
]

const kindsText = (missing: Readonly<Record<string, number>>): string =>
  Object.entries(missing)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ')

/** Templates count as used for this long after a send. */
export const IN_USE_MS = 7 * DAY
/** Stopped broadcasts are told for this long. */
export const STOPPED_FOR_MS = 7 * DAY

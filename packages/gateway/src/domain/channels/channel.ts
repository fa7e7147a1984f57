import { z } from 'zod'
import { type QuietHours, quietHoursSchema } from '../contacts/quiet-hours.ts'
import { optOutSettings, wordsFit } from '../contacts/opt-out-words.ts'
import { matching, text, webLink } from '../fields/schema.ts'
import { certificationCode } from './certification-code.ts'
import type { Endpoint } from './endpoint.ts'
import type { ChannelState } from './state.ts'

export const WINDOW_POLICIES = ['enforce', 'observe'] as const
export const MEDIA_CHECKS = ['probe', 'type', 'off'] as const
export const STANDBY_MODES = ['deliver', 'store'] as const
export const MEDIA_MODES = ['link', 'upload'] as const
export const COMPATIBILITIES = ['postern', 'page'] as const
export const BROADCAST_STARTS = ['free', 'checked', 'tested'] as const
export const MARKETING_PATHS = ['cloud', 'marketing_messages', 'auto'] as const

/** A phone number of the business: its settings and its token. */
export type Channel = {
  id: number
  name: string
  /** Digits. */
  businessPhone: string
  phoneNumberId: string
  wabaId: string
  accessToken: string
  defaultLanguage: string | null
  windowPolicy: (typeof WINDOW_POLICIES)[number]
  mediaCheck: (typeof MEDIA_CHECKS)[number]
  mediaMode: (typeof MEDIA_MODES)[number]
  standby: (typeof STANDBY_MODES)[number]
  /** The pace of the number: the operator's, or WhatsApp's when that is lower. */
  messagesPerSecond: number
  /** True when the account has Direct Send: utility messages without a template pass a closed window. */
  directSend: boolean
  /** Where marketing templates go. */
  marketing: (typeof MARKETING_PATHS)[number]
  /** Whose form answers and callbacks have. */
  compatibility: (typeof COMPATIBILITIES)[number]
  /** When nothing of marketing goes out by itself, by the contact's clock. */
  quietHours: QuietHours | null
  /** Whole messages by which a contact stops marketing, or wants it again. */
  stopWords: readonly string[]
  startWords: readonly string[]
  /** The text that answers a stop word; null without an answer. */
  stopAnswer: string | null
  /** What a broadcast needs before it starts. */
  broadcastStart: (typeof BROADCAST_STARTS)[number]
  /** The operator's setting. */
  ownPace: number
  /** What WhatsApp told of the number and its account. */
  state: ChannelState
  createdAt: number
  updatedAt: number
  /** The oldest first. */
  endpoints: Endpoint[]
}

/** The endpoint of `webhook_url`: the channel's first. */
export const webhookOf = (channel: Pick<Channel, 'endpoints'> | undefined): Endpoint | undefined =>
  channel?.endpoints[0]

/** The numbers that are given after it still have at most 15 digits, as paths need. */
const MOST_CHOSEN_ID = 999_999_999_999

const digits = (max: number) => matching(new RegExp(`^\\d{1,${max}}$`), `must be digits only, at most ${max}`)
const endpointUrl = webLink({ description: 'URL of the endpoint that gets the events.' })

const settings = {
  name: text(1, 200, { description: 'For people: how lists and the console call this channel.' }),
  // The token becomes a header, which allows no other characters; a copied line break would fail every send.
  access_token: matching(/^[\x21-\x7e]{1,4096}$/, 'must be a token as Meta shows it: no spaces, line ends or accents', {
    description: 'Meta’s token of the number. Encrypted at rest, never given back.',
    minLength: 1,
    maxLength: 4096,
  }),
  default_language: z
    .string()
    .min(2)
    .max(10)
    .nullable()
    .describe('The language of a template that is approved in several.'),
  window_policy: z.enum(WINDOW_POLICIES).describe('enforce: refuse free-form messages outside the 24-hour window.'),
  media_check: z.enum(MEDIA_CHECKS).describe('How media links are checked before a send.'),
  media_mode: z.enum(MEDIA_MODES).describe('upload: fetch a link once, send by id.'),
  standby: z
    .enum(STANDBY_MODES)
    .describe(
      'Messages that another program answers. deliver: they are delivered as new_message with "standby": true. store: they are kept and shown in the conversation only.',
    ),
  messages_per_second: z.int().min(1).max(100_000).describe('The pace of this number.'),
  direct_send: z
    .boolean()
    .describe('true: the account has Direct Send, so a message with category "utility" may go out in a closed window.'),
  broadcast_start: z
    .enum(BROADCAST_STARTS)
    .describe(
      'What a broadcast needs before it starts. checked: a check that somebody has asked for. tested: a test message that WhatsApp has accepted.',
    ),
  marketing: z
    .enum(MARKETING_PATHS)
    .describe(
      'Where marketing templates go. cloud: /messages. marketing_messages: the Marketing Messages API. auto: there, and through /messages where it does not take them.',
    ),
  compatibility: z
    .enum(COMPATIBILITIES)
    .describe(
      'page: answers and callbacks as the hosted API’s page has them: HTTP 200, an empty error, and no callbacks of other kinds. See docs/migrate.md. Default: postern.',
    ),
  quiet_hours: quietHoursSchema
    .nullable()
    .describe(
      'By the clock of the contact’s country: marketing templates of scheduled sends and broadcasts wait until it is over. A send without send_at never waits. null: no quiet hours.',
    ),
  ...optOutSettings,
}

/** The fields of a new channel, without the rules across them. */
export const channelFields = z.strictObject({
  name: settings.name,
  business_phone: digits(20).describe('The business number with its country code, digits only.'),
  phone_number_id: digits(32).describe('Meta’s id of the number.'),
  waba_id: digits(32).describe('Meta’s id of the WhatsApp Business Account.'),
  access_token: settings.access_token,
  webhook_url: endpointUrl.optional(),
  default_language: settings.default_language.optional(),
  window_policy: settings.window_policy.optional(),
  media_check: settings.media_check.optional(),
  media_mode: settings.media_mode.optional(),
  standby: settings.standby.optional(),
  messages_per_second: settings.messages_per_second.optional(),
  direct_send: settings.direct_send.optional(),
  marketing: settings.marketing.optional(),
  broadcast_start: settings.broadcast_start.optional(),
  compatibility: settings.compatibility.optional(),
  channel_id: z
    .int()
    .min(1)
    .max(MOST_CHOSEN_ID)
    .optional()
    .describe('A number of your choice for the channel, which callbacks carry. Default: the next free one.'),
  certification_code: certificationCode.optional(),
  quiet_hours: settings.quiet_hours.optional(),
  stop_words: settings.stop_words.optional(),
  start_words: settings.start_words.optional(),
  stop_answer: settings.stop_answer.optional(),
})

/** `POST /admin/channels` */
export const createChannelSchema = wordsFit(channelFields)

/** `POST /admin/channels/{channel_id}/certification-codes` */
export const createCodeSchema = z.strictObject({ certification_code: certificationCode.optional() })

/** `PATCH /admin/channels/{channel_id}` */
export const patchChannelSchema = wordsFit(
  z.strictObject({
    name: settings.name.optional(),
    waba_id: digits(32).optional(),
    access_token: settings.access_token.optional(),
    default_language: settings.default_language.optional(),
    window_policy: settings.window_policy.optional(),
    media_check: settings.media_check.optional(),
    media_mode: settings.media_mode.optional(),
    standby: settings.standby.optional(),
    messages_per_second: settings.messages_per_second.optional(),
    direct_send: settings.direct_send.optional(),
    marketing: settings.marketing.optional(),
    broadcast_start: settings.broadcast_start.optional(),
    compatibility: settings.compatibility.optional(),
    quiet_hours: settings.quiet_hours.optional(),
    stop_words: settings.stop_words.optional(),
    start_words: settings.start_words.optional(),
    stop_answer: settings.stop_answer.optional(),
    webhook_state: z
      .enum(['active', 'paused'])
      .optional()
      .describe(
        'paused: no delivery goes out. active: ends a pause or a rest; one delivery goes first when it is not known that the endpoint works.',
      ),
  }),
)

/** `PUT /admin/channels/{channel_id}/webhook` */
export const endpointSchema = z.strictObject({ url: endpointUrl })

export type CreateChannel = z.infer<typeof createChannelSchema>
export type PatchChannel = z.infer<typeof patchChannelSchema>

/** A channel in the admin API: never with its token or secrets. */
export function publicChannel(channel: Channel): Record<string, unknown> {
  const webhook = webhookOf(channel)
  const health = webhook?.health
  return {
    channel_id: channel.id,
    name: channel.name,
    business_phone: channel.businessPhone,
    phone_number_id: channel.phoneNumberId,
    waba_id: channel.wabaId,
    default_language: channel.defaultLanguage,
    window_policy: channel.windowPolicy,
    media_check: channel.mediaCheck,
    media_mode: channel.mediaMode,
    standby: channel.standby,
    messages_per_second: channel.messagesPerSecond,
    direct_send: channel.directSend,
    marketing: channel.marketing,
    broadcast_start: channel.broadcastStart,
    compatibility: channel.compatibility,
    quiet_hours: channel.quietHours,
    stop_words: channel.stopWords,
    start_words: channel.startWords,
    stop_answer: channel.stopAnswer,
    webhook_url: webhook?.url ?? null,
    webhook_state: health?.state ?? null,
    webhook_state_reason: health?.reason ?? null,
    webhook_state_since: seconds(health?.since),
    webhook_next_attempt_at: seconds(health?.restingUntil),
    created_at: Math.floor(channel.createdAt / 1000),
    updated_at: Math.floor(channel.updatedAt / 1000),
  }
}

const seconds = (ms: number | null | undefined): number | null =>
  typeof ms === 'number' ? Math.floor(ms / 1000) : null

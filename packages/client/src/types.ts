import type {
  Contact,
  KnownEvent,
  MessageEdit,
  MessageRevoke,
  SendMessage,
  TemplateCategoryUpdate,
  TemplateComponent,
  TemplateContent,
  TemplateQualityUpdate,
  TemplateStatusUpdate,
} from './generated/schemas.ts'
import type { BodyOf, QueryOf, DataOf } from './routes.ts'
import type { TemplateName } from './template-catalog.ts'

export type { InboundValue } from './inbound.ts'
export type { TemplateName }

export type { Moment } from './generated/schemas.ts'

/** How far WhatsApp says that a message has come. WhatsApp can add words: give a `switch` a `default`. */
export type SentStatus = 'sent' | 'delivered' | 'read' | 'played' | 'failed'

/** Names of events, for filters. */
export type EventName = KnownEvent['event']

/** The body of a callback. Later versions can add kinds of events: `isOtherEvent` recognises them. */
export type CallbackEvent = KnownEvent

/** An event with nothing but WhatsApp's value, or one that this version of the client has no type for. */
export type OtherEvent = {
  event: string
  channel_id: number
  business_phone: string
  received_at?: number
  value: unknown
}

/** A test event, sent by `channel webhook --test` or by the console. */
export type TestEvent = { event: 'test'; channel_id: number; business_phone: string; received_at: number }

export type TemplateUpdate = TemplateStatusUpdate | TemplateCategoryUpdate | TemplateQualityUpdate
/** A message was changed, or deleted for everyone. */
export type MessageChange = MessageEdit | MessageRevoke

/** Who holds a conversation now. */
export type ThreadOwner = NonNullable<Contact['owner']> & { request_id: string | null }
export type ThreadChange = BodyOf<'POST /external/contacts/{to}/thread'>
/** Whether free-form messages may be sent to a contact now. */
export type Window = DataOf<'GET /external/contacts/{to}/window'>

export type MessageFilter = QueryOf<'GET /external/messages'>
export type TemplateFilter = QueryOf<'GET /external/templates'>
export type ScheduledFilter = QueryOf<'GET /external/scheduled'>
export type ScheduleChanges = BodyOf<'PATCH /external/scheduled/{reference}'>

type Keys<T> = T extends unknown ? keyof T : never
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K & Keys<T>> & { [key in K]?: undefined } : never

/** The body of a send, without its recipient and its time. */
export type MessageContent = Without<SendMessage, 'to' | 'recipient' | 'send_at' | 'expires_at'>
/** The message of a broadcast. */
export type BroadcastMessage = MessageContent

/** A recipient of a broadcast: a number, a user id, or one of the two with what is theirs alone. */
export type BroadcastRecipient =
  | string
  | (({ to: string; recipient?: undefined } | { to?: undefined; recipient: string }) & {
      /** For reports and results only. */
      name?: string
      template?: TemplateName | Partial<TemplateContent>
      language?: string
      /** In the place of the template's. */
      components?: readonly TemplateComponent[]
      biz_opaque_callback_data?: string
    })
/** A recipient of a broadcast with `map`, which says what its values are. */
export type BroadcastRow = Readonly<Record<string, unknown>>

type Broadcast = BodyOf<'POST /external/broadcasts'>
export type NewBroadcast =
  Broadcast | (Omit<Broadcast, 'map' | 'recipients'> & { map: BroadcastMap; recipients: readonly BroadcastRow[] })
/** Which column of a file or row is which value of the message. */
export type BroadcastMap = NonNullable<Broadcast['map']>
export type BroadcastWithFailures = DataOf<'GET /external/broadcasts/{id}'>

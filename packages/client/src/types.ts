import type { WebhookValue } from './generated/cloud-api.ts'
import type { Contact, ScheduledMessage, SendMessage } from './generated/bodies.ts'

export type {
  Contact,
  CreateEndpoint,
  CallAction,
  CreateTemplate,
  EditTemplate,
  Endpoint,
  EndpointTest,
  Message,
  PatchEndpoint,
  ReplayEndpoint,
  ScheduledMessage,
  SendMessage,
} from './generated/bodies.ts'

export type MessageFilter = {
  to?: string
  direction?: 'inbound' | 'outbound'
  status?: string
  /** The `msg_id` or `reference` of the last message of the previous page. */
  last_id?: string
  /** 1 to 100. Default: 10. */
  count?: number
}

export type ScheduledFilter = {
  state?: ScheduledMessage['state']
  to?: string
  /** The `reference` of the last message of the previous page. */
  last_id?: string
  count?: number
}

/** Times are Unix seconds, or ISO 8601 with an offset. */
export type ScheduleChanges = {
  send_at?: number | string
  /** null: it does not expire. */
  expires_at?: number | string | null
  message?: SendMessage
}

export type Window = {
  /** True only when the window is known to be open. */
  open: boolean
  /**
   * `unknown`: the channel is younger than 24 hours and has no message of this contact. The message is sent, and
   * WhatsApp decides.
   */
  state: 'open' | 'closed' | 'unknown'
  last_inbound_at: number | null
  closes_at: number | null
}

export type Template = {
  template_id: string
  name: string
  language: string
  category: string
  status: string
  quality: string
  components: unknown[]
  created_time: number
  updated_time: number
  status_updated_time: number
  quality_updated_time: number
  category_updated_time: number
}

export type TemplateFilter = {
  name?: string
  status?: string
  category?: string
  language?: string
  quality?: string
  last_id?: string
  count?: number
}

/** The body of a send, without its recipient. */
export type BroadcastMessage = Omit<SendMessage, 'to' | 'recipient'> & Record<string, unknown>

export type BroadcastRecipient =
  string | { to?: string; recipient?: string; components?: unknown[]; biz_opaque_callback_data?: string }

export type NewBroadcast = {
  name?: string
  message: BroadcastMessage
  /** At most 20,000 in one call. Add more with `broadcasts.add`. */
  recipients?: BroadcastRecipient[]
  /** false: the broadcast stays paused until `broadcasts.resume`. */
  start?: boolean
}

type Reason = { reason: string; message: string; code?: number }

export type Broadcast = {
  id: string
  name: string | null
  state: 'preparing' | 'running' | 'paused' | 'stopped' | 'cancelled' | 'done'
  reason: Reason | null
  counts: { total: number; waiting: number; accepted: number; failed: number; unknown: number; duplicates: number }
  created_at: number
  updated_at: number
  finished_at: number | null
}

export type BroadcastSend = {
  n: number
  recipient: string
  state: 'waiting' | 'sending' | 'accepted' | 'failed' | 'unknown'
  status: string | null
  msg_id: string | null
  reference: string | null
  error: Reason | null
  at: number | null
}

export type BroadcastWithFailures = Broadcast & { failures: BroadcastSend[] }

type Head<Event extends string> = { event: Event; channel_id: number; business_phone: string }

/** A contact sent a message. `message` is WhatsApp's own value, with one message and its contact. */
export type NewMessage = Head<'new_message'> & {
  /** Another program answers this message: store it, do not answer. */
  standby?: true
  message: WebhookValue
}

/** An error as WhatsApp sent it. */
export type MetaError = { code: number; title: string; details?: string; [key: string]: unknown }

/** The status of an outbound message changed. */
export type MessageStatusUpdate = Head<'message_status_update'> & {
  message_id: string
  message_status: string
  error: MetaError | null
  received_at: number
  recipient?: string
  /** The gateway's id of the message, when the gateway sent it. */
  reference?: string
  /** All errors of the status, if any. */
  errors?: MetaError[]
  pricing?: Record<string, unknown>
  conversation?: Record<string, unknown>
  payment?: Record<string, unknown>
  /** The `biz_opaque_callback_data` of the message. */
  callback_data?: string
}

export type TemplateUpdate = Head<'template_status_update' | 'template_category_update' | 'template_quality_update'> & {
  template_id: string
  template_name: string
  new_value: string
  reason: string
  received_at: number
  language?: string
  category?: string
  title?: string
  description?: string
  rejection_info?: Record<string, unknown>
  disable_date?: unknown
  /** WhatsApp's own value, unchanged. */
  value: Record<string, unknown>
}

/** How an event names its contact. A contact who hides the number has ids only. */
export type EventContact = {
  phone?: string
  user_id?: string
  parent_user_id?: string
  username?: string
  name?: string
}

/** An event that says what a field of WhatsApp's means, with its value unchanged. */
type Derived<Event extends string, Keys> = Head<Event> &
  Keys & {
    received_at?: number
    /** The field of WhatsApp's webhook. */
    field: string
    value: Record<string, unknown>
  }

/** Another program took over the conversation, or passed it on. */
export type ConversationOwner = Derived<
  'conversation_owner',
  { contact?: EventContact; owner: 'us' | 'other' | 'idle'; role: string | null; since: number | null }
>

/** The body of `thread`: take the conversation, pass it on to a role, or give it up. */
export type ThreadChange =
  { action: 'take' | 'release'; metadata?: string } | { action: 'pass'; role?: string; metadata?: string }

/** Who holds the conversation now. */
export type ThreadOwner = NonNullable<Contact['owner']> & { request_id: string | null }

/** The business wrote from its own WhatsApp app. */
export type MessageEcho = Derived<'message_echo', { message_id: string; contact?: EventContact }>

/** A message was changed, or deleted for everyone. */
export type MessageChange = Derived<
  'message_edit' | 'message_revoke',
  { message_id: string; original_message_id: string; contact?: EventContact }
>

/** Somebody calls, or a call changed. */
export type CallUpdate = Derived<
  'call',
  { call_id: string; call_event: string; direction: string | null; contact?: EventContact }
>

export type PaymentStatus = Derived<
  'payment_status',
  { message_id: string; reference_id: string | null; payment_status: string; contact?: EventContact }
>

/** Somebody clicked a link of a marketing message. */
export type UserAction = Derived<
  'user_action',
  {
    action: string
    at: number | null
    click_component?: string
    product_id?: string
    click_id?: string
    tracking_token?: string
    contact?: EventContact
  }
>

/** A contact has another number, id, name or marketing preference. */
export type ContactUpdate = Head<'contact_update'> & {
  contact: EventContact
  what: string
  category?: string
  preference?: string
  action?: string | null
  /** You recorded the preference: there is no field and no value of WhatsApp's. */
  by?: 'business'
  received_at?: number
  field?: string
  value?: Record<string, unknown>
}

/** The state of the number or of its account changed. */
export type ChannelUpdate = Derived<'channel_update', { what: string; now: unknown }>

/** What became of a message that was sent with `send_at`. */
export type ScheduledUpdate = Head<'message_scheduled_update'> & {
  reference: string
  state: 'sent' | 'failed' | 'unknown' | 'expired' | 'cancelled'
  contact: EventContact
  send_at: number
  message_id: string | null
  /** `template` when the fallback was used. */
  sent_as: string | null
  error: { reason: string; message: string } | null
  received_at: number
}

/** A test event, sent by `channel webhook --test` or by the console. */
export type TestEvent = Head<'test'> & { received_at: number }

/** The body of a callback. Later versions can add kinds of events: `isOtherEvent` recognises them. */
export type CallbackEvent =
  | NewMessage
  | MessageStatusUpdate
  | TemplateUpdate
  | ConversationOwner
  | MessageEcho
  | MessageChange
  | CallUpdate
  | PaymentStatus
  | UserAction
  | ContactUpdate
  | ChannelUpdate
  | ScheduledUpdate
  | TestEvent

/** An event of WhatsApp's that has no type of its own. It has the name of WhatsApp's field and the unchanged value. */
export type OtherEvent = Head<string> & { received_at?: number; value: unknown }

/** An event in the list of `GET /external/events`. */
export type KeptEvent = {
  /** The `webhook-id` of its callbacks. */
  id: string
  created_at: number
  /** `none`: the channel had no endpoint. */
  delivery: 'pending' | 'delivered' | 'dead' | 'none'
  body: CallbackEvent
}

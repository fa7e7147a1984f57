// Made by scripts/generate-client-types.ts. Change the schemas, not this file.

import type { CallbackEvent, InboundValue, SentStatus, TemplateName, TestEvent } from '../types.ts'

/** Asks for a delivery address. WhatsApp offers it in India only. */
export type AddressRequest = {
type: "address_message"
header?: Header | undefined
body: {
/** The message. Kept as it is: *bold*, _italic_, line breaks, links. */
text: string
}
footer?: {
/** Small text below the message. */
text: string
} | undefined
action: {
name: "address_message"
parameters: {
country: "IN"
values?: {
name?: string | undefined
phone_number?: string | undefined
in_pin_code?: string | undefined
house_number?: string | undefined
floor_number?: string | undefined
tower_number?: string | undefined
building_name?: string | undefined
address?: string | undefined
landmark_area?: string | undefined
city?: string | undefined
state?: string | undefined
} | undefined
saved_addresses?: readonly {
id: string
value: {
name?: string | undefined
phone_number?: string | undefined
in_pin_code?: string | undefined
house_number?: string | undefined
floor_number?: string | undefined
tower_number?: string | undefined
building_name?: string | undefined
address?: string | undefined
landmark_area?: string | undefined
city?: string | undefined
state?: string | undefined
}
}[] | undefined
validation_errors?: Record<string, string> | undefined
}
}
}

export type Alarm = {
alarm_id: string
type: "url" | "slack" | "teams" | "email"
name: string
/** Host or receivers. Addresses of webhooks are secrets, and are not shown. */
target: string
/** The least severity that is told. Default: warning. */
min_severity: "critical" | "warning" | "info"
/** How often incidents that stay open are told again; 0: never. Default: 240. */
reminder_minutes: number
quiet_hours: {
from: string
to: string
timezone: string
/** false: critical incidents wait for the end, too. */
critical: boolean
} | null
/** Unix seconds: the newest attempt. */
last_told_at: number | null
/** Why the newest attempt failed. null: it was taken. */
last_problem: string | null
}

export type ApiKey = {
key_id: string
name: string
/** The first characters of the key. */
prefix: string
scopes: {
routes: string[]
channels: number[] | null
templates: string[] | null
read_only: boolean
/** Unix seconds. */
expires_at: number | null
}
created_by: string
/** Unix seconds. */
created_at: number
/** Unix seconds. Other nodes add theirs within a minute. */
last_used_at: number | null
}

export type AudioMedia = {
/** Shows it as a voice message: .ogg with OPUS, mono. */
voice?: boolean | undefined
} & ({
/** Public URL that WhatsApp fetches. */
link: string
id?: undefined
} | {
link?: undefined
/** Id of an uploaded file, from POST /external/media. */
id: string
})

/** .aac, .amr, .mp3, .m4a or .ogg, at most 16 MB. */
export type AudioMessage = {
/** Cloud API bodies have it. Not needed. */
messaging_product?: "whatsapp" | undefined
/** group sends to a group: `to` is its id. */
recipient_type?: "individual" | "group" | undefined
/** Words of your own, kept with the message. */
biz_opaque_callback_data?: string | undefined
/** Deliver only if the contact’s identity key still has this hash. */
recipient_identity_key_hash?: string | undefined
/** true: refuse the message while another program holds the conversation. */
if_owner?: boolean | undefined
/** Shows the message as a reply to an earlier one. */
context?: {
/** The id (wamid) of the message to quote. */
message_id: string
} | undefined
fallback?: Fallback | undefined
type: "audio"
audio: AudioMedia
} & ({
/** The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets. With recipient_type group: the id of the group. */
to: string
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient?: string | undefined
} | {
to?: undefined
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient: string
}) & ({
/** Send it then instead of now. Answers 202 with `reference` and `state`. Window and template are checked then. */
send_at: Moment
/** With `send_at`: do not send it after this moment. */
expires_at?: Moment | undefined
} | {
send_at?: undefined
expires_at?: undefined
}) & ({
/** Direct Send: a free-form message that WhatsApp bills as utility or authentication, also in a closed window. The channel’s direct_send must be true. service is the default. */
category: "utility" | "authentication" | "service"
/** Direct Send: the name under which WhatsApp counts such messages. */
direct_send_config?: {
template_name: string
} | undefined
} | {
category?: undefined
direct_send_config?: undefined
})

export type AuditEntry = {
id: string
/** Unix seconds. */
at: number
actor: {
/** unknown: a sign-in failed before anybody was recognised. */
kind: "token" | "user" | "key" | "unknown"
id: string
name: string
role: string | null
}
/** The name of the operation. */
action: string
kind: "change" | "read" | "sign_in"
channel_id: number | null
/** What it was about: ids, and filters of a search. */
object: Record<string, unknown>
/** Where the call came from. */
address: string
/** ok, or the reason of an error after which the change may have been made. */
outcome: string
/** The changed values as they were, without secrets and personal data. */
before: unknown
/** What was asked for, without secrets and personal data. */
after: unknown
request_id: string
}

export type AutomaticEventsEvent = {
event: "automatic_events"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** Unix seconds, where WhatsApp gives a time. */
received_at?: number
/** WhatsApp’s complete value. */
value: Record<string, unknown>
}

export type Broadcast = {
id: string
name: string | null
/** stopped: by itself, because no send can succeed now, or because a limit of stop_when was reached; put it right and resume. */
state: "draft" | "checked" | "preparing" | "scheduled" | "running" | "paused" | "stopped" | "cancelled" | "done"
/** Why it stopped. */
reason: {
reason: string
message: string
code?: number
/** The limit of stop_when. */
rule?: "failed_share" | "failed" | "quality" | "spend"
limit?: number | string
/** What was reached. */
actual?: number | string
} | null
counts: {
total: number
/** Not sent yet. */
waiting: number
/** Accepted by WhatsApp. */
accepted: number
/** Not accepted. */
failed: number
/** It is not known whether WhatsApp accepted the message. */
unknown: number
/** Duplicates in the request; each recipient gets the message once. */
duplicates: number
/** Rows of the file that were left out, because they could not be sent. */
skipped: number
/** At least sent, as a status of WhatsApp tells. */
sent: number
/** At least delivered. */
delivered: number
/** Read. People can switch this status off. */
read: number
/** The contact wrote within seven days after the message. */
answered: number
/** Accepted, and failed later. */
undelivered: number
/** Among the failed and undelivered: the person has stopped marketing messages. */
stopped: number
}
/** Null unless it is running. */
progress: {
/** Results per second, of the last ten seconds. */
rate: number
/** Messages per second that it may send now. */
allowed: number
/** throttled: WhatsApp asked for a slower pace. quality: the quality of the number is low. */
slowed_by: "throttled" | "quality" | null
/** Unix seconds: all recipients that are left have quiet hours until then. */
quiet_until: number | null
/** Until the last recipient, at this rate. */
seconds_left: number | null
} | null
/** Cost of the messages so far, by RATE_CARD_FILE. WhatsApp’s bill decides. */
cost: {
amount: string
currency: string
} | null
/** The file of its recipients. */
file_id: string | null
map: Record<string, unknown> | null
/** Unix seconds. */
send_at: number | null
quiet_hours: {
/** Local time at which quiet hours begin. */
from: string
/** Local time at which they end; before `from`, it is of the next day. The same as `from`: a whole day. */
to: string
/** Days on which quiet hours begin. Without it: every day. */
days?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[]
/** marketing (as without it): marketing templates only. all: everything that goes out by itself. */
for?: "marketing" | "all"
} | null
stop_when: {
/** Share of failed messages, from 0 to 1. Judged from ten results on; a small share needs more. */
failed_share?: number
/** Number of failed messages. */
failed?: number
/** Quality of the number: this one, or a worse one. */
quality?: "YELLOW" | "RED"
/** Cost of the messages, in the currency of RATE_CARD_FILE. */
spend?: number
} | null
skip_bad: boolean
test_numbers: string[] | null
/** Unix seconds: of the last check. */
checked_at: number | null
/** Unix seconds: of the last test that WhatsApp accepted. */
tested_at: number | null
/** The broadcast whose failed recipients these are. */
retry_of: string | null
created_at: number
started_at: number | null
updated_at: number
finished_at: number | null
}

export type BroadcastReport = {
/** May it be started as it is? */
ok: boolean
problem: string | null
/** Unix seconds. */
checked_at: number
/** Unix seconds: send_at, or the moment of the check. */
starts_at: number
rows: number
/** The counts of the broadcast when it is done, if nothing changes in between. */
forecast: {
total: number
accepted: number
failed: number
failed_by_reason: Record<string, number>
duplicates: number
skipped: number
}
bad: {
rows: number
/** At most 100. All: GET …/check.csv. */
first: {
/** Line of the file at which the row begins. */
line: number
recipient: string
/** The first five: the row is bad. */
reason: "row_unreadable" | "number_missing" | "number_invalid" | "template" | "values" | "duplicate" | "opted_out" | "marketing_limited" | "window_closed"
/** What is wrong, in words. */
message: string
}[]
}
/** Why rows are not sent, the most frequent first. */
reasons: {
reason: string
rows: number
/** Of the first such row. */
message: string
}[]
opted_out: number
duplicates: number
/** The first five. */
preview: {
line: number
to: string
name: string | null
template: string | null
language: string | null
/** The template as the person will see it; null for a message that is no template. */
rendered: unknown
/** A message that is no template; null for a template. */
message: unknown
}[]
templates: {
name: string
language: string
category: string
rows: number
}[]
pace: {
messages_per_second: number
/** At the number’s rate limit. */
seconds: number
}
quiet_hours: {
/** People who have quiet hours at the start. Their messages wait. */
held: number
first_until: number | null
last_until: number | null
}
/** Null: no limit, or WhatsApp has told none. */
messaging_limit: {
/** People a day whom the number may write to unasked, as WhatsApp told. */
limit: number
/** People of this broadcast who have not written within 24 hours. */
people: number
exceeded: boolean
} | null
/** By WhatsApp’s category and type of the price. */
categories: {
category: string
type: string
messages: number
}[]
countries: {
country: string
messages: number
}[]
/** By RATE_CARD_FILE; null without it. An estimate: WhatsApp’s bill decides. */
cost: {
currency: string
amount: string
amount_micros: number
/** Messages without a price on the card. */
unpriced: number
warning: string | null
} | null
}

export type BroadcastSend = {
/** The place in the list. */
n: number
recipient: string
/** Result of the send. unknown: it may have arrived, and is not sent again. */
state: "waiting" | "sending" | "accepted" | "failed" | "unknown"
/** Current status of the message. */
status: string | null
msg_id: string | null
reference: string | null
/** Why it was not sent, or not delivered. */
error: {
reason: string
message: string
code?: number
} | null
/** Unix seconds. */
at: number | null
/** Unix seconds: the contact wrote within seven days after the message. */
answered_at: number | null
}

/** One action on a call. Unknown keys are refused, never dropped. */
export type CallAction = {
action: "connect"
session: {
sdp_type: "offer"
/** The session description (RFC 8866) of your program, with its line ends. It is passed on unchanged. */
sdp: string
}
/** Words of your own; the webhooks of this call have them. */
biz_opaque_callback_data?: string | undefined
/** Cloud API bodies have it. Not needed. */
messaging_product?: "whatsapp" | undefined
/** WhatsApp records the call: the event has the media id. */
recording?: {
status: "ENABLED" | "DISABLED"
purpose?: string | undefined
announcement_language?: string | undefined
} | undefined
/** WhatsApp writes down what was said. */
transcription?: {
status: "ENABLED" | "DISABLED"
purpose?: string | undefined
announcement_language?: string | undefined
} | undefined
} & ({
/** The contact’s WhatsApp number: country code and number, digits only. */
to: string
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient?: string | undefined
} | {
to?: undefined
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient: string
}) | {
action: "pre_accept"
/** The call_id of the event, or of the answer to connect. */
call_id: string
/** Cloud API bodies have it. Not needed. */
messaging_product?: "whatsapp" | undefined
/** The contact’s WhatsApp number: country code and number, digits only. */
to?: string | undefined
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient?: string | undefined
session: {
sdp_type: "answer"
/** The session description (RFC 8866) of your program, with its line ends. It is passed on unchanged. */
sdp: string
}
} | {
action: "accept"
/** The call_id of the event, or of the answer to connect. */
call_id: string
/** Cloud API bodies have it. Not needed. */
messaging_product?: "whatsapp" | undefined
/** The contact’s WhatsApp number: country code and number, digits only. */
to?: string | undefined
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient?: string | undefined
session: {
sdp_type: "answer"
/** The session description (RFC 8866) of your program, with its line ends. It is passed on unchanged. */
sdp: string
}
/** Words of your own; the webhooks of this call have them. */
biz_opaque_callback_data?: string | undefined
/** WhatsApp records the call: the event has the media id. */
recording?: {
status: "ENABLED" | "DISABLED"
purpose?: string | undefined
announcement_language?: string | undefined
} | undefined
/** WhatsApp writes down what was said. */
transcription?: {
status: "ENABLED" | "DISABLED"
purpose?: string | undefined
announcement_language?: string | undefined
} | undefined
} | {
action: "reject"
/** The call_id of the event, or of the answer to connect. */
call_id: string
/** Cloud API bodies have it. Not needed. */
messaging_product?: "whatsapp" | undefined
/** The contact’s WhatsApp number: country code and number, digits only. */
to?: string | undefined
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient?: string | undefined
} | {
action: "terminate"
/** The call_id of the event, or of the answer to connect. */
call_id: string
/** Cloud API bodies have it. Not needed. */
messaging_product?: "whatsapp" | undefined
/** The contact’s WhatsApp number: country code and number, digits only. */
to?: string | undefined
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient?: string | undefined
}

/** A button that calls the business. */
export type CallButton = {
type: "voice_call"
body: {
/** The message. Kept as it is: *bold*, _italic_, line breaks, links. */
text: string
}
action: {
name: "voice_call"
parameters?: {
/** The button’s words; "Call Now" when left out. */
display_text?: string | undefined
ttl_minutes?: number | undefined
payload?: string | undefined
} | undefined
}
}

/** Asks whether the business may call. */
export type CallPermissionRequest = {
type: "call_permission_request"
body?: {
/** The message. Kept as it is: *bold*, _italic_, line breaks, links. */
text: string
} | undefined
action: {
name: "call_permission_request"
}
}

export type CallUpdate = {
event: "call"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** Unix seconds, by WhatsApp’s clock. */
received_at?: number
/** The field of WhatsApp’s webhook. */
field: string
/** WhatsApp’s complete value. */
value: Record<string, unknown>
call_id: string
/** connect, ringing, accepted, rejected, terminate and others. */
call_event: string
/** USER_INITIATED or BUSINESS_INITIATED. */
direction: string | null
contact?: EventContact
/** With connect: sdp_type, and sdp as WhatsApp wrote it. */
session?: Record<string, unknown>
/** With terminate: COMPLETED or FAILED. */
status?: string
/** With terminate, when the call was taken: Unix seconds. */
start_time?: unknown
end_time?: unknown
/** With terminate, when the call was taken: seconds. */
duration?: number
/** The text of the call link. */
deeplink_payload?: string
/** The words of your own, given with connect or accept. */
biz_opaque_callback_data?: string
/** With call_recording_available: the media id, in audio. */
call_recording?: Record<string, unknown>
/** With call_transcription_available: the id, in document. */
call_transcript?: Record<string, unknown>
/** Why the call failed, in WhatsApp’s words. */
errors?: Record<string, unknown>[]
}

export type CaptionedMedia = {
/** Text under the media. */
caption?: string | undefined
} & ({
/** Public URL that WhatsApp fetches. */
link: string
id?: undefined
} | {
link?: undefined
/** Id of an uploaded file, from POST /external/media. */
id: string
})

/** A carousel of two to ten cards, all with the same kind and number of buttons. */
export type Carousel = {
type: "carousel"
body: {
/** The message. Kept as it is: *bold*, _italic_, line breaks, links. */
text: string
}
action: {
cards: readonly CarouselCard[] | readonly {
/** Zero-based, left to right. A number, not a string. */
card_index: number
type: "product"
action: {
product_retailer_id: string
catalog_id: string
}
}[]
}
}

export type CarouselCard = {
/** Zero-based, left to right. A number, not a string. */
card_index: number
/** Samples carry it on every card, quick replies included. Not needed. */
type?: "cta_url" | undefined
header: {
type: "image"
image: MediaSource
} | {
type: "video"
video: MediaSource
}
body?: {
/** At most two line breaks. */
text: string
} | undefined
action: {
name: "cta_url"
parameters: {
/** The button’s words. */
display_text: string
/** Where the button leads. */
url: string
}
} | {
buttons: readonly {
type: "quick_reply"
quick_reply: {
id: string
/** The button’s words. */
title: string
}
}[]
}
}

/** A button that opens the catalog. */
export type CatalogMessage = {
type: "catalog_message"
body: {
/** The message. Kept as it is: *bold*, _italic_, line breaks, links. */
text: string
}
footer?: {
/** Small text below the message. */
text: string
} | undefined
action: {
name: "catalog_message"
parameters?: {
/** The product’s id in the catalog (its SKU). */
thumbnail_product_retailer_id?: string | undefined
} | undefined
}
}

export type ChannelState = {
quality: StatePart | null
messaging_limit: StatePart | null
throughput: StatePart | null
review: StatePart | null
restriction: StatePart | null
verified_name: StatePart | null
name_review: StatePart | null
account: StatePart | null
username: StatePart | null
security: StatePart | null
settings: StatePart | null
/** The newest first. */
alerts: {
type: string
severity: unknown
/** ACTIVE, or NONE when the alert is over. */
status: unknown
description: unknown
since: number
}[]
/** Other events of the account, by their name. */
other: Record<string, StatePart>
/** For a number that the business also uses in the WhatsApp Business app: what was synced from there. */
coexistence: Coexistence | null
}

export type ChannelUpdate = {
event: "channel_update"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** Unix seconds, by WhatsApp’s clock. */
received_at?: number
/** The field of WhatsApp’s webhook. */
field: string
/** WhatsApp’s complete value. */
value: Record<string, unknown>
/** limit, quality, review, alert, restriction, account, name, username, security, settings. */
what: string
/** The new state, in WhatsApp’s words. */
now: unknown
}

export type Coexistence = {
/** True while the business also uses the number in the WhatsApp Business app. */
value: boolean
since: number
/** How it is known. */
reason: string | null
/** The contacts of the app. */
contacts: {
/** missing: nobody asked WhatsApp for it yet. declined: the business shares no history. */
state: "missing" | "asked" | "receiving" | "done" | "declined" | "refused" | "failed" | "too_late"
since: number | null
reason: string | null
/** WhatsApp’s id of the request. */
request_id: string | null
}
history: {
/** missing: nobody asked WhatsApp for it yet. declined: the business shares no history. */
state: "missing" | "asked" | "receiving" | "done" | "declined" | "refused" | "failed" | "too_late"
since: number | null
reason: string | null
/** WhatsApp’s id of the request. */
request_id: string | null
/** Percent, by WhatsApp. */
progress: number | null
/** 0: the last day. 1: up to 90 days. 2: up to 180 days. */
phase: unknown
}
/** What is still to be asked for. */
missing: ("contacts" | "history")[]
/** Unix seconds: WhatsApp accepts the requests until then. */
until: number
}

export type Contact = {
/** Digits. null while WhatsApp hides the number. */
phone: string | null
/** The business-scoped id (BSUID). */
user_id: string | null
/** The id in all portfolios of one parent account. */
parent_user_id: string | null
/** Changes at any time, and cannot be sent to. */
username: string | null
/** The name in WhatsApp. */
name: string | null
/** Business-scoped ids before a change. They still lead here. */
earlier_user_ids: string[]
earlier_parent_user_ids: string[]
/** Numbers before a change that no other contact has now. */
earlier_phones: string[]
window: {
/** True only when the window is known to be open. */
open: boolean
state: "open" | "closed" | "unknown"
/** Unix seconds; in the past when the window is closed, null when nothing is known. */
until: number | null
/** Unix seconds, by WhatsApp’s clock. */
last_inbound_at: number | null
/** Unix seconds: all messages are free until then, because the contact came from an ad. WhatsApp says the end. */
free_until: number | null
}
/** null: no other program ever answered this contact. */
owner: ConversationOwnerState | null
/** Whether the contact wants marketing messages; null when nobody said. */
marketing: {
state: "allowed" | "stopped"
/** Unix seconds. */
since: number | null
/** Who said so: the contact in WhatsApp, you for the contact, or WhatsApp by refusing a message. */
by: "contact" | "business" | "whatsapp"
signup?: string
} | null
/** Unix seconds: no marketing goes to the contact until then, because WhatsApp did not deliver one (131049). null: not limited. */
marketing_limited_until: number | null
/** Whether the contact may be called; null when it was never asked. */
calls: {
permission: "temporary" | "permanent" | "none"
/** Unix seconds. */
until: number | null
/** Unix seconds. */
since: number | null
} | null
/** What to know about this contact. New kinds may come. */
notes: {
kind: string
text: string
}[]
}

export type ContactCard = {
name: {
formatted_name: string
first_name?: string | undefined
last_name?: string | undefined
middle_name?: string | undefined
suffix?: string | undefined
prefix?: string | undefined
}
phones?: readonly {
phone?: string | undefined
/** A free label; usual are HOME, WORK, CELL, MAIN, IPHONE. */
type?: string | undefined
/** With it the recipient sees "Message" instead of "Invite". */
wa_id?: string | undefined
}[] | undefined
emails?: readonly {
email?: string | undefined
/** A free label; usual are HOME, WORK, CELL, MAIN, IPHONE. */
type?: string | undefined
}[] | undefined
addresses?: readonly {
street?: string | undefined
city?: string | undefined
state?: string | undefined
zip?: string | undefined
country?: string | undefined
country_code?: string | undefined
/** A free label; usual are HOME, WORK, CELL, MAIN, IPHONE. */
type?: string | undefined
}[] | undefined
org?: {
company?: string | undefined
department?: string | undefined
title?: string | undefined
} | undefined
urls?: readonly {
url?: string | undefined
/** A free label; usual are HOME, WORK, CELL, MAIN, IPHONE. */
type?: string | undefined
}[] | undefined
birthday?: string | undefined
}

/** Asks the contact to share a contact card. */
export type ContactRequest = {
type: "request_contact_info"
body: {
/** The message. Kept as it is: *bold*, _italic_, line breaks, links. */
text: string
}
action: {
name: "request_contact_info"
}
}

export type ContactUpdate = {
event: "contact_update"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** Unix seconds, by WhatsApp’s clock. */
received_at?: number
/** The field of WhatsApp’s webhook. */
field?: string
/** WhatsApp’s complete value. */
value?: Record<string, unknown>
contact: EventContact
/** number, user_id, name or preferences. */
what: string
/** With preferences: for instance marketing_messages. */
category?: string
/** With preferences: stop or resume. */
preference?: string
/** With preferences that no webhook of WhatsApp’s told, so there is no field and value. business: you recorded it. contact: a stop or start word of the channel. */
by?: "business" | "contact"
/** With name: add or remove. */
action?: string | null
}

export type ContactsMessage = {
/** Cloud API bodies have it. Not needed. */
messaging_product?: "whatsapp" | undefined
/** group sends to a group: `to` is its id. */
recipient_type?: "individual" | "group" | undefined
/** Words of your own, kept with the message. */
biz_opaque_callback_data?: string | undefined
/** Deliver only if the contact’s identity key still has this hash. */
recipient_identity_key_hash?: string | undefined
/** true: refuse the message while another program holds the conversation. */
if_owner?: boolean | undefined
/** Shows the message as a reply to an earlier one. */
context?: {
/** The id (wamid) of the message to quote. */
message_id: string
} | undefined
fallback?: Fallback | undefined
type: "contacts"
contacts: readonly ContactCard[]
} & ({
/** The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets. With recipient_type group: the id of the group. */
to: string
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient?: string | undefined
} | {
to?: undefined
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient: string
}) & ({
/** Send it then instead of now. Answers 202 with `reference` and `state`. Window and template are checked then. */
send_at: Moment
/** With `send_at`: do not send it after this moment. */
expires_at?: Moment | undefined
} | {
send_at?: undefined
expires_at?: undefined
}) & ({
/** Direct Send: a free-form message that WhatsApp bills as utility or authentication, also in a closed window. The channel’s direct_send must be true. service is the default. */
category: "utility" | "authentication" | "service"
/** Direct Send: the name under which WhatsApp counts such messages. */
direct_send_config?: {
template_name: string
} | undefined
} | {
category?: undefined
direct_send_config?: undefined
})

export type ConversationOwner = {
event: "conversation_owner"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** Unix seconds, by WhatsApp’s clock. */
received_at?: number
/** The field of WhatsApp’s webhook. */
field: string
/** WhatsApp’s complete value. */
value: Record<string, unknown>
contact?: EventContact
/** Who may answer from now on. idle: nobody holds it. */
owner: "us" | "other" | "idle"
/** The role of the new owner, in WhatsApp’s words. */
role: string | null
/** Unix seconds. */
since: number | null
}

export type ConversationOwnerState = {
/** other: another program answers. idle: nobody does. */
owner: "us" | "other" | "idle"
/** The role of the owner, in WhatsApp’s words. */
role: string | null
/** Unix seconds. */
since: number | null
}

export type Costs = {
from: string
to: string
group_by: "day" | "category" | "type" | "country"
/** WhatsApp’s bill decides. Compare with its pricing_analytics. */
estimate: true
/** Null without RATE_CARD_FILE: then there are counts only. */
currency: string | null
/** First day of the newest prices on the card. */
rates_from: string | null
/** For instance that the prices are old. */
warning: string | null
total: {
/** All messages whose status had a price. */
messages: number
/** Charged messages: WhatsApp’s type regular. */
billable: number
/** Free in the 24-hour window, until 30 September 2026. */
free_in_window: number
/** Free service messages of the month, from 1 October 2026. */
free_tier: number
/** Free after an ad. */
free_entry_point: number
/** Messages with a type of price that Postern does not know. */
other: number
/** To the cent, in the card’s currency; only with RATE_CARD_FILE. */
amount?: string
/** The exact amount in millionths. */
amount_micros?: number
/** Billable messages without a price on the card. They are not in the amount. */
unpriced?: number
}
groups: {
day?: string
category?: string
type?: string
/** Two letters (ISO 3166); XX for a number of an unknown plan. */
country?: string
/** All messages whose status had a price. */
messages: number
/** Charged messages: WhatsApp’s type regular. */
billable: number
/** Free in the 24-hour window, until 30 September 2026. */
free_in_window: number
/** Free service messages of the month, from 1 October 2026. */
free_tier: number
/** Free after an ad. */
free_entry_point: number
/** Messages with a type of price that Postern does not know. */
other: number
/** To the cent, in the card’s currency; only with RATE_CARD_FILE. */
amount?: string
/** The exact amount in millionths. */
amount_micros?: number
/** Billable messages without a price on the card. They are not in the amount. */
unpriced?: number
}[]
}

export type CreateEndpoint = {
/** For people: how lists and the console call this endpoint. */
name: string
/** http:// or https:// for callbacks; postgres:// for rows of your own PostgreSQL; redis:// for a Redis stream. */
url: string
/** postern: the callbacks of docs/callbacks.md. meta: bodies and signature as Meta’s webhooks have them. */
format?: "postern" | "meta" | undefined
/** Names of the events that it gets, such as new_message. null, or left out: all. */
events?: readonly string[] | null | undefined
/** Narrows new_message: WhatsApp’s types of messages that it gets, such as text. null, or left out: all. */
types?: readonly string[] | null | undefined
/** Narrows message_status_update: the statuses that it gets, such as failed. null, or left out: all. */
statuses?: readonly string[] | null | undefined
/** Headers that go with every request, such as authorization. Their values are secrets. */
headers?: Record<string, string> | undefined
/** now (default), or the id of an event: that event and all after it are delivered first. */
from?: string | undefined
/** Your own signing secret instead of a new one. Format postern: whsec_ and base64 of 24 to 64 bytes. */
secret?: string | undefined
}

/** A template for WhatsApp to review. Types are upper case by custom and may be written in any case. */
export type CreateTemplate = {
name: string
language: "af" | "sq" | "ar" | "ar_EG" | "ar_AE" | "ar_LB" | "ar_MA" | "ar_QA" | "az" | "be_BY" | "bn" | "bn_IN" | "bg" | "ca" | "zh_CN" | "zh_HK" | "zh_TW" | "hr" | "cs" | "da" | "prs_AF" | "nl" | "nl_BE" | "en" | "en_GB" | "en_US" | "en_AE" | "en_AU" | "en_CA" | "en_GH" | "en_IE" | "en_IN" | "en_JM" | "en_MY" | "en_NZ" | "en_QA" | "en_SG" | "en_UG" | "en_ZA" | "et" | "fil" | "fi" | "fr" | "fr_BE" | "fr_CA" | "fr_CH" | "fr_CI" | "fr_MA" | "ka" | "de" | "de_AT" | "de_CH" | "el" | "gu" | "ha" | "he" | "hi" | "hu" | "id" | "ga" | "it" | "ja" | "kn" | "kk" | "rw_RW" | "ko" | "ky_KG" | "lo" | "lv" | "lt" | "mk" | "ms" | "ml" | "mr" | "nb" | "ps_AF" | "fa" | "pl" | "pt_BR" | "pt_PT" | "pa" | "ro" | "ru" | "sr" | "si_LK" | "sk" | "sl" | "es" | "es_AR" | "es_CL" | "es_CO" | "es_CR" | "es_DO" | "es_EC" | "es_HN" | "es_MX" | "es_PA" | "es_PE" | "es_ES" | "es_UY" | "sw" | "sv" | "ta" | "te" | "th" | "tr" | "uk" | "ur" | "uz" | "vi" | "zu"
category: "MARKETING" | "marketing" | "UTILITY" | "utility" | "AUTHENTICATION" | "authentication"
parameter_format?: "POSITIONAL" | "positional" | "NAMED" | "named" | undefined
/** Accepted and not sent: WhatsApp corrects the category of every template by itself. */
allow_category_change?: boolean | undefined
/** Seconds that WhatsApp keeps trying; -1 for 30 days. */
message_send_ttl_seconds?: number | undefined
cta_url_link_tracking_opted_out?: boolean | undefined
/** The highest price of a marketing template, sent through the Marketing Messages API. */
optimization_spec?: {
bid_strategy?: string | undefined
/** The highest price for 1,000 deliveries, in the smallest unit of the account’s currency. */
bid_amount?: number | undefined
[key: string]: unknown
} | undefined
degrees_of_freedom_spec?: {
/** Which changes WhatsApp may make to a marketing template, by the name of the feature. */
creative_features_spec: Record<string, {
enroll_status: "OPT_IN" | "opt_in" | "OPT_OUT" | "opt_out"
[key: string]: unknown
}>
} | undefined
/** Which changes WhatsApp may make to a marketing template, by the name of the feature. */
creative_features_spec?: Record<string, {
enroll_status: "OPT_IN" | "opt_in" | "OPT_OUT" | "opt_out"
[key: string]: unknown
}> | undefined
/** A template of WhatsApp’s library, instead of components. */
library_template_name?: string | undefined
library_template_body_inputs?: Record<string, unknown> | undefined
library_template_button_inputs?: readonly Record<string, unknown>[] | undefined
components?: readonly ({
type: "header" | "HEADER"
format: "text" | "TEXT"
text: string
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "image" | "IMAGE"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "video" | "VIDEO"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "gif" | "GIF"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "document" | "DOCUMENT"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "location" | "LOCATION"
} | {
type: "header" | "HEADER"
format: "product" | "PRODUCT"
} | {
type: "body" | "BODY"
text?: string | undefined
example?: {
body_text?: readonly [readonly (string | number)[]] | readonly (string | number)[] | string | number | undefined
body_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
} | undefined
add_security_recommendation?: boolean | undefined
} | {
type: "footer" | "FOOTER"
text?: string | undefined
code_expiration_minutes?: number | undefined
} | {
type: "buttons" | "BUTTONS"
buttons: readonly ({
type: "quick_reply" | "QUICK_REPLY"
/** The button’s words. */
text: string
} | {
type: "url" | "URL"
/** The button’s words. */
text: string
url: string
example?: readonly [string | number] | undefined
} | {
type: "phone_number" | "PHONE_NUMBER"
/** The button’s words. */
text: string
phone_number: string
} | {
type: "copy_code" | "COPY_CODE"
example: string | number | readonly [string]
} | {
type: "otp" | "OTP"
otp_type: "COPY_CODE" | "copy_code" | "ONE_TAP" | "one_tap" | "ZERO_TAP" | "zero_tap"
/** The button’s words. */
text?: string | undefined
/** The button’s words. */
autofill_text?: string | undefined
supported_apps?: readonly {
package_name: string
signature_hash: string
}[] | undefined
package_name?: string | undefined
signature_hash?: string | undefined
zero_tap_terms_accepted?: boolean | undefined
} | {
type: "flow" | "FLOW"
/** The button’s words. */
text: string
flow_id?: string | undefined
flow_name?: string | undefined
flow_json?: string | undefined
flow_action?: "navigate" | "data_exchange" | undefined
navigate_screen?: string | undefined
} | {
type: "catalog" | "CATALOG"
/** The button’s words. */
text: string
} | {
type: "mpm" | "MPM"
/** The button’s words. */
text: string
} | {
type: "spm" | "SPM"
/** The button’s words. */
text: string
} | {
type: "voice_call" | "VOICE_CALL"
/** The button’s words. */
text: string
} | {
type: "request_contact_info" | "REQUEST_CONTACT_INFO"
})[]
} | {
type: "limited_time_offer" | "LIMITED_TIME_OFFER"
limited_time_offer: {
text: string
has_expiration?: boolean | undefined
}
} | {
type: "carousel" | "CAROUSEL"
cards: readonly {
components: readonly [{
type: "header" | "HEADER"
format: "text" | "TEXT"
text: string
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "image" | "IMAGE"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "video" | "VIDEO"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "gif" | "GIF"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "document" | "DOCUMENT"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "location" | "LOCATION"
} | {
type: "header" | "HEADER"
format: "product" | "PRODUCT"
} | {
type: "body" | "BODY"
text?: string | undefined
example?: {
body_text?: readonly [readonly (string | number)[]] | readonly (string | number)[] | string | number | undefined
body_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
} | undefined
add_security_recommendation?: boolean | undefined
} | {
type: "buttons" | "BUTTONS"
buttons: readonly ({
type: "quick_reply" | "QUICK_REPLY"
/** The button’s words. */
text: string
} | {
type: "url" | "URL"
/** The button’s words. */
text: string
url: string
example?: readonly [string | number] | undefined
} | {
type: "phone_number" | "PHONE_NUMBER"
/** The button’s words. */
text: string
phone_number: string
} | {
type: "copy_code" | "COPY_CODE"
example: string | number | readonly [string]
} | {
type: "otp" | "OTP"
otp_type: "COPY_CODE" | "copy_code" | "ONE_TAP" | "one_tap" | "ZERO_TAP" | "zero_tap"
/** The button’s words. */
text?: string | undefined
/** The button’s words. */
autofill_text?: string | undefined
supported_apps?: readonly {
package_name: string
signature_hash: string
}[] | undefined
package_name?: string | undefined
signature_hash?: string | undefined
zero_tap_terms_accepted?: boolean | undefined
} | {
type: "flow" | "FLOW"
/** The button’s words. */
text: string
flow_id?: string | undefined
flow_name?: string | undefined
flow_json?: string | undefined
flow_action?: "navigate" | "data_exchange" | undefined
navigate_screen?: string | undefined
} | {
type: "catalog" | "CATALOG"
/** The button’s words. */
text: string
} | {
type: "mpm" | "MPM"
/** The button’s words. */
text: string
} | {
type: "spm" | "SPM"
/** The button’s words. */
text: string
} | {
type: "voice_call" | "VOICE_CALL"
/** The button’s words. */
text: string
} | {
type: "request_contact_info" | "REQUEST_CONTACT_INFO"
})[]
}] | readonly [{
type: "header" | "HEADER"
format: "text" | "TEXT"
text: string
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "image" | "IMAGE"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "video" | "VIDEO"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "gif" | "GIF"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "document" | "DOCUMENT"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "location" | "LOCATION"
} | {
type: "header" | "HEADER"
format: "product" | "PRODUCT"
} | {
type: "body" | "BODY"
text?: string | undefined
example?: {
body_text?: readonly [readonly (string | number)[]] | readonly (string | number)[] | string | number | undefined
body_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
} | undefined
add_security_recommendation?: boolean | undefined
} | {
type: "buttons" | "BUTTONS"
buttons: readonly ({
type: "quick_reply" | "QUICK_REPLY"
/** The button’s words. */
text: string
} | {
type: "url" | "URL"
/** The button’s words. */
text: string
url: string
example?: readonly [string | number] | undefined
} | {
type: "phone_number" | "PHONE_NUMBER"
/** The button’s words. */
text: string
phone_number: string
} | {
type: "copy_code" | "COPY_CODE"
example: string | number | readonly [string]
} | {
type: "otp" | "OTP"
otp_type: "COPY_CODE" | "copy_code" | "ONE_TAP" | "one_tap" | "ZERO_TAP" | "zero_tap"
/** The button’s words. */
text?: string | undefined
/** The button’s words. */
autofill_text?: string | undefined
supported_apps?: readonly {
package_name: string
signature_hash: string
}[] | undefined
package_name?: string | undefined
signature_hash?: string | undefined
zero_tap_terms_accepted?: boolean | undefined
} | {
type: "flow" | "FLOW"
/** The button’s words. */
text: string
flow_id?: string | undefined
flow_name?: string | undefined
flow_json?: string | undefined
flow_action?: "navigate" | "data_exchange" | undefined
navigate_screen?: string | undefined
} | {
type: "catalog" | "CATALOG"
/** The button’s words. */
text: string
} | {
type: "mpm" | "MPM"
/** The button’s words. */
text: string
} | {
type: "spm" | "SPM"
/** The button’s words. */
text: string
} | {
type: "voice_call" | "VOICE_CALL"
/** The button’s words. */
text: string
} | {
type: "request_contact_info" | "REQUEST_CONTACT_INFO"
})[]
}, {
type: "header" | "HEADER"
format: "text" | "TEXT"
text: string
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "image" | "IMAGE"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "video" | "VIDEO"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "gif" | "GIF"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "document" | "DOCUMENT"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "location" | "LOCATION"
} | {
type: "header" | "HEADER"
format: "product" | "PRODUCT"
} | {
type: "body" | "BODY"
text?: string | undefined
example?: {
body_text?: readonly [readonly (string | number)[]] | readonly (string | number)[] | string | number | undefined
body_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
} | undefined
add_security_recommendation?: boolean | undefined
} | {
type: "buttons" | "BUTTONS"
buttons: readonly ({
type: "quick_reply" | "QUICK_REPLY"
/** The button’s words. */
text: string
} | {
type: "url" | "URL"
/** The button’s words. */
text: string
url: string
example?: readonly [string | number] | undefined
} | {
type: "phone_number" | "PHONE_NUMBER"
/** The button’s words. */
text: string
phone_number: string
} | {
type: "copy_code" | "COPY_CODE"
example: string | number | readonly [string]
} | {
type: "otp" | "OTP"
otp_type: "COPY_CODE" | "copy_code" | "ONE_TAP" | "one_tap" | "ZERO_TAP" | "zero_tap"
/** The button’s words. */
text?: string | undefined
/** The button’s words. */
autofill_text?: string | undefined
supported_apps?: readonly {
package_name: string
signature_hash: string
}[] | undefined
package_name?: string | undefined
signature_hash?: string | undefined
zero_tap_terms_accepted?: boolean | undefined
} | {
type: "flow" | "FLOW"
/** The button’s words. */
text: string
flow_id?: string | undefined
flow_name?: string | undefined
flow_json?: string | undefined
flow_action?: "navigate" | "data_exchange" | undefined
navigate_screen?: string | undefined
} | {
type: "catalog" | "CATALOG"
/** The button’s words. */
text: string
} | {
type: "mpm" | "MPM"
/** The button’s words. */
text: string
} | {
type: "spm" | "SPM"
/** The button’s words. */
text: string
} | {
type: "voice_call" | "VOICE_CALL"
/** The button’s words. */
text: string
} | {
type: "request_contact_info" | "REQUEST_CONTACT_INFO"
})[]
}] | readonly [{
type: "header" | "HEADER"
format: "text" | "TEXT"
text: string
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "image" | "IMAGE"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "video" | "VIDEO"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "gif" | "GIF"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "document" | "DOCUMENT"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "location" | "LOCATION"
} | {
type: "header" | "HEADER"
format: "product" | "PRODUCT"
} | {
type: "body" | "BODY"
text?: string | undefined
example?: {
body_text?: readonly [readonly (string | number)[]] | readonly (string | number)[] | string | number | undefined
body_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
} | undefined
add_security_recommendation?: boolean | undefined
} | {
type: "buttons" | "BUTTONS"
buttons: readonly ({
type: "quick_reply" | "QUICK_REPLY"
/** The button’s words. */
text: string
} | {
type: "url" | "URL"
/** The button’s words. */
text: string
url: string
example?: readonly [string | number] | undefined
} | {
type: "phone_number" | "PHONE_NUMBER"
/** The button’s words. */
text: string
phone_number: string
} | {
type: "copy_code" | "COPY_CODE"
example: string | number | readonly [string]
} | {
type: "otp" | "OTP"
otp_type: "COPY_CODE" | "copy_code" | "ONE_TAP" | "one_tap" | "ZERO_TAP" | "zero_tap"
/** The button’s words. */
text?: string | undefined
/** The button’s words. */
autofill_text?: string | undefined
supported_apps?: readonly {
package_name: string
signature_hash: string
}[] | undefined
package_name?: string | undefined
signature_hash?: string | undefined
zero_tap_terms_accepted?: boolean | undefined
} | {
type: "flow" | "FLOW"
/** The button’s words. */
text: string
flow_id?: string | undefined
flow_name?: string | undefined
flow_json?: string | undefined
flow_action?: "navigate" | "data_exchange" | undefined
navigate_screen?: string | undefined
} | {
type: "catalog" | "CATALOG"
/** The button’s words. */
text: string
} | {
type: "mpm" | "MPM"
/** The button’s words. */
text: string
} | {
type: "spm" | "SPM"
/** The button’s words. */
text: string
} | {
type: "voice_call" | "VOICE_CALL"
/** The button’s words. */
text: string
} | {
type: "request_contact_info" | "REQUEST_CONTACT_INFO"
})[]
}, {
type: "header" | "HEADER"
format: "text" | "TEXT"
text: string
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "image" | "IMAGE"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "video" | "VIDEO"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "gif" | "GIF"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "document" | "DOCUMENT"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "location" | "LOCATION"
} | {
type: "header" | "HEADER"
format: "product" | "PRODUCT"
} | {
type: "body" | "BODY"
text?: string | undefined
example?: {
body_text?: readonly [readonly (string | number)[]] | readonly (string | number)[] | string | number | undefined
body_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
} | undefined
add_security_recommendation?: boolean | undefined
} | {
type: "buttons" | "BUTTONS"
buttons: readonly ({
type: "quick_reply" | "QUICK_REPLY"
/** The button’s words. */
text: string
} | {
type: "url" | "URL"
/** The button’s words. */
text: string
url: string
example?: readonly [string | number] | undefined
} | {
type: "phone_number" | "PHONE_NUMBER"
/** The button’s words. */
text: string
phone_number: string
} | {
type: "copy_code" | "COPY_CODE"
example: string | number | readonly [string]
} | {
type: "otp" | "OTP"
otp_type: "COPY_CODE" | "copy_code" | "ONE_TAP" | "one_tap" | "ZERO_TAP" | "zero_tap"
/** The button’s words. */
text?: string | undefined
/** The button’s words. */
autofill_text?: string | undefined
supported_apps?: readonly {
package_name: string
signature_hash: string
}[] | undefined
package_name?: string | undefined
signature_hash?: string | undefined
zero_tap_terms_accepted?: boolean | undefined
} | {
type: "flow" | "FLOW"
/** The button’s words. */
text: string
flow_id?: string | undefined
flow_name?: string | undefined
flow_json?: string | undefined
flow_action?: "navigate" | "data_exchange" | undefined
navigate_screen?: string | undefined
} | {
type: "catalog" | "CATALOG"
/** The button’s words. */
text: string
} | {
type: "mpm" | "MPM"
/** The button’s words. */
text: string
} | {
type: "spm" | "SPM"
/** The button’s words. */
text: string
} | {
type: "voice_call" | "VOICE_CALL"
/** The button’s words. */
text: string
} | {
type: "request_contact_info" | "REQUEST_CONTACT_INFO"
})[]
}, {
type: "header" | "HEADER"
format: "text" | "TEXT"
text: string
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "image" | "IMAGE"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "video" | "VIDEO"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "gif" | "GIF"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "document" | "DOCUMENT"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "location" | "LOCATION"
} | {
type: "header" | "HEADER"
format: "product" | "PRODUCT"
} | {
type: "body" | "BODY"
text?: string | undefined
example?: {
body_text?: readonly [readonly (string | number)[]] | readonly (string | number)[] | string | number | undefined
body_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
} | undefined
add_security_recommendation?: boolean | undefined
} | {
type: "buttons" | "BUTTONS"
buttons: readonly ({
type: "quick_reply" | "QUICK_REPLY"
/** The button’s words. */
text: string
} | {
type: "url" | "URL"
/** The button’s words. */
text: string
url: string
example?: readonly [string | number] | undefined
} | {
type: "phone_number" | "PHONE_NUMBER"
/** The button’s words. */
text: string
phone_number: string
} | {
type: "copy_code" | "COPY_CODE"
example: string | number | readonly [string]
} | {
type: "otp" | "OTP"
otp_type: "COPY_CODE" | "copy_code" | "ONE_TAP" | "one_tap" | "ZERO_TAP" | "zero_tap"
/** The button’s words. */
text?: string | undefined
/** The button’s words. */
autofill_text?: string | undefined
supported_apps?: readonly {
package_name: string
signature_hash: string
}[] | undefined
package_name?: string | undefined
signature_hash?: string | undefined
zero_tap_terms_accepted?: boolean | undefined
} | {
type: "flow" | "FLOW"
/** The button’s words. */
text: string
flow_id?: string | undefined
flow_name?: string | undefined
flow_json?: string | undefined
flow_action?: "navigate" | "data_exchange" | undefined
navigate_screen?: string | undefined
} | {
type: "catalog" | "CATALOG"
/** The button’s words. */
text: string
} | {
type: "mpm" | "MPM"
/** The button’s words. */
text: string
} | {
type: "spm" | "SPM"
/** The button’s words. */
text: string
} | {
type: "voice_call" | "VOICE_CALL"
/** The button’s words. */
text: string
} | {
type: "request_contact_info" | "REQUEST_CONTACT_INFO"
})[]
}]
}[]
})[] | undefined
}

export type Delivery = {
id: string
channel_id: number
/** The endpoint of this delivery; null when the channel has none. */
endpoint_id: string | null
event: string
state: "pending" | "delivered" | "dead" | "none"
/** Postern’s id of the message. */
reference: string | null
/** Unix seconds. */
created_at: number
done_at: number | null
attempts: {
number: number
/** Unix seconds. */
at: number
/** delivered, retry or dead. */
outcome: string
/** The endpoint’s HTTP status; null when no answer came. */
status: number | null
duration_ms: number
/** The first KiB of the answer, or why there is no answer. */
answer: string | null
}[]
body: unknown
}

export type DeliveryRequest = {
method: "POST"
/** Without a password, and without the values of its query. */
url: string
headers: {
name: string
/** null: a header of the endpoint’s own. Its value is a secret. */
value: string | null
}[]
/** The exact text that is signed and sent. */
body: string
/** The newest attempt, whose time is signed. null: there was none, and the time is now. */
attempt: number | null
/** The time in the signature, in Unix seconds: exact to a second. */
signed_at: number
}

export type DocumentMedia = {
/** Text under the media. */
caption?: string | undefined
/** Name shown to the contact; its extension chooses the icon. */
filename?: string | undefined
} & ({
/** Public URL that WhatsApp fetches. */
link: string
id?: undefined
} | {
link?: undefined
/** Id of an uploaded file, from POST /external/media. */
id: string
})

/** .txt, .xls, .xlsx, .doc, .docx, .ppt, .pptx or .pdf, at most 100 MB. */
export type DocumentMessage = {
/** Cloud API bodies have it. Not needed. */
messaging_product?: "whatsapp" | undefined
/** group sends to a group: `to` is its id. */
recipient_type?: "individual" | "group" | undefined
/** Words of your own, kept with the message. */
biz_opaque_callback_data?: string | undefined
/** Deliver only if the contact’s identity key still has this hash. */
recipient_identity_key_hash?: string | undefined
/** true: refuse the message while another program holds the conversation. */
if_owner?: boolean | undefined
/** Shows the message as a reply to an earlier one. */
context?: {
/** The id (wamid) of the message to quote. */
message_id: string
} | undefined
fallback?: Fallback | undefined
type: "document"
document: DocumentMedia
} & ({
/** The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets. With recipient_type group: the id of the group. */
to: string
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient?: string | undefined
} | {
to?: undefined
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient: string
}) & ({
/** Send it then instead of now. Answers 202 with `reference` and `state`. Window and template are checked then. */
send_at: Moment
/** With `send_at`: do not send it after this moment. */
expires_at?: Moment | undefined
} | {
send_at?: undefined
expires_at?: undefined
}) & ({
/** Direct Send: a free-form message that WhatsApp bills as utility or authentication, also in a closed window. The channel’s direct_send must be true. service is the default. */
category: "utility" | "authentication" | "service"
/** Direct Send: the name under which WhatsApp counts such messages. */
direct_send_config?: {
template_name: string
} | undefined
} | {
category?: undefined
direct_send_config?: undefined
})

/** What to change about a template. WhatsApp reviews it again. */
export type EditTemplate = {
category?: "MARKETING" | "marketing" | "UTILITY" | "utility" | "AUTHENTICATION" | "authentication" | undefined
components?: readonly ({
type: "header" | "HEADER"
format: "text" | "TEXT"
text: string
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "image" | "IMAGE"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "video" | "VIDEO"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "gif" | "GIF"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "document" | "DOCUMENT"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "location" | "LOCATION"
} | {
type: "header" | "HEADER"
format: "product" | "PRODUCT"
} | {
type: "body" | "BODY"
text?: string | undefined
example?: {
body_text?: readonly [readonly (string | number)[]] | readonly (string | number)[] | string | number | undefined
body_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
} | undefined
add_security_recommendation?: boolean | undefined
} | {
type: "footer" | "FOOTER"
text?: string | undefined
code_expiration_minutes?: number | undefined
} | {
type: "buttons" | "BUTTONS"
buttons: readonly ({
type: "quick_reply" | "QUICK_REPLY"
/** The button’s words. */
text: string
} | {
type: "url" | "URL"
/** The button’s words. */
text: string
url: string
example?: readonly [string | number] | undefined
} | {
type: "phone_number" | "PHONE_NUMBER"
/** The button’s words. */
text: string
phone_number: string
} | {
type: "copy_code" | "COPY_CODE"
example: string | number | readonly [string]
} | {
type: "otp" | "OTP"
otp_type: "COPY_CODE" | "copy_code" | "ONE_TAP" | "one_tap" | "ZERO_TAP" | "zero_tap"
/** The button’s words. */
text?: string | undefined
/** The button’s words. */
autofill_text?: string | undefined
supported_apps?: readonly {
package_name: string
signature_hash: string
}[] | undefined
package_name?: string | undefined
signature_hash?: string | undefined
zero_tap_terms_accepted?: boolean | undefined
} | {
type: "flow" | "FLOW"
/** The button’s words. */
text: string
flow_id?: string | undefined
flow_name?: string | undefined
flow_json?: string | undefined
flow_action?: "navigate" | "data_exchange" | undefined
navigate_screen?: string | undefined
} | {
type: "catalog" | "CATALOG"
/** The button’s words. */
text: string
} | {
type: "mpm" | "MPM"
/** The button’s words. */
text: string
} | {
type: "spm" | "SPM"
/** The button’s words. */
text: string
} | {
type: "voice_call" | "VOICE_CALL"
/** The button’s words. */
text: string
} | {
type: "request_contact_info" | "REQUEST_CONTACT_INFO"
})[]
} | {
type: "limited_time_offer" | "LIMITED_TIME_OFFER"
limited_time_offer: {
text: string
has_expiration?: boolean | undefined
}
} | {
type: "carousel" | "CAROUSEL"
cards: readonly {
components: readonly [{
type: "header" | "HEADER"
format: "text" | "TEXT"
text: string
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "image" | "IMAGE"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "video" | "VIDEO"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "gif" | "GIF"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "document" | "DOCUMENT"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "location" | "LOCATION"
} | {
type: "header" | "HEADER"
format: "product" | "PRODUCT"
} | {
type: "body" | "BODY"
text?: string | undefined
example?: {
body_text?: readonly [readonly (string | number)[]] | readonly (string | number)[] | string | number | undefined
body_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
} | undefined
add_security_recommendation?: boolean | undefined
} | {
type: "buttons" | "BUTTONS"
buttons: readonly ({
type: "quick_reply" | "QUICK_REPLY"
/** The button’s words. */
text: string
} | {
type: "url" | "URL"
/** The button’s words. */
text: string
url: string
example?: readonly [string | number] | undefined
} | {
type: "phone_number" | "PHONE_NUMBER"
/** The button’s words. */
text: string
phone_number: string
} | {
type: "copy_code" | "COPY_CODE"
example: string | number | readonly [string]
} | {
type: "otp" | "OTP"
otp_type: "COPY_CODE" | "copy_code" | "ONE_TAP" | "one_tap" | "ZERO_TAP" | "zero_tap"
/** The button’s words. */
text?: string | undefined
/** The button’s words. */
autofill_text?: string | undefined
supported_apps?: readonly {
package_name: string
signature_hash: string
}[] | undefined
package_name?: string | undefined
signature_hash?: string | undefined
zero_tap_terms_accepted?: boolean | undefined
} | {
type: "flow" | "FLOW"
/** The button’s words. */
text: string
flow_id?: string | undefined
flow_name?: string | undefined
flow_json?: string | undefined
flow_action?: "navigate" | "data_exchange" | undefined
navigate_screen?: string | undefined
} | {
type: "catalog" | "CATALOG"
/** The button’s words. */
text: string
} | {
type: "mpm" | "MPM"
/** The button’s words. */
text: string
} | {
type: "spm" | "SPM"
/** The button’s words. */
text: string
} | {
type: "voice_call" | "VOICE_CALL"
/** The button’s words. */
text: string
} | {
type: "request_contact_info" | "REQUEST_CONTACT_INFO"
})[]
}] | readonly [{
type: "header" | "HEADER"
format: "text" | "TEXT"
text: string
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "image" | "IMAGE"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "video" | "VIDEO"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "gif" | "GIF"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "document" | "DOCUMENT"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "location" | "LOCATION"
} | {
type: "header" | "HEADER"
format: "product" | "PRODUCT"
} | {
type: "body" | "BODY"
text?: string | undefined
example?: {
body_text?: readonly [readonly (string | number)[]] | readonly (string | number)[] | string | number | undefined
body_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
} | undefined
add_security_recommendation?: boolean | undefined
} | {
type: "buttons" | "BUTTONS"
buttons: readonly ({
type: "quick_reply" | "QUICK_REPLY"
/** The button’s words. */
text: string
} | {
type: "url" | "URL"
/** The button’s words. */
text: string
url: string
example?: readonly [string | number] | undefined
} | {
type: "phone_number" | "PHONE_NUMBER"
/** The button’s words. */
text: string
phone_number: string
} | {
type: "copy_code" | "COPY_CODE"
example: string | number | readonly [string]
} | {
type: "otp" | "OTP"
otp_type: "COPY_CODE" | "copy_code" | "ONE_TAP" | "one_tap" | "ZERO_TAP" | "zero_tap"
/** The button’s words. */
text?: string | undefined
/** The button’s words. */
autofill_text?: string | undefined
supported_apps?: readonly {
package_name: string
signature_hash: string
}[] | undefined
package_name?: string | undefined
signature_hash?: string | undefined
zero_tap_terms_accepted?: boolean | undefined
} | {
type: "flow" | "FLOW"
/** The button’s words. */
text: string
flow_id?: string | undefined
flow_name?: string | undefined
flow_json?: string | undefined
flow_action?: "navigate" | "data_exchange" | undefined
navigate_screen?: string | undefined
} | {
type: "catalog" | "CATALOG"
/** The button’s words. */
text: string
} | {
type: "mpm" | "MPM"
/** The button’s words. */
text: string
} | {
type: "spm" | "SPM"
/** The button’s words. */
text: string
} | {
type: "voice_call" | "VOICE_CALL"
/** The button’s words. */
text: string
} | {
type: "request_contact_info" | "REQUEST_CONTACT_INFO"
})[]
}, {
type: "header" | "HEADER"
format: "text" | "TEXT"
text: string
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "image" | "IMAGE"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "video" | "VIDEO"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "gif" | "GIF"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "document" | "DOCUMENT"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "location" | "LOCATION"
} | {
type: "header" | "HEADER"
format: "product" | "PRODUCT"
} | {
type: "body" | "BODY"
text?: string | undefined
example?: {
body_text?: readonly [readonly (string | number)[]] | readonly (string | number)[] | string | number | undefined
body_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
} | undefined
add_security_recommendation?: boolean | undefined
} | {
type: "buttons" | "BUTTONS"
buttons: readonly ({
type: "quick_reply" | "QUICK_REPLY"
/** The button’s words. */
text: string
} | {
type: "url" | "URL"
/** The button’s words. */
text: string
url: string
example?: readonly [string | number] | undefined
} | {
type: "phone_number" | "PHONE_NUMBER"
/** The button’s words. */
text: string
phone_number: string
} | {
type: "copy_code" | "COPY_CODE"
example: string | number | readonly [string]
} | {
type: "otp" | "OTP"
otp_type: "COPY_CODE" | "copy_code" | "ONE_TAP" | "one_tap" | "ZERO_TAP" | "zero_tap"
/** The button’s words. */
text?: string | undefined
/** The button’s words. */
autofill_text?: string | undefined
supported_apps?: readonly {
package_name: string
signature_hash: string
}[] | undefined
package_name?: string | undefined
signature_hash?: string | undefined
zero_tap_terms_accepted?: boolean | undefined
} | {
type: "flow" | "FLOW"
/** The button’s words. */
text: string
flow_id?: string | undefined
flow_name?: string | undefined
flow_json?: string | undefined
flow_action?: "navigate" | "data_exchange" | undefined
navigate_screen?: string | undefined
} | {
type: "catalog" | "CATALOG"
/** The button’s words. */
text: string
} | {
type: "mpm" | "MPM"
/** The button’s words. */
text: string
} | {
type: "spm" | "SPM"
/** The button’s words. */
text: string
} | {
type: "voice_call" | "VOICE_CALL"
/** The button’s words. */
text: string
} | {
type: "request_contact_info" | "REQUEST_CONTACT_INFO"
})[]
}] | readonly [{
type: "header" | "HEADER"
format: "text" | "TEXT"
text: string
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "image" | "IMAGE"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "video" | "VIDEO"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "gif" | "GIF"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "document" | "DOCUMENT"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "location" | "LOCATION"
} | {
type: "header" | "HEADER"
format: "product" | "PRODUCT"
} | {
type: "body" | "BODY"
text?: string | undefined
example?: {
body_text?: readonly [readonly (string | number)[]] | readonly (string | number)[] | string | number | undefined
body_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
} | undefined
add_security_recommendation?: boolean | undefined
} | {
type: "buttons" | "BUTTONS"
buttons: readonly ({
type: "quick_reply" | "QUICK_REPLY"
/** The button’s words. */
text: string
} | {
type: "url" | "URL"
/** The button’s words. */
text: string
url: string
example?: readonly [string | number] | undefined
} | {
type: "phone_number" | "PHONE_NUMBER"
/** The button’s words. */
text: string
phone_number: string
} | {
type: "copy_code" | "COPY_CODE"
example: string | number | readonly [string]
} | {
type: "otp" | "OTP"
otp_type: "COPY_CODE" | "copy_code" | "ONE_TAP" | "one_tap" | "ZERO_TAP" | "zero_tap"
/** The button’s words. */
text?: string | undefined
/** The button’s words. */
autofill_text?: string | undefined
supported_apps?: readonly {
package_name: string
signature_hash: string
}[] | undefined
package_name?: string | undefined
signature_hash?: string | undefined
zero_tap_terms_accepted?: boolean | undefined
} | {
type: "flow" | "FLOW"
/** The button’s words. */
text: string
flow_id?: string | undefined
flow_name?: string | undefined
flow_json?: string | undefined
flow_action?: "navigate" | "data_exchange" | undefined
navigate_screen?: string | undefined
} | {
type: "catalog" | "CATALOG"
/** The button’s words. */
text: string
} | {
type: "mpm" | "MPM"
/** The button’s words. */
text: string
} | {
type: "spm" | "SPM"
/** The button’s words. */
text: string
} | {
type: "voice_call" | "VOICE_CALL"
/** The button’s words. */
text: string
} | {
type: "request_contact_info" | "REQUEST_CONTACT_INFO"
})[]
}, {
type: "header" | "HEADER"
format: "text" | "TEXT"
text: string
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "image" | "IMAGE"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "video" | "VIDEO"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "gif" | "GIF"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "document" | "DOCUMENT"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "location" | "LOCATION"
} | {
type: "header" | "HEADER"
format: "product" | "PRODUCT"
} | {
type: "body" | "BODY"
text?: string | undefined
example?: {
body_text?: readonly [readonly (string | number)[]] | readonly (string | number)[] | string | number | undefined
body_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
} | undefined
add_security_recommendation?: boolean | undefined
} | {
type: "buttons" | "BUTTONS"
buttons: readonly ({
type: "quick_reply" | "QUICK_REPLY"
/** The button’s words. */
text: string
} | {
type: "url" | "URL"
/** The button’s words. */
text: string
url: string
example?: readonly [string | number] | undefined
} | {
type: "phone_number" | "PHONE_NUMBER"
/** The button’s words. */
text: string
phone_number: string
} | {
type: "copy_code" | "COPY_CODE"
example: string | number | readonly [string]
} | {
type: "otp" | "OTP"
otp_type: "COPY_CODE" | "copy_code" | "ONE_TAP" | "one_tap" | "ZERO_TAP" | "zero_tap"
/** The button’s words. */
text?: string | undefined
/** The button’s words. */
autofill_text?: string | undefined
supported_apps?: readonly {
package_name: string
signature_hash: string
}[] | undefined
package_name?: string | undefined
signature_hash?: string | undefined
zero_tap_terms_accepted?: boolean | undefined
} | {
type: "flow" | "FLOW"
/** The button’s words. */
text: string
flow_id?: string | undefined
flow_name?: string | undefined
flow_json?: string | undefined
flow_action?: "navigate" | "data_exchange" | undefined
navigate_screen?: string | undefined
} | {
type: "catalog" | "CATALOG"
/** The button’s words. */
text: string
} | {
type: "mpm" | "MPM"
/** The button’s words. */
text: string
} | {
type: "spm" | "SPM"
/** The button’s words. */
text: string
} | {
type: "voice_call" | "VOICE_CALL"
/** The button’s words. */
text: string
} | {
type: "request_contact_info" | "REQUEST_CONTACT_INFO"
})[]
}, {
type: "header" | "HEADER"
format: "text" | "TEXT"
text: string
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "image" | "IMAGE"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "video" | "VIDEO"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "gif" | "GIF"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "document" | "DOCUMENT"
example?: {
header_text?: readonly (string | number)[] | string | number | undefined
header_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
header_handle?: readonly string[] | undefined
} | undefined
} | {
type: "header" | "HEADER"
format: "location" | "LOCATION"
} | {
type: "header" | "HEADER"
format: "product" | "PRODUCT"
} | {
type: "body" | "BODY"
text?: string | undefined
example?: {
body_text?: readonly [readonly (string | number)[]] | readonly (string | number)[] | string | number | undefined
body_text_named_params?: readonly {
param_name: string
example: string | number
}[] | undefined
} | undefined
add_security_recommendation?: boolean | undefined
} | {
type: "buttons" | "BUTTONS"
buttons: readonly ({
type: "quick_reply" | "QUICK_REPLY"
/** The button’s words. */
text: string
} | {
type: "url" | "URL"
/** The button’s words. */
text: string
url: string
example?: readonly [string | number] | undefined
} | {
type: "phone_number" | "PHONE_NUMBER"
/** The button’s words. */
text: string
phone_number: string
} | {
type: "copy_code" | "COPY_CODE"
example: string | number | readonly [string]
} | {
type: "otp" | "OTP"
otp_type: "COPY_CODE" | "copy_code" | "ONE_TAP" | "one_tap" | "ZERO_TAP" | "zero_tap"
/** The button’s words. */
text?: string | undefined
/** The button’s words. */
autofill_text?: string | undefined
supported_apps?: readonly {
package_name: string
signature_hash: string
}[] | undefined
package_name?: string | undefined
signature_hash?: string | undefined
zero_tap_terms_accepted?: boolean | undefined
} | {
type: "flow" | "FLOW"
/** The button’s words. */
text: string
flow_id?: string | undefined
flow_name?: string | undefined
flow_json?: string | undefined
flow_action?: "navigate" | "data_exchange" | undefined
navigate_screen?: string | undefined
} | {
type: "catalog" | "CATALOG"
/** The button’s words. */
text: string
} | {
type: "mpm" | "MPM"
/** The button’s words. */
text: string
} | {
type: "spm" | "SPM"
/** The button’s words. */
text: string
} | {
type: "voice_call" | "VOICE_CALL"
/** The button’s words. */
text: string
} | {
type: "request_contact_info" | "REQUEST_CONTACT_INFO"
})[]
}]
}[]
})[] | undefined
/** Seconds that WhatsApp keeps trying; -1 for 30 days. */
message_send_ttl_seconds?: number | undefined
}

export type Endpoint = {
endpoint_id: string
channel_id: number
name: string
/** Without a password. */
url: string
format: "postern" | "meta"
/** The names of the events that it gets. null: all. */
events: string[] | null
/** The types of messages that it gets as new_message. null: all. */
types: string[] | null
/** The statuses that it gets as message_status_update. null: all. */
statuses: string[] | null
/** The names of its own headers. Their values are not shown. */
headers: string[]
state: "active" | "resting" | "paused"
state_reason: string | null
/** When the state began, in Unix seconds. */
since: number
/** While resting: the time of the next test delivery. */
next_attempt_at: number | null
/** What came of the newest attempt. */
last_answer: {
/** Unix seconds. */
at: number
/** delivered, retry or dead. */
outcome: string
/** The HTTP status it answered; null when no answer came. */
status: number | null
duration_ms: number
/** Why no answer came. */
problem: string | null
} | null
/** Events that wait to be delivered. */
waiting: number
/** When the oldest of them began to wait, in Unix seconds. */
oldest_waiting_at: number | null
/** Events that were given up. A replay delivers them again. */
dead: number
last_hour: {
attempts: number
/** The share of attempts that were acknowledged: 0 to 1. */
success_rate: number | null
/** How long half of the answers, and 95 % of them, took at the most. Exact to a tenth. */
latency_ms: {
p50: number
p95: number
} | null
}
/** Unix seconds. */
created_at: number
}

export type EndpointTest = {
/** Whether the endpoint acknowledged it with a 2xx. */
delivered: boolean
/** Its webhook-id. */
event_id: string
/** The HTTP status it answered; null when no answer came. */
status: number | null
ms: number
/** The first KiB of the answer, or why there is no answer. */
answer: string
}

export type Erasure = {
/** The proof of the erasure. It does not identify the person. */
erasure_id: string
channel_id: number
/** Unix seconds. */
erased_at: number
/** Rows that were removed, by kind. */
counts: Record<string, number>
}

export type EventContact = {
/** Digits. Missing when the contact hides the number. */
phone?: string
/** The business-scoped id. */
user_id?: string
parent_user_id?: string
username?: string
name?: string
}

/** Send this template instead when the 24-hour window is closed. `sent_as` of the answer says so. */
export type Fallback = {
template: TemplateContent
}

/** A button that opens a form. */
export type Flow = {
type: "flow"
header?: Header | undefined
body: {
/** The message. Kept as it is: *bold*, _italic_, line breaks, links. */
text: string
}
footer?: {
/** Small text below the message. */
text: string
} | undefined
action: {
name: "flow"
parameters: {
flow_message_version: "3"
/** The button’s words, without emoji. */
flow_cta: string
mode?: "published" | "draft" | undefined
/** Comes back with the answers. */
flow_token?: string | undefined
flow_action?: "navigate" | "data_exchange" | undefined
flow_action_payload?: {
screen: string
data?: Record<string, unknown> | undefined
} | undefined
} & ({
flow_id: string
flow_name?: undefined
} | {
flow_id?: undefined
flow_name: string
})
}
}

export type FlowsEvent = {
event: "flows"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** Unix seconds, where WhatsApp gives a time. */
received_at?: number
/** WhatsApp’s complete value. */
value: Record<string, unknown>
}

export type GroupLifecycleUpdateEvent = {
event: "group_lifecycle_update"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** Unix seconds, where WhatsApp gives a time. */
received_at?: number
/** WhatsApp’s complete value. */
value: Record<string, unknown>
}

export type GroupParticipantsUpdateEvent = {
event: "group_participants_update"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** Unix seconds, where WhatsApp gives a time. */
received_at?: number
/** WhatsApp’s complete value. */
value: Record<string, unknown>
}

export type GroupSettingsUpdateEvent = {
event: "group_settings_update"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** Unix seconds, where WhatsApp gives a time. */
received_at?: number
/** WhatsApp’s complete value. */
value: Record<string, unknown>
}

export type GroupStatusUpdateEvent = {
event: "group_status_update"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** Unix seconds, where WhatsApp gives a time. */
received_at?: number
/** WhatsApp’s complete value. */
value: Record<string, unknown>
}

export type Header = {
type: "text"
text: string
sub_text?: string | undefined
} | {
type: "image"
image: MediaSource
} | {
type: "video"
video: MediaSource
} | {
type: "document"
document: NamedMedia
}

export type HistoryEvent = {
event: "history"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** Unix seconds, where WhatsApp gives a time. */
received_at?: number
/** WhatsApp’s complete value. */
value: Record<string, unknown>
}

/** .jpeg or .png, at most 5 MB. */
export type ImageMessage = {
/** Cloud API bodies have it. Not needed. */
messaging_product?: "whatsapp" | undefined
/** group sends to a group: `to` is its id. */
recipient_type?: "individual" | "group" | undefined
/** Words of your own, kept with the message. */
biz_opaque_callback_data?: string | undefined
/** Deliver only if the contact’s identity key still has this hash. */
recipient_identity_key_hash?: string | undefined
/** true: refuse the message while another program holds the conversation. */
if_owner?: boolean | undefined
/** Shows the message as a reply to an earlier one. */
context?: {
/** The id (wamid) of the message to quote. */
message_id: string
} | undefined
fallback?: Fallback | undefined
type: "image"
image: CaptionedMedia
} & ({
/** The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets. With recipient_type group: the id of the group. */
to: string
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient?: string | undefined
} | {
to?: undefined
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient: string
}) & ({
/** Send it then instead of now. Answers 202 with `reference` and `state`. Window and template are checked then. */
send_at: Moment
/** With `send_at`: do not send it after this moment. */
expires_at?: Moment | undefined
} | {
send_at?: undefined
expires_at?: undefined
}) & ({
/** Direct Send: a free-form message that WhatsApp bills as utility or authentication, also in a closed window. The channel’s direct_send must be true. service is the default. */
category: "utility" | "authentication" | "service"
/** Direct Send: the name under which WhatsApp counts such messages. */
direct_send_config?: {
template_name: string
} | undefined
} | {
category?: undefined
direct_send_config?: undefined
})

export type Incident = {
id: string
kind: "endpoint_failing" | "dead_events" | "events_waiting" | "token_rejected" | "token_expiring" | "number_throttled" | "quality_fallen" | "limit_fallen" | "number_restricted" | "number_disconnected" | "template_paused" | "template_rejected" | "webhooks_silent" | "app_unsubscribed" | "second_subscriber" | "unknown_outcomes" | "meta_unreachable" | "meta_failing" | "store_full" | "store_read_only" | "store_away" | "disk_nearly_full" | "clock_step" | "clock_skew" | "rates_old" | "unknown_field" | "backup_failed" | "broadcast_stopped" | "loss_found" | "loss_audit_failed"
severity: "critical" | "warning" | "info"
channel_id?: number
endpoint_id?: string
/** Unix seconds: the begin of the evidence. */
since: number
/** Unix seconds: when the evidence was gone. Missing while it is open. */
until?: number
/** How many events, messages, machines or values it is about. */
count: number
/** What is wrong, in a sentence or two. */
what: string
/** What to do. */
advice: string
/** Places to look at, on this gateway. */
links: {
title: string
href: string
}[]
}

export type Interactive = UrlButton | ListMenu | Carousel | ReplyButtons | LocationRequest | Flow | Product | ProductList | CatalogMessage | AddressRequest | CallPermissionRequest | CallButton | ContactRequest | OrderDetails | OrderStatus

export type InteractiveMessage = {
/** Cloud API bodies have it. Not needed. */
messaging_product?: "whatsapp" | undefined
/** group sends to a group: `to` is its id. */
recipient_type?: "individual" | "group" | undefined
/** Words of your own, kept with the message. */
biz_opaque_callback_data?: string | undefined
/** Deliver only if the contact’s identity key still has this hash. */
recipient_identity_key_hash?: string | undefined
/** true: refuse the message while another program holds the conversation. */
if_owner?: boolean | undefined
/** Shows the message as a reply to an earlier one. */
context?: {
/** The id (wamid) of the message to quote. */
message_id: string
} | undefined
fallback?: Fallback | undefined
type: "interactive"
interactive: Interactive
} & ({
/** The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets. With recipient_type group: the id of the group. */
to: string
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient?: string | undefined
} | {
to?: undefined
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient: string
}) & ({
/** Send it then instead of now. Answers 202 with `reference` and `state`. Window and template are checked then. */
send_at: Moment
/** With `send_at`: do not send it after this moment. */
expires_at?: Moment | undefined
} | {
send_at?: undefined
expires_at?: undefined
}) & ({
/** Direct Send: a free-form message that WhatsApp bills as utility or authentication, also in a closed window. The channel’s direct_send must be true. service is the default. */
category: "utility" | "authentication" | "service"
/** Direct Send: the name under which WhatsApp counts such messages. */
direct_send_config?: {
template_name: string
} | undefined
} | {
category?: undefined
direct_send_config?: undefined
})

export type KeptEvent = {
/** The webhook-id of its deliveries. */
id: string
/** Unix seconds. */
created_at: number
/** none: the channel had no webhook. */
delivery: "pending" | "delivered" | "dead" | "none"
/** The body of the callback. */
body: CallbackEvent
}

/** A menu of up to ten rows in up to ten sections. */
export type ListMenu = {
type: "list"
header?: {
type: "text"
text: string
sub_text?: string | undefined
} | undefined
body: {
/** The message. Kept as it is: *bold*, _italic_, line breaks, links. */
text: string
}
footer?: {
/** Small text below the message. */
text: string
} | undefined
action: {
/** The words that open the list. */
button: string
sections: readonly ListSection[]
}
}

export type ListRow = {
/** Returned when the contact selects this row. */
id: string
title: string
description?: string | undefined
}

export type ListSection = {
title: string
rows: readonly ListRow[]
}

export type LocationMessage = {
/** Cloud API bodies have it. Not needed. */
messaging_product?: "whatsapp" | undefined
/** group sends to a group: `to` is its id. */
recipient_type?: "individual" | "group" | undefined
/** Words of your own, kept with the message. */
biz_opaque_callback_data?: string | undefined
/** Deliver only if the contact’s identity key still has this hash. */
recipient_identity_key_hash?: string | undefined
/** true: refuse the message while another program holds the conversation. */
if_owner?: boolean | undefined
/** Shows the message as a reply to an earlier one. */
context?: {
/** The id (wamid) of the message to quote. */
message_id: string
} | undefined
fallback?: Fallback | undefined
type: "location"
location: {
latitude: `${number}` | number
longitude: `${number}` | number
name?: string | undefined
/** Shown only together with a name. */
address?: string | undefined
}
} & ({
/** The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets. With recipient_type group: the id of the group. */
to: string
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient?: string | undefined
} | {
to?: undefined
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient: string
}) & ({
/** Send it then instead of now. Answers 202 with `reference` and `state`. Window and template are checked then. */
send_at: Moment
/** With `send_at`: do not send it after this moment. */
expires_at?: Moment | undefined
} | {
send_at?: undefined
expires_at?: undefined
}) & ({
/** Direct Send: a free-form message that WhatsApp bills as utility or authentication, also in a closed window. The channel’s direct_send must be true. service is the default. */
category: "utility" | "authentication" | "service"
/** Direct Send: the name under which WhatsApp counts such messages. */
direct_send_config?: {
template_name: string
} | undefined
} | {
category?: undefined
direct_send_config?: undefined
})

/** Asks the contact to share a place. */
export type LocationRequest = {
type: "location_request_message"
body: {
/** The message. Kept as it is: *bold*, _italic_, line breaks, links. */
text: string
}
action: {
name: "send_location"
}
}

export type Loss = {
missing: "no_status" | "status_not_here" | "outcome_unknown" | "callback_dead" | "callback_waiting" | "callback_unproven"
channel_id: number
/** WhatsApp’s id, or ours where there is none. Missing for a callback that is about no message. */
message_id?: string
/** The callback. */
event_id?: string
/** The kind of the callback. */
event?: string
endpoint_id?: string
/** Unix seconds. */
since: number
at_meta?: {
/** The newest status at WhatsApp: SENT, DELIVERED, READ, FAILED or DELETED. */
status: string
/** What became of its webhook, by WhatsApp’s word. */
webhook?: string
/** Unix seconds. */
at?: number
}
/** False: WhatsApp was not asked for the message, or did not answer. */
asked?: boolean
/** What is missing, in a sentence. */
what: string
/** What to do. */
advice: string
}

export type MediaSource = {
/** Public URL that WhatsApp fetches. */
link: string
id?: undefined
} | {
link?: undefined
/** Id of an uploaded file, from POST /external/media. */
id: string
}

export type Message = {
/** WhatsApp’s id; null before WhatsApp returns one. */
msg_id: string | null
/** Our id. */
reference: string
channel_id: number
direction: "inbound" | "outbound"
/** The number, or the business-scoped id, of the contact. */
contact: string
type: string
/** received, or how far a sent message has come. */
status: MessageStatus
/** The message in WhatsApp’s format. */
content: unknown
/** For a template: the text that the contact saw, from the current template. */
rendered?: Record<string, unknown>
/** WhatsApp’s error: code, title, details, and all other keys. */
error: Record<string, unknown> | null
/** All errors from WhatsApp, when the message failed. */
errors?: unknown[]
/** WhatsApp’s pricing object. */
pricing?: unknown
/** WhatsApp’s conversation object. */
conversation?: unknown
/** app: the business wrote it in its own WhatsApp app. history: copied from there, from the time before the number was connected. standby: another program answers it. */
origin?: "app" | "history" | "standby"
/** Its author changed it: content is the new one. */
edited_at?: number
/** What it was before it was changed, the oldest first. */
earlier?: {
content: unknown
/** Unix seconds. */
at: number
}[]
/** Its author deleted it for everyone. */
revoked_at?: number
/** The msg_id of the message that this one changes or deletes. */
changes?: string
/** The biz_opaque_callback_data of the message. */
callback_data?: string
/** Unix seconds. */
created_at: number
timeline: {
status: string
/** Unix seconds. */
at: number
}[]
}

export type MessageEcho = {
event: "message_echo"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** Unix seconds, by WhatsApp’s clock. */
received_at?: number
/** The field of WhatsApp’s webhook. */
field: string
/** WhatsApp’s complete value. */
value: Record<string, unknown>
message_id: string
contact?: EventContact
}

export type MessageEdit = {
event: "message_edit"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** Unix seconds, by WhatsApp’s clock. */
received_at?: number
/** The field of WhatsApp’s webhook. */
field: string
/** WhatsApp’s complete value. */
value: Record<string, unknown>
/** The id of the change. */
message_id: string
/** The message that was changed. */
original_message_id: string
contact?: EventContact
}

export type MessageRevoke = {
event: "message_revoke"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** Unix seconds, by WhatsApp’s clock. */
received_at?: number
/** The field of WhatsApp’s webhook. */
field: string
/** WhatsApp’s complete value. */
value: Record<string, unknown>
/** The id of the change. */
message_id: string
/** The message that was changed. */
original_message_id: string
contact?: EventContact
}

export type MessageStatus = "received" | "sending" | "unknown" | "accepted" | "sent" | "failed" | "delivered" | "read" | "played"

export type MessageStatusUpdate = {
event: "message_status_update"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** The msg_id that the send answered. */
message_id: string
/** sent, delivered, read, played or failed. */
message_status: SentStatus
/** The first error from WhatsApp, complete. */
error: {
code: number
title: string
/** The problem, in WhatsApp’s words. */
details?: string
[key: string]: unknown
} | null
/** Unix seconds, by WhatsApp’s clock. */
received_at: number
/** The number or id of the contact. For a group’s message, of one participant. */
recipient?: string
/** All that WhatsApp tells of the contact; in a group, of one participant. */
contact?: EventContact
/** Postern’s id of the message, when it was sent through the gateway. */
reference?: string
/** All errors from WhatsApp. */
errors?: {
code: number
title: string
/** The problem, in WhatsApp’s words. */
details?: string
[key: string]: unknown
}[]
/** WhatsApp’s pricing object, if any. */
pricing?: Record<string, unknown>
/** WhatsApp’s conversation object, if any. */
conversation?: Record<string, unknown>
/** For a payment: its reference, amount and transaction. */
payment?: Record<string, unknown>
/** The biz_opaque_callback_data of the message. */
callback_data?: string
}

export type MessageTemplateComponentsUpdateEvent = {
event: "message_template_components_update"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** Unix seconds, where WhatsApp gives a time. */
received_at?: number
/** WhatsApp’s complete value. */
value: Record<string, unknown>
}

export type MessagesEvent = {
event: "messages"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** Unix seconds, where WhatsApp gives a time. */
received_at?: number
/** WhatsApp’s complete value. */
value: Record<string, unknown>
}

export type Moment = number | string | Date

export type NamedMedia = {
/** Name shown to the contact; its extension chooses the icon. */
filename?: string | undefined
} & ({
/** Public URL that WhatsApp fetches. */
link: string
id?: undefined
} | {
link?: undefined
/** Id of an uploaded file, from POST /external/media. */
id: string
})

export type NewMessage = {
event: "new_message"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** Another program answers this message: store it, do not answer. */
standby?: true
/** WhatsApp’s own value: metadata, the contact, and one message. Unknown types and fields included. */
message: InboundValue
}

/** A bill that the contact pays in the chat, in India and Brazil. */
export type OrderDetails = {
type: "order_details"
header?: {
type: "image"
image: MediaSource
} | {
type: "document"
document: NamedMedia
} | undefined
body: {
/** The message. Kept as it is: *bold*, _italic_, line breaks, links. */
text: string
}
footer?: {
/** Small text below the message. */
text: string
} | undefined
action: {
name: "review_and_pay"
parameters: {
/** Your name of the order. Statuses of its payment have it. */
reference_id: string
type: "digital-goods" | "physical-goods"
currency: "INR" | "BRL" | "SGD"
total_amount: {
/** The amount times the offset: 12.34 is 1234. */
value: number
offset: 100
[key: string]: unknown
}
order: {
status: "pending" | "processing" | "partially-shipped" | "shipped" | "completed" | "canceled" | "payment_requested" | "preparing_to_ship" | "in_progress" | "confirmed" | "delayed" | "out_for_delivery" | "failed"
items: readonly {
name: string
/** The price of one. */
amount: {
/** The amount times the offset: 12.34 is 1234. */
value: number
offset: 100
[key: string]: unknown
}
quantity: number
retailer_id?: string | undefined
sale_amount?: {
/** The amount times the offset: 12.34 is 1234. */
value: number
offset: 100
[key: string]: unknown
} | undefined
[key: string]: unknown
}[]
subtotal: {
/** The amount times the offset: 12.34 is 1234. */
value: number
offset: 100
[key: string]: unknown
}
tax?: {
/** The amount times the offset: 12.34 is 1234. */
value: number
offset: 100
[key: string]: unknown
} | undefined
shipping?: {
/** The amount times the offset: 12.34 is 1234. */
value: number
offset: 100
[key: string]: unknown
} | undefined
discount?: {
/** The amount times the offset: 12.34 is 1234. */
value: number
offset: 100
[key: string]: unknown
} | undefined
expiration?: Record<string, unknown> | undefined
[key: string]: unknown
}
payment_settings?: readonly {
type: string
[key: string]: unknown
}[] | undefined
payment_type?: string | undefined
/** The name of the configuration in WhatsApp Manager. */
payment_configuration?: string | undefined
[key: string]: unknown
}
}
}

/** Tells how far an order of order_details is. */
export type OrderStatus = {
type: "order_status"
header?: {
type: "image"
image: MediaSource
} | {
type: "document"
document: NamedMedia
} | undefined
body: {
/** The message. Kept as it is: *bold*, _italic_, line breaks, links. */
text: string
}
footer?: {
/** Small text below the message. */
text: string
} | undefined
action: {
name: "review_order"
parameters: {
/** Your name of the order. Statuses of its payment have it. */
reference_id: string
order: {
status: "pending" | "processing" | "partially-shipped" | "shipped" | "completed" | "canceled" | "payment_requested" | "preparing_to_ship" | "in_progress" | "confirmed" | "delayed" | "out_for_delivery" | "failed"
description?: string | undefined
[key: string]: unknown
}
[key: string]: unknown
}
}
}

export type PartnerSolutionsEvent = {
event: "partner_solutions"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** Unix seconds, where WhatsApp gives a time. */
received_at?: number
/** WhatsApp’s complete value. */
value: Record<string, unknown>
}

export type PatchEndpoint = {
/** For people: how lists and the console call this endpoint. */
name?: string | undefined
/** http:// or https:// for callbacks; postgres:// for rows of your own PostgreSQL; redis:// for a Redis stream. */
url?: string | undefined
/** postern: the callbacks of docs/callbacks.md. meta: bodies and signature as Meta’s webhooks have them. */
format?: "postern" | "meta" | undefined
/** Names of the events that it gets, such as new_message. null, or left out: all. */
events?: readonly string[] | null | undefined
/** Narrows new_message: WhatsApp’s types of messages that it gets, such as text. null, or left out: all. */
types?: readonly string[] | null | undefined
/** Narrows message_status_update: the statuses that it gets, such as failed. null, or left out: all. */
statuses?: readonly string[] | null | undefined
/** Sets these headers and keeps the others; a header that is null is removed. null removes all. */
headers?: Record<string, string | null> | null | undefined
/** paused: no delivery goes out. active: ends a pause or a rest. */
state?: "active" | "paused" | undefined
}

export type PaymentConfigurationUpdateEvent = {
event: "payment_configuration_update"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** Unix seconds, where WhatsApp gives a time. */
received_at?: number
/** WhatsApp’s complete value. */
value: Record<string, unknown>
}

export type PaymentStatus = {
event: "payment_status"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** Unix seconds, by WhatsApp’s clock. */
received_at?: number
/** The field of WhatsApp’s webhook. */
field: string
/** WhatsApp’s complete value. */
value: Record<string, unknown>
message_id: string
reference_id: string | null
payment_status: string
contact?: EventContact
}

export type PreferencesImport = {
rows: number
/** Contacts whose wish is another one now. */
changed: number
/** Rows that said what was known, or less than what was said later. */
unchanged: number
/** Rows that were left out. */
wrong: number
/** What is wrong with the first 100 of them. */
problems: {
line: number
message: string
}[]
}

/** One product of a catalog. */
export type Product = {
type: "product"
body?: {
/** The message. Kept as it is: *bold*, _italic_, line breaks, links. */
text: string
} | undefined
footer?: {
/** Small text below the message. */
text: string
} | undefined
action: {
/** The catalog, as Meta numbers it. */
catalog_id: string
/** The product’s id in the catalog (its SKU). */
product_retailer_id: string
}
}

/** Up to thirty products in up to ten sections. */
export type ProductList = {
type: "product_list"
header: {
type: "text"
text: string
sub_text?: string | undefined
}
body: {
/** The message. Kept as it is: *bold*, _italic_, line breaks, links. */
text: string
}
footer?: {
/** Small text below the message. */
text: string
} | undefined
action: {
/** The catalog, as Meta numbers it. */
catalog_id: string
sections: readonly {
title?: string | undefined
product_items: readonly {
/** The product’s id in the catalog (its SKU). */
product_retailer_id: string
}[]
}[]
}
}

/** An emoji on a message of the last 30 days. */
export type ReactionMessage = {
/** Cloud API bodies have it. Not needed. */
messaging_product?: "whatsapp" | undefined
/** group sends to a group: `to` is its id. */
recipient_type?: "individual" | "group" | undefined
/** Words of your own, kept with the message. */
biz_opaque_callback_data?: string | undefined
/** Deliver only if the contact’s identity key still has this hash. */
recipient_identity_key_hash?: string | undefined
/** true: refuse the message while another program holds the conversation. */
if_owner?: boolean | undefined
type: "reaction"
reaction: {
/** The id (wamid) of the message to react to. */
message_id: string
/** One emoji. An empty text removes the reaction. */
emoji: string
}
} & ({
/** The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets. With recipient_type group: the id of the group. */
to: string
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient?: string | undefined
} | {
to?: undefined
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient: string
}) & ({
/** Send it then instead of now. Answers 202 with `reference` and `state`. Window and template are checked then. */
send_at: Moment
/** With `send_at`: do not send it after this moment. */
expires_at?: Moment | undefined
} | {
send_at?: undefined
expires_at?: undefined
}) & ({
/** Direct Send: a free-form message that WhatsApp bills as utility or authentication, also in a closed window. The channel’s direct_send must be true. service is the default. */
category: "utility" | "authentication" | "service"
/** Direct Send: the name under which WhatsApp counts such messages. */
direct_send_config?: {
template_name: string
} | undefined
} | {
category?: undefined
direct_send_config?: undefined
})

export type RecipientsFile = {
file_id: string
filename: string | null
format: "csv" | "jsonl"
/** The separator of the cells, as it was found. */
delimiter: string | null
/** Names of the columns, for map. "1", "2" … when the first line is no heading. */
columns: string[]
/** Rows with something in them, without the heading. */
rows: number
bytes: number
/** Unix seconds. */
created_at: number
/** Unix seconds: removed then, unless a broadcast still needs it. */
expires_at: number
}

export type ReplayEndpoint = {
/** Events stored before this moment. */
until?: number | string | undefined
/** Only events in this state. Default: all. */
state?: "dead" | "delivered" | undefined
} & ({
/** This event and all that were stored after it. */
from_event_id: string
since?: undefined
} | {
from_event_id?: undefined
/** Events stored at or after this moment: Unix seconds, or ISO 8601. */
since: number | string
})

export type ReplyButton = {
type: "reply"
reply: {
/** Returned when the contact taps the button. */
id: string
/** The button’s words; no two buttons the same. */
title: string
}
}

/** Up to three buttons to answer with. */
export type ReplyButtons = {
type: "button"
header?: Header | undefined
body: {
/** The message. Kept as it is: *bold*, _italic_, line breaks, links. */
text: string
}
footer?: {
/** Small text below the message. */
text: string
} | undefined
action: {
buttons: readonly [ReplyButton] | readonly [ReplyButton, ReplyButton] | readonly [ReplyButton, ReplyButton, ReplyButton]
}
}

export type SavedReply = {
id: string
name: string
text: string
}

export type ScheduledMessage = {
reference: string
state: "scheduled" | "sending" | "sent" | "failed" | "unknown" | "expired" | "cancelled"
/** The number; null for a message to a user id. */
to: string | null
recipient: string | null
type: string
/** The body of the send, without its times. */
message: Record<string, unknown>
/** Unix seconds. */
send_at: number
expires_at: number | null
/** While it is scheduled: send_at, or later after a failed try. */
next_try_at: number | null
/** WhatsApp’s id of the message, once it is sent. */
msg_id: string | null
/** The type of the message that went out: template when the fallback was used. */
sent_as: string | null
/** Why it was not sent, or why the last try failed. */
error: Record<string, unknown> | null
/** Unix seconds. */
created_at: number
/** Unix seconds. */
updated_at: number
}

export type ScheduledUpdate = {
event: "message_scheduled_update"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** What the send answered. */
reference: string
/** sent, failed, unknown, expired or cancelled. */
state: string
contact: EventContact
/** Unix seconds. */
send_at: number
/** WhatsApp’s id of the message, when it was sent. */
message_id: string | null
/** The type of the message that went out: template for a fallback. */
sent_as: string | null
/** Why it was not sent. */
error: {
reason: string
[key: string]: unknown
} | null
/** When it ended, in Unix seconds. */
received_at: number
}

/** One message to one contact. Unknown keys are refused, never dropped. */
export type SendMessage = TemplateMessage | TextMessage | ImageMessage | VideoMessage | AudioMessage | DocumentMessage | InteractiveMessage | StickerMessage | LocationMessage | ContactsMessage | ReactionMessage

export type Setting = {
/** The environment variable. */
name: string
/** As it was set. null: it is not set, or it is a secret. */
value: string | null
/** false: the default counts. */
set: boolean
/** true: its value is never shown. */
secret: boolean
default: string
meaning: string
}

export type SetupStep = {
step: "token" | "number" | "registration" | "name" | "address" | "app" | "subscription" | "message" | "answer"
state: "done" | "waiting" | "wrong"
says: string
/** What to do, and where on Meta’s pages. */
advice: string | null
/** Worth knowing, and no reason to stop. */
notes: string[]
/** What Postern can do for the step, and what it needs for it. */
action: {
needs: ("access_token" | "waba_id" | "code" | "pin" | "display_name" | "to" | "replace")[]
} | null
}

export type StandbyEvent = {
event: "standby"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** Unix seconds, where WhatsApp gives a time. */
received_at?: number
/** WhatsApp’s complete value. */
value: Record<string, unknown>
}

export type StatePart = {
/** WhatsApp’s own word, number or object. */
value: unknown
/** Unix seconds: the start of the present value. */
since: number
reason: string | null
/** Unix seconds: the end that WhatsApp announced. */
until: number | null
/** WhatsApp’s own keys of the newest signal. */
details: Record<string, unknown> | null
}

/** .webp, at most 100 KB (500 KB when animated). */
export type StickerMessage = {
/** Cloud API bodies have it. Not needed. */
messaging_product?: "whatsapp" | undefined
/** group sends to a group: `to` is its id. */
recipient_type?: "individual" | "group" | undefined
/** Words of your own, kept with the message. */
biz_opaque_callback_data?: string | undefined
/** Deliver only if the contact’s identity key still has this hash. */
recipient_identity_key_hash?: string | undefined
/** true: refuse the message while another program holds the conversation. */
if_owner?: boolean | undefined
/** Shows the message as a reply to an earlier one. */
context?: {
/** The id (wamid) of the message to quote. */
message_id: string
} | undefined
fallback?: Fallback | undefined
type: "sticker"
sticker: MediaSource
} & ({
/** The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets. With recipient_type group: the id of the group. */
to: string
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient?: string | undefined
} | {
to?: undefined
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient: string
}) & ({
/** Send it then instead of now. Answers 202 with `reference` and `state`. Window and template are checked then. */
send_at: Moment
/** With `send_at`: do not send it after this moment. */
expires_at?: Moment | undefined
} | {
send_at?: undefined
expires_at?: undefined
}) & ({
/** Direct Send: a free-form message that WhatsApp bills as utility or authentication, also in a closed window. The channel’s direct_send must be true. service is the default. */
category: "utility" | "authentication" | "service"
/** Direct Send: the name under which WhatsApp counts such messages. */
direct_send_config?: {
template_name: string
} | undefined
} | {
category?: undefined
direct_send_config?: undefined
})

export type Template = {
/** WhatsApp’s id, digits as text. */
template_id: string
name: string
language: string
/** MARKETING, UTILITY or AUTHENTICATION. */
category: string
/** APPROVED, PENDING, REJECTED, PAUSED, DISABLED, IN_APPEAL and others of WhatsApp’s. */
status: string
/** GREEN, YELLOW or RED; empty before WhatsApp’s first rating. */
quality: string
components: unknown[]
/** Unix seconds: when it was created here, or first seen. */
created_time: number
/** Unix seconds; 0 for never. */
updated_time: number
/** Unix seconds; 0 for never. */
status_updated_time: number
/** Unix seconds; 0 for never. */
quality_updated_time: number
/** Unix seconds; 0 for never. */
category_updated_time: number
}

export type TemplateCategoryUpdate = {
event: "template_category_update"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
template_id: string
template_name: string
new_value: string
reason: string
/** Unix seconds, by WhatsApp’s clock. */
received_at: number
language?: string
category?: string
/** WhatsApp’s title of the change, for instance which pause it is. */
title?: string
description?: string
/** Why it was rejected, and what to do. */
rejection_info?: Record<string, unknown>
/** When it is or was disabled. */
disable_date?: unknown
/** WhatsApp’s complete value. */
value: Record<string, unknown>
}

export type TemplateComponent = {
type: "header" | "HEADER"
parameters?: readonly TemplateParameter[] | undefined
} | {
type: "body" | "BODY"
parameters?: readonly TemplateParameter[] | undefined
} | {
type: "button" | "BUTTON"
sub_type: "quick_reply" | "QUICK_REPLY" | "url" | "URL" | "copy_code" | "COPY_CODE" | "flow" | "FLOW" | "catalog" | "CATALOG" | "mpm" | "MPM" | "spm" | "SPM" | "voice_call" | "VOICE_CALL" | "order_details" | "ORDER_DETAILS"
index: string | number
parameters?: readonly TemplateParameter[] | undefined
} | {
type: "limited_time_offer" | "LIMITED_TIME_OFFER"
parameters: readonly TemplateParameter[]
} | {
type: "carousel" | "CAROUSEL"
cards: readonly {
card_index: number
components: readonly ({
type: "header" | "HEADER"
parameters?: readonly TemplateParameter[] | undefined
} | {
type: "body" | "BODY"
parameters?: readonly TemplateParameter[] | undefined
} | {
type: "button" | "BUTTON"
sub_type: "quick_reply" | "QUICK_REPLY" | "url" | "URL" | "copy_code" | "COPY_CODE" | "flow" | "FLOW" | "catalog" | "CATALOG" | "mpm" | "MPM" | "spm" | "SPM" | "voice_call" | "VOICE_CALL" | "order_details" | "ORDER_DETAILS"
index: string | number
parameters?: readonly TemplateParameter[] | undefined
})[]
}[]
}

export type TemplateContent = {
/** The template’s name. */
name: TemplateName
/** Which translation. Needed only when the name is approved in several and the channel has no default. */
language?: string | {
/** As the template was created, e.g. en_US. */
code: string
policy?: "deterministic" | undefined
} | undefined
} & ({
/** The one-time code, for AUTHENTICATION templates. */
code?: string | undefined
components?: undefined
} | {
code?: undefined
/** Values for the template’s variables. */
components?: readonly TemplateComponent[] | undefined
})

export type TemplateIds = {
/** The ids of templates (template_id), at most 100. WhatsApp calls them hsm_ids. */
hsm_ids: readonly string[]
}

/** The only type that may go out when the 24-hour window is closed. */
export type TemplateMessage = {
/** Cloud API bodies have it. Not needed. */
messaging_product?: "whatsapp" | undefined
/** group sends to a group: `to` is its id. */
recipient_type?: "individual" | "group" | undefined
/** Words of your own, kept with the message. */
biz_opaque_callback_data?: string | undefined
/** Deliver only if the contact’s identity key still has this hash. */
recipient_identity_key_hash?: string | undefined
/** true: refuse the message while another program holds the conversation. */
if_owner?: boolean | undefined
/** Shows the message as a reply to an earlier one. */
context?: {
/** The id (wamid) of the message to quote. */
message_id: string
} | undefined
type: "template"
template: TemplateContent
/** Marketing Messages API: STRICT is never delivered through the Cloud API. */
product_policy?: "CLOUD_API_FALLBACK" | "STRICT" | undefined
/** Marketing Messages API: whether WhatsApp may use what becomes of this message. */
message_activity_sharing?: boolean | undefined
/** Marketing Messages API: for templates with a maximum price. */
bid_spec?: {
per_message_bid_multiplier: number
} | undefined
} & ({
/** The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets. With recipient_type group: the id of the group. */
to: string
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient?: string | undefined
} | {
to?: undefined
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient: string
}) & {
category?: undefined
} & ({
/** Send it then instead of now. Answers 202 with `reference` and `state`. Window and template are checked then. */
send_at: Moment
/** With `send_at`: do not send it after this moment. */
expires_at?: Moment | undefined
} | {
send_at?: undefined
expires_at?: undefined
}) & {
direct_send_config?: undefined
}

export type TemplateParameter = {
type: "text" | "TEXT"
text: string
/** The variable’s name, when the template has named variables. */
parameter_name?: string | undefined
} | {
type: "currency" | "CURRENCY"
currency: {
fallback_value: string
code: string
amount_1000: number
}
/** The variable’s name, when the template has named variables. */
parameter_name?: string | undefined
} | {
type: "date_time" | "DATE_TIME"
date_time: {
fallback_value: string
[key: string]: unknown
}
/** The variable’s name, when the template has named variables. */
parameter_name?: string | undefined
} | {
type: "image" | "IMAGE"
image: MediaSource
} | {
type: "video" | "VIDEO"
video: MediaSource
} | {
type: "gif" | "GIF"
gif: MediaSource
} | {
type: "document" | "DOCUMENT"
document: NamedMedia
} | {
type: "location" | "LOCATION"
location: {
latitude: string | number
longitude: string | number
name?: string | undefined
address?: string | undefined
}
} | {
type: "product" | "PRODUCT"
product: {
product_retailer_id: string
catalog_id: string
}
} | {
type: "payload" | "PAYLOAD"
payload: string
} | {
type: "coupon_code" | "COUPON_CODE"
coupon_code: string
} | {
type: "action" | "ACTION"
action: {
flow_token?: string | undefined
flow_action_data?: Record<string, unknown> | undefined
thumbnail_product_retailer_id?: string | undefined
sections?: readonly {
title?: string | undefined
product_items: readonly {
/** The product’s id in the catalog (its SKU). */
product_retailer_id: string
}[]
}[] | undefined
order_details?: Record<string, unknown> | undefined
}
} | {
type: "limited_time_offer" | "LIMITED_TIME_OFFER"
limited_time_offer: {
/** When the offer ends: Unix milliseconds. */
expiration_time_ms: number
}
} | {
type: "ttl_minutes" | "TTL_MINUTES"
ttl_minutes: number
}

export type TemplateQualityUpdate = {
event: "template_quality_update"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
template_id: string
template_name: string
new_value: string
reason: string
/** Unix seconds, by WhatsApp’s clock. */
received_at: number
language?: string
category?: string
/** WhatsApp’s title of the change, for instance which pause it is. */
title?: string
description?: string
/** Why it was rejected, and what to do. */
rejection_info?: Record<string, unknown>
/** When it is or was disabled. */
disable_date?: unknown
/** WhatsApp’s complete value. */
value: Record<string, unknown>
}

export type TemplateStatusUpdate = {
event: "template_status_update"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
template_id: string
template_name: string
new_value: string
reason: string
/** Unix seconds, by WhatsApp’s clock. */
received_at: number
language?: string
category?: string
/** WhatsApp’s title of the change, for instance which pause it is. */
title?: string
description?: string
/** Why it was rejected, and what to do. */
rejection_info?: Record<string, unknown>
/** When it is or was disabled. */
disable_date?: unknown
/** WhatsApp’s complete value. */
value: Record<string, unknown>
}

export type TextMessage = {
/** Cloud API bodies have it. Not needed. */
messaging_product?: "whatsapp" | undefined
/** group sends to a group: `to` is its id. */
recipient_type?: "individual" | "group" | undefined
/** Words of your own, kept with the message. */
biz_opaque_callback_data?: string | undefined
/** Deliver only if the contact’s identity key still has this hash. */
recipient_identity_key_hash?: string | undefined
/** true: refuse the message while another program holds the conversation. */
if_owner?: boolean | undefined
/** Shows the message as a reply to an earlier one. */
context?: {
/** The id (wamid) of the message to quote. */
message_id: string
} | undefined
fallback?: Fallback | undefined
type: "text"
text: string | {
/** Kept as it is: *bold*, _italic_, line breaks, links, emoji. */
body: string
preview_url?: boolean | undefined
}
preview_url?: boolean | undefined
} & ({
/** The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets. With recipient_type group: the id of the group. */
to: string
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient?: string | undefined
} | {
to?: undefined
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient: string
}) & ({
/** Send it then instead of now. Answers 202 with `reference` and `state`. Window and template are checked then. */
send_at: Moment
/** With `send_at`: do not send it after this moment. */
expires_at?: Moment | undefined
} | {
send_at?: undefined
expires_at?: undefined
}) & ({
/** Direct Send: a free-form message that WhatsApp bills as utility or authentication, also in a closed window. The channel’s direct_send must be true. service is the default. */
category: "utility" | "authentication" | "service"
/** Direct Send: the name under which WhatsApp counts such messages. */
direct_send_config?: {
template_name: string
} | undefined
} | {
category?: undefined
direct_send_config?: undefined
})

export type TrackingEventsEvent = {
event: "tracking_events"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** Unix seconds, where WhatsApp gives a time. */
received_at?: number
/** WhatsApp’s complete value. */
value: Record<string, unknown>
}

/** One button that opens a web page. */
export type UrlButton = {
type: "cta_url"
header?: Header | undefined
body: {
/** The message. Kept as it is: *bold*, _italic_, line breaks, links. */
text: string
}
footer?: {
/** Small text below the message. */
text: string
} | undefined
action: {
name: "cta_url"
parameters: {
/** The button’s words. */
display_text: string
/** Where the button leads. */
url: string
}
}
}

export type User = {
user_id: string
email: string
name: string
role: "admin" | "operator" | "agent" | "viewer"
/** The only channels that the user sees. null: all. */
channels: number[] | null
/** expired: the invitation was not accepted in time. */
state: "active" | "invited" | "expired" | "disabled"
/** true: signs in with an account of the OpenID Connect provider (OIDC_ISSUER). */
linked: boolean
/** provider: the groups of the account give the role, again at every sign-in. It is not changed here. */
role_from: "postern" | "provider"
/** Unix seconds. */
created_at: number
/** Unix seconds: the last sign-in. */
signed_in_at: number | null
}

export type UserAction = {
event: "user_action"
channel_id: number
business_phone: string
/** Where tracing is on and this event is recorded: the span of the trace that led to it. */
traceparent?: string
/** Unix seconds, by WhatsApp’s clock. */
received_at?: number
/** The field of WhatsApp’s webhook. */
field: string
/** WhatsApp’s complete value. */
value: Record<string, unknown>
/** marketing_messages_link_click, landing_page_view and others. */
action: string
/** Unix seconds. */
at: number | null
/** cta or body. */
click_component?: string
product_id?: string
click_id?: string
/** The same for the click and what follows it. */
tracking_token?: string
/** When WhatsApp names the person. */
contact?: EventContact
}

/** .mp4 or .3gp with H.264 video and AAC audio (one stream or none), at most 16 MB. */
export type VideoMessage = {
/** Cloud API bodies have it. Not needed. */
messaging_product?: "whatsapp" | undefined
/** group sends to a group: `to` is its id. */
recipient_type?: "individual" | "group" | undefined
/** Words of your own, kept with the message. */
biz_opaque_callback_data?: string | undefined
/** Deliver only if the contact’s identity key still has this hash. */
recipient_identity_key_hash?: string | undefined
/** true: refuse the message while another program holds the conversation. */
if_owner?: boolean | undefined
/** Shows the message as a reply to an earlier one. */
context?: {
/** The id (wamid) of the message to quote. */
message_id: string
} | undefined
fallback?: Fallback | undefined
type: "video"
video: CaptionedMedia
} & ({
/** The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets. With recipient_type group: the id of the group. */
to: string
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient?: string | undefined
} | {
to?: undefined
/** A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`. */
recipient: string
}) & ({
/** Send it then instead of now. Answers 202 with `reference` and `state`. Window and template are checked then. */
send_at: Moment
/** With `send_at`: do not send it after this moment. */
expires_at?: Moment | undefined
} | {
send_at?: undefined
expires_at?: undefined
}) & ({
/** Direct Send: a free-form message that WhatsApp bills as utility or authentication, also in a closed window. The channel’s direct_send must be true. service is the default. */
category: "utility" | "authentication" | "service"
/** Direct Send: the name under which WhatsApp counts such messages. */
direct_send_config?: {
template_name: string
} | undefined
} | {
category?: undefined
direct_send_config?: undefined
})

/** An event that the client has a type for. */
export type KnownEvent = TestEvent | NewMessage | MessageStatusUpdate | TemplateStatusUpdate | TemplateCategoryUpdate | TemplateQualityUpdate | ScheduledUpdate | ConversationOwner | MessageEcho | MessageEdit | MessageRevoke | CallUpdate | PaymentStatus | UserAction | ContactUpdate | ChannelUpdate | HistoryEvent | StandbyEvent | MessagesEvent | GroupLifecycleUpdateEvent | GroupParticipantsUpdateEvent | GroupSettingsUpdateEvent | GroupStatusUpdateEvent | FlowsEvent | MessageTemplateComponentsUpdateEvent | PaymentConfigurationUpdateEvent | PartnerSolutionsEvent | AutomaticEventsEvent | TrackingEventsEvent

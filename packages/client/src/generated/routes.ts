// Made by scripts/generate-client-types.ts. Change the schemas, not this file.

import type { Alarm, ApiKey, AuditEntry, Broadcast, BroadcastReport, BroadcastSend, CallAction, ChannelState, Coexistence, Contact, ConversationOwnerState, Costs, CreateEndpoint, CreateTemplate, Delivery, DeliveryRequest, EditTemplate, Endpoint, EndpointTest, Erasure, Incident, KeptEvent, Loss, Message, MessageStatus, Moment, PatchEndpoint, PreferencesImport, RecipientsFile, ReplayEndpoint, SavedReply, ScheduledMessage, SendMessage, Setting, SetupStep, Template, TemplateIds, User } from './schemas.ts'
import type { BroadcastMessage, BroadcastRecipient, EventName, SentStatus } from '../types.ts'

/** Every route of the gateway: what it takes, and the `data` of its answer. */
export interface Routes {
/** Send one message. */
"POST /external/messages/whatsapp": {
body: SendMessage
data: {
/** WhatsApp’s id of the message. */
msg_id: string
/** For a send with fallback: the type of the message that went out, template when the window was closed. */
sent_as?: string
} | {
reference: string
state: "scheduled"
}
}
/** List messages, newest first. */
"GET /external/messages": {
query: {
/** The number, or the business-scoped id, of the contact. */
to?: string | undefined
direction?: "inbound" | "outbound" | undefined
status?: MessageStatus | undefined
last_id?: string | undefined
/** Maximum number of rows: 1 to 100. Default: 10. */
count?: number | undefined
}
data: Message[]
}
/** One message, its status and its timeline. */
"GET /external/messages/{msg_id}": {
data: Message
}
/** Mark an inbound message, and all before it, as read. */
"POST /external/messages/{msg_id}/read": {
body: {
/** Also shows the typing indicator, for 25 seconds or until a message is sent. */
typing?: boolean | undefined
}
data: {
success: true
}
}
/** List messages that were sent with send_at, newest first. */
"GET /external/scheduled": {
query: {
state?: "scheduled" | "sending" | "sent" | "failed" | "unknown" | "expired" | "cancelled" | undefined
/** The number, or the business-scoped id, of the contact. */
to?: string | undefined
last_id?: string | undefined
/** Maximum number of rows: 1 to 100. Default: 10. */
count?: number | undefined
}
data: ScheduledMessage[]
}
/** One message that was sent with send_at. */
"GET /external/scheduled/{reference}": {
data: ScheduledMessage
}
/** Change a scheduled message. */
"PATCH /external/scheduled/{reference}": {
body: {
send_at?: Moment | undefined
/** null: it does not expire. */
expires_at?: Moment | null | undefined
/** Another message: the body of a send, without times. */
message?: SendMessage | undefined
}
data: ScheduledMessage
}
/** Cancel a scheduled message. */
"DELETE /external/scheduled/{reference}": {
data: ScheduledMessage
}
/** What is known of a contact: names, window, owner of the conversation, permissions. */
"GET /external/contacts/{to}": {
data: Contact
}
/** Record whether a contact wants marketing messages. */
"PUT /external/contacts/{to}/preferences": {
body: {
marketing: "allowed" | "stopped"
}
data: Contact
}
/** Whether free-form messages may be sent to this contact now. */
"GET /external/contacts/{to}/window": {
data: {
/** True only when it is known to be open. */
open: boolean
state: "open" | "closed" | "unknown"
/** Unix seconds, by WhatsApp’s clock. */
last_inbound_at: number | null
/** Unix seconds; in the past when the window is closed. */
closes_at: number | null
/** Unix seconds: all messages are free until then, because the contact came from an ad. WhatsApp says the end. */
free_until: number | null
}
}
/** Record from a CSV file who wants no marketing. */
"POST /external/contacts/preferences/import": {
data: PreferencesImport
}
/** Who said something about marketing, as CSV. */
"GET /external/contacts/preferences.csv": {
query: {
marketing?: "stopped" | "allowed" | undefined
}
data: Response
}
/** Start, take, reject or end a call. */
"POST /external/calls": {
body: CallAction
data: {
/** WhatsApp’s id of the call, as in the event call. */
call_id: string
success: true
}
}
/** Take a conversation, pass it on, or give it up. */
"POST /external/contacts/{to}/thread": {
body: {
/** take: we answer from now on; only for the escalation partner. pass: another program answers. release: nobody, until the contact writes again. */
action: "take" | "pass" | "release"
/** With pass: who gets the conversation: ai_agent, ctwa, customer_service, escalation, marketing or utility. Default: the escalation partner. */
role?: string | undefined
/** Words for the new owner. Its handover webhook has them. */
metadata?: string | undefined
}
data: {
/** other: another program answers. idle: nobody does. */
owner: "us" | "other" | "idle"
/** The role of the owner, in WhatsApp’s words. */
role: string | null
/** Unix seconds. */
since: number | null
/** WhatsApp’s id of the change. */
request_id: string | null
}
}
/** The channel of this certification code, and the present state of its number. */
"GET /external/channel": {
data: {
channel_id: number
name: string
business_phone: string
phone_number_id: string
messages_per_second: number
state: ChannelState
}
}
/** What the messages of the channel cost. */
"GET /external/costs": {
query: {
/** First day (of UTC): a date such as 2026-10-01, ISO 8601 with a time, or Unix seconds. Default: the first day of this month. */
from?: string | undefined
/** Last day, in the same forms; it is included. Default: today. */
to?: string | undefined
/** One group for each day, category, type or country. */
group_by?: "day" | "category" | "type" | "country" | undefined
}
data: Costs
}
/** The events that callbacks carry, oldest first. */
"GET /external/events": {
query: {
/** The id of the last event that you have, a cursor, or "now". Default: begins with the oldest event. */
last_id?: string | undefined
/** Maximum number of rows: 1 to 100. Default: 10. */
count?: number | undefined
/** Names of events, separated by commas. Default: all events. */
events?: readonly EventName[] | undefined
/** Types of messages: of the event new_message, only these. Other events stay. */
types?: readonly string[] | undefined
/** Statuses of messages: of the event message_status_update, only these. Other events stay. */
statuses?: readonly SentStatus[] | undefined
/** How long to wait for an event when there is none: 0 to 30 seconds. Default: 0. */
wait?: number | undefined
}
data: KeptEvent[]
}
/** The same as a stream of server-sent events. */
"GET /external/events/stream": {
query: {
/** The id of the last event that you have, a cursor, or "now". Default: begins with the oldest event. */
after?: string | undefined
/** The id of the last event that you have, a cursor, or "now". Default: begins with the oldest event. */
last_id?: string | undefined
/** Names of events, separated by commas. Default: all events. */
events?: readonly EventName[] | undefined
/** Types of messages: of the event new_message, only these. Other events stay. */
types?: readonly string[] | undefined
/** Statuses of messages: of the event message_status_update, only these. Other events stay. */
statuses?: readonly SentStatus[] | undefined
}
data: Response
}
/** The events of a channel as a stream, for operators. */
"GET /admin/channels/{channel_id}/events/stream": {
query: {
/** The id of the last event that you have, a cursor, or "now". Default: begins with the oldest event. */
after?: string | undefined
/** The id of the last event that you have, a cursor, or "now". Default: begins with the oldest event. */
last_id?: string | undefined
/** Names of events, separated by commas. Default: all events. */
events?: readonly EventName[] | undefined
/** Types of messages: of the event new_message, only these. Other events stay. */
types?: readonly string[] | undefined
/** Statuses of messages: of the event message_status_update, only these. Other events stay. */
statuses?: readonly SentStatus[] | undefined
}
data: Response
}
/** Upload a file of recipients. */
"POST /external/broadcast-files": {
data: RecipientsFile
}
/** A file of recipients. */
"GET /external/broadcast-files/{id}": {
data: RecipientsFile
}
/** Remove a file of recipients. */
"DELETE /external/broadcast-files/{id}": {
data: {
success: true
}
}
/** Send one message to many people. */
"POST /external/broadcasts": {
body: {
/** Name of the broadcast in lists. The same name with the same message and recipients is the same broadcast. */
name?: string | undefined
/** The body of a send, of any type, without `to` and `recipient`. */
message?: BroadcastMessage | undefined
/** Instead of `message`: the template of a send, or its name. */
template?: string | Record<string, unknown> | undefined
/** Numbers or business-scoped ids, or objects `{to | recipient, name?, template?, language?, components?, biz_opaque_callback_data?}` with what is theirs alone: `components` stand in the place of the template’s. With `map`: rows, one object each. */
recipients?: readonly BroadcastRecipient[] | undefined
/** Instead of `recipients`: an uploaded file. */
file_id?: string | undefined
/** Which column of a row is which value of the message. */
map?: {
/** Number or business-scoped id. Without it, a column such as "phone" is found. */
to?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** The same as to. */
phone?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** Name of the person, for reports and results only. */
name?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** Name of the template, when rows have different ones. */
template?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** Language of the template. */
language?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** The biz_opaque_callback_data of the message. */
callback_data?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** Text of the header; for a picture, video or document its link or media id. */
header?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** Values of the body: a list in the order of {{1}}, {{2}}, or an object by the names of variables. */
body?: readonly (string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
})[] | Record<string, string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
}> | undefined
/** Values of the buttons in their order, null for a button without one. */
buttons?: readonly (string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | null)[] | undefined
[key: string]: unknown
} | undefined
/** Unix seconds or ISO 8601 with an offset: it begins then. */
send_at?: Moment | undefined
/** When nothing of it goes out, by the clock of the recipient’s country. */
quiet_hours?: {
/** Local time at which quiet hours begin. */
from: string
/** Local time at which they end; before `from`, it is of the next day. The same as `from`: a whole day. */
to: string
/** Days on which quiet hours begin. Without it: every day. */
days?: readonly ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[] | undefined
/** marketing (as without it): marketing templates only. all: everything that goes out by itself. */
for?: "marketing" | "all" | undefined
} | undefined
/** The broadcast stops by itself when one of these limits is reached, with the reason stopped_by_rule. */
stop_when?: {
/** Share of failed messages, from 0 to 1. Judged from ten results on; a small share needs more. */
failed_share?: number | undefined
/** Number of failed messages. */
failed?: number | undefined
/** Quality of the number: this one, or a worse one. */
quality?: "YELLOW" | "RED" | undefined
/** Cost of the messages, in the currency of RATE_CARD_FILE. */
spend?: number | undefined
} | undefined
/** true: rows of the file that cannot be sent are left out. Otherwise nothing is made of such a file. */
skip_bad?: boolean | undefined
/** Own numbers for POST …/{id}/test. */
test_numbers?: readonly string[] | undefined
/** true: it can be checked, tested and changed, and waits for …/start. */
draft?: boolean | undefined
/** false: it waits, paused, until it is resumed. */
start?: boolean | undefined
/** true: another one, although one with this name and content exists. */
again?: boolean | undefined
}
data: Broadcast
}
/** List broadcasts, newest first. */
"GET /external/broadcasts": {
query: {
last_id?: string | undefined
/** Maximum number of rows: 1 to 100. Default: 10. */
count?: number | undefined
}
data: Broadcast[]
}
/** Progress of a broadcast. */
"GET /external/broadcasts/{id}": {
data: {
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
/** The message as it was given, without what is a recipient’s alone. */
message: Record<string, unknown>
/** Why recipients did not get the message, the most frequent first. */
failed_by_code: {
/** WhatsApp’s code; null for a refusal of the gateway. */
code: number | null
/** undelivered: accepted, and failed later. */
reason: string
recipients: number
/** What the code means, and what to do. */
advice: string | null
}[]
/** The first 100 that failed or are unknown. */
failures: BroadcastSend[]
}
}
/** Each recipient, in the order of the list. */
"GET /external/broadcasts/{id}/recipients": {
query: {
state?: "waiting" | "sending" | "accepted" | "failed" | "unknown" | undefined
/** Only those whose message has this status now. failed: WhatsApp accepted it, and could not deliver it. */
status?: MessageStatus | undefined
last_n?: number | undefined
count?: number | undefined
}
data: BroadcastSend[]
}
/** Add recipients. */
"POST /external/broadcasts/{id}/recipients": {
body: {
/** Numbers or business-scoped ids, or objects `{to | recipient, name?, template?, language?, components?, biz_opaque_callback_data?}` with what is theirs alone: `components` stand in the place of the template’s. With `map`: rows, one object each. */
recipients: readonly BroadcastRecipient[]
}
data: {
added: number
duplicates: number
}
}
/** Pause a broadcast; what is on its way ends. */
"POST /external/broadcasts/{id}/pause": {
data: {
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
/** The message as it was given, without what is a recipient’s alone. */
message: Record<string, unknown>
/** Why recipients did not get the message, the most frequent first. */
failed_by_code: {
/** WhatsApp’s code; null for a refusal of the gateway. */
code: number | null
/** undelivered: accepted, and failed later. */
reason: string
recipients: number
/** What the code means, and what to do. */
advice: string | null
}[]
/** The first 100 that failed or are unknown. */
failures: BroadcastSend[]
}
}
/** Go on with a broadcast that was paused or has stopped. */
"POST /external/broadcasts/{id}/resume": {
data: {
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
/** The message as it was given, without what is a recipient’s alone. */
message: Record<string, unknown>
/** Why recipients did not get the message, the most frequent first. */
failed_by_code: {
/** WhatsApp’s code; null for a refusal of the gateway. */
code: number | null
/** undelivered: accepted, and failed later. */
reason: string
recipients: number
/** What the code means, and what to do. */
advice: string | null
}[]
/** The first 100 that failed or are unknown. */
failures: BroadcastSend[]
}
}
/** End a broadcast for good. */
"POST /external/broadcasts/{id}/cancel": {
data: {
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
/** The message as it was given, without what is a recipient’s alone. */
message: Record<string, unknown>
/** Why recipients did not get the message, the most frequent first. */
failed_by_code: {
/** WhatsApp’s code; null for a refusal of the gateway. */
code: number | null
/** undelivered: accepted, and failed later. */
reason: string
recipients: number
/** What the code means, and what to do. */
advice: string | null
}[]
/** The first 100 that failed or are unknown. */
failures: BroadcastSend[]
}
}
/** Change a broadcast that has not begun. */
"PATCH /external/broadcasts/{id}": {
body: {
send_at?: Moment | null | undefined
quiet_hours?: {
/** Local time at which quiet hours begin. */
from: string
/** Local time at which they end; before `from`, it is of the next day. The same as `from`: a whole day. */
to: string
/** Days on which quiet hours begin. Without it: every day. */
days?: readonly ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[] | undefined
/** marketing (as without it): marketing templates only. all: everything that goes out by itself. */
for?: "marketing" | "all" | undefined
} | null | undefined
stop_when?: {
/** Share of failed messages, from 0 to 1. Judged from ten results on; a small share needs more. */
failed_share?: number | undefined
/** Number of failed messages. */
failed?: number | undefined
/** Quality of the number: this one, or a worse one. */
quality?: "YELLOW" | "RED" | undefined
/** Cost of the messages, in the currency of RATE_CARD_FILE. */
spend?: number | undefined
} | null | undefined
/** true: rows of the file that cannot be sent are left out. Otherwise nothing is made of such a file. */
skip_bad?: boolean | undefined
test_numbers?: readonly string[] | null | undefined
/** Which column of a row is which value of the message. */
map?: {
/** Number or business-scoped id. Without it, a column such as "phone" is found. */
to?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** The same as to. */
phone?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** Name of the person, for reports and results only. */
name?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** Name of the template, when rows have different ones. */
template?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** Language of the template. */
language?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** The biz_opaque_callback_data of the message. */
callback_data?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** Text of the header; for a picture, video or document its link or media id. */
header?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** Values of the body: a list in the order of {{1}}, {{2}}, or an object by the names of variables. */
body?: readonly (string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
})[] | Record<string, string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
}> | undefined
/** Values of the buttons in their order, null for a button without one. */
buttons?: readonly (string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | null)[] | undefined
[key: string]: unknown
} | undefined
}
data: Broadcast
}
/** Dry run: judge every row, and send nothing. */
"POST /external/broadcasts/{id}/check": {
data: BroadcastReport
}
/** The last report of a dry run. */
"GET /external/broadcasts/{id}/check": {
data: BroadcastReport
}
/** All rows that the last dry run found, as CSV. */
"GET /external/broadcasts/{id}/check.csv": {
data: Response
}
/** Send the first row’s message to own numbers. */
"POST /external/broadcasts/{id}/test": {
body: {
/** Instead of test_numbers of the broadcast. */
numbers?: readonly string[] | undefined
}
data: {
results: {
to: string
state: "accepted" | "failed" | "unknown"
msg_id: string | null
reference: string | null
error: {
reason: string
message: string
} | null
}[]
}
}
/** Start a draft. */
"POST /external/broadcasts/{id}/start": {
body: {
skip_bad?: boolean | undefined
}
data: Broadcast
}
/** Results of a broadcast as CSV, at any time. */
"GET /external/broadcasts/{id}/results.csv": {
data: Response
}
/** Make a draft of the recipients who did not get the message. */
"POST /external/broadcasts/{id}/retry-failed": {
data: {
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
/** Recipients who did not get the message, and must not get it again. */
left_out: {
/** unknown: it may have arrived. opted_out: the person stopped marketing. not_on_whatsapp: the number cannot get messages. marketing_limited: WhatsApp limits marketing to this person, for 24 hours. experiment: WhatsApp leaves the person out. */
reason: "unknown" | "opted_out" | "not_on_whatsapp" | "marketing_limited" | "experiment" | "not_failed"
recipients: number
}[]
}
}
/** Erase all data of one contact on one channel. */
"DELETE /admin/channels/{channel_id}/contacts/{contact}": {
data: Erasure
}
/** Proofs of erasures, newest first. */
"GET /admin/erasures": {
query: {
channel_id?: number | undefined
last_id?: string | undefined
/** Maximum number of rows: 1 to 100. Default: 10. */
count?: number | undefined
}
data: Erasure[]
}
/** List templates, the newest id first. */
"GET /external/templates": {
query: {
/** Exactly this name, in all its languages. */
name?: string | undefined
/** For instance APPROVED; case does not matter. */
status?: string | undefined
/** For instance UTILITY; case does not matter. */
category?: string | undefined
/** For instance en_US. */
language?: string | undefined
/** GREEN, YELLOW, RED, or UNKNOWN for those that are not rated yet. */
quality?: string | undefined
last_id?: string | undefined
/** Maximum number of rows: 1 to 100. Default: 10. */
count?: number | undefined
}
data: Template[]
}
/** One template. */
"GET /external/templates/{template_id}": {
data: Template
}
/** Create a template and submit it for review. */
"POST /external/templates": {
body: CreateTemplate
data: Template
}
/** Edit a template. */
"PATCH /external/templates/{template_id}": {
body: EditTemplate
data: Template
}
/** Delete one language of a template. */
"DELETE /external/templates/{template_id}": {
data: {
success: true
}
}
/** Archive up to 100 templates. */
"POST /external/templates/archive": {
body: TemplateIds
data: {
archived_templates: string[]
/** WhatsApp’s reason, by the id of the template. */
failed_templates: Record<string, string>
}
}
/** Unarchive up to 100 templates. */
"POST /external/templates/unarchive": {
body: TemplateIds
data: {
unarchived_templates: string[]
/** WhatsApp’s reason, by the id of the template. */
failed_templates: Record<string, string>
}
}
/** Delete up to 100 templates by their ids, or all languages of a name. */
"DELETE /external/templates": {
query: {
/** The ids of templates (template_id), at most 100, with commas between them. */
hsm_ids?: readonly string[] | undefined
/** Instead of ids: all languages of this name. */
name?: string | undefined
}
data: {
success: true
}
}
/** End the pause of a template. */
"POST /external/templates/{template_id}/unpause": {
data: {
success: boolean
reason?: string
}
}
/** Archive up to 100 templates. */
"POST /admin/channels/{channel_id}/templates/archive": {
body: TemplateIds
data: {
archived_templates: string[]
/** WhatsApp’s reason, by the id of the template. */
failed_templates: Record<string, string>
}
}
/** Unarchive up to 100 templates. */
"POST /admin/channels/{channel_id}/templates/unarchive": {
body: TemplateIds
data: {
unarchived_templates: string[]
/** WhatsApp’s reason, by the id of the template. */
failed_templates: Record<string, string>
}
}
/** Delete up to 100 templates by their ids, or all languages of a name. */
"DELETE /admin/channels/{channel_id}/templates": {
query: {
/** The ids of templates (template_id), at most 100, with commas between them. */
hsm_ids?: readonly string[] | undefined
/** Instead of ids: all languages of this name. */
name?: string | undefined
}
data: {
success: true
}
}
/** End the pause of a template. */
"POST /admin/channels/{channel_id}/templates/{template_id}/unpause": {
data: {
success: boolean
reason?: string
}
}
/** Upload a file, to send it by id. */
"POST /external/media": {
data: {
id: string
/** The type, detected from the file’s bytes. */
mime_type: string
/** Bytes. */
file_size: number
/** Unix seconds. */
expires_at: number
}
}
/** The bytes of a received or uploaded file. */
"GET /external/media/{id}": {
data: Response
}
/** Delete a file. */
"DELETE /external/media/{id}": {
data: {
success: true
}
}
/** Read a resource of the number or of its account at WhatsApp. */
"GET /external/resources/{name}": {
query: {
fields?: string | undefined
limit?: string | undefined
after?: string | undefined
before?: string | undefined
code?: string | undefined
user_wa_id?: string | undefined
category?: string | undefined
languages?: string | undefined
add_security_recommendation?: string | undefined
code_expiration_minutes?: string | undefined
button_types?: string | undefined
start?: string | undefined
end?: string | undefined
granularity?: string | undefined
template_ids?: string | undefined
metric_types?: string | undefined
product_type?: string | undefined
use_waba_timezone?: string | undefined
phone_numbers?: string | undefined
country_codes?: string | undefined
pricing_types?: string | undefined
pricing_categories?: string | undefined
tiers?: string | undefined
dimensions?: string | undefined
}
data: unknown
}
/** Read a resource of the number or of its account at WhatsApp. */
"GET /admin/channels/{channel_id}/resources/{name}": {
query: {
fields?: string | undefined
limit?: string | undefined
after?: string | undefined
before?: string | undefined
code?: string | undefined
user_wa_id?: string | undefined
category?: string | undefined
languages?: string | undefined
add_security_recommendation?: string | undefined
code_expiration_minutes?: string | undefined
button_types?: string | undefined
start?: string | undefined
end?: string | undefined
granularity?: string | undefined
template_ids?: string | undefined
metric_types?: string | undefined
product_type?: string | undefined
use_waba_timezone?: string | undefined
phone_numbers?: string | undefined
country_codes?: string | undefined
pricing_types?: string | undefined
pricing_categories?: string | undefined
tiers?: string | undefined
dimensions?: string | undefined
}
data: unknown
}
/** Change a resource of the number or of its account at WhatsApp. */
"POST /external/resources/{name}": {
query: {
fields?: string | undefined
limit?: string | undefined
after?: string | undefined
before?: string | undefined
code?: string | undefined
user_wa_id?: string | undefined
category?: string | undefined
languages?: string | undefined
add_security_recommendation?: string | undefined
code_expiration_minutes?: string | undefined
button_types?: string | undefined
start?: string | undefined
end?: string | undefined
granularity?: string | undefined
template_ids?: string | undefined
metric_types?: string | undefined
product_type?: string | undefined
use_waba_timezone?: string | undefined
phone_numbers?: string | undefined
country_codes?: string | undefined
pricing_types?: string | undefined
pricing_categories?: string | undefined
tiers?: string | undefined
dimensions?: string | undefined
}
body: Record<string, unknown>
data: unknown
}
/** Change a resource of the number or of its account at WhatsApp. */
"POST /admin/channels/{channel_id}/resources/{name}": {
query: {
fields?: string | undefined
limit?: string | undefined
after?: string | undefined
before?: string | undefined
code?: string | undefined
user_wa_id?: string | undefined
category?: string | undefined
languages?: string | undefined
add_security_recommendation?: string | undefined
code_expiration_minutes?: string | undefined
button_types?: string | undefined
start?: string | undefined
end?: string | undefined
granularity?: string | undefined
template_ids?: string | undefined
metric_types?: string | undefined
product_type?: string | undefined
use_waba_timezone?: string | undefined
phone_numbers?: string | undefined
country_codes?: string | undefined
pricing_types?: string | undefined
pricing_categories?: string | undefined
tiers?: string | undefined
dimensions?: string | undefined
}
body: Record<string, unknown>
data: unknown
}
/** Delete a resource of the number or of its account at WhatsApp. */
"DELETE /external/resources/{name}": {
query: {
fields?: string | undefined
limit?: string | undefined
after?: string | undefined
before?: string | undefined
code?: string | undefined
user_wa_id?: string | undefined
category?: string | undefined
languages?: string | undefined
add_security_recommendation?: string | undefined
code_expiration_minutes?: string | undefined
button_types?: string | undefined
start?: string | undefined
end?: string | undefined
granularity?: string | undefined
template_ids?: string | undefined
metric_types?: string | undefined
product_type?: string | undefined
use_waba_timezone?: string | undefined
phone_numbers?: string | undefined
country_codes?: string | undefined
pricing_types?: string | undefined
pricing_categories?: string | undefined
tiers?: string | undefined
dimensions?: string | undefined
}
data: unknown
}
/** Delete a resource of the number or of its account at WhatsApp. */
"DELETE /admin/channels/{channel_id}/resources/{name}": {
query: {
fields?: string | undefined
limit?: string | undefined
after?: string | undefined
before?: string | undefined
code?: string | undefined
user_wa_id?: string | undefined
category?: string | undefined
languages?: string | undefined
add_security_recommendation?: string | undefined
code_expiration_minutes?: string | undefined
button_types?: string | undefined
start?: string | undefined
end?: string | undefined
granularity?: string | undefined
template_ids?: string | undefined
metric_types?: string | undefined
product_type?: string | undefined
use_waba_timezone?: string | undefined
phone_numbers?: string | undefined
country_codes?: string | undefined
pricing_types?: string | undefined
pricing_categories?: string | undefined
tiers?: string | undefined
dimensions?: string | undefined
}
data: unknown
}
/** Add a phone number. */
"POST /admin/channels": {
body: {
/** For people: how lists and the console call this channel. */
name: string
/** The business number with its country code, digits only. */
business_phone: string
/** Meta’s id of the number. */
phone_number_id: string
/** Meta’s id of the WhatsApp Business Account. */
waba_id: string
/** Meta’s token of the number. Encrypted at rest, never given back. */
access_token: string
/** URL of the endpoint that gets the events. */
webhook_url?: string | undefined
/** The language of a template that is approved in several. */
default_language?: string | null | undefined
/** enforce: refuse free-form messages outside the 24-hour window. */
window_policy?: "enforce" | "observe" | undefined
/** How media links are checked before a send. */
media_check?: "probe" | "type" | "off" | undefined
/** upload: fetch a link once, send by id. */
media_mode?: "link" | "upload" | undefined
/** Messages that another program answers. deliver: they are delivered as new_message with "standby": true. store: they are kept and shown in the conversation only. */
standby?: "deliver" | "store" | undefined
/** The pace of this number. */
messages_per_second?: number | undefined
/** true: the account has Direct Send, so a message with category "utility" may go out in a closed window. */
direct_send?: boolean | undefined
/** Where marketing templates go. cloud: /messages. marketing_messages: the Marketing Messages API. auto: there, and through /messages where it does not take them. */
marketing?: "cloud" | "marketing_messages" | "auto" | undefined
/** What a broadcast needs before it starts. checked: a check that somebody has asked for. tested: a test message that WhatsApp has accepted. */
broadcast_start?: "free" | "checked" | "tested" | undefined
/** page: answers and callbacks as the hosted API’s page has them: HTTP 200, an empty error, and no callbacks of other kinds. See docs/migrate.md. Default: postern. */
compatibility?: "postern" | "page" | undefined
/** A number of your choice for the channel, which callbacks carry. Default: the next free one. */
channel_id?: number | undefined
/** Your own certification code instead of a new one. Only its hash is stored. */
certification_code?: string | undefined
/** By the clock of the contact’s country: marketing templates of scheduled sends and broadcasts wait until it is over. A send without send_at never waits. null: no quiet hours. */
quiet_hours?: {
/** Local time at which quiet hours begin. */
from: string
/** Local time at which they end; before `from`, it is of the next day. The same as `from`: a whole day. */
to: string
/** Days on which quiet hours begin. Without it: every day. */
days?: readonly ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[] | undefined
/** marketing (as without it): marketing templates only. all: everything that goes out by itself. */
for?: "marketing" | "all" | undefined
} | null | undefined
/** A contact whose whole message, or the text of a pressed button, is one of these stops marketing. Case and accents do not count. Default: none. */
stop_words?: readonly string[] | undefined
/** The same, for a contact who wants marketing again. Default: none. */
start_words?: readonly string[] | undefined
/** The text that answers a stop word, once for each stop. null: no answer. */
stop_answer?: string | null | undefined
}
data: {
channel_id: number
certification_code: string
webhook_secret?: string
}
}
/** All channels. */
"GET /admin/channels": {
data: {
channel_id: number
name: string
business_phone: string
phone_number_id: string
waba_id: string
default_language: string | null
window_policy: "enforce" | "observe"
media_check: "probe" | "type" | "off"
media_mode: "link" | "upload"
standby: "deliver" | "store"
messages_per_second: number
direct_send: boolean
marketing: "cloud" | "marketing_messages" | "auto"
broadcast_start: "free" | "checked" | "tested"
compatibility: "postern" | "page"
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
stop_words: string[]
start_words: string[]
stop_answer: string | null
webhook_url: string | null
webhook_state: "active" | "resting" | "paused" | null
webhook_state_reason: string | null
webhook_state_since: number | null
/** While resting: the time of the next test delivery. */
webhook_next_attempt_at: number | null
created_at: number
updated_at: number
state: ChannelState
certification_codes: {
code_id: string
created_at: number
}[]
}[]
}
/** One channel. */
"GET /admin/channels/{channel_id}": {
data: {
channel_id: number
name: string
business_phone: string
phone_number_id: string
waba_id: string
default_language: string | null
window_policy: "enforce" | "observe"
media_check: "probe" | "type" | "off"
media_mode: "link" | "upload"
standby: "deliver" | "store"
messages_per_second: number
direct_send: boolean
marketing: "cloud" | "marketing_messages" | "auto"
broadcast_start: "free" | "checked" | "tested"
compatibility: "postern" | "page"
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
stop_words: string[]
start_words: string[]
stop_answer: string | null
webhook_url: string | null
webhook_state: "active" | "resting" | "paused" | null
webhook_state_reason: string | null
webhook_state_since: number | null
/** While resting: the time of the next test delivery. */
webhook_next_attempt_at: number | null
created_at: number
updated_at: number
state: ChannelState
certification_codes: {
code_id: string
created_at: number
}[]
}
}
/** Change settings, the token, or pause and resume deliveries. */
"PATCH /admin/channels/{channel_id}": {
body: {
/** For people: how lists and the console call this channel. */
name?: string | undefined
waba_id?: string | undefined
/** Meta’s token of the number. Encrypted at rest, never given back. */
access_token?: string | undefined
/** The language of a template that is approved in several. */
default_language?: string | null | undefined
/** enforce: refuse free-form messages outside the 24-hour window. */
window_policy?: "enforce" | "observe" | undefined
/** How media links are checked before a send. */
media_check?: "probe" | "type" | "off" | undefined
/** upload: fetch a link once, send by id. */
media_mode?: "link" | "upload" | undefined
/** Messages that another program answers. deliver: they are delivered as new_message with "standby": true. store: they are kept and shown in the conversation only. */
standby?: "deliver" | "store" | undefined
/** The pace of this number. */
messages_per_second?: number | undefined
/** true: the account has Direct Send, so a message with category "utility" may go out in a closed window. */
direct_send?: boolean | undefined
/** Where marketing templates go. cloud: /messages. marketing_messages: the Marketing Messages API. auto: there, and through /messages where it does not take them. */
marketing?: "cloud" | "marketing_messages" | "auto" | undefined
/** What a broadcast needs before it starts. checked: a check that somebody has asked for. tested: a test message that WhatsApp has accepted. */
broadcast_start?: "free" | "checked" | "tested" | undefined
/** page: answers and callbacks as the hosted API’s page has them: HTTP 200, an empty error, and no callbacks of other kinds. See docs/migrate.md. Default: postern. */
compatibility?: "postern" | "page" | undefined
/** By the clock of the contact’s country: marketing templates of scheduled sends and broadcasts wait until it is over. A send without send_at never waits. null: no quiet hours. */
quiet_hours?: {
/** Local time at which quiet hours begin. */
from: string
/** Local time at which they end; before `from`, it is of the next day. The same as `from`: a whole day. */
to: string
/** Days on which quiet hours begin. Without it: every day. */
days?: readonly ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[] | undefined
/** marketing (as without it): marketing templates only. all: everything that goes out by itself. */
for?: "marketing" | "all" | undefined
} | null | undefined
/** A contact whose whole message, or the text of a pressed button, is one of these stops marketing. Case and accents do not count. Default: none. */
stop_words?: readonly string[] | undefined
/** The same, for a contact who wants marketing again. Default: none. */
start_words?: readonly string[] | undefined
/** The text that answers a stop word, once for each stop. null: no answer. */
stop_answer?: string | null | undefined
/** paused: no delivery goes out. active: ends a pause or a rest; one delivery goes first when it is not known that the endpoint works. */
webhook_state?: "active" | "paused" | undefined
}
data: {
channel_id: number
name: string
business_phone: string
phone_number_id: string
waba_id: string
default_language: string | null
window_policy: "enforce" | "observe"
media_check: "probe" | "type" | "off"
media_mode: "link" | "upload"
standby: "deliver" | "store"
messages_per_second: number
direct_send: boolean
marketing: "cloud" | "marketing_messages" | "auto"
broadcast_start: "free" | "checked" | "tested"
compatibility: "postern" | "page"
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
stop_words: string[]
start_words: string[]
stop_answer: string | null
webhook_url: string | null
webhook_state: "active" | "resting" | "paused" | null
webhook_state_reason: string | null
webhook_state_since: number | null
/** While resting: the time of the next test delivery. */
webhook_next_attempt_at: number | null
created_at: number
updated_at: number
state: ChannelState
certification_codes: {
code_id: string
created_at: number
}[]
}
}
/** Remove a channel. */
"DELETE /admin/channels/{channel_id}": {
data: {
success: true
}
}
/** Create another certification code. */
"POST /admin/channels/{channel_id}/certification-codes": {
body: {
/** Your own certification code instead of a new one. Only its hash is stored. */
certification_code?: string | undefined
}
data: {
code_id: string
certification_code: string
}
}
/** Revoke a certification code. */
"DELETE /admin/channels/{channel_id}/certification-codes/{code_id}": {
data: {
success: true
}
}
/** Set the endpoint. */
"PUT /admin/channels/{channel_id}/webhook": {
body: {
/** URL of the endpoint that gets the events. */
url: string
}
data: {
/** Shown once. Verifies webhook-signature. */
webhook_secret: string
}
}
/** Create a new signing secret. */
"POST /admin/channels/{channel_id}/webhook/rotate-secret": {
data: {
/** Shown once. Verifies webhook-signature. */
webhook_secret: string
}
}
/** Send a test event to the webhook. */
"POST /admin/channels/{channel_id}/webhook/test": {
data: EndpointTest
}
/** Retry the endpoint now. */
"POST /admin/channels/{channel_id}/webhook/retry": {
data: {
channel_id: number
name: string
business_phone: string
phone_number_id: string
waba_id: string
default_language: string | null
window_policy: "enforce" | "observe"
media_check: "probe" | "type" | "off"
media_mode: "link" | "upload"
standby: "deliver" | "store"
messages_per_second: number
direct_send: boolean
marketing: "cloud" | "marketing_messages" | "auto"
broadcast_start: "free" | "checked" | "tested"
compatibility: "postern" | "page"
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
stop_words: string[]
start_words: string[]
stop_answer: string | null
webhook_url: string | null
webhook_state: "active" | "resting" | "paused" | null
webhook_state_reason: string | null
webhook_state_since: number | null
/** While resting: the time of the next test delivery. */
webhook_next_attempt_at: number | null
created_at: number
updated_at: number
state: ChannelState
certification_codes: {
code_id: string
created_at: number
}[]
}
}
/** Fetch the templates of the account from WhatsApp now. */
"POST /admin/channels/{channel_id}/templates/sync": {
data: {
templates: number
}
}
/** Add many channels and certification codes. */
"POST /admin/channels/import": {
body: {
channels: readonly {
/** For people: how lists and the console call this channel. */
name?: string | undefined
/** The business number with its country code, digits only. */
business_phone?: string | undefined
/** Meta’s id of the number. */
phone_number_id: string
/** Meta’s id of the WhatsApp Business Account. */
waba_id?: string | undefined
/** Meta’s token of the number. Encrypted at rest, never given back. */
access_token?: string | undefined
/** URL of the endpoint that gets the events. */
webhook_url?: string | undefined
/** The language of a template that is approved in several. */
default_language?: string | null | undefined
/** enforce: refuse free-form messages outside the 24-hour window. */
window_policy?: "enforce" | "observe" | undefined
/** How media links are checked before a send. */
media_check?: "probe" | "type" | "off" | undefined
/** upload: fetch a link once, send by id. */
media_mode?: "link" | "upload" | undefined
/** Messages that another program answers. deliver: they are delivered as new_message with "standby": true. store: they are kept and shown in the conversation only. */
standby?: "deliver" | "store" | undefined
/** The pace of this number. */
messages_per_second?: number | undefined
/** true: the account has Direct Send, so a message with category "utility" may go out in a closed window. */
direct_send?: boolean | undefined
/** Where marketing templates go. cloud: /messages. marketing_messages: the Marketing Messages API. auto: there, and through /messages where it does not take them. */
marketing?: "cloud" | "marketing_messages" | "auto" | undefined
/** What a broadcast needs before it starts. checked: a check that somebody has asked for. tested: a test message that WhatsApp has accepted. */
broadcast_start?: "free" | "checked" | "tested" | undefined
/** page: answers and callbacks as the hosted API’s page has them: HTTP 200, an empty error, and no callbacks of other kinds. See docs/migrate.md. Default: postern. */
compatibility?: "postern" | "page" | undefined
/** A number of your choice for the channel, which callbacks carry. Default: the next free one. */
channel_id?: number | undefined
/** Your own certification code instead of a new one. Only its hash is stored. */
certification_code?: string | undefined
/** By the clock of the contact’s country: marketing templates of scheduled sends and broadcasts wait until it is over. A send without send_at never waits. null: no quiet hours. */
quiet_hours?: {
/** Local time at which quiet hours begin. */
from: string
/** Local time at which they end; before `from`, it is of the next day. The same as `from`: a whole day. */
to: string
/** Days on which quiet hours begin. Without it: every day. */
days?: readonly ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[] | undefined
/** marketing (as without it): marketing templates only. all: everything that goes out by itself. */
for?: "marketing" | "all" | undefined
} | null | undefined
/** A contact whose whole message, or the text of a pressed button, is one of these stops marketing. Case and accents do not count. Default: none. */
stop_words?: readonly string[] | undefined
/** The same, for a contact who wants marketing again. Default: none. */
start_words?: readonly string[] | undefined
/** The text that answers a stop word, once for each stop. null: no answer. */
stop_answer?: string | null | undefined
}[]
/** true: check all rows and make nothing. */
dry_run?: boolean | undefined
}
data: {
rows: {
/** Its place in channels, from 0. */
row: number
/** What was made of it. With dry_run: what would be made. */
did: "channel" | "code" | "nothing"
/** null: it will be the next free number. */
channel_id: number | null
/** Only a new one, for a row without a code. Shown once. */
certification_code?: string
/** Of a new webhook_url. Shown once. */
webhook_secret?: string
}[]
}
}
/** Add an endpoint. */
"POST /admin/channels/{channel_id}/endpoints": {
body: CreateEndpoint
data: {
endpoint_id: string
secret: string
}
}
/** The endpoints of a channel, oldest first. */
"GET /admin/channels/{channel_id}/endpoints": {
data: Endpoint[]
}
/** One endpoint. */
"GET /admin/channels/{channel_id}/endpoints/{endpoint_id}": {
data: Endpoint
}
/** Change an endpoint, or pause and resume it. */
"PATCH /admin/channels/{channel_id}/endpoints/{endpoint_id}": {
body: PatchEndpoint
data: Endpoint
}
/** Remove an endpoint. */
"DELETE /admin/channels/{channel_id}/endpoints/{endpoint_id}": {
data: {
success: true
}
}
/** Create a new secret for an endpoint. */
"POST /admin/channels/{channel_id}/endpoints/{endpoint_id}/rotate-secret": {
data: {
/** Shown once. Signs the requests to this endpoint. */
secret: string
}
}
/** Send a test event to an endpoint. */
"POST /admin/channels/{channel_id}/endpoints/{endpoint_id}/test": {
data: EndpointTest
}
/** Retry an endpoint now. */
"POST /admin/channels/{channel_id}/endpoints/{endpoint_id}/retry": {
data: Endpoint
}
/** Deliver events to an endpoint again. */
"POST /admin/channels/{channel_id}/endpoints/{endpoint_id}/replay": {
body: ReplayEndpoint
data: {
replayed: number
}
}
/** Deliveries with their attempts, newest first. */
"GET /admin/deliveries": {
query: {
channel_id?: number | undefined
/** Only deliveries to this endpoint. */
endpoint_id?: string | undefined
state?: "pending" | "dead" | "delivered" | undefined
/** The id of one event: its delivery to each endpoint. Other filters are ignored then. */
id?: string | undefined
last_id?: string | undefined
/** Maximum number of rows: 1 to 100. Default: 10. */
count?: number | undefined
}
data: Delivery[]
}
/** Deliver one event again. */
"POST /admin/deliveries/{id}/replay": {
query: {
/** The endpoint. Default: the first one of the channel. */
endpoint_id?: string | undefined
}
data: {
replayed: number
}
}
/** Deliver many events of a channel again. */
"POST /admin/channels/{channel_id}/deliveries/replay": {
query: {
/** The endpoint. Default: the first one of the channel. */
endpoint_id?: string | undefined
}
body: {
/** Default: dead. */
state?: "dead" | "delivered" | undefined
/** Events stored at or after this moment, in Unix seconds. */
from?: number | undefined
/** Events stored before this moment, in Unix seconds. */
to?: number | undefined
/** true: only counts them, up to 10,000, in `matching`. Nothing is sent. */
dry_run?: boolean | undefined
}
data: {
replayed: number
/** With dry_run: how many would be delivered again, at most 10,000. Events that still wait count among the delivered ones, and are not repeated. */
matching?: number
}
}
/** The request of a delivery: URL, headers, body and signature. */
"GET /admin/deliveries/{id}/request": {
query: {
/** The endpoint. Default: the first one of the channel. */
endpoint_id?: string | undefined
}
data: DeliveryRequest
}
/** Messages of all channels, newest first. */
"GET /admin/messages": {
query: {
channel_id?: number | undefined
/** A number or a business-scoped id; needs channel_id. */
contact?: string | undefined
direction?: "inbound" | "outbound" | undefined
status?: string | undefined
last_id?: string | undefined
/** Maximum number of rows: 1 to 100. Default: 10. */
count?: number | undefined
}
data: Message[]
}
/** State of the gateway. */
"GET /admin/stats": {
data: {
channels: number
endpoints: {
active: number
resting: number
paused: number
none: number
}
deliveries: {
pending: number
dead: number
oldest_pending_seconds: number | null
}
quarantined: Record<string, number>
live: Record<string, number>
/** Numbers with waiting sends or a reduced rate limit, on this node. */
pace: {
/** Pairs of number and contact with recent messages. */
pairs: number
/** Pairs that WhatsApp currently throttles. */
pairs_closed: number
numbers: {
channel_id: number
messages_per_second: number
/** 0: closed for now. */
now_per_second: number
waiting: number
/** WhatsApp’s error code that slowed it. */
code: number | null
}[]
}
}
}
/** What has no known end: sends without a status, callbacks without an acknowledgement. */
"GET /admin/loss-audit": {
query: {
/** Unix seconds: messages and events from then on. Default: a day ago. */
since?: number | undefined
/** Unix seconds: those before. Default: now. Give the answer’s until with next. */
until?: number | undefined
channel_id?: number | undefined
/** For the next page: next of the page before, with the same since and until. */
next?: number | undefined
}
data: {
since: number
until: number
/** How many messages this page looked at. */
messages: number
/** How many events this page looked at. */
events: number
losses: Loss[]
/** For the next page; null at the end. */
next: string | null
}
}
/** What is wrong, since when, and what to do. */
"GET /admin/incidents": {
query: {
/** Default: open. */
state?: "open" | "closed" | undefined
channel_id?: number | undefined
/** For closed ones. */
last_id?: string | undefined
/** Maximum number of rows: 1 to 100. Default: 10. */
count?: number | undefined
}
data: Incident[]
}
/** Tell a URL, Slack, Teams or a mailbox of incidents. */
"POST /admin/alarms": {
body: {
type?: "url" | "slack" | "teams" | "email" | undefined
name?: string | undefined
/** For url, slack and teams. */
url?: string | undefined
/** For email. */
smtp_url?: string | undefined
/** For email: the sender. */
from?: string | undefined
/** For email: the receivers. */
to?: readonly string[] | undefined
/** The least severity that is told. Default: warning. */
min_severity?: "critical" | "warning" | "info" | undefined
/** How often incidents that stay open are told again; 0: never. Default: 240. */
reminder_minutes?: number | undefined
quiet_hours?: {
from: string
to: string
timezone?: string | undefined
/** false: critical incidents wait for the end, too. */
critical?: boolean | undefined
} | null | undefined
}
data: {
alarm_id: string
/** For url. It is shown once. */
secret?: string
}
}
/** All alarms, without their secrets. */
"GET /admin/alarms": {
data: Alarm[]
}
/** Change an alarm. */
"PATCH /admin/alarms/{id}": {
body: {
name?: string | undefined
/** The least severity that is told. Default: warning. */
min_severity?: "critical" | "warning" | "info" | undefined
/** How often incidents that stay open are told again; 0: never. Default: 240. */
reminder_minutes?: number | undefined
quiet_hours?: {
from: string
to: string
timezone?: string | undefined
/** false: critical incidents wait for the end, too. */
critical?: boolean | undefined
} | null | undefined
}
data: Alarm
}
/** Remove an alarm. */
"DELETE /admin/alarms/{id}": {
data: {
alarm_id: string
}
}
/** Send a test notification now. */
"POST /admin/alarms/{id}/test": {
data: {
delivered: boolean
/** What came back, in a few words. */
answer: string
}
}
/** The settings that this node was started with. */
"GET /admin/settings": {
data: Setting[]
}
/** What the messages of all channels cost. */
"GET /admin/costs": {
query: {
/** First day (of UTC): a date such as 2026-10-01, ISO 8601 with a time, or Unix seconds. Default: the first day of this month. */
from?: string | undefined
/** Last day, in the same forms; it is included. Default: today. */
to?: string | undefined
/** One group for each day, category, type or country. */
group_by?: "day" | "category" | "type" | "country" | undefined
channel_id?: number | undefined
}
data: Costs
}
/** Messages by hour, failures by code, and the rate limit of each number. */
"GET /admin/stats/activity": {
query: {
/** Period in hours, up to now. Default: 24, maximum: 720. */
hours?: string | undefined
/** Begin of another period, in Unix seconds: the hour that it is in. `hours` is ignored then. */
from?: number | undefined
/** Its end, in Unix seconds: the end of the hour that it is in. Default: now. At most 720 hours after `from`. */
to?: number | undefined
channel_id?: number | undefined
}
data: {
/** Begin of the period, in Unix seconds. */
from: number
/** Its end: messages of this second and later are not counted. */
to: number
hours: {
/** Unix seconds. */
from: number
received: number
/** Accepted by WhatsApp, whatever came after. */
sent: number
/** Delivered or read. */
delivered: number
read: number
/** Refused by WhatsApp, or failed afterwards. */
failed: number
/** Those of `failed` that WhatsApp did not accept: they are not in `sent`. */
refused: number
}[]
total: {
received: number
/** Accepted by WhatsApp, whatever came after. */
sent: number
/** Delivered or read. */
delivered: number
read: number
/** Refused by WhatsApp, or failed afterwards. */
failed: number
/** Those of `failed` that WhatsApp did not accept: they are not in `sent`. */
refused: number
}
failures: {
code: number | null
title: string
count: number
advice: string | null
}[]
pace: {
channel_id: number
sent_last_minute: number
messages_per_second: number
}[]
}
}
/** Search messages by contact, id, status, error or time, newest first. */
"GET /admin/messages/search": {
query: {
channel_id?: number | undefined
contact_id?: number | undefined
/** The beginning of a number or of a business-scoped id, or letters of a name. */
contact?: string | undefined
/** A wamid or a reference. Other filters are ignored then. */
id?: string | undefined
direction?: "inbound" | "outbound" | undefined
status?: string | undefined
/** Outbound messages that came at least this far. `sent`: WhatsApp accepted it, whatever came after. */
reached?: "sent" | "delivered" | "read" | undefined
/** An error code from WhatsApp. */
error?: number | undefined
/** Unix seconds. */
from?: number | undefined
/** Unix seconds. */
to?: number | undefined
last_id?: string | undefined
/** This message and the next newer ones. The answer has the newest first, too. */
since_id?: string | undefined
count?: number | undefined
}
data: {
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
contact_id: number
name: string | null
phone: string | null
user_id: string | null
/** Who of the business sent it: a user of the console, an API key, the admin token, a broadcast, or a scheduled send. Missing for a call with a certification code. WhatsApp does not get it. */
sent_by?: {
kind: "user" | "key" | "token" | "broadcast" | "schedule"
/** Of the user, the API key or the broadcast. */
id: string | null
/** The name of the user or key at that time. */
name: string | null
}
}[]
}
/** One message with its timeline, its deliveries and its error explained. */
"GET /admin/messages/{reference}": {
data: {
message: {
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
contact_id: number
name: string | null
phone: string | null
user_id: string | null
/** Who of the business sent it: a user of the console, an API key, the admin token, a broadcast, or a scheduled send. Missing for a call with a certification code. WhatsApp does not get it. */
sent_by?: {
kind: "user" | "key" | "token" | "broadcast" | "schedule"
/** Of the user, the API key or the broadcast. */
id: string | null
/** The name of the user or key at that time. */
name: string | null
}
}
/** The error with an explanation, and what to do. */
explained: {
meaning: string
advice: string
retry: "no" | "later" | "fix"
} | null
deliveries: Delivery[]
}
}
/** Find messages by their words, newest first. */
"GET /admin/conversations/search": {
query: {
/** Words with spaces between them. A message must have all of them, in any order. */
q: string
/** Some channels. Default: all. */
channels?: number | undefined
last_id?: string | undefined
count?: number | undefined
}
data: {
messages: {
channel_id: number
contact_id: number
reference: string
direction: "inbound" | "outbound"
type: string
status: MessageStatus
created_at: number
name: string | null
phone: string | null
user_id: string | null
/** The text around the first word, in pieces. `hit`: a word of the search. */
excerpt: {
text: string
hit?: true
}[]
}[]
/** Continues further back, as last_id. */
next_id: string | null
/** Unix seconds: all since then was looked at. null: everything. */
searched_to: number | null
}
}
/** What WhatsApp charged for the messages to a contact, by month and category. */
"GET /admin/conversations/{channel_id}/{contact_id}/costs": {
data: {
/** Null without RATE_CARD_FILE: then there are counts only. */
currency: string | null
/** Unix seconds: of a very long conversation, the newest 100,000 messages are counted, from here on. */
since: number | null
months: {
/** Of UTC, as 2026-10. */
month: string
/** WhatsApp’s category of the price. */
category: string
/** All messages whose status had a price. */
messages: number
/** Charged messages: WhatsApp’s type regular. */
billable: number
/** Messages with a price of another type. */
free: number
/** To the cent, before volume discounts; only with RATE_CARD_FILE. */
amount?: string
/** The exact amount in millionths. */
amount_micros?: number
/** Messages without a price on the card. They are not in the amount. */
unpriced?: number
}[]
}
}
/** Conversations of one, some or all channels: who waits for an answer first. */
"GET /admin/conversations": {
query: {
channel_id?: number | undefined
/** Several channels. Default: all. */
channels?: number | undefined
/** The beginning of a number or id, or letters of a name. */
q?: string | undefined
/** Only contacts who wait, and whose newest message nobody has opened. */
unread?: "true" | undefined
/** Only contacts whom nobody has answered. */
waiting?: "true" | undefined
/** Only contacts whose 24 hours run. */
window?: "open" | undefined
/** Only contacts who want no marketing. */
opted_out?: "true" | undefined
assignee?: string | undefined
last_id?: string | undefined
count?: number | undefined
}
data: {
conversations: {
channel_id: number
contact_id: number
name: string | null
phone: string | null
user_id: string | null
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
/** null: no other program ever answered this contact. */
owner: ConversationOwnerState | null
/** For a group, which has no window: messages may be sent at any time. */
group_id: string | null
window: {
state: "open" | "closed" | "unknown"
/** Unix seconds; in the past when closed; null when unknown. */
closes_at: number | null
/** Unix seconds: all messages are free until then, because the contact came from an ad. WhatsApp says the end. */
free_until: number | null
}
/** Unix seconds: the oldest message without an answer. */
waiting_since: number | null
/** Messages without an answer that nobody has opened, at most 100. */
unread: number
assignee: {
user_id: string
name: string
} | null
labels: string[]
last: {
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
contact_id: number
name: string | null
phone: string | null
user_id: string | null
/** Who of the business sent it: a user of the console, an API key, the admin token, a broadcast, or a scheduled send. Missing for a call with a certification code. WhatsApp does not get it. */
sent_by?: {
kind: "user" | "key" | "token" | "broadcast" | "schedule"
/** Of the user, the API key or the broadcast. */
id: string | null
/** The name of the user or key at that time. */
name: string | null
}
} | null
}[]
/** Continues the list. */
next_id: string | null
}
}
/** The users to whom a conversation may be assigned. */
"GET /admin/conversations/assignees": {
data: {
user_id: string
name: string
}[]
}
/** One contact of a channel, with the window. */
"GET /admin/conversations/{channel_id}/{contact_id}": {
data: {
channel_id: number
contact_id: number
name: string | null
phone: string | null
user_id: string | null
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
/** null: no other program ever answered this contact. */
owner: ConversationOwnerState | null
/** For a group, which has no window: messages may be sent at any time. */
group_id: string | null
window: {
state: "open" | "closed" | "unknown"
/** Unix seconds; in the past when closed; null when unknown. */
closes_at: number | null
/** Unix seconds: all messages are free until then, because the contact came from an ad. WhatsApp says the end. */
free_until: number | null
}
/** Unix seconds: the oldest message without an answer. */
waiting_since: number | null
/** Messages without an answer that nobody has opened, at most 100. */
unread: number
assignee: {
user_id: string
name: string
} | null
labels: string[]
note: string | null
username: string | null
/** The reference of the newest message that a user has opened. */
last_seen: string | null
}
}
/** Assign a conversation, or change its note or labels. */
"PATCH /admin/conversations/{channel_id}/{contact_id}": {
body: {
assignee?: string | null | undefined
note?: string | null | undefined
labels?: readonly string[] | undefined
}
data: {
channel_id: number
contact_id: number
name: string | null
phone: string | null
user_id: string | null
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
/** null: no other program ever answered this contact. */
owner: ConversationOwnerState | null
/** For a group, which has no window: messages may be sent at any time. */
group_id: string | null
window: {
state: "open" | "closed" | "unknown"
/** Unix seconds; in the past when closed; null when unknown. */
closes_at: number | null
/** Unix seconds: all messages are free until then, because the contact came from an ad. WhatsApp says the end. */
free_until: number | null
}
/** Unix seconds: the oldest message without an answer. */
waiting_since: number | null
/** Messages without an answer that nobody has opened, at most 100. */
unread: number
assignee: {
user_id: string
name: string
} | null
labels: string[]
note: string | null
username: string | null
/** The reference of the newest message that a user has opened. */
last_seen: string | null
}
}
/** Note that a user has seen the messages up to one. */
"POST /admin/conversations/{channel_id}/{contact_id}/seen": {
body: {
reference: string
}
data: {
success: true
}
}
/** Note that a conversation needs no answer. */
"POST /admin/conversations/{channel_id}/{contact_id}/done": {
data: {
success: true
}
}
/** Take a conversation, pass it on, or give it up, as POST /external/contacts/{to}/thread. */
"POST /admin/conversations/{channel_id}/{contact_id}/thread": {
body: {
/** take: we answer from now on; only for the escalation partner. pass: another program answers. release: nobody, until the contact writes again. */
action: "take" | "pass" | "release"
/** With pass: who gets the conversation: ai_agent, ctwa, customer_service, escalation, marketing or utility. Default: the escalation partner. */
role?: string | undefined
/** Words for the new owner. Its handover webhook has them. */
metadata?: string | undefined
}
data: {
/** other: another program answers. idle: nobody does. */
owner: "us" | "other" | "idle"
/** The role of the owner, in WhatsApp’s words. */
role: string | null
/** Unix seconds. */
since: number | null
/** WhatsApp’s id of the change. */
request_id: string | null
}
}
/** Texts that users of the console use again. */
"GET /admin/saved-replies": {
data: SavedReply[]
}
/** Save a text for later. */
"POST /admin/saved-replies": {
body: {
name: string
text: string
}
data: SavedReply
}
/** Replace a saved text. */
"PUT /admin/saved-replies/{id}": {
body: {
name: string
text: string
}
data: SavedReply
}
/** Remove a saved text. */
"DELETE /admin/saved-replies/{id}": {
data: {
success: true
}
}
/** Record whether a contact wants marketing messages, as PUT /external/contacts/{to}/preferences. */
"PUT /admin/conversations/{channel_id}/{contact_id}/preferences": {
body: {
marketing: "allowed" | "stopped"
}
data: {
channel_id: number
contact_id: number
name: string | null
phone: string | null
user_id: string | null
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
/** null: no other program ever answered this contact. */
owner: ConversationOwnerState | null
/** For a group, which has no window: messages may be sent at any time. */
group_id: string | null
window: {
state: "open" | "closed" | "unknown"
/** Unix seconds; in the past when closed; null when unknown. */
closes_at: number | null
/** Unix seconds: all messages are free until then, because the contact came from an ad. WhatsApp says the end. */
free_until: number | null
}
}
}
/** Send one message through a channel, as its operator. */
"POST /admin/channels/{channel_id}/messages": {
body: SendMessage
data: {
/** WhatsApp’s id of the message. */
msg_id: string
/** For a send with fallback: the type of the message that went out, template when the window was closed. */
sent_as?: string
reference: string
} | {
reference: string
state: "scheduled"
}
}
/** Mark an inbound message, and all before it, as read. */
"POST /admin/channels/{channel_id}/messages/{reference}/read": {
data: {
success: true
}
}
/** Make a broadcast whose recipients come from a file. */
"POST /admin/channels/{channel_id}/broadcasts": {
body: {
/** Name of the broadcast in lists. The same name with the same message and recipients is the same broadcast. */
name?: string | undefined
/** The body of a send, of any type, without `to` and `recipient`. */
message?: Record<string, unknown> | undefined
/** Instead of `message`: the template of a send, or its name. */
template?: string | Record<string, unknown> | undefined
/** Instead of `recipients`: an uploaded file. */
file_id: string
/** Which column of a row is which value of the message. */
map?: {
/** Number or business-scoped id. Without it, a column such as "phone" is found. */
to?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** The same as to. */
phone?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** Name of the person, for reports and results only. */
name?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** Name of the template, when rows have different ones. */
template?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** Language of the template. */
language?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** The biz_opaque_callback_data of the message. */
callback_data?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** Text of the header; for a picture, video or document its link or media id. */
header?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** Values of the body: a list in the order of {{1}}, {{2}}, or an object by the names of variables. */
body?: readonly (string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
})[] | Record<string, string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
}> | undefined
/** Values of the buttons in their order, null for a button without one. */
buttons?: readonly (string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | null)[] | undefined
[key: string]: unknown
} | undefined
/** Unix seconds or ISO 8601 with an offset: it begins then. */
send_at?: Moment | undefined
/** When nothing of it goes out, by the clock of the recipient’s country. */
quiet_hours?: {
/** Local time at which quiet hours begin. */
from: string
/** Local time at which they end; before `from`, it is of the next day. The same as `from`: a whole day. */
to: string
/** Days on which quiet hours begin. Without it: every day. */
days?: readonly ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[] | undefined
/** marketing (as without it): marketing templates only. all: everything that goes out by itself. */
for?: "marketing" | "all" | undefined
} | undefined
/** The broadcast stops by itself when one of these limits is reached, with the reason stopped_by_rule. */
stop_when?: {
/** Share of failed messages, from 0 to 1. Judged from ten results on; a small share needs more. */
failed_share?: number | undefined
/** Number of failed messages. */
failed?: number | undefined
/** Quality of the number: this one, or a worse one. */
quality?: "YELLOW" | "RED" | undefined
/** Cost of the messages, in the currency of RATE_CARD_FILE. */
spend?: number | undefined
} | undefined
/** true: rows of the file that cannot be sent are left out. Otherwise nothing is made of such a file. */
skip_bad?: boolean | undefined
/** Own numbers for POST …/{id}/test. */
test_numbers?: readonly string[] | undefined
/** true: it can be checked, tested and changed, and waits for …/start. */
draft?: boolean | undefined
/** true: another one, although one with this name and content exists. */
again?: boolean | undefined
}
data: Broadcast
}
/** Upload a file of recipients. */
"POST /admin/channels/{channel_id}/broadcast-files": {
data: RecipientsFile
}
/** A file of recipients. */
"GET /admin/channels/{channel_id}/broadcast-files/{id}": {
data: RecipientsFile
}
/** List broadcasts, newest first. */
"GET /admin/channels/{channel_id}/broadcasts": {
query: {
last_id?: string | undefined
/** Maximum number of rows: 1 to 100. Default: 10. */
count?: number | undefined
}
data: Broadcast[]
}
/** Progress of a broadcast. */
"GET /admin/channels/{channel_id}/broadcasts/{id}": {
data: {
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
/** The message as it was given, without what is a recipient’s alone. */
message: Record<string, unknown>
/** Why recipients did not get the message, the most frequent first. */
failed_by_code: {
/** WhatsApp’s code; null for a refusal of the gateway. */
code: number | null
/** undelivered: accepted, and failed later. */
reason: string
recipients: number
/** What the code means, and what to do. */
advice: string | null
}[]
/** The first 100 that failed or are unknown. */
failures: BroadcastSend[]
}
}
/** Each recipient, in the order of the list. */
"GET /admin/channels/{channel_id}/broadcasts/{id}/recipients": {
query: {
state?: "waiting" | "sending" | "accepted" | "failed" | "unknown" | undefined
/** Only those whose message has this status now. failed: WhatsApp accepted it, and could not deliver it. */
status?: MessageStatus | undefined
last_n?: number | undefined
count?: number | undefined
}
data: BroadcastSend[]
}
/** Pause a broadcast; what is on its way ends. */
"POST /admin/channels/{channel_id}/broadcasts/{id}/pause": {
data: {
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
/** The message as it was given, without what is a recipient’s alone. */
message: Record<string, unknown>
/** Why recipients did not get the message, the most frequent first. */
failed_by_code: {
/** WhatsApp’s code; null for a refusal of the gateway. */
code: number | null
/** undelivered: accepted, and failed later. */
reason: string
recipients: number
/** What the code means, and what to do. */
advice: string | null
}[]
/** The first 100 that failed or are unknown. */
failures: BroadcastSend[]
}
}
/** Go on with a broadcast that was paused or has stopped. */
"POST /admin/channels/{channel_id}/broadcasts/{id}/resume": {
data: {
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
/** The message as it was given, without what is a recipient’s alone. */
message: Record<string, unknown>
/** Why recipients did not get the message, the most frequent first. */
failed_by_code: {
/** WhatsApp’s code; null for a refusal of the gateway. */
code: number | null
/** undelivered: accepted, and failed later. */
reason: string
recipients: number
/** What the code means, and what to do. */
advice: string | null
}[]
/** The first 100 that failed or are unknown. */
failures: BroadcastSend[]
}
}
/** End a broadcast for good. */
"POST /admin/channels/{channel_id}/broadcasts/{id}/cancel": {
data: {
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
/** The message as it was given, without what is a recipient’s alone. */
message: Record<string, unknown>
/** Why recipients did not get the message, the most frequent first. */
failed_by_code: {
/** WhatsApp’s code; null for a refusal of the gateway. */
code: number | null
/** undelivered: accepted, and failed later. */
reason: string
recipients: number
/** What the code means, and what to do. */
advice: string | null
}[]
/** The first 100 that failed or are unknown. */
failures: BroadcastSend[]
}
}
/** Change a broadcast that has not begun. */
"PATCH /admin/channels/{channel_id}/broadcasts/{id}": {
body: {
send_at?: Moment | null | undefined
quiet_hours?: {
/** Local time at which quiet hours begin. */
from: string
/** Local time at which they end; before `from`, it is of the next day. The same as `from`: a whole day. */
to: string
/** Days on which quiet hours begin. Without it: every day. */
days?: readonly ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[] | undefined
/** marketing (as without it): marketing templates only. all: everything that goes out by itself. */
for?: "marketing" | "all" | undefined
} | null | undefined
stop_when?: {
/** Share of failed messages, from 0 to 1. Judged from ten results on; a small share needs more. */
failed_share?: number | undefined
/** Number of failed messages. */
failed?: number | undefined
/** Quality of the number: this one, or a worse one. */
quality?: "YELLOW" | "RED" | undefined
/** Cost of the messages, in the currency of RATE_CARD_FILE. */
spend?: number | undefined
} | null | undefined
/** true: rows of the file that cannot be sent are left out. Otherwise nothing is made of such a file. */
skip_bad?: boolean | undefined
test_numbers?: readonly string[] | null | undefined
/** Which column of a row is which value of the message. */
map?: {
/** Number or business-scoped id. Without it, a column such as "phone" is found. */
to?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** The same as to. */
phone?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** Name of the person, for reports and results only. */
name?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** Name of the template, when rows have different ones. */
template?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** Language of the template. */
language?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** The biz_opaque_callback_data of the message. */
callback_data?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** Text of the header; for a picture, video or document its link or media id. */
header?: string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | undefined
/** Values of the body: a list in the order of {{1}}, {{2}}, or an object by the names of variables. */
body?: readonly (string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
})[] | Record<string, string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
}> | undefined
/** Values of the buttons in their order, null for a button without one. */
buttons?: readonly (string | {
/** The name of a column. */
column: string
/** Where the cell is empty. */
default?: string | undefined
} | {
/** The same for every row. */
value: string
} | null)[] | undefined
[key: string]: unknown
} | undefined
}
data: Broadcast
}
/** Dry run: judge every row, and send nothing. */
"POST /admin/channels/{channel_id}/broadcasts/{id}/check": {
data: BroadcastReport
}
/** The last report of a dry run. */
"GET /admin/channels/{channel_id}/broadcasts/{id}/check": {
data: BroadcastReport
}
/** All rows that the last dry run found, as CSV. */
"GET /admin/channels/{channel_id}/broadcasts/{id}/check.csv": {
data: Response
}
/** Send the first row’s message to own numbers. */
"POST /admin/channels/{channel_id}/broadcasts/{id}/test": {
body: {
/** Instead of test_numbers of the broadcast. */
numbers?: readonly string[] | undefined
}
data: {
results: {
to: string
state: "accepted" | "failed" | "unknown"
msg_id: string | null
reference: string | null
error: {
reason: string
message: string
} | null
}[]
}
}
/** Start a draft. */
"POST /admin/channels/{channel_id}/broadcasts/{id}/start": {
body: {
skip_bad?: boolean | undefined
}
data: Broadcast
}
/** Results of a broadcast as CSV, at any time. */
"GET /admin/channels/{channel_id}/broadcasts/{id}/results.csv": {
data: Response
}
/** Make a draft of the recipients who did not get the message. */
"POST /admin/channels/{channel_id}/broadcasts/{id}/retry-failed": {
data: {
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
/** Recipients who did not get the message, and must not get it again. */
left_out: {
/** unknown: it may have arrived. opted_out: the person stopped marketing. not_on_whatsapp: the number cannot get messages. marketing_limited: WhatsApp limits marketing to this person, for 24 hours. experiment: WhatsApp leaves the person out. */
reason: "unknown" | "opted_out" | "not_on_whatsapp" | "marketing_limited" | "experiment" | "not_failed"
recipients: number
}[]
}
}
/** The templates of a channel’s account. */
"GET /admin/channels/{channel_id}/templates": {
data: {
/** Unix seconds. */
synced_at: number
templates: {
id: string
name: string
language: string
status: string
category: string
quality: string
[key: string]: unknown
}[]
}
}
/** Create a template and submit it for review. */
"POST /admin/channels/{channel_id}/templates": {
body: CreateTemplate
data: {
template_id: string
status: string
category: string
}
}
/** Edit a template. */
"PATCH /admin/channels/{channel_id}/templates/{template_id}": {
body: EditTemplate
data: {
success: true
}
}
/** Delete one language of a template. */
"DELETE /admin/channels/{channel_id}/templates/{template_id}": {
data: {
success: true
}
}
/** Upload a file for messages of a channel, as POST /external/media. */
"POST /admin/channels/{channel_id}/media": {
data: {
id: string
/** The type, detected from the file’s bytes. */
mime_type: string
/** Bytes. */
file_size: number
/** Unix seconds. */
expires_at: number
}
}
/** A file that WhatsApp stores, for a browser. */
"GET /admin/channels/{channel_id}/media/{id}": {
data: Response
}
/** A file that a message links to, fetched by the gateway. */
"GET /admin/messages/{reference}/media": {
query: {
/** A link that the message holds, letter for letter. */
link: string
}
data: Response
}
/** Check a number’s token, ids, subscription and callback with WhatsApp. */
"POST /admin/channels/check": {
body: {
/** Meta’s id of the number. */
phone_number_id: string
/** Meta’s id of the WhatsApp Business Account. */
waba_id: string
/** Meta’s token of the number. Encrypted at rest, never given back. */
access_token: string
/** The business number with its country code, digits only. */
business_phone?: string | undefined
}
data: {
ok: boolean
steps: {
step: "token" | "number" | "account" | "subscription" | "callback"
state: "ok" | "warning" | "failed" | "unknown"
says: string
}[]
display_phone_number: string | null
/** The address that WhatsApp sends the number’s webhooks to, if known. */
callback_url: string | null
}
}
/** Check a channel’s token, ids, subscription and callback with WhatsApp. */
"POST /admin/channels/{channel_id}/check": {
data: {
ok: boolean
steps: {
step: "token" | "number" | "account" | "subscription" | "callback"
state: "ok" | "warning" | "failed" | "unknown"
says: string
}[]
display_phone_number: string | null
/** The address that WhatsApp sends the number’s webhooks to, if known. */
callback_url: string | null
}
}
/** Subscribe the token’s app to the account, so that Meta sends webhooks. */
"POST /admin/channels/check/subscribe": {
body: {
/** Meta’s id of the WhatsApp Business Account. */
waba_id: string
/** Meta’s token of the number. Encrypted at rest, never given back. */
access_token: string
}
data: {
success: true
}
}
/** Ask WhatsApp for the contacts and the history of the business’s app. */
"POST /admin/channels/{channel_id}/sync": {
data: Coexistence
}
/** The steps to the first message, and the state of each. */
"GET /admin/channels/{channel_id}/setup": {
data: {
steps: SetupStep[]
/** The first step that stops the way; null when messages go and come. */
next: "token" | "number" | "registration" | "name" | "address" | "app" | "subscription" | "message" | "answer" | null
}
}
/** Do the part of a step that Postern can do. */
"POST /admin/channels/{channel_id}/setup/{step}": {
body: {
/** registration: asks WhatsApp for a code to the number. */
code_method?: "SMS" | "VOICE" | undefined
/** registration: the code that the number received. */
code?: string | undefined
/** registration: registers the number with this PIN. */
pin?: string | undefined
/** name: asks for another name. */
display_name?: string | undefined
/** message: your own number. */
to?: string | undefined
/** app, subscription: takes the webhooks away from the address that has them now. */
replace?: boolean | undefined
}
data: {
steps: SetupStep[]
/** The first step that stops the way; null when messages go and come. */
next: "token" | "number" | "registration" | "name" | "address" | "app" | "subscription" | "message" | "answer" | null
}
}
/** The accounts and numbers that a token may use. */
"POST /admin/channels/discover": {
body: {
/** Meta’s token of the number. Encrypted at rest, never given back. */
access_token: string
}
data: {
app: {
id: string
name: string
} | null
scopes: string[]
/** Unix seconds; null: never. */
expires_at: number | null
accounts: {
waba_id: string
name: string | null
numbers: {
phone_number_id: string
display_phone_number: string
verified_name: string | null
/** The channel that has this number already. */
channel_id: number | null
}[]
}[]
}
}
/** Invite a user. */
"POST /admin/users": {
body: {
email: string
name: string
role: "admin" | "operator" | "agent" | "viewer"
/** The only channels that the user sees. null: all. */
channels?: readonly number[] | null | undefined
}
data: {
user_id: string
invitation: {
/** Shown once, and used once. */
token: string
/** Opens the console’s page for it, at this gateway’s address. */
path: string
/** Unix seconds. */
expires_at: number
}
}
}
/** All users. */
"GET /admin/users": {
data: User[]
}
/** One user. */
"GET /admin/users/{user_id}": {
data: User
}
/** Change a user, or disable one. */
"PATCH /admin/users/{user_id}": {
body: {
name?: string | undefined
role?: "admin" | "operator" | "agent" | "viewer" | undefined
/** The only channels that the user sees. null: all. */
channels?: readonly number[] | null | undefined
/** true: the user cannot sign in, and open sessions end. */
disabled?: boolean | undefined
}
data: User
}
/** Remove a user. */
"DELETE /admin/users/{user_id}": {
data: {
user_id: string
}
}
/** Invite a user again. */
"POST /admin/users/{user_id}/invitation": {
data: {
user_id: string
invitation: {
/** Shown once, and used once. */
token: string
/** Opens the console’s page for it, at this gateway’s address. */
path: string
/** Unix seconds. */
expires_at: number
}
}
}
/** Create an API key. */
"POST /admin/keys": {
body: {
name: string
scopes?: {
/** Routes as in this document, each with or without its method; * stands for anything from there on. Default: /external/*. Routes that need the role admin must be named without *. */
routes?: readonly string[] | undefined
/** The only channels that it reaches. null: all. */
channels?: readonly number[] | null | undefined
/** It may send these templates and nothing else, and read. null: no limit. */
templates?: readonly string[] | null | undefined
/** true: GET only. */
read_only?: boolean | undefined
/** Unix seconds. null: it does not expire. */
expires_at?: number | null | undefined
} | undefined
}
data: {
key_id: string
/** Shown once. */
key: string
prefix: string
}
}
/** All API keys that are not revoked. */
"GET /admin/keys": {
data: ApiKey[]
}
/** Revoke an API key. */
"DELETE /admin/keys/{key_id}": {
data: {
key_id: string
}
}
/** The audit log, newest first. */
"GET /admin/audit": {
query: {
/** The id of a user or key, admin_token, or unknown. */
actor?: string | undefined
/** The name of an operation, such as adminChangeChannel. */
action?: string | undefined
/** read: of conversations. */
kind?: "change" | "read" | "sign_in" | undefined
channel_id?: number | undefined
/** Unix seconds. */
from?: number | undefined
/** Unix seconds. */
to?: number | undefined
last_id?: string | undefined
/** Maximum number of rows: 1 to 100. Default: 10. */
count?: number | undefined
}
data: AuditEntry[]
}
/** The audit log as a file. */
"GET /admin/audit/export": {
query: {
/** The id of a user or key, admin_token, or unknown. */
actor?: string | undefined
/** The name of an operation, such as adminChangeChannel. */
action?: string | undefined
/** read: of conversations. */
kind?: "change" | "read" | "sign_in" | undefined
channel_id?: number | undefined
/** Unix seconds. */
from?: number | undefined
/** Unix seconds. */
to?: number | undefined
format?: "jsonl" | "csv" | undefined
}
data: Response
}
}

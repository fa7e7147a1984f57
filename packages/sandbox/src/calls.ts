import { isObject, type Json } from './checker.ts'
import {
  DAY_MS,
  accountOf,
  contactOf,
  numberIsShown,
  parentUserIdOf,
  seconds,
  sendWebhook,
  userIdOf,
  valueOf,
  webhookContact,
  type Cloud,
} from './cloud.ts'
import { webhookError } from './graph-error.ts'
import { keepMedia } from './graph/media.ts'
import { callId } from './identifiers.ts'
import { mediaUrl } from './media-url.ts'
import { callingOf, noteConnected } from './call-limits.ts'
import { write } from './inbound.ts'
import { sampleOf } from './samples.ts'
import { SetupError } from './setup.ts'
import type { BusinessNumber, Contact } from './world.ts'

/*
 * Calls as webhooks and Graph calls show them, without sound. A person's call: connect (offer), accept, terminate. A
 * business's call: connect (answer), RINGING, ACCEPTED or REJECTED, terminate. Calls are lost at a restart.
 */

export type VoiceCall = {
  id: string
  numberId: string
  phone: string
  by: 'USER_INITIATED' | 'BUSINESS_INITIATED'
  state: 'ringing' | 'running' | 'over'
  /** Time of the first ring, of the answer and of the end. */
  at: number
  startedAt?: number
  endedAt?: number
  /** How a call without an answer ended. */
  missed?: 'declined' | 'no answer'
  payload?: string
  callbackData?: string
  recorded: boolean
  transcribed: boolean
}

const MOST_CALLS = 1_000
/** WhatsApp stops ringing after 30 to 60 seconds. */
const RINGS_FOR_MS = 60_000

const SDP =
  'v=0\r\no=- 3626166318745852955 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE audio\r\n' +
  'm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=setup:active\r\na=mid:audio\r\na=rtpmap:111 opus/48000/2\r\n'

export function newCall(
  cloud: Cloud,
  given: Omit<VoiceCall, 'id' | 'state' | 'at' | 'recorded' | 'transcribed'>,
): VoiceCall {
  const call: VoiceCall = {
    ...given,
    id: callId(cloud.source, given.phone),
    state: 'ringing',
    at: cloud.clock.now(),
    recorded: false,
    transcribed: false,
  }
  cloud.calls.set(call.id, call)
  if (cloud.calls.size > MOST_CALLS) cloud.calls.delete(cloud.calls.keys().next().value!)
  cloud.timerQueue.in(RINGS_FOR_MS, () => {
    if (call.state !== 'ringing') return
    call.missed = 'no answer'
    void endCall(cloud, call)
  })
  changed(cloud, call)
  return call
}

/** An event for the page. */
const changed = (cloud: Cloud, call: VoiceCall): void =>
  cloud.events.emit('call', cloud.clock.now(), () => ({ phone: call.phone, call: structuredClone(call) }))

/** A person calls the business. The call opens the window, answered or not. */
export async function callBusiness(
  cloud: Cloud,
  contact: Contact,
  number: BusinessNumber,
  options: { payload?: string; sdp?: string } = {},
): Promise<VoiceCall> {
  const { payload, sdp } = options
  const call = newCall(cloud, {
    numberId: number.id,
    phone: contact.number,
    by: 'USER_INITIATED',
    ...(payload !== undefined && { payload }),
  })
  contact.lastWroteAt[number.id] = cloud.clock.now()
  cloud.world.saveContact(contact)
  await tellCall(cloud, call, { event: 'connect', session: { sdp_type: 'offer', sdp: sdp ?? SDP } })
  await permitByCall(cloud, contact, number, call)
  return call
}

/** With `callback_permission_status: "ENABLED"`, a person who calls may be called back for a week. */
async function permitByCall(cloud: Cloud, contact: Contact, number: BusinessNumber, call: VoiceCall): Promise<void> {
  if (callingOf(number)['callback_permission_status'] !== 'ENABLED') return
  if ((contact.callsAllowed?.[number.id] ?? 0) > cloud.clock.now()) return
  const until = cloud.clock.now() + 7 * DAY_MS
  allowCalls(cloud, contact, number.id, until)
  await write(cloud, contact, number, {
    type: 'interactive',
    context: { from: number.number, id: call.id },
    interactive: {
      type: 'call_permission_reply',
      call_permission_reply: {
        response: 'accept',
        is_permanent: false,
        expiration_timestamp: seconds(until),
        response_source: 'automatic',
      },
    },
  })
}

export function allowCalls(cloud: Cloud, contact: Contact, numberId: string, until: number): void {
  contact.callsAllowed = { ...contact.callsAllowed, [numberId]: until }
  cloud.world.saveContact(contact)
}

/** Rings the phone, after the business has called. */
export function ring(cloud: Cloud, call: VoiceCall): void {
  cloud.timerQueue.in(cloud.pace.statusDelayMs, () => {
    void tellCall(cloud, call, { event: 'connect', session: { sdp_type: 'answer', sdp: SDP } })
    void tellStatus(cloud, call, 'RINGING')
  })
}

/** One side takes the call: the business by `accept`, or the person. */
export async function takeCall(cloud: Cloud, call: VoiceCall): Promise<void> {
  if (call.state !== 'ringing') throw new SetupError('This call is not ringing.')
  call.state = 'running'
  call.startedAt = cloud.clock.now()
  changed(cloud, call)
  if (call.by !== 'BUSINESS_INITIATED') return
  noteConnected(cloud, call)
  await tellStatus(cloud, call, 'ACCEPTED')
}

export async function declineCall(cloud: Cloud, call: VoiceCall): Promise<void> {
  if (call.state !== 'ringing') throw new SetupError('This call is not ringing.')
  call.missed = 'declined'
  if (call.by === 'BUSINESS_INITIATED') await tellStatus(cloud, call, 'REJECTED')
  await endCall(cloud, call)
}

/** Ends a call. A call that was never taken has failed. `code` gives the reason, at the level of the value. */
export async function endCall(cloud: Cloud, call: VoiceCall, code?: number): Promise<void> {
  if (call.state === 'over') throw new SetupError('This call is over.')
  const now = cloud.clock.now()
  const { startedAt } = call
  call.state = 'over'
  call.endedAt = now
  changed(cloud, call)
  const times =
    startedAt === undefined
      ? { status: 'FAILED' }
      : {
          status: 'COMPLETED',
          start_time: seconds(startedAt),
          end_time: seconds(now),
          duration: Math.max(0, Math.floor((now - startedAt) / 1000)),
        }
  await tellCall(
    cloud,
    call,
    {
      event: 'terminate',
      ...times,
      ...(call.callbackData !== undefined && { biz_opaque_callback_data: call.callbackData }),
    },
    code === undefined ? {} : { errors: [withoutTitle(webhookError(code))] },
  )
  if (startedAt === undefined) return
  if (call.recorded) await tellFile(cloud, call, 'recording')
  if (call.transcribed) await tellFile(cloud, call, 'transcript')
}

const withoutTitle = ({ title: _title, ...error }: ReturnType<typeof webhookError>): Json => error

function peopleOf(cloud: Cloud, call: VoiceCall): { number: BusinessNumber; contact: Contact } {
  const number = cloud.world.numbers.get(call.numberId)
  if (!number) throw new SetupError('The business number of this call is gone.')
  return { number, contact: contactOf(cloud, call.phone) }
}

/** The keys `from…` and `to` of the two sides. A hidden number is left out. */
function endsOf(cloud: Cloud, call: VoiceCall): Json {
  const { number, contact } = peopleOf(cloud, call)
  const account = accountOf(cloud, number)
  const parent = parentUserIdOf(cloud, contact, account)
  const person = call.by === 'USER_INITIATED' ? 'from' : 'to'
  return {
    ...(person === 'to' && { from: number.number }),
    ...(numberIsShown(contact, account.businessId) && { [person]: contact.number }),
    [`${person}_user_id`]: userIdOf(cloud, contact, account.businessId),
    ...(parent !== undefined && { [`${person}_parent_user_id`]: parent }),
    ...(person === 'from' && { to: number.number }),
  }
}

function tellCall(cloud: Cloud, call: VoiceCall, what: Json, beside: Json = {}): Promise<void> {
  const { number, contact } = peopleOf(cloud, call)
  return post(cloud, call, {
    contacts: [webhookContact(cloud, contact, accountOf(cloud, number))],
    calls: [
      {
        id: call.id,
        ...endsOf(cloud, call),
        ...what,
        timestamp: seconds(cloud.clock.now()),
        direction: call.by,
        ...(call.payload !== undefined && { deeplink_payload: call.payload }),
      },
    ],
    ...beside,
  })
}

function tellStatus(cloud: Cloud, call: VoiceCall, status: string): Promise<void> {
  const { number, contact } = peopleOf(cloud, call)
  const { businessId } = accountOf(cloud, number)
  return post(cloud, call, {
    statuses: [
      {
        id: call.id,
        timestamp: seconds(cloud.clock.now()),
        type: 'call',
        status,
        ...(numberIsShown(contact, businessId) && { recipient_id: contact.number }),
        recipient_user_id: userIdOf(cloud, contact, businessId),
        ...(call.callbackData !== undefined && { biz_opaque_callback_data: call.callbackData }),
      },
    ],
  })
}

/** WhatsApp sends this about a minute after the end of the call; the sandbox sends it at once. */
function tellFile(cloud: Cloud, call: VoiceCall, kind: 'recording' | 'transcript'): Promise<void> {
  const { number } = peopleOf(cloud, call)
  const sample = sampleOf('audio')
  const file =
    kind === 'recording'
      ? { bytes: sample.bytes, mimeType: sample.mimeType }
      : {
          bytes: Buffer.from(JSON.stringify({ transcript: { text: '', language: 'en', segments: [] } })),
          mimeType: 'application/json',
        }
  const media = keepMedia(cloud, number, { ...file, inbound: true, lifeMs: 7 * DAY_MS })
  const about = {
    id: media.id,
    sha256: Buffer.from(media.sha256, 'hex').toString('base64'),
    mime_type: media.mimeType,
    url: mediaUrl(cloud, media.id),
  }
  const { to: _to, ...ends } = endsOf(cloud, call)
  const what =
    kind === 'recording'
      ? { event: 'call_recording_available', call_recording: { type: 'audio', audio: about } }
      : { event: 'call_transcription_available', call_transcript: { document: about } }
  return post(cloud, call, { calls: [{ id: call.id, ...ends, timestamp: seconds(cloud.clock.now()), ...what }] })
}

function post(cloud: Cloud, call: VoiceCall, value: Json): Promise<void> {
  const { number } = peopleOf(cloud, call)
  return new Promise((resolve) => {
    sendWebhook(cloud, accountOf(cloud, number), number, 'calls', { ...valueOf(number), ...value }, call.phone, {
      onAnswered: resolve,
    })
  })
}

/** Reads `recording` and `transcription` of a request: true for those that are on. */
export const wishesOf = (body: Json): Pick<VoiceCall, 'recorded' | 'transcribed'> => {
  const on = (part: unknown): boolean => isObject(part) && part['status'] === 'ENABLED'
  return { recorded: on(body['recording']), transcribed: on(body['transcription']) }
}

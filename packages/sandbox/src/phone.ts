import { awaitArrival, describeMatch, hasArrived, matcher, type Match } from './arrivals.ts'
import type { Json } from './checker.ts'
import { editOf, revokeOf } from './business-app.ts'
import { applyEdit, applyRevoke } from './edits.ts'
import { allowCalls, callBusiness, declineCall, endCall, takeCall, type VoiceCall } from './calls.ts'
import { DAY_MS, accountOf, contactOf, seconds, type Cloud } from './cloud.ts'
import { joinGroup, leaveGroup } from './groups.ts'
import { displayNumber } from './identifiers.ts'
import { tellPayment } from './payments.ts'
import { handOver, otherAnswers, type Handover } from './responders.ts'
import { changeUserId, moveNumber, recycleNumber, setMarketing, type NewIds } from './identity.ts'
import { write, type InboundContent } from './inbound.ts'
import { deliver, markPlayed, markRead } from './journey.ts'
import { choicesOf, type Choice } from './message-view.ts'
import { complain } from './standing.ts'
import { SetupError, describePhone, type PhoneTraits } from './setup.ts'
import type { BusinessNumber, Contact, Message } from './world.ts'

export type PhoneOptions = {
  /** Phone number id of the business that this phone writes to. Default: the first one. */
  with?: string
  /** Longest wait for a message, in milliseconds of real time. Default: 5,000. */
  withinMs?: number
}

const TAPPABLE: Choice['kind'][] = ['reply', 'template_reply', 'carousel_reply']

/**
 * A simulated phone of a WhatsApp user. Methods that write resolve with the message, once the business's callback has
 * answered the webhook or failed to.
 */
export class Phone {
  readonly number: string
  readonly #cloud: Cloud
  readonly #options: PhoneOptions
  /** Messages that an earlier `sees` returned, shared by all handles of this number. */
  readonly #taken: Set<string>

  constructor(cloud: Cloud, number: string, options: PhoneOptions, taken: Set<string>) {
    this.#cloud = cloud
    this.number = number
    this.#options = options
    this.#taken = taken
    contactOf(cloud, number)
  }

  /** The current state of the person. Change it with `is`. */
  get contact(): Contact {
    return contactOf(this.#cloud, this.number)
  }

  /** All messages of this phone's chats, oldest first: received and sent. */
  messages(): Message[] {
    const here = (m: Message): boolean => m.direction === 'in' || hasArrived(m)
    return this.#thread()
      .filter(here)
      .map((m) => structuredClone(m))
  }

  /** Sends a text, or any type of message with its content, for instance `{ type: 'image', image: { caption } }`. */
  says(content: string | InboundContent): Promise<Message> {
    return this.#write(typeof content === 'string' ? { type: 'text', text: { body: content } } : content)
  }

  /** Waits for a matching message that no earlier `sees` returned, and returns it. */
  async sees(match: Match, options: { withinMs?: number } = {}): Promise<Message> {
    const fits = matcher(match)
    const message = await this.#arrival(
      (m) => !this.#taken.has(m.id) && fits(m),
      describeMatch(match),
      options.withinMs,
    )
    this.#taken.add(message.id)
    return structuredClone(message)
  }

  /** Taps a reply button, a template's quick reply, or a button of a carousel's card: by its title, id or payload. */
  async taps(button: string, options: { on?: string; card?: number } = {}): Promise<Message> {
    const { message, choice } = await this.#choice(TAPPABLE, button, options)
    const { kind, id, title, payload } = choice
    if (kind === 'template_reply') {
      return this.#write({ type: 'button', replyTo: message.id, button: { payload, text: title } })
    }
    return this.#write({
      type: 'interactive',
      replyTo: message.id,
      interactive: { type: 'button_reply', button_reply: { id, title } },
    })
  }

  /** Picks a row of a list, by its title or id. */
  async picks(row: string, options: { on?: string } = {}): Promise<Message> {
    const { message, choice } = await this.#choice(['row'], row, options)
    const { id, title, description } = choice
    return this.#write({
      type: 'interactive',
      replyTo: message.id,
      interactive: { type: 'list_reply', list_reply: { id, title, ...(description !== undefined && { description }) } },
    })
  }

  /** Taps a button with a URL. Sends no webhook. Returns the URL. */
  async opens(button: string, options: { on?: string; card?: number } = {}): Promise<string> {
    const { choice } = await this.#choice(['url'], button, options)
    return choice.url ?? ''
  }

  /** Fills in the newest flow (or the one with this button text) and submits it. */
  async submits(data: Json, options: { on?: string; flow?: string } = {}): Promise<Message> {
    const { message, choice } = await this.#choice(['flow'], options.flow, options)
    return this.#write({
      type: 'interactive',
      replyTo: message.id,
      interactive: {
        type: 'nfm_reply',
        nfm_reply: { name: 'flow', body: 'Sent', response_json: JSON.stringify({ flow_token: choice.id, ...data }) },
      },
    })
  }

  /** Sends a message that quotes another one. */
  replies(wamid: string, content: string | InboundContent): Promise<Message> {
    const said = typeof content === 'string' ? { type: 'text', text: { body: content } } : content
    return this.#write({ ...said, replyTo: wamid })
  }

  /** Sets a reaction on a message. Without an emoji, removes it. */
  reacts(wamid: string, emoji?: string): Promise<Message> {
    return this.#write({ type: 'reaction', reaction: { message_id: wamid, ...(emoji !== undefined && { emoji }) } })
  }

  /** Taps "I didn't request a code" under an authentication template. */
  disowns(wamid: string): Promise<Message> {
    const button = { payload: 'DID_NOT_REQUEST_CODE', text: "I didn't request a code" }
    return this.#write({ type: 'button', replyTo: wamid, button })
  }

  /**
   * Opens the chats: all received messages are read, oldest first. A handle with one business (`with`) opens the chat
   * with that business. `group` opens one group, and null no group.
   */
  reads(options: { group?: string | null } = {}): void {
    const { group } = options
    const { with: business } = this.#options
    for (const message of [...this.#thread()])
      if (
        (group === undefined || group === (message.groupId ?? null)) &&
        (business === undefined || business === message.numberId)
      )
        markRead(this.#cloud, message)
  }

  /** Plays a voice message for the first time. */
  plays(wamid: string): void {
    const message = this.#cloud.world.messages.get(wamid)
    if (message) markPlayed(this.#cloud, message)
  }

  /** Changes traits of this person: name, username, read receipts, an open or closed window … */
  is(traits: PhoneTraits): void {
    describePhone(this.#cloud, this.number, traits, this.#options.with)
    this.#changed()
    if (traits.online === true) this.#receiveWaiting()
  }

  /** Sets a username and hides the number: from now on the business sees a BSUID only. */
  hides(username?: string): void {
    this.is({ hidden: true, username: username ?? this.contact.username ?? `user.${this.number.slice(-4)}` })
  }

  /** Lets businesses see the number again. The username stays. */
  unhides(): void {
    this.is({ hidden: false })
  }

  goesOffline(): void {
    this.is({ online: false })
  }

  /** Receives the waiting messages whose time to live has not ended. */
  comesOnline(): void {
    this.is({ online: true })
  }

  /** Blocks the business. Its later messages never arrive, and no webhook reports the block. */
  blocks(blocked = true): void {
    const { contact } = this
    const number = this.#business()
    const { id } = number
    const isNew = blocked && !contact.blocks.includes(id)
    contact.blocks = contact.blocks.filter((b) => b !== id)
    if (blocked) contact.blocks.push(id)
    this.#cloud.world.saveContact(contact)
    this.#changed()
    if (isNew) void complain(this.#cloud, contact, number, 'block')
  }

  /** Reports the business to WhatsApp, and blocks it. Reports and blocks lower the number's quality. */
  async reports(): Promise<void> {
    await complain(this.#cloud, this.contact, this.#business(), 'report')
    this.blocks()
  }

  /** Stops (or resumes) the business's marketing messages. A webhook reports it. */
  async stopsMarketing(stopped = true, options: { signupId?: string } = {}): Promise<void> {
    await setMarketing(this.#cloud, this.contact, this.#business(), stopped, options.signupId)
    this.#changed()
  }

  /** Changes the number, and with it the BSUID. A system message reports it. Returns the new phone. */
  async changesNumber(number: string, ids: NewIds = {}): Promise<Phone> {
    const digits = number.replace(/\D/g, '')
    if (digits === '') throw new SetupError(`"${number}" is not a phone number.`)
    await moveNumber(this.#cloud, this.contact, this.#business(), digits, ids)
    return new Phone(this.#cloud, digits, this.#options, new Set())
  }

  /** Changes the BSUID and keeps the number. A system message reports it. */
  async changesUserId(ids: NewIds = {}): Promise<void> {
    await changeUserId(this.#cloud, this.contact, this.#business(), ids)
    this.#changed()
  }

  /** The number now belongs to a new person without messages. No webhook reports it. */
  changesOwner(traits: { name?: string; userId?: string } = {}): void {
    recycleNumber(this.#cloud, this.contact, traits)
    this.#changed()
  }

  /** Edits a message, as WhatsApp allows within 15 minutes. Only numbers with the app get the new content. */
  async edits(wamid: string, content: string | InboundContent): Promise<Message> {
    const number = this.#businessOf(wamid)
    const said = typeof content === 'string' ? { type: 'text', text: { body: content } } : content
    const edit = { type: 'unsupported', unsupported: { type: 'edit' } }
    applyEdit(this.#cloud, wamid, 'in', said)
    return this.#write(number.onBizApp ? editOf(this.#cloud, number, wamid, said) : edit, number)
  }

  /** Deletes a message for everybody. A number without the app gets no webhook. */
  async revokes(wamid: string): Promise<Message | undefined> {
    const number = this.#businessOf(wamid)
    applyRevoke(this.#cloud, wamid, 'in')
    return number.onBizApp ? this.#write(revokeOf(wamid), number) : undefined
  }

  /** Calls the business. `payload` is the payload of a call link. */
  calls(options: { payload?: string; sdp?: string } = {}): Promise<VoiceCall> {
    return callBusiness(this.#cloud, this.contact, this.#business(), options).then((call) => structuredClone(call))
  }

  /** Accepts a call from the business. Default: the newest ringing call. */
  answers(id?: string): Promise<void> {
    return takeCall(
      this.#cloud,
      this.#call(id, (call) => call.state === 'ringing' && call.by === 'BUSINESS_INITIATED'),
    )
  }

  declines(id?: string): Promise<void> {
    return declineCall(
      this.#cloud,
      this.#call(id, (call) => call.state === 'ringing'),
    )
  }

  /** Ends a call from either side. Default: the newest open call. */
  hangsUp(id?: string): Promise<void> {
    return endCall(
      this.#cloud,
      this.#call(id, (call) => call.state !== 'over'),
    )
  }

  /** Answers a request for permission to call: for a week, permanently, or refused. */
  async permitsCalls(options: { on?: string; accepts?: boolean; permanent?: boolean } = {}): Promise<Message> {
    const { accepts = true, permanent = false } = options
    const { message } = await this.#choice(['call_permission'], undefined, options)
    const until = this.#cloud.clock.now() + (permanent ? 36_500 : 7) * DAY_MS
    allowCalls(this.#cloud, this.contact, message.numberId, accepts ? until : 0)
    return this.#write({
      type: 'interactive',
      replyTo: message.id,
      interactive: {
        type: 'call_permission_reply',
        call_permission_reply: {
          response: accepts ? 'accept' : 'reject',
          is_permanent: permanent,
          ...(accepts && !permanent && { expiration_timestamp: seconds(until) }),
          response_source: 'user_action',
        },
      },
    })
  }

  /** Answers a request for contact info with the phone's own number, which the business sees from now on. */
  async sharesNumber(options: { on?: string } = {}): Promise<Message> {
    const { message } = await this.#choice(['contact_request'], undefined, options)
    const number = this.#cloud.world.numbers.get(message.numberId) ?? this.#business()
    const phones = [{ phone: displayNumber(this.number).replaceAll('-', ' '), wa_id: this.number, type: 'CELL' }]
    const told = await this.#write({ type: 'contacts', contacts: [{ origin: 'contact_request', phones }] }, number)
    const { contact } = this
    contact.sharedWith = [...(contact.sharedWith ?? []), accountOf(this.#cloud, number).businessId]
    this.#cloud.world.saveContact(contact)
    return told
  }

  /** Pays an `order_details` message, or fails to pay. */
  async pays(
    options: { on?: string; status?: 'captured' | 'pending' | 'failed'; method?: string } = {},
  ): Promise<void> {
    const { message } = await this.#choice(['payment'], undefined, options)
    await tellPayment(this.#cloud, this.contact, message, options)
  }

  /** Opens the invite link of a group: joins, or asks to join. */
  joins(groupId: string): Promise<void> {
    return joinGroup(this.#cloud, groupId, this.number)
  }

  leaves(groupId: string): Promise<void> {
    return leaveGroup(this.#cloud, groupId, this.number)
  }

  /** Hands the thread to another responder (later messages arrive on `standby`), or back to the app. */
  isHandedTo(to: 'app' | 'other', how: Omit<Handover, 'to'> = {}): Promise<void> {
    return handOver(this.#cloud, this.contact, this.#business(), { ...how, to })
  }

  /** Another responder writes to this person: a text, or the body of a send. Returns the wamid. */
  isAnswered(content: string | Json, inReplyTo?: string): Promise<string> {
    const body = typeof content === 'string' ? { type: 'text', text: { body: content, preview_url: false } } : content
    return otherAnswers(this.#cloud, this.contact, this.#business(), body, inReplyTo)
  }

  #businessOf(wamid: string): BusinessNumber {
    const message = this.#cloud.world.messages.get(wamid)
    return (message && this.#cloud.world.numbers.get(message.numberId)) ?? this.#business()
  }

  #call(id: string | undefined, fits: (call: VoiceCall) => boolean): VoiceCall {
    const mine = [...this.#cloud.calls.values()].filter((call) => call.phone === this.number)
    const found = id === undefined ? mine.findLast(fits) : mine.find((call) => call.id === id)
    if (!found) throw new SetupError(id === undefined ? 'There is no such call.' : `There is no call ${id}.`)
    return found
  }

  #thread(): readonly Message[] {
    return this.#cloud.world.thread(this.number)
  }

  #business(): BusinessNumber {
    const { numbers } = this.#cloud.world
    const wanted = this.#options.with
    const number = wanted === undefined ? numbers.values().next().value : numbers.get(wanted)
    if (!number) throw new Error(`sandbox: there is no business number ${wanted ?? ''}`)
    return number
  }

  #changed(): void {
    const { contact } = this
    this.#cloud.events.emit('phone', this.#cloud.clock.now(), () => ({
      phone: this.number,
      contact: structuredClone(contact),
    }))
  }

  #receiveWaiting(): void {
    for (const message of [...this.#thread()]) {
      const number = this.#cloud.world.numbers.get(message.numberId)
      if (number && message.status === 'sent' && message.type !== 'reaction') deliver(this.#cloud, number, message)
    }
  }

  async #write(content: InboundContent, to?: BusinessNumber): Promise<Message> {
    // An answer goes to the sender of the quoted message, whichever business this handle writes to.
    const answered = content.replyTo === undefined ? undefined : this.#cloud.world.messages.get(content.replyTo)
    const number = to ?? (answered && this.#cloud.world.numbers.get(answered.numberId)) ?? this.#business()
    return structuredClone(await write(this.#cloud, this.contact, number, content))
  }

  async #choice(
    kinds: Choice['kind'][],
    name: string | undefined,
    where: { on?: string; card?: number },
  ): Promise<{ message: Message; choice: Choice }> {
    const fits = (c: Choice): boolean =>
      kinds.includes(c.kind) &&
      (name === undefined || c.title === name || c.id === name || c.payload === name) &&
      (where.card === undefined || where.card === c.card)
    const message = await this.#arrival(
      (m) => (where.on === undefined || m.id === where.on) && choicesOf(m).some(fits),
      name === undefined ? `a ${kinds[0]!}` : `something to tap called "${name}"`,
    )
    return { message, choice: choicesOf(message).find(fits)! }
  }

  #arrival(fits: (message: Message) => boolean, what: string, withinMs?: number): Promise<Message> {
    return awaitArrival(this.#cloud, this.number, fits, withinMs ?? this.#options.withinMs ?? 5_000, what)
  }
}

import { contactOf, type Cloud } from './cloud.ts'
import { write, type InboundContent } from './inbound.ts'
import { markRead } from './journey.ts'
import { choicesOf, textOf, type Choice } from './message-view.ts'
import type { BusinessNumber, Contact, Message } from './world.ts'

export type Match = string | RegExp | ((message: Message) => boolean)

export type PhoneOptions = {
  /** Phone number id of the business this phone writes to; the first one unless told. */
  with?: string
  /** Longest wait for a message to arrive, in milliseconds of real time. */
  withinMs?: number
}

/** A person with WhatsApp in their hand. Every verb does what a thumb does. */
export class Phone {
  readonly number: string
  readonly #cloud: Cloud
  readonly #options: PhoneOptions
  /** Messages that a `sees` has already taken, shared by all handles of this number. */
  readonly #taken: Set<string>

  constructor(cloud: Cloud, number: string, options: PhoneOptions, taken: Set<string>) {
    this.#cloud = cloud
    this.number = number
    this.#options = options
    this.#taken = taken
    contactOf(cloud, number)
  }

  get contact(): Contact {
    return contactOf(this.#cloud, this.number)
  }

  get #business(): BusinessNumber {
    const { numbers } = this.#cloud.world
    const number = this.#options.with === undefined ? numbers.values().next().value : numbers.get(this.#options.with)
    if (!number) throw new Error(`sandbox: there is no business number ${this.#options.with ?? ''}`)
    return number
  }

  /** Everything in this phone's chats, oldest first: what has arrived, and what was written here. */
  messages(): Message[] {
    const arrived = (m: Message): boolean => m.direction === 'in' || hasArrived(m)
    return this.#cloud.world
      .thread(this.number)
      .filter(arrived)
      .map((m) => structuredClone(m))
  }

  /** Writes. Resolves with the message once the business's callback has answered (or failed to). */
  says(content: string | InboundContent): Promise<Message> {
    const said = typeof content === 'string' ? { type: 'text', text: { body: content } } : content
    return this.#write(said)
  }

  /** Waits for a message that fits and has not been taken by an earlier `sees`; takes it. */
  async sees(match: Match, options: { withinMs?: number } = {}): Promise<Message> {
    const fits = matcher(match)
    const message = await this.#arrival(
      (m) => !this.#taken.has(m.id) && fits(m),
      options.withinMs,
      () => describe(match),
    )
    this.#taken.add(message.id)
    return structuredClone(message)
  }

  /** Taps a button: a reply, a template's quick reply, or one on a carousel's card. By its title, id or payload. */
  async taps(titleOrId: string, options: { on?: string; card?: number } = {}): Promise<Message> {
    const { message, choice } = await this.#choice(
      (c) =>
        ['reply', 'template_reply', 'carousel_reply'].includes(c.kind) &&
        named(c, titleOrId) &&
        (options.card ?? c.card) === c.card,
      options.on,
      titleOrId,
    )
    if (choice.kind === 'template_reply') {
      return this.#write({
        type: 'button',
        replyTo: message.id,
        button: { payload: choice.payload, text: choice.title },
      })
    }
    return this.#write({
      type: 'interactive',
      replyTo: message.id,
      interactive: { type: 'button_reply', button_reply: { id: choice.id, title: choice.title } },
    })
  }

  /** Picks a row of a list, by its title or id. */
  async picks(rowTitleOrId: string, options: { on?: string } = {}): Promise<Message> {
    const { message, choice } = await this.#choice(
      (c) => c.kind === 'row' && named(c, rowTitleOrId),
      options.on,
      rowTitleOrId,
    )
    const { id, title, description } = choice
    return this.#write({
      type: 'interactive',
      replyTo: message.id,
      interactive: { type: 'list_reply', list_reply: { id, title, ...(description !== undefined && { description }) } },
    })
  }

  /** Opens the chat: everything that has arrived is read, oldest first. */
  reads(): void {
    for (const message of [...this.#cloud.world.thread(this.number)]) markRead(this.#cloud, message)
  }

  /** Uses a username and keeps the number to itself: from now on the business sees a BSUID only. */
  hides(hidden = true, username?: string): void {
    const { contact } = this
    contact.hidden = hidden
    if (username !== undefined) contact.username = username
    else if (hidden) contact.username ??= `user.${this.number.slice(-4)}`
    this.#cloud.world.saveContact(contact)
    this.#changed()
  }

  /** Blocks the business. What it sends now never arrives, and nobody tells it so. */
  blocks(blocked = true): void {
    const { contact } = this
    const id = this.#business.id
    contact.blocks = contact.blocks.filter((b) => b !== id)
    if (blocked) contact.blocks.push(id)
    this.#cloud.world.saveContact(contact)
    this.#changed()
  }

  #changed(): void {
    this.#cloud.events.emit('phone', this.#cloud.clock.now(), () => ({
      phone: this.number,
      contact: structuredClone(this.contact),
    }))
  }

  #write(content: InboundContent): Promise<Message> {
    return write(this.#cloud, this.contact, this.#business, content).then((m) => structuredClone(m))
  }

  async #choice(
    fits: (choice: Choice) => boolean,
    on: string | undefined,
    what: string,
  ): Promise<{ message: Message; choice: Choice }> {
    const message = await this.#arrival(
      (m) => (on === undefined || m.id === on) && choicesOf(m).some(fits),
      undefined,
      () => `something to tap called "${what}"`,
    )
    return { message, choice: choicesOf(message).find(fits)! }
  }

  /** The newest message that has arrived and fits, or the next one to do so. */
  #arrival(fits: (message: Message) => boolean, withinMs: number | undefined, what: () => string): Promise<Message> {
    const mine = (m: Message): boolean => m.phone === this.number && m.direction === 'out' && hasArrived(m) && fits(m)
    const here = this.#cloud.world.thread(this.number).findLast(mine)
    if (here) return Promise.resolve(here)
    const limit = withinMs ?? this.#options.withinMs ?? 5_000
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#cloud.arrivals.delete(listener)
      }
      const timer = setTimeout(() => {
        done()
        reject(new Error(`phone ${this.number} did not see ${what()} within ${limit} ms; ${this.#summary()}`))
      }, limit)
      const listener = (message: Message): void => {
        if (!mine(message)) return
        done()
        resolve(message)
      }
      this.#cloud.arrivals.add(listener)
    })
  }

  #summary(): string {
    const got = this.messages().filter((m) => m.direction === 'out')
    const failed = this.#cloud.world.thread(this.number).filter((m) => m.status === 'failed')
    const texts = got.slice(-3).map((m) => JSON.stringify(textOf(m) || m.type))
    return (
      (got.length === 0 ? 'it has received nothing' : `it has received ${got.length}, last ${texts.join(', ')}`) +
      (failed.length === 0 ? '' : `; ${failed.length} failed, last with ${failed.at(-1)?.error?.code ?? 'no code'}`)
    )
  }
}

const hasArrived = (m: Message): boolean =>
  m.status === 'delivered' ||
  m.status === 'read' ||
  m.status === 'played' ||
  (m.type === 'reaction' && m.status === 'sent')

const named = (choice: Choice, name: string): boolean =>
  choice.title === name || choice.id === name || choice.payload === name

function matcher(match: Match): (message: Message) => boolean {
  if (typeof match === 'function') return match
  if (typeof match === 'string') return (m) => textOf(m).includes(match)
  return (m) => match.test(textOf(m))
}

const describe = (match: Match): string => (typeof match === 'function' ? 'a fitting message' : String(match))

import type { Fact, NewMessage } from '../../packages/gateway/src/store/store.ts'
import type { NewMessageRow } from '../../packages/gateway/src/store/core/rows.ts'
import type { Dump } from './engine.ts'
import { identOf, messageIdent } from './people.ts'

/** The recipient of a send: the world writes it into every text of a business. */
const personOfText = (text: string): number | undefined => {
  const found = /send \d+ \d+ to (\d+)/.exec(text)
  return found ? Number(found[1]) : undefined
}

/**
 * The world's knowledge of people, which the gateway must derive from names: the person of each message. A number may
 * pass to another person; messages of one are never the other's.
 */
export class Truth {
  readonly #whose = new Map<string, number>()
  readonly #sentTo = new Map<string, number>()
  /** People with a stored message that opens the window. */
  readonly #wrote = new Map<string, Set<string>>()

  /** A webhook is about to name this person. */
  tells(fact: Fact, n: number): void {
    this.#whose.set(identOf(fact), n)
    if (fact.kind !== 'notice') this.#whose.set(messageIdent(fact.channelId, fact.wamid), n)
  }

  /** The person that a webhook names. Undefined when it is about the channel. */
  personOf(fact: Fact): number | undefined {
    return this.#whose.get(identOf(fact))
  }

  /** Meta has accepted a message for this person. */
  took(channelId: number, wamid: string, n: number): void {
    this.#whose.set(messageIdent(channelId, wamid), n)
  }

  /** Whose a stored message is, and whose an event. */
  personOfMessage(row: { channelId: number; id: string; wamid: string | null }): number | undefined {
    return (
      this.#sentTo.get(`${row.channelId} ${row.id}`) ?? this.#whose.get(messageIdent(row.channelId, row.wamid ?? ''))
    )
  }

  personOfIdent(ident: string): number | undefined {
    return this.#whose.get(ident)
  }

  stored(made: readonly NewMessageRow[], facts: readonly Fact[]): void {
    const opening = new Set<string>()
    for (const fact of facts)
      if (fact.kind === 'message' && fact.opensWindow) opening.add(messageIdent(fact.channelId, fact.wamid))
    for (const row of made) {
      const ident = messageIdent(row.channelId, row.wamid ?? '')
      if (row.direction === 'in' && opening.has(ident)) {
        const who = `${row.channelId} ${this.#whose.get(ident)}`
        this.#wrote.set(who, (this.#wrote.get(who) ?? new Set()).add(ident))
      }
      const to = row.direction === 'out' ? personOfText(row.content) : undefined
      if (to !== undefined) this.#sentTo.set(`${row.channelId} ${row.id}`, to)
    }
  }

  /** What they wrote is erased. */
  erased(row: { channelId: number; id: string; wamid: string | null }): void {
    const who = `${row.channelId} ${this.personOfMessage(row)}`
    this.#wrote.get(who)?.delete(messageIdent(row.channelId, row.wamid ?? ''))
  }

  /** A person who never wrote, whose window is open. */
  neverWrote({ channelId, content }: NewMessage): number | undefined {
    const n = personOfText(content)
    return n === undefined || this.#wrote.get(`${channelId} ${n}`)?.size ? undefined : n
  }

  /** Contacts with messages of more than one person. */
  *mixed(dump: Dump): Generator<string> {
    const first = new Map<number, { n: number; id: string }>()
    for (const row of dump.messages) {
      const n = this.personOfMessage(row)
      if (n === undefined) continue
      const known = first.get(row.contactId)
      if (!known) first.set(row.contactId, { n, id: row.id })
      else if (known.n !== n)
        yield `contact ${row.contactId} has ${known.id} of person ${known.n} and ${row.id} of person ${n}`
    }
  }
}

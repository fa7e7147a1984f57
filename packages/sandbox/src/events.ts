/** All events of the sandbox, for tests, the phone page and terminals. */
export type SandboxEvent = { id: number; at: number; type: EventType; data: Record<string, unknown> }

export type EventType =
  | 'message' // a message arrived at a phone, or a phone sent it
  | 'accepted' // a send was accepted; it has not arrived yet
  | 'status'
  | 'typing'
  | 'webhook' // a webhook was posted, with its body and the status of its answer
  | 'request' // a Graph call, and the status of its answer
  | 'template'
  | 'phone' // the state of a phone changed
  | 'number' // the state of a business number changed
  | 'call' // a call rings, was taken, or is over
  | 'group' // a group, or who is in it, changed
  | 'story' // the state of the story changed
  | 'reset'

const NEWEST = 500

export class Events {
  readonly #listeners = new Set<(event: SandboxEvent) => void>()
  readonly #ends = new Set<() => void>()
  readonly #recent: SandboxEvent[] = []
  #last = 0
  #over = false

  /** `data` is only built when there is a listener: at thousands of messages a second it would be the largest cost. */
  emit(type: EventType, at: number, data: () => Record<string, unknown>): void {
    this.#last++
    if (this.#listeners.size === 0) return
    const event = { id: this.#last, at, type, data: data() }
    this.#recent.push(event)
    if (this.#recent.length > NEWEST) this.#recent.shift()
    for (const listener of this.#listeners) listener(event)
  }

  /** `onEnd` is called after the last event. */
  on(listener: (event: SandboxEvent) => void, onEnd?: () => void): () => void {
    this.#listeners.add(listener)
    if (onEnd) this.#ends.add(onEnd)
    if (this.#over) onEnd?.()
    return () => {
      this.#listeners.delete(listener)
      if (onEnd) this.#ends.delete(onEnd)
    }
  }

  end(): void {
    this.#over = true
    for (const onEnd of this.#ends) onEnd()
  }

  /** The events after the given id, as far as they are still kept. */
  since(id: number): SandboxEvent[] {
    return this.#recent.filter((e) => e.id > id)
  }
}

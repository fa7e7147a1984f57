/** Everything that happens, for whoever watches: tests, the phone page, a terminal. */
export type SandboxEvent = { id: number; at: number; type: EventType; data: Record<string, unknown> }

export type EventType =
  | 'message' // arrived at a phone, or left it
  | 'accepted' // a send was taken; it has not arrived yet
  | 'status'
  | 'typing'
  | 'webhook' // was posted, with its body and the answer's status
  | 'request' // a Graph call and its answer's status
  | 'template'
  | 'phone' // its state changed
  | 'reset'

const NEWEST = 500

export class Events {
  readonly #listeners = new Set<(event: SandboxEvent) => void>()
  readonly #ends = new Set<() => void>()
  readonly #recent: SandboxEvent[] = []
  #last = 0
  #over = false

  /** `data` is only built when somebody listens, since at thousands of messages a second it would cost the most. */
  emit(type: EventType, at: number, data: () => Record<string, unknown>): void {
    this.#last++
    if (this.#listeners.size === 0) return
    const event = { id: this.#last, at, type, data: data() }
    this.#recent.push(event)
    if (this.#recent.length > NEWEST) this.#recent.shift()
    for (const listener of this.#listeners) listener(event)
  }

  /** `onEnd` is called when nothing more will happen. */
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

  /** What happened after an event that a listener saw last, as far as it is still known. */
  since(id: number): SandboxEvent[] {
    return this.#recent.filter((e) => e.id > id)
  }
}

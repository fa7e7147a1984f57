/**
 * A fault on demand. None happens by itself: a test or an operator adds a fault, it affects `times` matching calls, and
 * then it is removed.
 */
export type Fault = {
  /**
   * messages: sends. media, templates, numbers: those calls. graph: any call. webhooks: requests to the callback.
   * statuses: the statuses of an accepted message. links: media that is sent by link.
   */
  on: 'messages' | 'media' | 'templates' | 'numbers' | 'graph' | 'webhooks' | 'statuses' | 'links'
  /**
   * Number of times. Default: 1, or the size of a batch. `Infinity` (null in JSON) lasts until the fault is removed.
   */
  times?: number | null
  /** Only this recipient or sender (digits), business number, template or URL. */
  match?: {
    to?: string
    numberId?: string
    template?: string
    link?: string
    field?: string
    /** The last word of the call's path: `register`, `subscribed_apps`, `debug_token`. */
    edge?: string
  }

  /** An error code of Meta's. A code that Meta only reports later fails the accepted message instead of the answer. */
  code?: number
  details?: string
  /** Overrides where the code appears. */
  as?: 'answer' | 'status'
  /** Answers with this HTTP status and an HTML page, as a broken proxy does. */
  httpStatus?: number
  /** Waits before anything else. */
  latencyMs?: number
  /** Cuts the connection: before the request has any effect, or after it was accepted. */
  drop?: 'before' | 'after'

  /** Webhooks: number of copies; swapped with the next one; delayed; batched; not delivered at all. */
  copies?: number
  reorder?: boolean
  delayMs?: number
  batch?: number
  outage?: boolean
  /** Webhooks: the callback cannot be reached. They are tried again as Meta does it. */
  down?: boolean
  /** Statuses that are not sent, for instance `['delivered']`. */
  skip?: string[]
  /** HTTP status of a fetched link. Default: 404. */
  linkStatus?: number
}

export type ActiveFault = { id: string; fault: Fault; left: number }

export class Faults {
  #next = 1
  #active: ActiveFault[] = []

  add(fault: Fault): ActiveFault {
    const active = {
      id: String(this.#next++),
      fault,
      left: fault.times === null ? Infinity : (fault.times ?? fault.batch ?? 1),
    }
    this.#active.push(active)
    return active
  }

  remove(id: string): boolean {
    const before = this.#active.length
    this.#active = this.#active.filter((f) => f.id !== id)
    return this.#active.length < before
  }

  clear(): void {
    this.#active = []
  }

  list(): readonly ActiveFault[] {
    return this.#active
  }

  /** Returns the first matching fault, and counts it down. */
  take(fits: (fault: Fault) => boolean): Fault | undefined {
    if (this.#active.length === 0) return undefined
    const active = this.#active.find((f) => fits(f.fault))
    if (!active) return undefined
    active.left--
    if (active.left <= 0) this.remove(active.id)
    return active.fault
  }

  /** Returns the first matching fault without counting it down. */
  find(fits: (fault: Fault) => boolean): Fault | undefined {
    return this.#active.find((f) => fits(f.fault))?.fault
  }
}

/**
 * Trouble on demand. None happens by itself: a fault is put in by a test or by hand, hits what it matches
 * `times` times, and is gone.
 */
export type Fault = {
  /**
   * messages: sends. media, templates, numbers: those calls. graph: any call. webhooks: what is posted to the callback.
   * statuses: the way of an accepted message. links: media that is sent by link.
   */
  on: 'messages' | 'media' | 'templates' | 'numbers' | 'graph' | 'webhooks' | 'statuses' | 'links'
  /** Number of times. Default: 1, or the size of a batch. `Infinity` (or null in JSON) lasts until it is removed. */
  times?: number | null
  /** Only this recipient or sender (digits), business number, template or URL. */
  match?: { to?: string; numberId?: string; template?: string; link?: string; field?: string }

  /** A code of Meta's. Codes that Meta only reports later fail the accepted message instead of the answer. */
  code?: number
  details?: string
  /** Overrules where the code shows up. */
  as?: 'answer' | 'status'
  /** Answer with this HTTP status and a page that is not JSON, as a broken proxy does. */
  httpStatus?: number
  /** Wait before anything else. */
  latencyMs?: number
  /** Cut the connection: before the request has any effect, or after it was accepted. */
  drop?: 'before' | 'after'

  /** Webhooks: posted this many times in all; swapped with the next; held back; gathered; not delivered at all. */
  copies?: number
  reorder?: boolean
  delayMs?: number
  batch?: number
  outage?: boolean
  /** Statuses that are left out, for instance `['delivered']`. */
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

  /** The first fault that fits, counted down. */
  take(fits: (fault: Fault) => boolean): Fault | undefined {
    if (this.#active.length === 0) return undefined
    const active = this.#active.find((f) => fits(f.fault))
    if (!active) return undefined
    active.left--
    if (active.left <= 0) this.remove(active.id)
    return active.fault
  }

  /** The same without counting. */
  find(fits: (fault: Fault) => boolean): Fault | undefined {
    return this.#active.find((f) => fits(f.fault))?.fault
  }
}

import type pg from 'pg'
import type { Connection as Wire } from 'pg'

/** Asks one statement. The text of a name is always the same: it is prepared once for each connection. */
export type Ask = <T>(name: string, text: string, values: readonly unknown[]) => Promise<T[]>

/** Statements that are sent together. */
export type RoundTrip = {
  /** Adds a statement before `go`. Its rows come when the whole round trip is over. */
  ask: Ask
  /**
   * Sends all statements in one piece. Settles when the last one is answered, with its command tag, such as `COMMIT`.
   * The first one that fails is the error of all later ones: the server runs none of them.
   */
  go(): Promise<string>
}

type Asked = {
  name: string
  text: string
  values: readonly (string | null)[]
  rows: unknown[]
  resolve: (rows: never) => void
  reject: (error: unknown) => void
}

/** The columns of a prepared statement's rows. */
type Shape = { names: string[]; parsers: ((text: string) => unknown)[]; template: Record<string, unknown> }
const NO_ROWS: Shape = { names: [], parsers: [], template: {} }

/** The prepared statements of a connection, by name. */
export type Prepared = Map<string, Shape>

type RowDescription = { fields: readonly { name: string; dataTypeID: number }[] }
type Types = { getTypeParser(oid: number, format?: 'text'): (text: string) => unknown }

/** Parts of pg's connection that its types leave out. */
type Protocol = Pick<Wire, 'parse' | 'describe' | 'execute' | 'sync' | 'close' | 'stream'> & {
  bind(config: { statement: string; values: readonly (string | null)[] }): void
}

const asText = (value: unknown): string | null => (value === null || value === undefined ? null : String(value))

/**
 * Runs statements over one connection as a query of our own, which pg allows (`Submittable`). pg's pipeline sends each
 * statement as a request of its own, which the server answers by itself: of a small commit this was a quarter of
 * the processor time of both sides.
 *
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
 */
export class Statements implements pg.Submittable {
  readonly all: Asked[] = []
  readonly #prepared: Prepared
  readonly #types: Types
  readonly #end = Promise.withResolvers<string>()
  #shape: Shape | undefined
  #at = 0
  #tag = ''
  #failed = false

  constructor(prepared: Prepared, types: Types) {
    this.#prepared = prepared
    this.#types = types
    void heard(this.#end.promise)
  }

  ask<T>(name: string, text: string, values: readonly unknown[]): Promise<T[]> {
    const { promise, resolve, reject } = Promise.withResolvers<T[]>()
    this.all.push({ name, text, values: values.map(asText), rows: [], resolve, reject })
    return heard(promise)
  }

  /** Settles with the command tag of the last statement. */
  get end(): Promise<string> {
    return this.#end.promise
  }

  /** Fails what is not answered yet. */
  fail(error: unknown): void {
    if (this.#failed) return
    this.#failed = true
    for (const [i, one] of this.all.entries())
      if (i < this.#at) one.resolve(one.rows as never)
      else one.reject(error)
    this.#end.reject(error)
  }

  // From here on, called by pg.

  submit(wire: Wire): void {
    const protocol = wire as unknown as Protocol
    // One write to the socket instead of several for each statement.
    protocol.stream.cork()
    try {
      for (const { name, text, values } of this.all) {
        const isNew = !this.#prepared.has(name)
        if (isNew) {
          // An earlier round trip may have failed after it prepared this one.
          protocol.close({ type: 'S', name }, true)
          protocol.parse({ name, text, types: [] }, true)
        }
        protocol.bind({ statement: name, values })
        if (isNew) protocol.describe({ type: 'P', name: '' }, true)
        protocol.execute({ portal: '', rows: '' }, true)
      }
    } catch (error) {
      // What went before is answered up to the Sync, so the connection stays usable.
      this.fail(error)
    } finally {
      protocol.sync()
      protocol.stream.uncork()
    }
  }

  handleRowDescription({ fields }: RowDescription): void {
    const names = fields.map(({ name }) => name)
    const parsers = fields.map(({ dataTypeID }) => this.#types.getTypeParser(dataTypeID, 'text'))
    this.#shape = { names, parsers, template: Object.fromEntries(names.map((name) => [name, null])) }
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    const asked = this.all[this.#at]!
    const { names, parsers, template } = this.#shape ?? this.#prepared.get(asked.name) ?? NO_ROWS
    // A copy with every column in its place costs less than adding one after the other.
    const row = { ...template }
    for (let i = 0; i < names.length; i++) {
      const text = fields[i]
      if (text !== null && text !== undefined) row[names[i]!] = parsers[i]!(text)
    }
    asked.rows.push(row)
  }

  handleCommandComplete({ text }: { text: string }): void {
    const { name } = this.all[this.#at++]!
    if (!this.#prepared.has(name)) this.#prepared.set(name, this.#shape ?? NO_ROWS)
    this.#shape = undefined
    this.#tag = text
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete({ text: '' })
  }

  handleError(error: unknown): void {
    this.fail(error)
  }

  handleReadyForQuery(): void {
    if (this.#failed) return
    for (const one of this.all) one.resolve(one.rows as never)
    this.#end.resolve(this.#tag)
  }
}

/** A lost connection fails all its statements, and only the first failure is awaited. */
function heard<T>(answer: Promise<T>): Promise<T> {
  answer.catch(() => {})
  return answer
}

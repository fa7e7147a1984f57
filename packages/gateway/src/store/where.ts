import type { SqlValue } from './sql.ts'

/** Builds the `where` of a statement: conditions joined by `and`, with their values as numbered parameters. */
export class Where {
  readonly params: SqlValue[] = []
  readonly #conditions: string[] = []

  /** Adds a condition. Each `?` in it stands for the next of `values`. */
  and(condition: string, ...values: SqlValue[]): this {
    let next = 0
    this.#conditions.push(condition.replace(/\?/g, () => this.param(values[next++]!)))
    return this
  }

  /** Adds a parameter and returns its placeholder, for a place outside of the conditions. */
  param(value: SqlValue): string {
    return `$${this.params.push(value)}`
  }

  /** The conditions without the word `where`. */
  get conditions(): string {
    return this.#conditions.join(' and ')
  }

  /** The clause, empty when there is no condition. */
  get clause(): string {
    return this.#conditions.length > 0 ? `where ${this.conditions}` : ''
  }
}

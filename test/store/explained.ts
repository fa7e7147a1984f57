import pg from 'pg'
import { Statements } from '../../packages/gateway/src/store/postgres/round-trip.ts'

export type Plan = {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Rows Removed by Join Filter'?: number
  'Shared Hit Blocks': number
  'Shared Read Blocks': number
  Plans?: Plan[]
}

/** The rows and pages that a statement read, and the tables that it used at all. */
export type Reading = { name: string; asked: number; rows: number; pages: number; tables: string[]; plan: string }

/** Rows that a plan took from tables and indexes, including those that it dropped. */
function rowsOf(plan: Plan): number {
  const own = /Scan$/.test(plan['Node Type']) && plan['Relation Name'] !== undefined
  const thrown = (plan['Rows Removed by Filter'] ?? 0) + (plan['Rows Removed by Join Filter'] ?? 0)
  const read = ((own ? plan['Actual Rows'] : 0) + thrown) * plan['Actual Loops']
  return read + (plan.Plans ?? []).reduce((sum, below) => sum + rowsOf(below), 0)
}

function* tablesOf(plan: Plan): Generator<string> {
  if (plan['Relation Name'] !== undefined && plan['Actual Loops'] > 0) yield plan['Relation Name']
  for (const below of plan.Plans ?? []) yield* tablesOf(below)
}

function told(plan: Plan, depth = 0): string {
  const { 'Relation Name': table = '', 'Index Name': index = '' } = plan
  const line = `${'  '.repeat(depth)}${plan['Node Type']} ${table} ${index} ${plan['Actual Rows']}×${plan['Actual Loops']}`
  return [line, ...(plan.Plans ?? []).map((below) => told(below, depth + 1))].join('\n')
}

const rowsIn = (value: unknown): number =>
  typeof value === 'string' && value.startsWith('{') ? (value.match(/"(?:[^"\\]|\\.)*"|[^,{}]+/g) ?? []).length : 1

/**
 * From now on every named statement that a connection has prepared is explained just before it runs, with its values
 * and the connection's cached plan; effects of the explain are rolled back. `claimed`: maximum number of lanes of a
 * claim. `dropped`: how often a connection has dropped its plans, which a writer does when it sees that a table has grown.
 */
export function explained(readings: Reading[], claimed: number): { end: () => void; dropped: () => number } {
  let dropped = 0
  const query = pg.Client.prototype.query as unknown as (this: pg.Client, ...args: unknown[]) => Promise<unknown>
  const { submit } = Statements.prototype
  const prepared = new WeakMap<object, Set<string>>()
  const isKnown = (connection: object, name: string): boolean => {
    const known = prepared.get(connection) ?? new Set()
    prepared.set(connection, known)
    return known.has(name) || (known.add(name), false)
  }
  const take = ({ name, text, values = [] }: Query, rows: readonly { 'QUERY PLAN': { Plan: Plan }[] }[]): void => {
    const plan = rows[0]!['QUERY PLAN'][0]!.Plan
    readings.push({
      name: name.startsWith('s') && /hop/.test(text) ? 'due_endpoints' : name,
      asked: /^claim/.test(name) ? claimed : Math.max(1, ...values.map(rowsIn)),
      rows: rowsOf(plan),
      pages: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
      tables: [...new Set(tablesOf(plan))].sort(),
      plan: told(plan),
    })
  }

  // A reader's statement is explained only when it reads: it may be a transaction of its own.
  pg.Client.prototype.query = async function (this: pg.Client, config: Query | string, ...more: unknown[]) {
    if (config === 'discard plans') dropped++
    const isRead = typeof config === 'object' && /^\s*(select|with)\b(?!.*pg_notify)/s.test(config.text)
    if (isRead && config.name !== undefined && isKnown(this, config.name)) {
      const answer = await query.call(this, explaining(config)).catch((cause: unknown) => {
        throw new Error(`${config.name}: ${config.text}`, { cause })
      })
      take(config, (answer as { rows: never[] }).rows)
    }
    return query.call(this, config, ...more)
  } as never

  let explains = 0
  Statements.prototype.submit = function (this: Statements, wire) {
    for (const one of this.all.splice(0)) {
      // Another session cannot be asked, and beginnings and ends of transactions have no plan.
      if (isKnown(wire, one.name) && !/^(begin|commit)$/.test(one.text)) {
        void this.ask('savepoint explaining', 'savepoint explaining', [])
        void this.ask<never>(`explain ${++explains}`, explaining(one), []).then((rows) => take(one, rows))
        void this.ask('rollback to explaining', 'rollback to explaining', [])
      }
      this.all.push(one)
    }
    submit.call(this, wire)
  }
  return {
    end: () => {
      pg.Client.prototype.query = query as never
      Statements.prototype.submit = submit
    },
    dropped: () => dropped,
  }
}

type Query = { name: string; text: string; values?: readonly unknown[] }

function explaining({ name, values = [] }: Query): string {
  const literals = values.map((value) => (value === null ? 'null' : pg.escapeLiteral(String(value))))
  const call = `${pg.escapeIdentifier(name)}${literals.length > 0 ? `(${literals.join(', ')})` : ''}`
  return `explain (analyze, buffers, format json) execute ${call}`
}

import pg from 'pg'

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

type Query = { name?: string; text: string; values?: unknown[] }

/**
 * From now on every named statement that a connection has prepared is explained just before it runs, with its values
 * and the connection's cached plan; effects of the explain are rolled back. `claimed`: maximum number of lanes of a
 * claim. `dropped`: how often a connection has dropped its plans, which a writer does when it sees that a table has grown.
 */
export function explained(readings: Reading[], claimed: number): { end: () => void; dropped: () => number } {
  let dropped = 0
  const query = pg.Client.prototype.query as unknown as (this: pg.Client, ...args: unknown[]) => Promise<unknown>
  const prepared = new WeakMap<pg.Client, Set<string>>()
  const reading = function (this: pg.Client, config: Query | string, ...more: unknown[]): Promise<unknown> {
    if (config === 'discard plans') dropped++
    const known = prepared.get(this) ?? new Set()
    prepared.set(this, known)
    if (typeof config === 'string' || config.name === undefined) return query.call(this, config, ...more)
    const { name, values = [] } = config
    // A reader's statement beside batches is explained only when it reads: it may be a transaction of its own.
    const inBatch = (this as unknown as { pipeline: boolean }).pipeline
    if (known.has(name) && (inBatch || /^\s*(select|with)\b(?!.*pg_notify)/s.test(config.text))) {
      const literals = values.map((value) => (value === null ? 'null' : this.escapeLiteral(String(value))))
      const call = `${this.escapeIdentifier(name)}${literals.length > 0 ? `(${literals.join(', ')})` : ''}`
      const explain = async (): Promise<void> => {
        const answer = await query
          .call(this, `explain (analyze, buffers, format json) execute ${call}`)
          .catch(async (error: Error) => {
            throw new Error(`${name}: ${config.text}`, { cause: error })
          })
        const [row] = (answer as { rows: { 'QUERY PLAN': { Plan: Plan }[] }[] }).rows
        const plan = row!['QUERY PLAN'][0]!.Plan
        const pages = plan['Shared Hit Blocks'] + plan['Shared Read Blocks']
        const asked = /^claim/.test(name) ? claimed : Math.max(1, ...values.map(rowsIn))
        readings.push({
          name: name.startsWith('s') && /hop/.test(config.text) ? 'due_endpoints' : name,
          asked,
          rows: rowsOf(plan),
          pages,
          tables: [...new Set(tablesOf(plan))].sort(),
          plan: told(plan),
        })
      }
      if (!inBatch) return explain().then(() => query.call(this, config, ...more))
      void query.call(this, 'savepoint explaining')
      void explain()
      void query.call(this, 'rollback to explaining')
    }
    known.add(name)
    return query.call(this, config, ...more)
  }
  pg.Client.prototype.query = reading as never
  return {
    end: () => {
      pg.Client.prototype.query = query as never
    },
    dropped: () => dropped,
  }
}

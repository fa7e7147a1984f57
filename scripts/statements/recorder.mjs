// Loaded into each test process (--import): notes every statement that the store sends to PostgreSQL.
import { appendFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'

const pg = createRequire(join(process.cwd(), 'package.json'))('pg')
const seen = new Set()
const { query } = pg.Client.prototype
pg.Client.prototype.query = function (config, ...rest) {
  const text = typeof config === 'string' ? config : config?.text
  if (typeof text === 'string' && !seen.has(text)) {
    seen.add(text)
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 30
    if (/packages\/gateway\/src\/store\//.test(new Error().stack))
      appendFileSync(process.env.STATEMENTS_TO, `${JSON.stringify(text)}\n`)
    Error.stackTraceLimit = stackTraceLimit
  }
  return query.call(this, config, ...rest)
}

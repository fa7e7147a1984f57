import { migrationSql } from '../platform/sinks/postgres/tables.ts'
import { EVENTS_TABLE, readTable } from '../platform/sinks/postgres/url.ts'
import { Misused, textOf, type Command } from './command.ts'

export const endpointMigration: Command = {
  name: 'endpoint migration',
  summary: 'Print the SQL of the tables that an endpoint with a postgres:// URL writes into.',
  usage: '[--table crm.events]',
  details: [
    'Postern runs it by itself where the tables are missing and the user of the URL may make them. Read it first, or run',
    'it with rights of your own: postern endpoint migration | psql postgres://…',
  ].join(' '),
  options: {
    table: {
      type: 'string',
      value: 'name',
      help: `The table of events, or schema.table, as in the URL. Default: ${EVENTS_TABLE}.`,
    },
  },
  run({ values }) {
    const sql = migrationSql(tableOf(textOf(values, 'table') ?? EVENTS_TABLE))
    return Promise.resolve({ data: { sql }, text: sql.trimEnd() })
  },
}

function tableOf(text: string): ReturnType<typeof readTable> {
  try {
    return readTable(text)
  } catch (error) {
    throw new Misused((error as Error).message.replace('url: table', '--table'))
  }
}

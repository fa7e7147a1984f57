import { z } from 'zod'
import type { EndpointFilter } from '../../domain/channels/endpoint.ts'
import { matching } from '../../domain/fields/schema.ts'
import { validationError } from '../../platform/errors.ts'
import { seqOf } from '../../store/events.ts'
import { newestPlace } from '../../store/feed.ts'
import type { Store } from '../../store/store.ts'

/** Everything up to this place was checked: the next call continues from it. */
export const CURSOR = 'x-postern-cursor'

/** A comma-separated list in a query string. */
const names = (description: string) =>
  matching(/^[\w.-]{1,64}(,[\w.-]{1,64}){0,49}$/, 'must be 1 to 50 names, separated by commas')
    .transform((text) => text.split(','))
    .optional()
    .describe(description)

/** The filter of an endpoint, as query parameters. */
export const filterQuery = {
  events: names('Names of events, separated by commas. Default: all events.'),
  types: names('Types of messages: of the event new_message, only these. Other events stay.'),
  statuses: names('Statuses of messages: of the event message_status_update, only these. Other events stay.'),
}

export const afterQuery = z
  .string()
  .max(100)
  .optional()
  .describe('The id of the last event that you have, a cursor, or "now". Default: begins with the oldest event.')

type FilterQuery = { [key in keyof typeof filterQuery]?: string[] | undefined }

export const filterOf = ({ events, types, statuses }: FilterQuery): EndpointFilter => ({
  events: events ?? null,
  types: types ?? null,
  statuses: statuses ?? null,
})

/** The place of an event id or a cursor. `path` is the caller's parameter. */
export async function placeOf(
  { sql, installation }: Pick<Store, 'sql' | 'installation'>,
  id: string | undefined,
  path: string,
): Promise<number> {
  if (id === undefined) return 0
  if (id === 'now') return newestPlace(sql)
  const place = seqOf(installation, id)
  if (place !== undefined) return place
  throw validationError([
    { path, rule: 'pattern', message: 'is not the id of an event of this gateway, and not the word now' },
  ])
}

import { BODIES } from './bodies.ts'
import { exampleOf, type Schema } from './example.ts'
import { BY_PLACE } from './values.ts'

type Place = { operationId: string; path: string }
type Schemas = Readonly<Record<string, unknown>>

/** Texts of answers that are no JSON, by their content type. */
const TEXTS: Readonly<Record<string, string>> = {
  'text/csv': 'recipient,state,status\r\n85268411234,accepted,delivered\r\n',
  'text/event-stream': 'id: evt_01KB1N6QH8ZS5V7X2Y4T6R8P0M\ndata: {"event":"message_status_update","channel_id":1}\n\n',
}
const BYTES = '(the bytes of the file)'

/** An example of a request's body. */
export const bodyExample = (place: Place, schema: unknown, schemas: Schemas): unknown =>
  BODIES[place.operationId] ?? exampleOf(schema as Schema, { ...optionsOf(place, schemas), all: false })

/** An example of an answer, with all its keys. */
export const answerExample = (place: Place, schema: unknown, schemas: Schemas): unknown =>
  exampleOf(schema as Schema, { ...optionsOf(place, schemas), all: true })

/** An example of a parameter of the path or the query. */
export const parameterExample = (place: Place, name: string, schema: unknown): unknown =>
  exampleOf(schema as Schema, { ...optionsOf(place, {}), all: false }, name)

/** An example of an answer, or an upload, that is no JSON. */
export const textExample = (type: string): string => TEXTS[type] ?? BYTES

function optionsOf({ path }: Place, schemas: Schemas) {
  const [, values = {}] = BY_PLACE.find(([place]) => place.test(path)) ?? []
  return { schemas: schemas as Record<string, Schema>, values }
}

import { z } from 'zod'
import { rowMapSchema } from '../../domain/broadcasts/row-map.ts'
import { stopWhenSchema } from '../../domain/broadcasts/stop-when.ts'
import { quietHoursSchema } from '../../domain/contacts/quiet-hours.ts'
import { matching, text } from '../../domain/fields/schema.ts'
import { moment, msOf } from '../../domain/messages/later.ts'
import type { Given } from '../../flows/recipients/plan.ts'
import { validationError } from '../../platform/errors.ts'
import type { Settings } from '../../store/broadcasts.ts'

const body = z.record(z.string(), z.unknown())

export const recipientsSchema = z
  .array(z.unknown())
  .max(20_000)
  .describe(
    'Numbers or business-scoped ids, or objects `{to | recipient, name?, template?, language?, components?, biz_opaque_callback_data?}` with what is theirs alone: `components` stand in the place of the template’s. With `map`: rows, one object each.',
  )

const testNumbers = z
  .array(matching(/^[1-9]\d{6,14}$/, 'must be country code and number, digits only'))
  .min(1)
  .max(10)

const settings = {
  send_at: moment.describe('Unix seconds or ISO 8601 with an offset: it begins then.'),
  quiet_hours: quietHoursSchema.describe('When nothing of it goes out, by the clock of the recipient’s country.'),
  stop_when: stopWhenSchema,
  skip_bad: z
    .boolean()
    .describe('true: rows of the file that cannot be sent are left out. Otherwise nothing is made of such a file.'),
  test_numbers: testNumbers.describe('Own numbers for POST …/{id}/test.'),
  map: rowMapSchema.describe('Which column of a row is which value of the message.'),
}

export const createBroadcastSchema = z.strictObject({
  name: text(1, 200, {
    description:
      'Name of the broadcast in lists. The same name with the same message and recipients is the same broadcast.',
  }).optional(),
  message: body.optional().describe('The body of a send, of any type, without `to` and `recipient`.'),
  template: z
    .union([text(1, 512), body])
    .optional()
    .describe('Instead of `message`: the template of a send, or its name.'),
  recipients: recipientsSchema.optional(),
  file_id: matching(/^bf_[0-9A-Z]{26}$/, 'must be the file_id of POST /external/broadcast-files')
    .optional()
    .describe('Instead of `recipients`: an uploaded file.'),
  map: settings.map.optional(),
  send_at: settings.send_at.optional(),
  quiet_hours: settings.quiet_hours.optional(),
  stop_when: settings.stop_when.optional(),
  skip_bad: settings.skip_bad.optional(),
  test_numbers: settings.test_numbers.optional(),
  draft: z.boolean().optional().describe('true: it can be checked, tested and changed, and waits for …/start.'),
  start: z.boolean().optional().describe('false: it waits, paused, until it is resumed.'),
  again: z.boolean().optional().describe('true: another one, although one with this name and content exists.'),
})

export const changeBroadcastSchema = z
  .strictObject({
    send_at: settings.send_at.nullable().optional(),
    quiet_hours: settings.quiet_hours.nullable().optional(),
    stop_when: settings.stop_when.nullable().optional(),
    skip_bad: settings.skip_bad.optional(),
    test_numbers: settings.test_numbers.nullable().optional(),
    map: settings.map.optional(),
  })
  .describe('Only what changes; null removes a setting.')

type Problem = { path: string; rule: string; message: string }

/** What the caller wants, or all that is inconsistent. */
export function givenOf(asked: z.output<typeof createBroadcastSchema>): Given {
  const { message, template, recipients = [], file_id: fileId, map } = asked
  const problems: Problem[] = []
  const refuse = (path: string, rule: string, says: string): void => void problems.push({ path, rule, message: says })
  if (message === undefined && template === undefined) refuse('message', 'required', 'is required, or template instead')
  if (message !== undefined && template !== undefined) refuse('template', 'exclusive', 'goes without message')
  if (fileId !== undefined && asked.recipients !== undefined)
    refuse('file_id', 'exclusive', 'goes without recipients: the recipients are in the file')
  if (map !== undefined && fileId === undefined && recipients.length === 0)
    refuse('map', 'consistent', 'needs file_id, or recipients with rows')
  if (fileId !== undefined && asked.start === false)
    refuse('start', 'consistent', 'is not for files: use draft: true, and POST …/{id}/start later')
  if (problems.length > 0) throw validationError(problems)
  return {
    name: asked.name ?? null,
    message: message ?? {
      type: 'template',
      template: typeof template === 'string' ? { name: template } : template,
    },
    ...{ recipients, fileId, map },
    sendAt: asked.send_at === undefined ? undefined : msOf(asked.send_at),
    quietHours: asked.quiet_hours,
    stopWhen: asked.stop_when,
    skipBad: asked.skip_bad ?? false,
    testNumbers: asked.test_numbers,
    draft: asked.draft ?? false,
    start: asked.start ?? true,
    again: asked.again ?? false,
  }
}

export function settingsOf(asked: z.output<typeof changeBroadcastSchema>): Settings {
  const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value))
  return {
    ...(asked.send_at !== undefined && { sendAt: asked.send_at === null ? null : msOf(asked.send_at) }),
    ...(asked.quiet_hours !== undefined && { quietHours: json(asked.quiet_hours) }),
    ...(asked.stop_when !== undefined && { stopWhen: json(asked.stop_when) }),
    ...(asked.skip_bad !== undefined && { skipBad: asked.skip_bad }),
    ...(asked.test_numbers !== undefined && { testNumbers: json(asked.test_numbers) }),
    ...(asked.map !== undefined && { map: json(asked.map) }),
  }
}

import { z } from 'zod'
import { choose, chooseBy, notAnObject } from '../fields/choose.ts'
import { listOf } from '../fields/lists.ts'
import { across, anyCase, anyCaseOf, fieldOf, matching, text, whole } from '../fields/schema.ts'
import { named, kindOf } from '../fields/problem.ts'
import { LIMITS } from './limits.ts'
import { templateParameter } from './template-parameters.ts'

const parameters = listOf(templateParameter)

export const BUTTON_SUB_TYPES = [
  'quick_reply',
  'url',
  'copy_code',
  'flow',
  'catalog',
  'mpm',
  'spm',
  'voice_call',
  'order_details',
] as const

const subType = anyCaseOf(BUTTON_SUB_TYPES)

const indexText = matching(/^[0-9]$/, 'must be the button’s position, "0" to "9"')
const indexNumber = whole(0, 9)

/** The API page writes `"0"`, Meta also `0`. */
const index = choose([indexText, indexNumber], (value) => {
  if (typeof value === 'number') return indexNumber
  if (typeof value === 'string') return indexText
  if (value === undefined)
    return { at: [], params: { rule: 'required', says: 'is required: the button’s position, "0" for the first' } }
  const actual = kindOf(value)
  return { at: [], params: { rule: 'type', actual, says: `must be a string or a number, got ${named(actual)}` } }
})

const simple = {
  header: z.strictObject({ type: anyCase('header'), parameters: parameters.optional() }),
  body: z.strictObject({ type: anyCase('body'), parameters: parameters.optional() }),
  button: z.strictObject({
    type: anyCase('button'),
    sub_type: subType,
    index,
    parameters: parameters.optional(),
  }),
}

const card = z.strictObject({
  card_index: whole(0, 9),
  components: listOf(chooseBy('type', simple, { ignoreCase: true })),
})

export const templateComponent = chooseBy(
  'type',
  {
    ...simple,
    limited_time_offer: z.strictObject({ type: anyCase('limited_time_offer'), parameters }),
    carousel: z.strictObject({ type: anyCase('carousel'), cards: listOf(card) }),
  },
  { ignoreCase: true },
)

const languageCode = text(2, 16, { description: 'As the template was created, e.g. en_US.' })
const languageObject = z.strictObject({ code: languageCode, policy: z.literal('deterministic').optional() })

/** Our form is a plain code; the Cloud API uses an object. */
const language = choose([languageCode, languageObject], (value) => {
  if (typeof value === 'string') return languageCode
  if (typeof value === 'object' && value !== null) return languageObject
  return notAnObject(value)
})

const codeAlone = across((value, report) => {
  if (fieldOf(value, 'code') !== undefined && fieldOf(value, 'components') !== undefined) {
    report(['code'], { rule: 'exclusive', says: 'goes without components: it fills the body and the button by itself' })
  }
})

export const templateContent = codeAlone(
  z.strictObject({
    name: text(1, LIMITS.templateName, { description: 'The template’s name.' }),
    language: language.optional().meta({
      description:
        'Which translation. Needed only when the name is approved in several and the channel has no default.',
    }),
    components: listOf(templateComponent).optional().meta({ description: 'Values for the template’s variables.' }),
    code: text(1, LIMITS.code, { description: 'The one-time code, for AUTHENTICATION templates.' }).optional(),
  }),
).meta({ not: { required: ['code', 'components'] } })

import { z } from 'zod'
import { choose, chooseBy } from '../fields/choose.ts'
import { listOf } from '../fields/lists.ts'
import { across, anyCase, anyCaseOf, fieldOf, itemsOf, text, wordIn } from '../fields/schema.ts'
import { variablesIn } from './variables.ts'

/** Buttons of a template that is being created. The limits are Meta's. */
export const MOST_BUTTONS = 10

/** Maximum number of each kind in one template. */
export const MOST_OF_KIND: Readonly<Record<string, number>> = {
  quick_reply: 10,
  url: 2,
  phone_number: 1,
  copy_code: 1,
  otp: 1,
  flow: 1,
  catalog: 1,
  mpm: 1,
  spm: 1,
  voice_call: 1,
  request_contact_info: 1,
}

const label = text(1, 25, { oneLine: true, description: 'The button’s words.' })

const numeral = z.number()
const example = text(1, 2000)

/** An example value. Numbers are accepted too: samples of template creation have them. */
export const exampleValue = choose([example, numeral], (value) => (typeof value === 'number' ? numeral : example))

const couponText = text(1, 20)
const couponList = listOf(couponText, 1, 1)
const coupon = choose([couponText, numeral, couponList], (value) => {
  if (typeof value === 'number') return numeral
  return Array.isArray(value) ? couponList : couponText
})

const urlVariable = across((value, report) => {
  const url = fieldOf(value, 'url')
  if (typeof url !== 'string') return
  const variables = variablesIn(url)
  if (variables.length === 0) return
  if (variables.length > 1) {
    report(['url'], { rule: 'maxItems', limit: 1, actual: variables.length, says: 'takes at most one variable' })
  } else if (!/\}\}$/.test(url)) {
    report(['url'], { rule: 'pattern', says: 'must have its variable at the end' })
  }
  if (itemsOf(value, 'example').length === 0) {
    report(['example'], { rule: 'required', says: 'is required: a list with an example of the variable' })
  }
})

const packageName = text(1, 224)
const signatureHash = text(11, 11)
const OF_ONE_APP = ['package_name', 'signature_hash']

const otpNeeds = across((value, report) => {
  const kind = fieldOf(value, 'otp_type')
  if (typeof kind !== 'string' || kind.toUpperCase() === 'COPY_CODE') return
  // Before supported_apps, the button named its one app by itself. WhatsApp still accepts that.
  const isOld = OF_ONE_APP.some((key) => fieldOf(value, key) !== undefined)
  if (!isOld && fieldOf(value, 'supported_apps') === undefined) {
    report(['supported_apps'], { rule: 'required', says: 'is required unless otp_type is COPY_CODE' })
  }
  for (const key of isOld ? OF_ONE_APP : []) {
    if (fieldOf(value, key) === undefined) report([key], { rule: 'required', says: 'is required' })
  }
  if (kind.toUpperCase() === 'ZERO_TAP' && fieldOf(value, 'zero_tap_terms_accepted') !== true) {
    report(['zero_tap_terms_accepted'], { rule: 'required', says: 'must be true when otp_type is ZERO_TAP' })
  }
})

const oneFlow = across((value, report) => {
  const given = ['flow_id', 'flow_name', 'flow_json'].filter((key) => fieldOf(value, key) !== undefined)
  if (given.length === 0) report(['flow_id'], { rule: 'required', says: 'is required (or flow_name, or flow_json)' })
  if (given.length > 1) report([], { rule: 'exclusive', says: `takes one of ${given.join(', ')}` })
})

export const createButton = chooseBy(
  'type',
  {
    quick_reply: z.strictObject({ type: anyCase('quick_reply'), text: label }),
    url: urlVariable(
      z.strictObject({
        type: anyCase('url'),
        text: label,
        url: text(1, 2000),
        example: listOf(exampleValue, 1, 1).optional(),
      }),
    ),
    phone_number: z.strictObject({ type: anyCase('phone_number'), text: label, phone_number: text(1, 20) }),
    copy_code: z.strictObject({
      type: anyCase('copy_code'),
      example: coupon,
    }),
    otp: otpNeeds(
      z.strictObject({
        type: anyCase('otp'),
        otp_type: anyCaseOf(['COPY_CODE', 'ONE_TAP', 'ZERO_TAP']),
        text: label.optional(),
        autofill_text: label.optional(),
        supported_apps: listOf(
          z.strictObject({ package_name: packageName, signature_hash: signatureHash }),
          1,
          5,
        ).optional(),
        package_name: packageName.optional(),
        signature_hash: signatureHash.optional(),
        zero_tap_terms_accepted: z.boolean().optional(),
      }),
    ),
    flow: oneFlow(
      z.strictObject({
        type: anyCase('flow'),
        text: label,
        flow_id: text(1, 64).optional(),
        flow_name: text(1, 256).optional(),
        flow_json: text(1, 200_000).optional(),
        flow_action: z.enum(['navigate', 'data_exchange']).optional(),
        navigate_screen: text(1, 256).optional(),
      }),
    ),
    catalog: z.strictObject({ type: anyCase('catalog'), text: label }),
    mpm: z.strictObject({ type: anyCase('mpm'), text: label }),
    spm: z.strictObject({ type: anyCase('spm'), text: label }),
    voice_call: z.strictObject({ type: anyCase('voice_call'), text: label }),
    request_contact_info: z.strictObject({ type: anyCase('request_contact_info') }),
  },
  { ignoreCase: true },
)

/** Kinds within their limits, quick replies next to each other, no two buttons with the same text. */
export const buttonsTogether = across((value, report) => {
  const kinds = itemsOf(value).map((button) => wordIn(button, 'type').toLowerCase())
  for (const [kind, most] of Object.entries(MOST_OF_KIND)) {
    const actual = kinds.filter((one) => one === kind).length
    if (actual > most) {
      const says = `at most ${most} of type ${kind.toUpperCase()}, got ${actual}`
      report([], { rule: 'maxItems', limit: most, actual, says })
    }
  }
  const groups = kinds.filter((kind, i) => kind === 'quick_reply' && kinds[i - 1] !== 'quick_reply').length
  const isInTheMiddle = kinds[0] !== 'quick_reply' && kinds.at(-1) !== 'quick_reply'
  if (groups > 1 || (groups === 1 && isInTheMiddle)) {
    report([], { rule: 'consistent', says: 'must have all quick replies before or after the other buttons' })
  }
})

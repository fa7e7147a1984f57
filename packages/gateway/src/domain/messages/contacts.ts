import { z } from 'zod'
import { listOf } from '../fields/lists.ts'
import { matching, text } from '../fields/schema.ts'
import { LIMITS } from './limits.ts'

const short = text(0, 1024).optional()
const kind = text(0, 64, { description: 'A free label; usual are HOME, WORK, CELL, MAIN, IPHONE.' }).optional()

export const contact = z.strictObject({
  name: z.strictObject({
    formatted_name: text(1, 1024),
    first_name: short,
    last_name: short,
    middle_name: short,
    suffix: short,
    prefix: short,
  }),
  phones: listOf(
    z.strictObject({
      phone: short,
      type: kind,
      wa_id: text(0, 64, { description: 'With it the recipient sees "Message" instead of "Invite".' }).optional(),
    }),
  ).optional(),
  emails: listOf(z.strictObject({ email: short, type: kind })).optional(),
  addresses: listOf(
    z.strictObject({
      street: short,
      city: short,
      state: short,
      zip: short,
      country: short,
      country_code: short,
      type: kind,
    }),
  ).optional(),
  org: z.strictObject({ company: short, department: short, title: short }).optional(),
  urls: listOf(z.strictObject({ url: text(0, 4096).optional(), type: kind })).optional(),
  birthday: matching(/^\d{4}-\d{2}-\d{2}$/, 'must be a date such as "1990-12-31"', { format: 'date' }).optional(),
})

export const contactCards = listOf(contact, 1, LIMITS.contacts)

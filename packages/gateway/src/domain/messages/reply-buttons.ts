import { z } from 'zod'
import { unique, listOf } from '../fields/lists.ts'
import { across, fieldOf, itemsOf, text } from '../fields/schema.ts'
import { anyHeader, body, footer, label, onlyTextHeader, urlAction } from './interactive-parts.ts'
import { LIMITS } from './limits.ts'

export const replyButton = z.strictObject({
  type: z.literal('reply'),
  reply: z.strictObject({
    id: text(1, LIMITS.buttonId, { trimmed: true, description: 'Returned when the contact taps the button.' }),
    title: label('The button’s words; no two buttons the same.'),
  }),
})

const ownLabels = across((value, report) => {
  const buttons = itemsOf(value)
  for (const key of ['id', 'title']) {
    unique(
      buttons,
      (button) => fieldOf(fieldOf(button, 'reply'), key),
      (i) => [i, 'reply', key],
      report,
    )
  }
})

export const buttonKind = z
  .strictObject({
    type: z.literal('button'),
    header: anyHeader.optional(),
    body: body(),
    footer,
    action: z.strictObject({ buttons: ownLabels(listOf(replyButton, 1, LIMITS.replyButtons)) }),
  })
  .meta({ title: 'Reply buttons', description: 'Up to three buttons to answer with.' })

export const row = z.strictObject({
  id: text(1, LIMITS.rowId, { description: 'Returned when the contact selects this row.' }),
  title: text(1, LIMITS.rowTitle, { oneLine: true }),
  description: text(0, LIMITS.rowDescription).optional(),
})

export const section = z.strictObject({
  title: text(1, LIMITS.sectionTitle, { oneLine: true }),
  rows: listOf(row, 1, Infinity),
})

const rowsTogether = across((value, report) => {
  const rows = itemsOf(value).flatMap((section, s) => itemsOf(section, 'rows').map((row, r) => ({ row, s, r })))
  if (rows.length > LIMITS.rows) {
    const says = `at most ${LIMITS.rows} rows over all sections together, got ${rows.length}`
    report([], { rule: 'maxItems', limit: LIMITS.rows, actual: rows.length, says })
  }
  unique(
    rows,
    (place) => fieldOf(fieldOf(place, 'row'), 'id'),
    (i) => [rows[i]!.s, 'rows', rows[i]!.r, 'id'],
    report,
  )
})

export const listKind = z
  .strictObject({
    type: z.literal('list'),
    header: onlyTextHeader.optional(),
    body: body(LIMITS.listBody),
    footer,
    action: z.strictObject({
      button: label('The words that open the list.'),
      sections: rowsTogether(listOf(section, 1, LIMITS.sections)),
    }),
  })
  .meta({ title: 'List', description: 'A menu of up to ten rows in up to ten sections.' })

export const urlKind = z
  .strictObject({
    type: z.literal('cta_url'),
    header: anyHeader.optional(),
    body: body(),
    footer,
    action: urlAction,
  })
  .meta({ title: 'URL button', description: 'One button that opens a web page.' })

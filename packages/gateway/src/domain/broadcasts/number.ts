const PLAIN = /^[1-9][0-9]{6,14}$/
const USER_ID = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/
/** What people write between the digits of a number. */
const MARKS = /[\s().\-/\u00A0\u2010-\u2015\u202A-\u202E\u2066-\u2069\u200B-\u200F]/g

export type ReadNumber = { to: string } | { recipient: string } | { problem: string }

/**
 * The number or business-scoped id of a cell, as people and spreadsheets write them: "+852 6841-1234", "0085268411234",
 * Excel's ="85268411234" and '+85268411234.
 */
export function readNumber(cell: string): ReadNumber {
  if (PLAIN.test(cell)) return { to: cell }
  const written = /^="(.*)"$/.exec(cell)?.[1] ?? cell.replace(/^'/, '')
  const text = written.replace(MARKS, '')
  if (text === '') return { problem: 'has no number' }
  if (USER_ID.test(written.trim())) return { recipient: written.trim() }
  const digits = text.replace(/^(\+|00)/, '')
  if (PLAIN.test(digits)) return { to: digits }
  if (/^\d([.,]\d+)?E\+?\d+$/i.test(written.trim()))
    return { problem: 'is a number that a spreadsheet has rounded: format the column as text, and save the file again' }
  if (/^0\d{5,}$/.test(digits)) return { problem: 'begins with 0: write the country code instead' }
  if (/^\d+$/.test(digits))
    return { problem: `has ${digits.length} digits: a number has 7 to 15, with its country code` }
  return { problem: 'is not a number: write country code and number, such as 85268411234' }
}

/** Does a cell look like a number? A first line with one is not a heading. */
export const looksLikeNumber = (cell: string): boolean => 'to' in readNumber(cell.trim())

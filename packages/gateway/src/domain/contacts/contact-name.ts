import { isNumber, type Names } from './identity.ts'

/** The name that a text is: a number, a business-scoped id, or the id of a parent account. Undefined for any other text. */
export function contactNameOf(to: string): Names | undefined {
  const digits = to.replace(/\D/g, '')
  if (isNumber(to) && /^[1-9]\d{6,14}$/.test(digits)) return { phone: digits }
  if (/^[A-Z]{2}\.ENT\.[A-Za-z0-9]{1,128}$/.test(to)) return { parentId: to }
  if (/^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/.test(to)) return { userId: to }
  return undefined
}

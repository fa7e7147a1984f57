import { isRecord } from '../../platform/is-record.ts'
import { readNumber } from './number.ts'

/** The stored report of a check without the rows of one person. Returns the same text when there are none. */
export function withoutPerson(text: string, names: readonly string[]): string {
  const report: unknown = JSON.parse(text)
  if (!isRecord(report)) return text
  let isChanged = false
  const isOther = (name: unknown): boolean => {
    const read = readNumber(String(name).trim())
    const isTheirs =
      ('to' in read && names.includes(read.to)) || ('recipient' in read && names.includes(read.recipient))
    isChanged ||= isTheirs
    return !isTheirs
  }
  const others = (list: unknown, key: string): unknown =>
    Array.isArray(list) ? list.filter((one: unknown) => !isRecord(one) || isOther(one[key])) : list
  const { preview, samples, bad } = report
  const next = {
    ...report,
    ...(preview !== undefined && { preview: others(preview, 'to') }),
    ...(samples !== undefined && { samples: others(samples, 'to') }),
    ...(isRecord(bad) && { bad: { ...bad, first: others(bad.first, 'recipient') } }),
  }
  return isChanged ? JSON.stringify(next) : text
}

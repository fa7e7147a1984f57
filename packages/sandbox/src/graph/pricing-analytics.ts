import type { Json } from '../checker.ts'
import { DAY_MS } from '../cloud.ts'
import { invalid } from '../graph-error.ts'
import { countryOf } from '../identifiers.ts'
import type { Account, Message } from '../world.ts'
import type { Call } from './call.ts'
import type { Field } from './fields.ts'

export const secondsIn = (field: Field, key: string): number => {
  const value = Number(field.args[key])
  if (!Number.isInteger(value) || value < 0) throw invalid(`Param ${field.name}.${key} must be a Unix timestamp.`)
  return value
}

const GRANULARITIES = ['HALF_HOUR', 'DAILY', 'MONTHLY']
const DIMENSIONS = ['COUNTRY', 'PHONE', 'PRICING_CATEGORY', 'PRICING_TYPE', 'TIER']
const MOST_POINTS = 20_000

/** The words of an argument, in whatever brackets and quotes. */
const wordsIn = (field: Field, key: string): string[] => field.args[key]?.match(/[\w+-]+/g) ?? []

/**
 * Delivered messages by span and dimension, of the messages that are still kept. Without dimensions by type and
 * category. No cost: the sandbox has no price list.
 */
export function pricingAnalytics(call: Call, account: Account, field: Field): Json {
  const [from, until] = [secondsIn(field, 'start') * 1000, secondsIn(field, 'end') * 1000]
  const granularity = field.args['granularity'] ?? ''
  if (!GRANULARITIES.includes(granularity))
    throw invalid(`Param granularity must be one of {${GRANULARITIES.join(', ')}}.`)
  const asked = wordsIn(field, 'dimensions')
  const wrong = asked.find((one) => !DIMENSIONS.includes(one))
  if (wrong !== undefined)
    throw invalid(`Param dimensions[0] must be one of {${DIMENSIONS.join(', ')}} - got "${wrong}".`)
  const dimensions = asked.length > 0 ? asked : ['PRICING_TYPE', 'PRICING_CATEGORY']
  const points = new Map<string, Json & { volume: number }>()
  for (const message of call.cloud.world.messages.values()) {
    const number = call.cloud.world.numbers.get(message.numberId)
    const at = deliveredAt(message)
    if (number?.wabaId !== account.wabaId || !message.pricing || at === undefined || at < from || at >= until) continue
    const type = message.pricing.type.toUpperCase()
    const all: Record<string, [key: string, value: string]> = {
      COUNTRY: ['country', countryOf(message.phone)],
      PHONE: ['phone_number', number.number],
      ...(type === 'REGULAR' && { TIER: ['tier', '0:MAX'] }),
      PRICING_TYPE: ['pricing_type', type],
      PRICING_CATEGORY: ['pricing_category', message.pricing.category.toUpperCase().replaceAll('-', '_')],
    }
    if (!isWanted(field, all)) continue
    const [start, end] = spanOf(granularity, at)
    const values = Object.entries(all).flatMap(([name, value]) => (dimensions.includes(name) ? [value] : []))
    const key = `${start} ${values.map(([, value]) => value).join(' ')}`
    let point = points.get(key)
    if (!point) {
      const span = { start: Math.max(start, from) / 1000, end: Math.min(end, until) / 1000 }
      points.set(key, (point = { ...span, ...Object.fromEntries(values), volume: 0 }))
      if (points.size > MOST_POINTS) throw invalid('Too many data points: ask for a shorter time, or fewer dimensions.')
    }
    point.volume++
  }
  return { data: [{ data_points: [...points.values()].sort((a, b) => Number(a['start']) - Number(b['start'])) }] }
}

const FILTERS: Record<string, string> = {
  country_codes: 'COUNTRY',
  phone_numbers: 'PHONE',
  pricing_types: 'PRICING_TYPE',
  pricing_categories: 'PRICING_CATEGORY',
}

const isWanted = (field: Field, values: Record<string, [key: string, value: string]>): boolean =>
  Object.entries(FILTERS).every(([filter, dimension]) => {
    const only = wordsIn(field, filter)
    return only.length === 0 || only.includes(values[dimension]![1])
  })

/** Meta charges at delivery. A message that is read at once has no `delivered`, and a reaction only `sent`. */
function deliveredAt({ direction, type, steps }: Message): number | undefined {
  if (direction !== 'out') return undefined
  const wanted = type === 'reaction' ? ['sent'] : ['delivered', 'read']
  return steps?.find(({ status }) => wanted.includes(status))?.at
}

/** Days and months of UTC. */
function spanOf(granularity: string, at: number): [start: number, end: number] {
  if (granularity === 'MONTHLY') {
    const date = new Date(at)
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
    return [Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1)]
  }
  const span = granularity === 'DAILY' ? DAY_MS : DAY_MS / 48
  const start = Math.floor(at / span) * span
  return [start, start + span]
}

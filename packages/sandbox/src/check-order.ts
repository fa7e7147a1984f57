import { at, type Checker, type Json } from './checker.ts'
import { invalid } from './graph-error.ts'
import { PATH } from './interactive-parts.ts'

const ORDER_STATES = [
  'pending',
  'processing',
  'partially-shipped',
  'shipped',
  'completed',
  'canceled',
  'payment_requested',
  'preparing_to_ship',
  'in_progress',
  'confirmed',
  'delayed',
  'out_for_delivery',
  'failed',
]

/**
 * India and Brazil: payment differs, the keys of the request are the same (reference: payments, which is not sure of
 * the keys).
 */
export function checkOrderDetails(check: Checker, action: Json): void {
  check.onlyKeys(action, ['name', 'parameters'], PATH)
  check.word(action, 'name', PATH, ['review_and_pay'])
  const parameters = check.object(action, 'parameters', PATH)
  const path = at(PATH, 'parameters')
  checkReference(check, parameters, path)
  check.word(parameters, 'type', path, ['digital-goods', 'physical-goods'])
  const currency = check.string(parameters, 'currency', path)
  check.value(['INR', 'BRL', 'SGD'].includes(currency), 'currency must be INR, BRL or SGD')
  checkAmount(check, parameters, 'total_amount', path)
  const order = check.object(parameters, 'order', path)
  const where = at(path, 'order')
  check.word(order, 'status', where, ORDER_STATES)
  check.objects(order, 'items', where).forEach((item, i) => {
    const place = at(at(where, 'items'), i)
    check.string(item, 'name', place)
    checkAmount(check, item, 'amount', place)
    check.value(Number.isInteger(item['quantity']) && Number(item['quantity']) >= 1, 'quantity must be 1 or more')
  })
  checkAmount(check, order, 'subtotal', where)
}

function checkReference(check: Checker, parameters: Json, path: string): void {
  const reference = check.string(parameters, 'reference_id', path)
  check.value(/^[\w.-]{1,60}$/.test(reference), 'reference_id must have 1 to 60 letters, digits, _, - or .')
}

function checkAmount(check: Checker, parent: Json, key: string, path: string): void {
  const amount = check.object(parent, key, path)
  const place = at(path, key)
  for (const part of ['value', 'offset']) {
    if (amount[part] === undefined) throw invalid(`The parameter ${at(place, part)} is required.`)
  }
  check.value(Number.isInteger(amount['value']) && Number(amount['value']) >= 0, `${key} must have a whole value`)
  check.value(Number(amount['offset']) === 100, `${key} must have the offset 100`)
}

export function checkOrderStatus(check: Checker, action: Json): void {
  check.onlyKeys(action, ['name', 'parameters'], PATH)
  check.word(action, 'name', PATH, ['review_order'])
  const parameters = check.object(action, 'parameters', PATH)
  const path = at(PATH, 'parameters')
  checkReference(check, parameters, path)
  const order = check.object(parameters, 'order', path)
  check.word(order, 'status', at(path, 'order'), ORDER_STATES)
  check.optionalString(order, 'description', at(path, 'order'), 120)
}

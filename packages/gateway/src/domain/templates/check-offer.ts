import type { TemplateComponent } from '../messages/message.ts'
import type { Wants } from './catalog-entry.ts'
import { finding, wrongCount, wrongKind } from './findings.ts'
import { firstOf, parametersOf, placeOf } from './parts.ts'
import type { Finding } from './refusal.ts'

/** An expiry time before this (the year 2001 in milliseconds) was probably given in seconds. */
const EARLIEST_MS = 1_000_000_000_000

/** Checks the expiry time of a limited-time offer. */
export function checkOffer(wants: Wants, components: readonly TemplateComponent[], path: string): Finding[] {
  const index = firstOf(components, 'limited_time_offer')
  const parameters = parametersOf(components[index])
  const at = placeOf(index, path)
  if (!wants.offer) {
    if (index < 0) return []
    return [
      finding(132012, 'limited_time_offer: the template has no limited time offer', `${path}.${index}`, {
        rule: 'unknownKey',
        wants: 'no limited_time_offer component',
        got: 'one',
      }),
    ]
  }
  const [first, ...more] = parameters
  if (!first) return wants.offer.hasExpiration || index >= 0 ? [offerMissing(at)] : []
  if (more.length > 0) return [wrongCount('limited_time_offer', at, ['1'], parameters.length, 'one expiration time')]
  if (!('limited_time_offer' in first)) return [wrongKind('limited_time_offer', at, 'limited_time_offer', first.type)]
  const expires = first.limited_time_offer.expiration_time_ms
  if (expires >= EARLIEST_MS) return []
  return [
    finding(
      131009,
      'limited_time_offer: expiration_time_ms is in the past',
      `${at}.0.limited_time_offer.expiration_time_ms`,
      {
        rule: 'minimum',
        limit: EARLIEST_MS,
        actual: expires,
        wants: 'Unix milliseconds',
        got: `${expires}, which looks like seconds`,
        message: `must be Unix milliseconds; ${expires} looks like seconds`,
      },
    ),
  ]
}

function offerMissing(path: string): Finding {
  return finding(131008, 'limited_time_offer: expiration_time_ms is required', path, {
    rule: 'required',
    wants: 'a limited_time_offer component with expiration_time_ms',
    got: 'none',
  })
}

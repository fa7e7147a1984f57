import { asObject, asText, type ShownButton } from '../../ui/src/shown.ts'
import type { PhoneMessage } from './control.ts'

/** Fields of an answer to an address message (India only, as the message itself). */
export const ADDRESS_FIELDS = ['name', 'phone_number', 'in_pin_code', 'house_number', 'address', 'city', 'state']

/** The phone's verb after a tap on a button with WhatsApp's own text. Undefined when a tap sends nothing. */
export function verbFor(
  message: PhoneMessage,
  button: ShownButton,
): { verb: string; body?: Record<string, unknown> } | undefined {
  switch (asText(asObject(message.content).type)) {
    case 'call_permission_request':
      return { verb: 'permitsCalls', body: { accepts: button.title !== 'Not now' } }
    case 'request_contact_info':
      return { verb: 'sharesNumber' }
    default:
      return undefined
  }
}

export const asksForAddress = (message: PhoneMessage): boolean =>
  asText(asObject(message.content).type) === 'address_message'

export function addressAnswer(values: Record<string, string>): Record<string, unknown> {
  const reply = { name: 'address_message', body: 'Sent', response_json: JSON.stringify({ values }) }
  return { type: 'interactive', interactive: { type: 'nfm_reply', nfm_reply: reply } }
}

import { asObject, asText, type ShownButton } from '../../ui/src/shown.ts'
import type { PhoneMessage } from './control.ts'

/** Fields of an answer to an address message (India only, as the message itself). */
export const ADDRESS_FIELDS = ['name', 'phone_number', 'in_pin_code', 'house_number', 'address', 'city', 'state']

const PERMISSION_LIFE_S = 7 * 24 * 3600

/**
 * The content that a phone sends after a tap on a button with WhatsApp's own text. Undefined when a tap sends nothing.
 */
export function answerTo(
  message: PhoneMessage,
  button: ShownButton,
  person: { name: string; number: string },
  /** The time of the sandbox in milliseconds. */
  now: number,
): Record<string, unknown> | undefined {
  switch (asText(asObject(message.content).type)) {
    case 'call_permission_request': {
      const isAllowed = button.title !== 'Not now'
      const reply = {
        response: isAllowed ? 'accept' : 'reject',
        is_permanent: false,
        ...(isAllowed && { expiration_timestamp: Math.floor(now / 1000) + PERMISSION_LIFE_S }),
        response_source: 'user_action',
      }
      return { type: 'interactive', interactive: { type: 'call_permission_reply', call_permission_reply: reply } }
    }
    case 'request_contact_info': {
      const { name, number } = person
      const card = {
        name: { formatted_name: name, first_name: name.split(' ')[0] },
        phones: [{ phone: `+${number}`, wa_id: number, type: 'CELL' }],
        origin: 'contact_request',
      }
      return { type: 'contacts', contacts: [card] }
    }
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

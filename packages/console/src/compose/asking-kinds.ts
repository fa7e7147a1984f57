import { LIMITS } from '../../../gateway/src/domain/messages/limits.ts'
import type { Json } from './draft.ts'
import { bodyField, footerField, headerField, type Field, type Kind } from './form-parts.ts'

const word = (text: string): string => text

/** Messages that ask a contact for an address, a call or a contact card. */

const ADDRESS_LINES: [key: string, label: string][] = [
  ['name', word('Name')],
  ['phone_number', word('Phone number')],
  ['in_pin_code', word('PIN code')],
  ['house_number', word('House number')],
  ['floor_number', word('Floor')],
  ['tower_number', word('Tower')],
  ['building_name', word('Building')],
  ['address', word('Address')],
  ['landmark_area', word('Landmark or area')],
  ['city', word('City')],
  ['state', word('State or territory')],
]

const addressFields = (at: string): Field[] =>
  ADDRESS_LINES.map(([key, label]) => ({ path: `${at}.${key}`, label, drops: `${at}.${key}` }))

const bare = (id: string, label: string, body: boolean): Kind => ({
  id,
  label,
  start: () => ({
    type: 'interactive',
    interactive: { type: id, ...(body && { body: { text: '' } }), action: { name: id } },
  }),
  fields: [body ? bodyField() : { ...bodyField(), label: word('Text, if any'), drops: 'interactive.body' }],
})

const savedAddress = (i: number): Json => ({ id: `address_${i + 1}`, value: {} })

export const ASKING: Kind[] = [
  {
    id: 'address_message',
    label: word('Address request (India)'),
    start: () => ({
      type: 'interactive',
      interactive: {
        type: 'address_message',
        body: { text: '' },
        action: { name: 'address_message', parameters: { country: 'IN' } },
      },
    }),
    fields: [
      headerField(),
      bodyField(),
      footerField,
      {
        path: 'interactive.action.parameters.values',
        kind: 'group',
        label: word('Prefilled values'),
        fields: addressFields('interactive.action.parameters.values'),
      },
      {
        path: 'interactive.action.parameters.saved_addresses',
        kind: 'list',
        label: word('Saved address'),
        add: word('Add a saved address'),
        fewest: 0,
        most: 10,
        make: savedAddress,
        fields: [{ path: 'id', label: word('Reply id') }, ...addressFields('value')],
      },
    ],
  },
  bare('call_permission_request', word('Call permission'), false),
  {
    id: 'voice_call',
    label: word('Call button'),
    start: () => ({
      type: 'interactive',
      interactive: { type: 'voice_call', body: { text: '' }, action: { name: 'voice_call', parameters: {} } },
    }),
    fields: [
      bodyField(),
      {
        path: 'interactive.action.parameters.display_text',
        label: word('Button label (default: Call Now)'),
        limit: LIMITS.buttonTitle,
        drops: 'interactive.action.parameters.display_text',
      },
      {
        path: 'interactive.action.parameters.ttl_minutes',
        label: word('Valid for minutes (default: one week)'),
        kind: 'number',
        drops: 'interactive.action.parameters.ttl_minutes',
      },
      {
        path: 'interactive.action.parameters.payload',
        label: word('Payload of the call (optional)'),
        limit: LIMITS.callPayload,
        drops: 'interactive.action.parameters.payload',
      },
    ],
  },
  bare('request_contact_info', word('Contact request'), true),
]

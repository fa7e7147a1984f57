import { z } from 'zod'
import { listOf } from '../fields/lists.ts'
import { across, fail, fieldOf, oneOfTwo, text, whole } from '../fields/schema.ts'
import { anyHeader, body, footer, label } from './interactive-parts.ts'
import { LIMITS } from './limits.ts'

/** Interactive kinds that ask the contact for something: a form, a place, an address, a call. */

const payload = across((value, report) => {
  if (fieldOf(value, 'flow_action_payload') !== undefined && fieldOf(value, 'flow_action') === 'data_exchange') {
    report(['flow_action_payload'], { rule: 'exclusive', says: 'goes only with flow_action "navigate"' })
  }
})

const flowCta = text(1, LIMITS.flowCta, { oneLine: true, description: 'The button’s words, without emoji.' }).check(
  (ctx) => {
    if (/\p{Emoji_Presentation}|\ufe0f/u.test(ctx.value)) fail(ctx, 'pattern', 'must not hold emoji')
  },
)

const flowParameters = z.strictObject({
  flow_message_version: z.literal('3'),
  flow_id: text(1, 64).optional(),
  flow_name: text(1, 256).optional(),
  flow_cta: flowCta,
  mode: z.enum(['published', 'draft']).optional(),
  flow_token: text(1, 4096, { description: 'Comes back with the answers.' }).optional(),
  flow_action: z.enum(['navigate', 'data_exchange']).optional(),
  flow_action_payload: z
    .strictObject({
      screen: text(1, 256),
      data: z
        .record(z.string(), z.unknown())
        .check((ctx) => {
          if (Object.keys(ctx.value).length === 0)
            fail(ctx, 'minItems', 'must not be empty: leave it out instead', 1, 0)
        })
        .optional(),
    })
    .optional(),
})

export const flowKind = z
  .strictObject({
    type: z.literal('flow'),
    header: anyHeader.optional(),
    body: body(),
    footer,
    action: z.strictObject({
      name: z.literal('flow'),
      parameters: payload(oneOfTwo('flow_id', 'flow_name', 'is required (or flow_name)')(flowParameters)),
    }),
  })
  .meta({ title: 'Flow', description: 'A button that opens a form.' })

export const locationRequestKind = z
  .strictObject({
    type: z.literal('location_request_message'),
    body: body(),
    action: z.strictObject({ name: z.literal('send_location') }),
  })
  .meta({ title: 'Location request', description: 'Asks the contact to share a place.' })

const line = text(0, 1024).optional()
const addressValues = z.strictObject({
  name: line,
  phone_number: line,
  in_pin_code: text(0, 6).optional(),
  house_number: line,
  floor_number: line,
  tower_number: line,
  building_name: line,
  address: line,
  landmark_area: line,
  city: line,
  state: line,
})

export const addressKind = z
  .strictObject({
    type: z.literal('address_message'),
    header: anyHeader.optional(),
    body: body(),
    footer,
    action: z.strictObject({
      name: z.literal('address_message'),
      parameters: z.strictObject({
        country: z.literal('IN'),
        values: addressValues.optional(),
        saved_addresses: listOf(z.strictObject({ id: text(1, 256), value: addressValues })).optional(),
        validation_errors: z.record(z.string(), text(0, 1024)).optional(),
      }),
    }),
  })
  .meta({ title: 'Address', description: 'Asks for a delivery address. WhatsApp offers it in India only.' })

export const callPermissionKind = z
  .strictObject({
    type: z.literal('call_permission_request'),
    body: body().optional(),
    action: z.strictObject({ name: z.literal('call_permission_request') }),
  })
  .meta({ title: 'Call permission', description: 'Asks whether the business may call.' })

export const voiceCallKind = z
  .strictObject({
    type: z.literal('voice_call'),
    body: body(),
    action: z.strictObject({
      name: z.literal('voice_call'),
      parameters: z
        .strictObject({
          display_text: label('The button’s words; "Call Now" when left out.').optional(),
          ttl_minutes: whole(1, LIMITS.callMinutes).optional(),
          payload: text(0, LIMITS.callPayload).optional(),
        })
        .optional(),
    }),
  })
  .meta({ title: 'Call button', description: 'A button that calls the business.' })

export const contactRequestKind = z
  .strictObject({
    type: z.literal('request_contact_info'),
    body: body(),
    action: z.strictObject({ name: z.literal('request_contact_info') }),
  })
  .meta({ title: 'Contact request', description: 'Asks the contact to share a contact card.' })

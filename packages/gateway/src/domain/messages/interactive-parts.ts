import { z } from 'zod'
import { chooseBy } from '../fields/choose.ts'
import { text, webLink } from '../fields/schema.ts'
import { LIMITS } from './limits.ts'
import { bareMedia, namedMedia } from './media.ts'

/** Parts of interactive messages. */

export const body = (max: number = LIMITS.body) =>
  z.strictObject({
    text: text(1, max, { description: 'The message. Kept as it is: *bold*, _italic_, line breaks, links.' }),
  })

export const footer = z
  .strictObject({ text: text(1, LIMITS.footer, { oneLine: true, description: 'Small text below the message.' }) })
  .optional()

export const textHeader = z.strictObject({
  type: z.literal('text'),
  text: text(1, LIMITS.header, { oneLine: true }),
  sub_text: text(0, LIMITS.header, { oneLine: true }).optional(),
})

const imageHeader = z.strictObject({ type: z.literal('image'), image: bareMedia })
const videoHeader = z.strictObject({ type: z.literal('video'), video: bareMedia })
const documentHeader = z.strictObject({ type: z.literal('document'), document: namedMedia })

export const anyHeader = chooseBy('type', {
  text: textHeader,
  image: imageHeader,
  video: videoHeader,
  document: documentHeader,
})
export const pictureHeader = chooseBy('type', { image: imageHeader, document: documentHeader })
export const onlyTextHeader = chooseBy('type', { text: textHeader })
export const cardHeader = chooseBy('type', { image: imageHeader, video: videoHeader })

export const label = (description: string) => text(1, LIMITS.buttonTitle, { oneLine: true, description })

export const urlAction = z.strictObject({
  name: z.literal('cta_url'),
  parameters: z.strictObject({
    display_text: label('The button’s words.'),
    url: webLink({ description: 'Where the button leads.' }),
  }),
})

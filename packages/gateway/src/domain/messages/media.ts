import { z } from 'zod'
import { oneOfTwo, text, webLink } from '../fields/schema.ts'
import { LIMITS } from './limits.ts'

const link = webLink({
  description: 'Public URL that WhatsApp fetches.',
  examples: ['https://files.example/a.png'],
}).optional()
const id = text(1, 256, { description: 'Id of an uploaded file, from POST /external/media.' }).optional()
const caption = text(0, LIMITS.caption, { description: 'Text under the media.' }).optional()
const filename = text(1, 1024, { description: 'Name shown to the contact; its extension chooses the icon.' }).optional()

const either = oneOfTwo('link', 'id', 'is required: a public URL (or id, of an uploaded file)')

export const captionedMedia = either(z.strictObject({ link, id, caption }))
export const documentMedia = either(z.strictObject({ link, id, caption, filename }))
export const audioMedia = either(
  z.strictObject({
    link,
    id,
    voice: z.boolean().optional().meta({ description: 'Shows it as a voice message: .ogg with OPUS, mono.' }),
  }),
)
export const bareMedia = either(z.strictObject({ link, id }))
/** A document in a header: it has no caption. */
export const namedMedia = either(z.strictObject({ link, id, filename }))

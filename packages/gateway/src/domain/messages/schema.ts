import { z } from 'zod'
import { choose, chooseBy } from '../fields/choose.ts'
import { across, fail, fieldOf, matching, text } from '../fields/schema.ts'
import { kindOf } from '../fields/problem.ts'
import { contactCards } from './contacts.ts'
import { message, messageWithoutContext, templateMessage } from './envelope.ts'
import { interactive } from './interactive.ts'
import { LIMITS } from './limits.ts'
import { audioMedia, bareMedia, captionedMedia, documentMedia } from './media.ts'
import { templateContent } from './template-send.ts'

const words = text(1, LIMITS.text, { description: 'Kept as it is: *bold*, _italic_, line breaks, links, emoji.' })
const wordsObject = z.strictObject({ body: words, preview_url: z.boolean().optional() })

/** Our form is plain text; the Cloud API uses an object. */
const textContent = choose([words, wordsObject], (value) => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return wordsObject
  return words
})

const onePreview = across((value, report) => {
  if (fieldOf(value, 'preview_url') !== undefined && kindOf(fieldOf(value, 'text')) === 'object') {
    report(['preview_url'], { rule: 'exclusive', says: 'belongs inside text when text is an object' })
  }
})

const degreesText = (most: number) =>
  matching(/^[+-]?\d{1,3}(\.\d{1,32})?$/, 'must be decimal degrees such as "47.60912"', { format: 'decimal' }).check(
    (payload) => {
      if (Math.abs(Number(payload.value)) > most)
        fail(payload, 'maximum', `must lie between -${most} and ${most}`, most)
    },
  )

function degrees(most: number) {
  const asText = degreesText(most)
  const asNumber = z.number().min(-most).max(most)
  return choose([asText, asNumber], (value) => (typeof value === 'number' ? asNumber : asText))
}

const location = z.strictObject({
  latitude: degrees(90),
  longitude: degrees(180),
  name: text(0, 1000).optional(),
  address: text(0, 1000, { description: 'Shown only together with a name.' }).optional(),
})

const graphemes = new Intl.Segmenter()

function isOneEmoji(value: string): boolean {
  if (value.length > 64 || [...graphemes.segment(value)].length !== 1) return false
  return /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(value)
}

const reaction = z.strictObject({
  message_id: text(1, 512, { description: 'The id (wamid) of the message to react to.' }),
  emoji: z
    .string()
    .check((payload) => {
      if (payload.value !== '' && !isOneEmoji(payload.value))
        fail(payload, 'pattern', 'must be one emoji, or empty to take a reaction back')
    })
    .meta({ description: 'One emoji. An empty text removes the reaction.', examples: ['👍'] }),
})

const type = <const W extends string>(word: W) => z.literal(word)

/**
 * Meta reads a body without `type` as a text; the API page requires it. So only bodies in the form of the Cloud API may
 * omit it.
 */
const textMessage = onePreview(
  message({ type: type('text').optional(), text: textContent, preview_url: z.boolean().optional() }),
).meta({ title: 'Text', required: ['type', 'text'], examples: [{ to: '85268411234', type: 'text', text: 'Hello' }] })

/** For channels whose marketing templates go through the Marketing Messages API. */
const marketingOptions = {
  product_policy: z
    .enum(['CLOUD_API_FALLBACK', 'STRICT'])
    .optional()
    .meta({ description: 'Marketing Messages API: STRICT is never delivered through the Cloud API.' }),
  message_activity_sharing: z
    .boolean()
    .optional()
    .meta({ description: 'Marketing Messages API: whether WhatsApp may use what becomes of this message.' }),
  bid_spec: z
    .strictObject({ per_message_bid_multiplier: z.number().positive() })
    .optional()
    .meta({ description: 'Marketing Messages API: for templates with a maximum price.' }),
}

export const MESSAGES = {
  template: templateMessage({ type: type('template'), template: templateContent, ...marketingOptions }).meta({
    title: 'Template',
    description: 'The only type that may go out when the 24-hour window is closed.',
    examples: [
      { to: '85268411234', type: 'template', template: { name: 'order_ready' } },
      { to: '85268411234', type: 'template', template: { name: 'login_code', code: '012345' } },
    ],
  }),
  text: textMessage,
  image: message({ type: type('image'), image: captionedMedia }).meta({
    title: 'Image',
    description: '.jpeg or .png, at most 5 MB.',
    examples: [{ to: '85268411234', type: 'image', image: { link: 'https://files.example/a.png' } }],
  }),
  video: message({ type: type('video'), video: captionedMedia }).meta({
    title: 'Video',
    description: '.mp4 or .3gp with H.264 video and AAC audio (one stream or none), at most 16 MB.',
    examples: [{ to: '85268411234', type: 'video', video: { link: 'https://files.example/a.mp4' } }],
  }),
  audio: message({ type: type('audio'), audio: audioMedia }).meta({
    title: 'Audio',
    description: '.aac, .amr, .mp3, .m4a or .ogg, at most 16 MB.',
    examples: [{ to: '85268411234', type: 'audio', audio: { link: 'https://files.example/a.mp3' } }],
  }),
  document: message({ type: type('document'), document: documentMedia }).meta({
    title: 'Document',
    description: '.txt, .xls, .xlsx, .doc, .docx, .ppt, .pptx or .pdf, at most 100 MB.',
    examples: [{ to: '85268411234', type: 'document', document: { link: 'https://files.example/a.pdf' } }],
  }),
  interactive: message({ type: type('interactive'), interactive }).meta({
    title: 'Interactive',
    examples: [
      {
        to: '85268411234',
        type: 'interactive',
        interactive: {
          type: 'button',
          body: { text: 'Shall we come at nine?' },
          action: { buttons: [{ type: 'reply', reply: { id: 'yes', title: 'Yes' } }] },
        },
      },
    ],
  }),
  sticker: message({ type: type('sticker'), sticker: bareMedia }).meta({
    title: 'Sticker',
    description: '.webp, at most 100 KB (500 KB when animated).',
    examples: [{ to: '85268411234', type: 'sticker', sticker: { link: 'https://files.example/a.webp' } }],
  }),
  location: message({ type: type('location'), location }).meta({
    title: 'Location',
    examples: [{ to: '85268411234', type: 'location', location: { latitude: '22.3193', longitude: '114.1694' } }],
  }),
  contacts: message({ type: type('contacts'), contacts: contactCards }).meta({
    title: 'Contacts',
    examples: [{ to: '85268411234', type: 'contacts', contacts: [{ name: { formatted_name: 'Ann Lee' } }] }],
  }),
  reaction: messageWithoutContext({ type: type('reaction'), reaction }).meta({
    title: 'Reaction',
    description: 'An emoji on a message of the last 30 days.',
    examples: [{ to: '85268411234', type: 'reaction', reaction: { message_id: 'wamid.HBgL', emoji: '👍' } }],
  }),
}

/** The accepted body of POST /external/messages/whatsapp. */
export const sendMessageSchema = chooseBy('type', MESSAGES, {
  fallback: (value) => ('messaging_product' in value && 'text' in value ? 'text' : undefined),
}).meta({ id: 'SendMessage', description: 'One message to one contact. Unknown keys are refused, never dropped.' })

import type { MediaContent } from '@postern/cloud-api'
import type { MediaType, OutgoingMessage, TemplateComponent } from './message.ts'

/** A file in a message. `path` is its place in the customer's body. `media` is the message's own object. */
export type MediaPart = { path: string; kind: MediaType; media: MediaContent }

const KINDS: Readonly<Record<string, MediaType>> = {
  image: 'image',
  video: 'video',
  // An MP4 that plays in a loop.
  gif: 'video',
  audio: 'audio',
  document: 'document',
  sticker: 'sticker',
}

/** Every file of a message, in the order of its body: the message itself, headers, cards, parameters. */
export function mediaIn(message: OutgoingMessage): MediaPart[] {
  switch (message.type) {
    case 'image':
    case 'video':
    case 'audio':
    case 'document':
    case 'sticker':
      return [{ path: message.type, kind: message.type, media: message.media }]
    case 'interactive':
      return inInteractive(message.interactive as Interactive)
    case 'template':
      return message.template.components ? inComponents(message.template.components, 'template.components') : []
    default:
      return []
  }
}

type Header = { type: string; [kind: string]: unknown }
type Interactive = { header?: Header; action?: { cards?: { header?: Header }[] } }

function inInteractive({ header, action }: Interactive): MediaPart[] {
  const parts = inHeader(header, 'interactive.header')
  action?.cards?.forEach((card, i) => parts.push(...inHeader(card.header, `interactive.action.cards.${i}.header`)))
  return parts
}

function inComponents(components: readonly TemplateComponent[], path: string): MediaPart[] {
  return components.flatMap((component, i) => {
    const at = `${path}.${i}`
    if ('cards' in component) {
      return component.cards.flatMap((card, c) => inComponents(card.components, `${at}.cards.${c}.components`))
    }
    return (component.parameters ?? []).flatMap((parameter, p) => inHeader(parameter, `${at}.parameters.${p}`))
  })
}

/** `{"type": "image", "image": {…}}`, the form of headers and parameters. */
function inHeader(header: Header | undefined, path: string): MediaPart[] {
  const type = header?.type.toLowerCase() ?? ''
  const kind = KINDS[type]
  const media = header?.[type]
  if (kind === undefined || typeof media !== 'object' || media === null) return []
  return [{ path: `${path}.${type}`, kind, media: media as MediaContent }]
}

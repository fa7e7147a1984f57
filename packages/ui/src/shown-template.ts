import type { TemplateComponent } from '../../gateway/src/domain/messages/message.ts'
import type { CatalogEntry } from '../../gateway/src/domain/templates/catalog-entry.ts'
import {
  renderTemplate,
  type RenderedButton,
  type RenderedCard,
  type RenderedTemplate,
} from '../../gateway/src/domain/templates/render-template.ts'
import { asObject, shownOf, type Shown, type ShownButton } from './shown.ts'

/** A template filled with a send's components, as the contact sees it. */
export function shownOfEntry(entry: CatalogEntry, components: readonly TemplateComponent[]): Shown {
  return shownOfRendered(renderTemplate(entry, components))
}

/** A template that the gateway has filled, as the contact sees it. */
export function shownOfRendered(rendered: RenderedTemplate): Shown {
  return {
    ...partsOf(rendered),
    ...(rendered.footer !== undefined && { footer: rendered.footer }),
    ...(rendered.offer && { offer: rendered.offer }),
    ...(rendered.cards && { cards: rendered.cards.map(partsOf) }),
  }
}

function partsOf({ header, body, buttons }: RenderedCard): Shown {
  const shown: Shown = { buttons: buttons.map(buttonOf) }
  if (body !== undefined && body !== '') shown.text = body
  if (!header) return shown
  if (header.kind === 'product') {
    const { product_retailer_id: id } = asObject(header.media)
    shown.products = [{ ids: typeof id === 'string' && id !== '' ? [id] : [] }]
  } else if (header.kind === 'text') shown.heading = header.text ?? ''
  else if (header.kind === 'location')
    Object.assign(shown, shownOf('location', header.place ?? {}), { buttons: shown.buttons })
  else if (header.kind === 'image' || header.kind === 'video' || header.kind === 'document' || header.kind === 'gif')
    shown.media = { ...shownOf(header.kind, header.media ?? {}).media!, kind: header.kind }
  return shown
}

const word = (text: string): string => text
const COPY_OFFER = word('Copy offer code')

function buttonOf(button: RenderedButton): ShownButton {
  const title = button.text
  // A template's button that copies an offer code has no words of its own: WhatsApp writes them.
  if (button.kind === 'copy_code' && title === '')
    return { kind: 'copy', title: COPY_OFFER, fixed: true, code: button.code ?? '' }
  if (button.code !== undefined || button.kind === 'copy_code') return { kind: 'copy', title, code: button.code ?? '' }
  if (button.kind === 'quick_reply') return { kind: 'reply', title, id: title }
  if (button.kind === 'url') return { kind: 'url', title, url: button.url ?? '' }
  if (button.kind === 'phone_number') return { kind: 'phone', title }
  return { kind: button.kind === 'flow' ? 'flow' : 'other', title }
}

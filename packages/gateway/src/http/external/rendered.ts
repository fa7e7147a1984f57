import type { Channel } from '../../domain/channels/channel.ts'
import type { TemplateComponent } from '../../domain/messages/message.ts'
import type { MessageRow } from '../../store/messages.ts'
import type { Catalog } from '../../flows/sync/catalog.ts'
import { renderTemplate, type RenderedCard, type RenderedTemplate } from '../../domain/templates/render-template.ts'

/**
 * The text of a template message as the contact saw it. Undefined for other messages, and when the template is not
 * known any more.
 */
export type Renderer = (channel: Channel, row: MessageRow) => Promise<Record<string, unknown> | undefined>

export function createRenderer(catalog: Pick<Catalog, 'entries'>): Renderer {
  return async (channel, row) => {
    if (row.type !== 'template' || row.direction !== 'out') return undefined
    const sent = templateOf(row.content)
    if (!sent) return undefined
    // Without a catalog the message is shown unrendered.
    const entries = await catalog.entries(channel).catch(() => undefined)
    const named = entries?.byName.get(sent.name)
    const entry = named?.find((one) => one.language === sent.language)
    return entry && shown(renderTemplate(entry, sent.components))
  }
}

function templateOf(content: string): { name: string; language: string; components: TemplateComponent[] } | undefined {
  try {
    const { template } = JSON.parse(content) as {
      template: { name: string; language: { code: string }; components?: TemplateComponent[] }
    }
    return { name: template.name, language: template.language.code, components: template.components ?? [] }
  } catch {
    return undefined
  }
}

function shown(rendered: RenderedTemplate): Record<string, unknown> {
  const { offer, cards, ...card } = rendered
  return {
    ...shownCard(card),
    ...(card.footer !== undefined && { footer: card.footer }),
    ...(offer && {
      offer: {
        text: offer.text,
        ...(offer.expiresAt !== undefined && { expires_at: Math.floor(offer.expiresAt / 1000) }),
      },
    }),
    ...(cards && { cards: cards.map(shownCard) }),
  }
}

function shownCard({ header, body, buttons }: RenderedCard): Record<string, unknown> {
  return {
    ...(header && { header }),
    ...(body !== undefined && { body }),
    buttons: buttons.map(({ phoneNumber, ...button }) => ({
      ...button,
      ...(phoneNumber !== undefined && { phone_number: phoneNumber }),
    })),
  }
}

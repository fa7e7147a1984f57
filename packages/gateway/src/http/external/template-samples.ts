import type { Channel } from '../../domain/channels/channel.ts'
import type { CloudApi } from '../../platform/cloud-api/client.ts'
import type { WireTemplateDefinition } from '@postern/cloud-api'
import { GatewayError } from '../../platform/errors.ts'
import type { MediaKind } from '../../flows/media/formats.ts'
import { MediaUnreachable } from '../../flows/media/media-cache.ts'
import { isSampleSource, uploadSampleOf } from '../../flows/media/sample.ts'
import { MediaRefused } from '../../flows/media/upload.ts'
import type { Outbound } from '../../platform/outbound/guard.ts'
import { repeatable } from '../../flows/send/to-gateway-error.ts'

type Deps = { cloudApi: CloudApi; outbound: Outbound }

const KINDS: Readonly<Record<string, MediaKind>> = {
  IMAGE: 'image',
  VIDEO: 'video',
  GIF: 'video',
  DOCUMENT: 'document',
}

/**
 * Uploads every example that is a link or the id of an uploaded file. Returns the components with the handles in their
 * place.
 */
export async function withSamples(
  deps: Deps,
  channel: Channel,
  components: readonly WireTemplateDefinition[],
  path = 'components',
): Promise<WireTemplateDefinition[]> {
  return Promise.all(
    components.map(async (component, i): Promise<WireTemplateDefinition> => {
      const at = `${path}.${i}`
      if (component.cards) {
        const cards = component.cards.map(async (card, c) => ({
          ...card,
          components: await withSamples(deps, channel, card.components, `${at}.cards.${c}.components`),
        }))
        return { ...component, cards: await Promise.all(cards) }
      }
      const kind = component.type === 'HEADER' ? KINDS[component.format ?? ''] : undefined
      const handles = component.example?.header_handle
      if (kind === undefined || !Array.isArray(handles)) return component
      const uploaded = (handles as string[]).map(async (handle, h) => {
        const where = `${at}.example.header_handle.${h}`
        return isSampleSource(handle) ? await sample(deps, channel, handle, kind, where) : handle
      })
      return { ...component, example: { ...component.example, header_handle: await Promise.all(uploaded) } }
    }),
  )
}

async function sample(
  { cloudApi, outbound }: Deps,
  channel: Channel,
  source: string,
  kind: MediaKind,
  path: string,
): Promise<string> {
  const { phoneNumberId, accessToken: token } = channel
  try {
    return await uploadSampleOf({ api: cloudApi, outbound, phoneNumberId, token, appId: 'app', source, kind })
  } catch (error) {
    if (error instanceof MediaRefused) throw refused(path, error.refusal)
    if (error instanceof MediaUnreachable) {
      throw refused(path, { rule: 'reachable', reason: error.reason, message: error.message })
    }
    return await repeatable(() => Promise.reject(error as Error))
  }
}

function refused(path: string, { rule, reason, message }: { rule: string; reason: string; message: string }) {
  return new GatewayError(
    'validation_failed',
    { problem: `${path}: ${message}` },
    { data: { reason, fields: [{ path, rule, reason, message }] } },
  )
}

import { z } from 'zod'
import type { Channel } from '../../domain/channels/channel.ts'
import type { CloudApi } from '../../platform/cloud-api/client.ts'
import { GatewayError, validationError } from '../../platform/errors.ts'
import type { Outbound } from '../../platform/outbound/guard.ts'
import { repeatable as upstream } from '../../flows/send/to-gateway-error.ts'
import type { Directory } from '../../store/directory.ts'
import type { Catalog } from '../../flows/sync/catalog.ts'
import type { CatalogEntry } from '../../domain/templates/catalog-entry.ts'
import { createTemplateSchema, editTemplateSchema } from '../../domain/templates/create-schema.ts'
import { parseTemplateCreate, parseTemplateEdit } from '../../domain/templates/parse-create.ts'
import { withSamples } from '../external/template-samples.ts'
import { route, type Route } from '../route.ts'

const entryShape = z
  .object({
    id: z.string(),
    name: z.string(),
    language: z.string(),
    status: z.string(),
    category: z.string(),
    quality: z.string(),
  })
  .loose()
  .describe('A template as the catalog keeps it: its components, and what a send must bring.')

const UPSTREAM = ['upstream_refused', 'upstream_throttled', 'upstream_unavailable']

/** Templates for the operator; all channels of one account share them. */
export function templateAdminRoutes(deps: {
  cloudApi: CloudApi
  catalog: Catalog
  directory: Directory
  outbound: Outbound
}): Route[] {
  const { cloudApi, catalog, directory } = deps

  function mustFind(params: Record<string, string>): Channel {
    const id = params.channel_id!
    const channel = /^\d{1,15}$/.test(id) ? directory.channel(Number(id)) : undefined
    if (!channel) throw new GatewayError('resource_not_found', { what: 'channel', id: id.slice(0, 40) })
    return channel
  }

  async function mustHave(channel: Channel, id: string): Promise<CatalogEntry> {
    const { all } = await upstream(() => catalog.entries(channel))
    const entry = all.find((one) => one.id === id)
    if (!entry) throw new GatewayError('resource_not_found', { what: 'template', id: id.slice(0, 100) })
    return entry
  }

  return [
    route({
      method: 'GET',
      path: '/admin/channels/{channel_id}/templates',
      tag: 'templates',
      summary: 'The templates of a channel’s account',
      auth: 'admin',
      data: z.object({ synced_at: z.int().describe('Unix seconds.'), templates: z.array(entryShape) }),
      fails: UPSTREAM,
      async handle({ params }) {
        const entries = await upstream(() => catalog.entries(mustFind(params)))
        return { synced_at: Math.floor(entries.syncedAt / 1000), templates: entries.all }
      },
    }),
    route({
      method: 'POST',
      path: '/admin/channels/{channel_id}/templates',
      tag: 'templates',
      summary: 'Create a template, for WhatsApp to review',
      description: 'The example of a media header may be a link or the id of an uploaded file instead of a handle.',
      auth: 'admin',
      bodyDocument: createTemplateSchema,
      created: true,
      data: z.object({ template_id: z.string(), status: z.string(), category: z.string() }),
      fails: ['validation_failed', ...UPSTREAM],
      async handle({ params, body }) {
        const channel = mustFind(params)
        const parsed = parseTemplateCreate(body)
        if (!parsed.ok) throw validationError(parsed.problems)
        const components = await withSamples(deps, channel, parsed.template.components ?? [])
        const template = { ...parsed.template, ...(parsed.template.components && { components }) }
        const made = await upstream(() => cloudApi.createTemplate(channel.wabaId, channel.accessToken, template))
        await upstream(() => catalog.sync(channel))
        return { template_id: made.id, status: made.status, category: made.category }
      },
    }),
    route({
      method: 'PATCH',
      path: '/admin/channels/{channel_id}/templates/{template_id}',
      tag: 'templates',
      summary: 'Edit a template',
      auth: 'admin',
      bodyDocument: editTemplateSchema,
      data: z.object({ success: z.literal(true) }),
      fails: ['validation_failed', ...UPSTREAM],
      async handle({ params, body }) {
        const channel = mustFind(params)
        const entry = await mustHave(channel, params.template_id!)
        const parsed = parseTemplateEdit(body, entry.category)
        if (!parsed.ok) throw validationError(parsed.problems)
        const { components } = parsed.edit
        const edit = { ...parsed.edit, ...(components && { components: await withSamples(deps, channel, components) }) }
        await upstream(() => cloudApi.editTemplate(entry.id, channel.accessToken, edit))
        await upstream(() => catalog.sync(channel))
        return { success: true }
      },
    }),
    route({
      method: 'DELETE',
      path: '/admin/channels/{channel_id}/templates/{template_id}',
      tag: 'templates',
      summary: 'Delete one language of a template',
      auth: 'admin',
      data: z.object({ success: z.literal(true) }),
      fails: UPSTREAM,
      async handle({ params }) {
        const channel = mustFind(params)
        const { id, name } = await mustHave(channel, params.template_id!)
        await upstream(() => cloudApi.deleteTemplate(channel.wabaId, channel.accessToken, { name, id }))
        await upstream(() => catalog.sync(channel))
        return { success: true }
      },
    }),
  ]
}

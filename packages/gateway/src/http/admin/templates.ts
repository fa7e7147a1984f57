import { z } from 'zod'
import type { Channel } from '../../domain/channels/channel.ts'
import type { CloudApi } from '../../platform/cloud-api/client.ts'
import { GatewayError, validationError } from '../../platform/errors.ts'
import type { Outbound } from '../../platform/outbound/guard.ts'
import { repeatable as upstream } from '../../flows/send/to-gateway-error.ts'
import type { Catalog } from '../../flows/sync/catalog.ts'
import type { CatalogEntry } from '../../domain/templates/catalog-entry.ts'
import { createTemplateSchema, editTemplateSchema } from '../../domain/templates/create-schema.ts'
import { parseTemplateCreate, parseTemplateEdit } from '../../domain/templates/parse-create.ts'
import { withSamples } from '../external/template-samples.ts'
import { route, type Route, UPSTREAM_FAILS } from '../route.ts'

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
  .describe('A template in the catalog: its components, and the parameters that a send needs.')

/** Templates for the operator. All channels of one account share them. */
export function templateAdminRoutes(deps: { cloudApi: CloudApi; catalog: Catalog; outbound: Outbound }): Route[] {
  const { cloudApi, catalog } = deps

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
      description: 'From the copy that Postern keeps. `POST …/templates/sync` fetches them again.',
      auth: 'admin',
      right: 'read',
      data: z.object({ synced_at: z.int().describe('Unix seconds.'), templates: z.array(entryShape) }),
      fails: UPSTREAM_FAILS,
      async handle({ channel }) {
        const entries = await upstream(() => catalog.entries(channel))
        return { synced_at: Math.floor(entries.syncedAt / 1000), templates: entries.all }
      },
    }),
    route({
      method: 'POST',
      path: '/admin/channels/{channel_id}/templates',
      tag: 'templates',
      summary: 'Create a template and submit it for review',
      description: 'The example of a media header may be a link or the id of an uploaded file instead of a handle.',
      auth: 'admin',
      right: 'operate',
      bodyDocument: createTemplateSchema,
      created: true,
      data: z.object({ template_id: z.string(), status: z.string(), category: z.string() }),
      fails: ['validation_failed', ...UPSTREAM_FAILS],
      async handle({ channel, body }) {
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
      description: 'WhatsApp reviews the template again. It can be edited once a day and ten times in 30 days.',
      auth: 'admin',
      right: 'operate',
      bodyDocument: editTemplateSchema,
      data: z.object({ success: z.literal(true) }),
      fails: ['validation_failed', ...UPSTREAM_FAILS],
      async handle({ channel, params, body }) {
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
      description: 'Other languages of the name stay. The name and language cannot be used again for 30 days.',
      auth: 'admin',
      right: 'operate',
      data: z.object({ success: z.literal(true) }),
      fails: UPSTREAM_FAILS,
      async handle({ channel, params }) {
        const { id, name } = await mustHave(channel, params.template_id!)
        await upstream(() => cloudApi.deleteTemplate(channel.wabaId, channel.accessToken, { name, id }))
        await upstream(() => catalog.sync(channel))
        return { success: true }
      },
    }),
  ]
}

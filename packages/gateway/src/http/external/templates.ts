import { z } from 'zod'
import type { Channel } from '../../domain/channels/channel.ts'
import type { Clock } from '@postern/runtime/clock'
import type { CloudApi } from '../../platform/cloud-api/client.ts'
import { GatewayError, StoreUnavailable, validationError } from '../../platform/errors.ts'
import { matching } from '../../domain/fields/schema.ts'
import type { Outbound } from '../../platform/outbound/guard.ts'
import { repeatable } from '../../flows/send/to-gateway-error.ts'
import type { Store } from '../../store/store.ts'
import { findTemplate, insertCreated, keepTemplate, listTemplates, removeTemplate } from '../../store/templates.ts'
import { FIELDS, type Catalog } from '../../flows/sync/catalog.ts'
import type { CatalogEntry } from '../../domain/templates/catalog-entry.ts'
import { createTemplateSchema, editTemplateSchema } from '../../domain/templates/create-schema.ts'
import type { KeptTemplate } from '../../domain/templates/kept-template.ts'
import { parseTemplateCreate, parseTemplateEdit } from '../../domain/templates/parse-create.ts'
import { readTemplate } from '../../domain/templates/read-template.ts'
import { toResource, type TemplateResource } from '../../domain/templates/to-resource.ts'
import { route, type Route, UPSTREAM_FAILS } from '../route.ts'
import { count } from '../shapes.ts'
import { withSamples } from './template-samples.ts'

const unixSeconds = z.int().describe('Unix seconds; 0 for never.')

const templateShape = z
  .object({
    template_id: z.string().describe('WhatsApp’s id, digits as text.'),
    name: z.string(),
    language: z.string(),
    category: z.string().describe('MARKETING, UTILITY or AUTHENTICATION.'),
    status: z.string().describe('APPROVED, PENDING, REJECTED, PAUSED, DISABLED, IN_APPEAL and others of WhatsApp’s.'),
    quality: z.string().describe('GREEN, YELLOW or RED; empty before WhatsApp’s first rating.'),
    components: z.array(z.unknown()),
    created_time: unixSeconds.describe('Unix seconds: when it was created here, or first seen.'),
    updated_time: unixSeconds,
    status_updated_time: unixSeconds,
    quality_updated_time: unixSeconds,
    category_updated_time: unixSeconds,
  })
  .meta({ id: 'Template' })

const word = (description: string) => z.string().min(1).max(64).optional().describe(description)

const listQuery = z.strictObject({
  name: z.string().min(1).max(512).optional().describe('Exactly this name, in all its languages.'),
  status: word('For instance APPROVED; case does not matter.'),
  category: word('For instance UTILITY; case does not matter.'),
  language: word('For instance en_US.'),
  quality: word('GREEN, YELLOW, RED, or UNKNOWN for those that are not rated yet.'),
  last_id: matching(/^\d{1,64}$/, 'must be the template_id of the last template of the page before').optional(),
  count,
})

/** The templates of the channel's account, for customers. Numbers of one account share them. */
export function templateRoutes(deps: {
  store: Store
  cloudApi: CloudApi
  catalog: Catalog
  outbound: Outbound
  clock: Clock
}): Route[] {
  const { store, cloudApi, catalog, clock } = deps

  async function mustFind(channel: Channel, id: string): Promise<KeptTemplate> {
    if (!/^\d{1,64}$/.test(id)) throw new GatewayError('template_missing')
    const find = () => findTemplate(store.sql, channel.wabaId, id)
    let kept = await find()
    // It may have been created elsewhere a moment ago.
    if (!kept && (await repeatable(() => catalog.lookAgain(channel)))) kept = await find()
    if (!kept) throw new GatewayError('template_missing')
    return kept
  }

  return [
    route({
      method: 'GET',
      path: '/external/templates',
      tag: 'templates',
      summary: 'List templates, the newest id first',
      description: 'From the copy that Postern keeps of the account’s templates. All filters must match.',
      auth: 'code',
      query: listQuery,
      data: z.array(templateShape),
      fails: UPSTREAM_FAILS,
      async handle({ channel, query }) {
        // The first read requests the catalog from Meta.
        await repeatable(() => catalog.entries(channel))
        const { name, status, category, language, quality, last_id: lastId, count: size } = query
        const rows = await listTemplates(store.sql, channel.wabaId, {
          name,
          status: status?.toUpperCase(),
          category: category?.toUpperCase(),
          language: language?.replace('-', '_'),
          quality: quality?.toUpperCase() === 'UNKNOWN' ? '' : quality?.toUpperCase(),
          lastId,
          count: size,
        })
        return rows.map(resourceOf)
      },
    }),
    route({
      method: 'GET',
      path: '/external/templates/{template_id}',
      tag: 'templates',
      summary: 'One template',
      description: 'One language of a template, with its components, status and quality.',
      auth: 'code',
      data: templateShape,
      fails: ['template_missing', ...UPSTREAM_FAILS],
      handle: async ({ channel, params }) => resourceOf(await mustFind(channel, params.template_id!)),
    }),
    route({
      method: 'POST',
      path: '/external/templates',
      tag: 'templates',
      summary: 'Create a template and submit it for review',
      description:
        'The example of a media header is a handle from WhatsApp, a link, or the id of an uploaded file. The review ends with the event template_status_update.',
      auth: 'code',
      bodyDocument: createTemplateSchema,
      created: true,
      data: templateShape,
      fails: ['validation_failed', ...UPSTREAM_FAILS],
      async handle({ channel, body }) {
        const parsed = parseTemplateCreate(body)
        if (!parsed.ok) throw validationError(parsed.problems)
        const components = await withSamples(deps, channel, parsed.template.components ?? [])
        const template = { ...parsed.template, ...(parsed.template.components && { components }) }
        const made = await repeatable(() => cloudApi.createTemplate(channel.wabaId, channel.accessToken, template))
        const category = made.category || template.category
        const entry = readTemplate({ ...template, id: made.id, status: made.status, category, components })!
        const now = clock.now()
        await unlessStoreIsAway(() => insertCreated(store.sql, channel.wabaId, entry, channel.id, now))
        catalog.reread(channel.wabaId)
        return resourceOf(newlyKept(entry, channel.id, now))
      },
    }),
    route({
      method: 'PATCH',
      path: '/external/templates/{template_id}',
      tag: 'templates',
      summary: 'Edit a template',
      description: 'Components replace the old ones as a whole. WhatsApp reviews the template again.',
      auth: 'code',
      bodyDocument: editTemplateSchema,
      data: templateShape,
      fails: ['validation_failed', 'template_missing', ...UPSTREAM_FAILS],
      async handle({ channel, params, body }) {
        const kept = await mustFind(channel, params.template_id!)
        const { id, category } = kept.entry
        const parsed = parseTemplateEdit(body, category)
        if (!parsed.ok) throw validationError(parsed.problems)
        const { components } = parsed.edit
        const edit = {
          ...parsed.edit,
          ...(components && { components: await withSamples(deps, channel, components) }),
        }
        await repeatable(() => cloudApi.editTemplate(id, channel.accessToken, edit))
        const startedAt = clock.now()
        // The edit is done. A failure to read the result does not change that.
        const wire = await cloudApi.getTemplate(id, channel.accessToken, { fields: FIELDS }).catch(() => undefined)
        const fresh = wire && readTemplate(wire)
        if (fresh) {
          await unlessStoreIsAway(() => keepTemplate(store.sql, channel.wabaId, fresh, startedAt, clock.now()))
        }
        catalog.changed(channel.wabaId)
        const now = await findTemplate(store.sql, channel.wabaId, id)
        return resourceOf(now ?? kept)
      },
    }),
    route({
      method: 'DELETE',
      path: '/external/templates/{template_id}',
      tag: 'templates',
      summary: 'Delete one language of a template',
      description: 'Other languages of the name stay.',
      auth: 'code',
      data: z.object({ success: z.literal(true) }),
      fails: ['template_missing', ...UPSTREAM_FAILS],
      async handle({ channel, params }) {
        const { id, name } = (await mustFind(channel, params.template_id!)).entry
        await repeatable(() => cloudApi.deleteTemplate(channel.wabaId, channel.accessToken, { name, id }))
        await unlessStoreIsAway(() => removeTemplate(store.sql, channel.wabaId, id, clock.now()))
        catalog.changed(channel.wabaId)
        return { success: true }
      },
    }),
  ]
}

const resourceOf = ({ entry, times }: KeptTemplate): TemplateResource => toResource(entry, times)

function newlyKept(entry: CatalogEntry, channelId: number, now: number): KeptTemplate {
  const never = { statusUpdatedAt: 0, qualityUpdatedAt: 0, categoryUpdatedAt: 0 }
  return { entry, channelId, times: { createdAt: now, updatedAt: now, ...never } }
}

/**
 * Meta has carried the request out, so the answer must not say that nothing was done. The next sync stores the result.
 */
async function unlessStoreIsAway(write: () => Promise<unknown>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
  }
}

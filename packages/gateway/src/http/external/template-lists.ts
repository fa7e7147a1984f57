import { z } from 'zod'
import type { Clock } from '@postern/runtime/clock'
import type { Channel } from '../../domain/channels/channel.ts'
import { listOf } from '../../domain/fields/lists.ts'
import { problem } from '../../domain/fields/problem.ts'
import { matching } from '../../domain/fields/schema.ts'
import { repeatable } from '../../flows/send/to-gateway-error.ts'
import type { Catalog } from '../../flows/sync/catalog.ts'
import type { CloudApi } from '../../platform/cloud-api/client.ts'
import { GatewayError, StoreUnavailable, validationError } from '../../platform/errors.ts'
import type { Store } from '../../store/store.ts'
import { applyTemplateUpdates, findTemplate, removeNamed, removeTemplate } from '../../store/templates.ts'
import { route, type Route, UPSTREAM_FAILS } from '../route.ts'

/** Meta's limit of one call. */
const MOST_IDS = 100

const idsSchema = z
  .strictObject({
    hsm_ids: listOf(matching(/^\d{1,64}$/, 'must be the id of a template, digits as text'), 1, MOST_IDS).meta({
      description: 'The ids of templates (template_id), at most 100. WhatsApp calls them hsm_ids.',
    }),
  })
  .meta({ id: 'TemplateIds', examples: [{ hsm_ids: ['1478820956612236', '1478820956612237'] }] })

const whichQuery = z.strictObject({
  hsm_ids: z
    .string()
    .max(8_000)
    .optional()
    .describe('The ids of templates (template_id), at most 100, with commas between them.'),
  name: z.string().min(1).max(512).optional().describe('Instead of ids: all languages of this name.'),
})

const failures = z.record(z.string(), z.string()).describe('WhatsApp’s reason, by the id of the template.')
const CHANGES = {
  archive: {
    summary: 'Archive up to 100 templates',
    description:
      'An archived template cannot be sent. WhatsApp archives templates that were not used for 12 months, and deletes them 28 days later.',
    data: z.object({ archived_templates: z.array(z.string()), failed_templates: failures }),
  },
  unarchive: {
    summary: 'Unarchive up to 100 templates',
    description: 'The templates have the status again that they had before.',
    data: z.object({ unarchived_templates: z.array(z.string()), failed_templates: failures }),
  },
} as const
type Change = keyof typeof CHANGES

type Deps = { store: Store; cloudApi: CloudApi; catalog: Catalog; clock: Clock }

/** Changes of several templates at once, for customers and for operators. */
export function templateListRoutes(deps: Deps): Route[] {
  const { archive, remove, unpause } = listChanges(deps)
  const places = [
    { path: '/external/templates', auth: 'code' },
    { path: '/admin/channels/{channel_id}/templates', auth: 'admin' },
  ] as const
  return places.flatMap(({ path, auth }) => [
    ...(Object.keys(CHANGES) as Change[]).map((change) =>
      route({
        method: 'POST',
        path: `${path}/${change}`,
        tag: 'templates',
        ...CHANGES[change],
        auth,
        right: 'operate',
        body: idsSchema,
        fails: ['validation_failed', ...UPSTREAM_FAILS],
        handle: ({ channel, body }) => archive(channel!, change, body.hsm_ids),
      }),
    ),
    route({
      method: 'DELETE',
      path,
      tag: 'templates',
      summary: 'Delete up to 100 templates by their ids, or all languages of a name',
      description: 'Give hsm_ids or name, not both. For one template, DELETE …/templates/{template_id} is enough.',
      auth,
      right: 'operate',
      query: whichQuery,
      data: z.object({ success: z.literal(true) }),
      fails: ['validation_failed', ...UPSTREAM_FAILS],
      handle: ({ channel, query }) => remove(channel!, query),
    }),
    route({
      method: 'POST',
      path: `${path}/{template_id}/unpause`,
      tag: 'templates',
      summary: 'End the pause of a template',
      description: 'For a template that WhatsApp paused. success is false with a reason when WhatsApp did not end it.',
      auth,
      right: 'operate',
      data: z.object({ success: z.boolean(), reason: z.string().optional() }),
      fails: ['template_missing', ...UPSTREAM_FAILS],
      handle: ({ channel, params }) => unpause(channel!, params.template_id!),
    }),
  ])
}

function listChanges({ store, cloudApi, catalog, clock }: Deps) {
  /** Meta has done it: a failure to store the result must not say otherwise. The next sync stores it. */
  async function afterwards({ wabaId }: Channel, write?: () => Promise<unknown>): Promise<void> {
    try {
      await write?.()
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
    }
    catalog.changed(wabaId)
  }

  async function archive(channel: Channel, change: Change, ids: string[]): Promise<unknown> {
    const { wabaId, accessToken } = channel
    const { done, failed } = await repeatable(() => cloudApi.archiveTemplates(wabaId, accessToken, change, ids))
    const now = clock.now()
    const updates = done.map((id) => ({ what: 'status', id, at: now, value: 'ARCHIVED', reason: null }) as const)
    // Only WhatsApp knows the status after the archive.
    if (change === 'unarchive') await catalog.sync(channel).catch(() => undefined)
    await afterwards(
      channel,
      change === 'archive' ? () => applyTemplateUpdates(store.sql, wabaId, updates, now) : undefined,
    )
    return change === 'archive'
      ? { archived_templates: done, failed_templates: failed }
      : { unarchived_templates: done, failed_templates: failed }
  }

  async function remove(channel: Channel, query: z.output<typeof whichQuery>): Promise<unknown> {
    const { wabaId, accessToken } = channel
    const { name } = query
    const ids = idsIn(query)
    if (name !== undefined) await repeatable(() => cloudApi.deleteTemplate(wabaId, accessToken, { name }))
    else await repeatable(() => cloudApi.deleteTemplates(wabaId, accessToken, ids))
    await afterwards(channel, async () => {
      if (name !== undefined) await removeNamed(store.sql, wabaId, name, clock.now())
      for (const id of ids) await removeTemplate(store.sql, wabaId, id, clock.now())
    })
    return { success: true }
  }

  async function unpause(channel: Channel, id: string): Promise<unknown> {
    const known = /^\d{1,64}$/.test(id) ? await findTemplate(store.sql, channel.wabaId, id) : undefined
    if (!known) throw new GatewayError('template_missing')
    const answer = await repeatable(() => cloudApi.unpauseTemplate(id, channel.accessToken))
    await catalog.sync(channel).catch(() => undefined)
    return answer
  }

  return { archive, remove, unpause }
}

/** Meta's own form `[1,2]` is accepted as well as `1,2`. */
function idsIn({ hsm_ids: given, name }: z.output<typeof whichQuery>): string[] {
  if (given !== undefined && name !== undefined)
    throw validationError([problem('name', 'exclusive', 'takes hsm_ids or name, not both')])
  if (given === undefined) {
    if (name === undefined) throw validationError([problem('hsm_ids', 'required', 'is required (or name)')])
    return []
  }
  const ids = given.replaceAll(/[[\]" ]/g, '').split(',')
  if (ids.length > MOST_IDS)
    throw validationError([problem('hsm_ids', 'maxItems', `at most ${MOST_IDS} entries, got ${ids.length}`)])
  if (!ids.every((id) => /^\d{1,64}$/.test(id)))
    throw validationError([problem('hsm_ids', 'pattern', 'must be ids of templates with commas between them')])
  return ids
}

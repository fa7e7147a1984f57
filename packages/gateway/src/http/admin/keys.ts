import { z } from 'zod'
import type { Clock } from '@postern/runtime/clock'
import type { KeyScopes } from '../../domain/people/key-scopes.ts'
import { matchesRoute } from '../../domain/people/principal.ts'
import { matching, text } from '../../domain/fields/schema.ts'
import type { KeyUses } from '../../flows/maintenance/key-uses.ts'
import { GatewayError, validationError } from '../../platform/errors.ts'
import { newId, newSecret } from '../../platform/ids.ts'
import { allKeys, insertKey, type KeyRow, MOST_KEYS, revokeKey } from '../../store/api-keys.ts'
import type { Directory } from '../../store/directory.ts'
import type { Store } from '../../store/store.ts'
import { KEY_PREFIX } from '../authorize.ts'
import { route, type Route } from '../route.ts'
import { seconds } from '../shapes.ts'

const ROUTE = /^(?:(?:GET|POST|PUT|PATCH|DELETE) )?\/(?:external|admin)\/[\w/{}.-]*\*?$/

const scopesSchema = z.strictObject({
  routes: z
    .array(
      matching(
        ROUTE,
        'must be a route such as "POST /external/messages/whatsapp", or a beginning such as "/external/*"',
      ),
    )
    .min(1)
    .max(100)
    .optional()
    .describe(
      'Routes as in this document, each with or without its method; * stands for anything from there on. Default: /external/*. Routes that need the role admin must be named without *.',
    ),
  channels: z
    .array(z.int().min(1).max(999_999_999_999_999))
    .min(1)
    .max(1_000)
    .nullable()
    .optional()
    .describe('The only channels that it reaches. null: all.'),
  templates: z
    .array(text(1, 512))
    .min(1)
    .max(1_000)
    .nullable()
    .optional()
    .describe('It may send these templates and nothing else, and read. null: no limit.'),
  read_only: z.boolean().optional().describe('true: GET only.'),
  expires_at: z.int().min(0).nullable().optional().describe('Unix seconds. null: it does not expire.'),
})

const createKeySchema = z.strictObject({
  name: text(1, 100, { oneLine: true, trimmed: true }),
  scopes: scopesSchema.optional(),
})

const keyShape = z
  .object({
    key_id: z.string(),
    name: z.string(),
    prefix: z.string().describe('The first characters of the key.'),
    scopes: z.object({
      routes: z.array(z.string()),
      channels: z.array(z.int()).nullable(),
      templates: z.array(z.string()).nullable(),
      read_only: z.boolean(),
      expires_at: z.int().nullable().describe('Unix seconds.'),
    }),
    created_by: z.string(),
    created_at: z.int().describe('Unix seconds.'),
    last_used_at: z.int().nullable().describe('Unix seconds. Other nodes add theirs within a minute.'),
  })
  .meta({ id: 'ApiKey' })

const shownScopes = ({ expiresAt, ...scopes }: KeyScopes) => ({
  routes: [...scopes.routes],
  channels: scopes.channels === null ? null : [...scopes.channels],
  templates: scopes.templates === null ? null : [...scopes.templates],
  read_only: scopes.read_only,
  expires_at: seconds(expiresAt),
})

export type KeyDeps = {
  store: Store
  directory: Directory
  clock: Clock
  uses: KeyUses
  /** All routes, to find patterns that fit none. */
  routes: () => readonly Pick<Route, 'method' | 'path'>[]
}

/** Keys for programs: less than the admin token, and more exact than a certification code. */
export function keyRoutes({ store: { sql }, directory, clock, uses, routes }: KeyDeps): Route[] {
  const shown = (key: KeyRow): z.infer<typeof keyShape> => ({
    key_id: key.id,
    name: key.name,
    prefix: key.prefix,
    scopes: shownScopes(key.scopes),
    created_by: key.createdBy,
    created_at: Math.floor(key.createdAt / 1000),
    last_used_at: seconds(Math.max(uses.lastOf(key.id) ?? 0, key.lastUsedAt ?? 0) || null),
  })

  function mustMakeSense({ routes: patterns, channels, expiresAt }: KeyScopes): void {
    const problem = (path: string, message: string) => validationError([{ path, rule: 'consistent', message }])
    for (const [i, pattern] of patterns.entries()) {
      if (!routes().some(({ method, path }) => matchesRoute(pattern, method, path)))
        throw problem(`scopes.routes.${i}`, 'is no route of this gateway')
    }
    for (const [i, id] of (channels ?? []).entries()) {
      if (!directory.channel(id)) throw problem(`scopes.channels.${i}`, 'is no channel of this gateway')
    }
    if (expiresAt !== null && expiresAt <= clock.now()) throw problem('scopes.expires_at', 'must be in the future')
  }

  return [
    route({
      method: 'POST',
      path: '/admin/keys',
      tag: 'people',
      summary: 'Create an API key',
      description:
        'The key is shown once, and used as `authorization: Bearer pk_…`. On customers’ routes a key with one channel selects it; with several, the header channel-id does.',
      auth: 'admin',
      right: 'administer',
      created: true,
      body: createKeySchema,
      data: z.object({ key_id: z.string(), key: z.string().describe('Shown once.'), prefix: z.string() }),
      fails: ['validation_failed', 'conflict'],
      async handle({ body, request, audited }) {
        const given = body.scopes ?? {}
        const scopes: KeyScopes = {
          routes: given.routes ?? ['/external/*'],
          channels: given.channels ?? null,
          templates: given.templates ?? null,
          read_only: given.read_only ?? false,
          expiresAt: given.expires_at === undefined || given.expires_at === null ? null : given.expires_at * 1000,
        }
        mustMakeSense(scopes)
        if ((await allKeys(sql)).length >= MOST_KEYS)
          throw new GatewayError('conflict', { problem: `There are at most ${MOST_KEYS} keys: revoke one first.` })
        const now = clock.now()
        const secret = newSecret(KEY_PREFIX)
        const key = { id: newId('key', now), name: body.name, prefix: secret.slice(0, 9), secret, scopes, now }
        const row = audited({ object: { key_id: key.id }, after: { name: key.name, scopes: shownScopes(scopes) } })
        await insertKey(sql, { ...key, createdBy: request.principal!.name }, row)
        await directory.refresh()
        return { key_id: key.id, key: secret, prefix: key.prefix }
      },
    }),
    route({
      method: 'GET',
      path: '/admin/keys',
      tag: 'people',
      summary: 'All API keys that are not revoked',
      description: 'Name, first characters, scopes and last use of each. Keys are stored as hashes and never returned.',
      auth: 'admin',
      right: 'administer',
      data: z.array(keyShape),
      handle: async () => (await allKeys(sql)).map(shown),
    }),
    route({
      method: 'DELETE',
      path: '/admin/keys/{key_id}',
      tag: 'people',
      summary: 'Revoke an API key',
      description: 'Refused at once on this node, and on other nodes as soon as they are told: within 5 s in any case.',
      auth: 'admin',
      right: 'administer',
      data: z.object({ key_id: z.string() }),
      async handle({ params, audited }) {
        const key = (await allKeys(sql)).find(({ id }) => id === params.key_id)
        const missing = () =>
          new GatewayError('resource_not_found', { what: 'API key', id: params.key_id!.slice(0, 40) })
        if (!key) throw missing()
        const row = audited({ before: { name: key.name, scopes: shownScopes(key.scopes) }, after: null })
        const revoked = await revokeKey(sql, key.id, clock.now(), row)
        await directory.refresh()
        if (!revoked) throw missing()
        return { key_id: key.id }
      },
    }),
  ]
}

import { z } from 'zod'
import type { Channel } from '../../domain/channels/channel.ts'
import { planCall } from '../../domain/resources/plan-call.ts'
import { type Resource, type ResourceMethod, RESOURCES } from '../../domain/resources/resources.ts'
import { repeatable } from '../../flows/send/to-gateway-error.ts'
import type { CloudApi } from '../../platform/cloud-api/client.ts'
import { GatewayError, validationError } from '../../platform/errors.ts'
import { route, type Route, UPSTREAM_FAILS } from '../route.ts'

const METHODS: ResourceMethod[] = ['GET', 'POST', 'DELETE']
const SUMMARIES: Record<ResourceMethod, string> = {
  GET: 'Read a resource of the number or of its account at WhatsApp',
  POST: 'Change a resource of the number or of its account at WhatsApp',
  DELETE: 'Delete a resource of the number or of its account at WhatsApp',
}

/** The parameters of all resources; each accepts its own. */
const queryShape = z.strictObject(
  Object.fromEntries(
    Object.values(RESOURCES)
      .flatMap((resource) => Object.values(resource.methods))
      .flatMap(({ query = [], segment }) => (segment === undefined ? query : [...query, segment]))
      .map((name) => [name, z.string().optional()]),
  ),
)

/** Meta's answer, under Meta's own keys. */
const answerShape = z.unknown().describe('WhatsApp’s answer as it is.')

/** Resources of Meta by an allow-list: for customers with their certification code, and for operators by channel. */
export function resourceRoutes(deps: { cloudApi: CloudApi }): Route[] {
  async function ask(
    method: ResourceMethod,
    access: Resource['access'],
    call: { channel: Channel; params: Record<string, string>; query: Record<string, unknown>; body: unknown },
  ): Promise<unknown> {
    const { channel, params, query, body } = call
    const name = params.name!
    const resource = Object.hasOwn(RESOURCES, name) ? RESOURCES[name] : undefined
    if (!resource || (access === 'customer' && resource.access === 'admin'))
      throw new GatewayError('resource_not_found', { what: 'resource', id: name.slice(0, 64) })
    const rule = resource.methods[method]
    if (!rule) {
      const allowed = Object.keys(resource.methods).join(', ')
      throw new GatewayError('method_not_allowed', { path: `…/resources/${name}`, method, allowed })
    }
    const planned = planCall(rule, query, body)
    if (!planned.ok) throw validationError(planned.problems)
    const { node, path, ...rest } = planned.call
    const id = node === 'number' ? channel.phoneNumberId : channel.wabaId
    return repeatable(() => deps.cloudApi.resource({ method, path: [id, ...path], ...rest }, channel.accessToken))
  }

  return METHODS.flatMap((method) => {
    const shared = {
      method,
      summary: SUMMARIES[method],
      query: queryShape,
      ...(method === 'POST' && { bodyDocument: z.looseObject({}) }),
      data: answerShape,
      fails: ['resource_not_found', 'method_not_allowed', 'validation_failed', ...UPSTREAM_FAILS] as const,
    }
    return [
      route({
        ...shared,
        path: '/external/resources/{name}',
        tag: 'resources',
        auth: 'code',
        description: `${list('customer')} Query and body are WhatsApp’s own.`,
        handle: ({ channel, params, query, body }) => ask(method, 'customer', { channel, params, query, body }),
      }),
      route({
        ...shared,
        path: '/admin/channels/{channel_id}/resources/{name}',
        tag: 'resources',
        auth: 'admin',
        right: method === 'GET' ? 'read' : 'operate',
        description: `${list('admin')} Query and body are WhatsApp’s own.`,
        handle: ({ channel, params, query, body }) => ask(method, 'admin', { channel, params, query, body }),
      }),
    ]
  })
}

function list(access: Resource['access']): string {
  const names = Object.entries(RESOURCES).filter(([, one]) => access === 'admin' || one.access === 'customer')
  return `name is one of ${names.map(([name]) => name).join(', ')}.`
}

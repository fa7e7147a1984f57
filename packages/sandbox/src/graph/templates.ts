import { accountFor, seesAccount, type Answer, type Call } from './call.ts'
import { empty, pick, type Node } from './fields.ts'
import { paged } from './paging.ts'
import { noSuchObject } from '../graph-error.ts'
import type { Json } from '../checker.ts'
import type { Template } from '../world.ts'

const DEFAULTS = ['name', 'parameter_format', 'components', 'language', 'status', 'category', 'sub_category', 'id']

function describeTemplate(template: Template): Json {
  const { wabaId: _1, createdAt: _2, madeHere: _3, edits: _4, editedComponents: _5, ...entry } = template
  return { rejected_reason: 'NONE', quality_score: { score: 'UNKNOWN' }, ...entry }
}

const nodeOf = (template: Template): Node => ({
  type: 'WhatsAppMessageTemplate',
  fields: {
    ...empty(
      'bid_spec correct_category creative_features_spec cta_url_link_tracking_opted_out degrees_of_freedom_spec ' +
        'is_primary_device_delivery_only language_template last_updated_time library_template_name ' +
        'message_send_ttl_seconds optimization_spec parameter_format previous_category quality_score ' +
        'rejection_info specific_rejection_reason sub_category',
    ),
    health_status: {
      can_send_message: template.status === 'APPROVED' ? 'AVAILABLE' : 'BLOCKED',
      entities: [{ entity_type: 'MESSAGE_TEMPLATE', id: template.id, can_send_message: 'AVAILABLE' }],
    },
    ...describeTemplate(template),
  },
})

export function listTemplates(call: Call): Answer {
  const account = accountFor(call, call.path[0]!)
  const { query } = call
  const same = (key: string, value: string): boolean => {
    const wanted = query.get(key)
    return wanted === null || wanted.toLowerCase() === value.toLowerCase()
  }
  const contains = (key: string, ...texts: string[]): boolean => {
    const wanted = query.get(key)?.toLowerCase()
    return wanted === undefined || texts.some((t) => t.toLowerCase().includes(wanted))
  }
  const found = [...call.cloud.world.templates.values()].filter((t) => {
    const content = t.components.map((c) => c.text ?? '').join('\n')
    return (
      t.wabaId === account.wabaId &&
      same('status', t.status) &&
      same('category', t.category) &&
      same('language', t.language) &&
      same('quality_score', t.quality_score?.score ?? 'UNKNOWN') &&
      contains('name', t.name) &&
      contains('content', content) &&
      contains('name_or_content', t.name, content)
    )
  })
  const fields = query.get('fields')
  return {
    body: paged(
      call,
      found.map((t) => pick(nodeOf(t), fields, DEFAULTS)),
      { limit: 25, most: 1_000 },
    ),
  }
}

export function templateFor(call: Call, id: string): Template {
  const template = call.cloud.world.templates.get(id)
  if (!template || !seesAccount(call.token, template.wabaId)) throw noSuchObject(id, call.method)
  return template
}

export function getTemplate(call: Call): Answer {
  return { body: pick(nodeOf(templateFor(call, call.path[0]!)), call.query.get('fields'), DEFAULTS) }
}

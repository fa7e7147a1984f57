import { pick, accountFor, seesAccount, type Answer, type Call } from './call.ts'
import { paged } from './paging.ts'
import { noSuchObject } from '../graph-error.ts'
import type { Json } from '../checker.ts'
import type { Template } from '../world.ts'

const DEFAULTS = ['name', 'parameter_format', 'components', 'language', 'status', 'category', 'sub_category', 'id']

export function describeTemplate(template: Template): Json {
  const { wabaId: _1, createdAt: _2, madeHere: _3, edits: _4, editedComponents: _5, ...entry } = template
  return { rejected_reason: 'NONE', quality_score: { score: 'UNKNOWN' }, ...entry }
}

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
      found.map((t) => pick(describeTemplate(t), fields, DEFAULTS)),
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
  return { body: pick(describeTemplate(templateFor(call, call.path[0]!)), call.query.get('fields'), DEFAULTS) }
}

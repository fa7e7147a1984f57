import { Checker, wordOf, type Json } from '../checker.ts'
import { LANGUAGES, checkDefinition, templateError } from '../check-definition.ts'
import { DAY_MS, HOUR_MS } from '../cloud.ts'
import { GraphError, invalid } from '../graph-error.ts'
import { templateId } from '../identifiers.ts'
import { judge, review } from '../moderation.ts'
import type { Template } from '../world.ts'
import { accountFor, type Answer, type Call } from './call.ts'
import { templateFor } from './templates.ts'

const CATEGORIES = ['authentication', 'marketing', 'utility']
const MOST_TEMPLATES = 250
const MOST_AN_HOUR = 100

export function createTemplate(call: Call): Answer {
  const { cloud, body } = call
  const account = accountFor(call, call.path[0]!)
  const check = new Checker()
  const name = check.string(body, 'name', '', 512)
  if (!/^[a-z0-9_]+$/.test(name)) throw invalid('Param name must have lower-case letters, digits and underscores only.')
  const language = check.string(body, 'language', '')
  if (!LANGUAGES.has(language)) throw invalid(`Param language must be a supported language code - got "${language}".`)
  const category = check.word(body, 'category', '', CATEGORIES).toUpperCase()
  const format =
    body['parameter_format'] === undefined
      ? 'POSITIONAL'
      : check.word(body, 'parameter_format', '', ['positional', 'named']).toUpperCase()
  const components = checkDefinition({ category, named: format === 'NAMED' }, body['components'] ?? [])
  const ttl = ttlOf(body, category)

  const all = [...cloud.world.templates.values()].filter((t) => t.wabaId === account.wabaId)
  if (cloud.world.findTemplate(account.wabaId, name, language)) {
    throw templateError(
      2388024,
      'Content in this language already exists',
      `There is already ${language} content for this template.`,
    )
  }
  const deleted = account.deletedTemplates?.[`${name}\n${language}`]
  const now = cloud.clock.now()
  if (deleted !== undefined && now - deleted < 30 * DAY_MS) {
    throw templateError(
      2388023,
      'Template is being deleted',
      'This name and language was deleted less than 30 days ago. Use another name.',
    )
  }
  if (all.length >= MOST_TEMPLATES)
    throw templateError(2388019, 'Template limit reached', `An account can have ${MOST_TEMPLATES} templates.`)
  if (all.filter((t) => now - t.createdAt < HOUR_MS && t['madeHere'] === true).length >= MOST_AN_HOUR)
    throw new GraphError(80007)

  const template: Template = {
    id: templateId(cloud.source),
    wabaId: account.wabaId,
    createdAt: now,
    madeHere: true,
    name,
    language,
    category,
    parameter_format: format as 'POSITIONAL' | 'NAMED',
    status: 'PENDING',
    components,
    ...(ttl !== undefined && { message_send_ttl_seconds: ttl }),
  }
  cloud.world.saveTemplate(template)
  review(cloud, template)
  return { body: { id: template.id, status: template.status, category } }
}

/** Seconds, or -1 for 30 days. */
function ttlOf(body: Json, category: string): number | undefined {
  const ttl = body['message_send_ttl_seconds']
  if (ttl === undefined) return undefined
  const [least, most] =
    category === 'AUTHENTICATION' ? [30, 900] : category === 'UTILITY' ? [30, 43_200] : [43_200, 2_592_000]
  if (ttl !== -1 && (!Number.isInteger(ttl) || Number(ttl) < least || Number(ttl) > most)) {
    throw invalid(`Param message_send_ttl_seconds must be from ${least} to ${most}, or -1.`)
  }
  return Number(ttl)
}

/** `POST /{template id}`: components, category or time to live. An edited template is reviewed again. */
export function editTemplate(call: Call): Answer {
  const { cloud, body } = call
  const template = templateFor(call, call.path[0]!)
  const { components, category } = body
  if (components === undefined && category === undefined && body['message_send_ttl_seconds'] === undefined) {
    throw invalid('The parameter components is required.')
  }
  const cannot = (why: string): GraphError => templateError(2388039, 'Template cannot be changed', why)
  if (!['APPROVED', 'REJECTED', 'PAUSED'].includes(template.status))
    throw cannot(`A template that is ${template.status} cannot be edited.`)
  const check = new Checker()
  if (category !== undefined) {
    const wanted = check.word(body, 'category', '', CATEGORIES).toUpperCase()
    if (template.status === 'APPROVED' && wanted !== template.category)
      throw cannot('The category of an approved template cannot be changed.')
    template.category = wanted
  }
  const ttl = ttlOf(body, template.category)
  if (ttl !== undefined) template['message_send_ttl_seconds'] = ttl
  if (components !== undefined) {
    const checked = checkDefinition(
      { category: template.category, named: template.parameter_format === 'NAMED' },
      components,
    )
    if (template.status === 'APPROVED') countEdit(call, template, cannot)
    template.components = checked
    template['editedComponents'] = true
  }
  if (components !== undefined || template.status !== 'APPROVED') {
    template.status = 'PENDING'
    review(cloud, template)
  }
  cloud.world.saveTemplate(template)
  return { body: { success: true } }
}

/** Limits for an approved template: one edit in 24 hours, ten in 30 days. */
function countEdit(call: Call, template: Template, cannot: (why: string) => GraphError): void {
  const now = call.cloud.clock.now()
  const edits = (Array.isArray(template['edits']) ? (template['edits'] as number[]) : []).filter(
    (at) => now - at < 30 * DAY_MS,
  )
  if (edits.some((at) => now - at < DAY_MS)) throw cannot('An approved template can be edited once in 24 hours.')
  if (edits.length >= 10) throw cannot('An approved template can be edited 10 times in 30 days.')
  template['edits'] = [...edits, now]
}

/** By name: all languages. By id and name: one. */
/** Up to 100 ids: as a list, as JSON text, or joined by commas. */
function idsIn(given: unknown): string[] | undefined {
  if (given === undefined) return undefined
  const ids = Array.isArray(given)
    ? given.map(wordOf)
    : wordOf(given)
        .replace(/[[\]\s"]/g, '')
        .split(',')
  if (ids.length < 1 || ids.length > 100 || ids.includes('')) throw invalid('Param hsm_ids must have 1 to 100 ids.')
  return [...new Set(ids)]
}

export function deleteTemplates(call: Call): Answer {
  const { cloud } = call
  const account = accountFor(call, call.path[0]!)
  const parameter = (key: string): string | undefined =>
    call.query.get(key) ?? (typeof call.body[key] === 'string' ? call.body[key] : undefined)
  const name = parameter('name')
  const id = parameter('hsm_id')
  const ids = idsIn(call.body['hsm_ids'])
  if (ids && (name !== undefined || id !== undefined))
    throw invalid('Param hsm_ids cannot be used together with name or hsm_id.')
  if (!ids && (name === undefined || name === '')) throw invalid('The parameter name is required.')
  const found = [...cloud.world.templates.values()].filter(
    (t) =>
      t.wabaId === account.wabaId && (ids ? ids.includes(t.id) : t.name === name && (id === undefined || t.id === id)),
  )
  if (ids && found.length < ids.length)
    throw templateError(2593002, 'Message template not found', 'One of the ids is no template of this account.')
  if (found.length === 0)
    throw templateError(2593002, 'Message template not found', `There is no template called ${name}.`)
  if (found.some((t) => t.status === 'DISABLED'))
    throw templateError(2388039, 'Template cannot be changed', 'A disabled template cannot be deleted.')
  for (const template of found) {
    if (template.status === 'APPROVED') {
      const key = `${template.name}\n${template.language}`
      account.deletedTemplates = { ...account.deletedTemplates, [key]: cloud.clock.now() }
    }
    judge(cloud, template, { event: 'PENDING_DELETION', reason: null })
    cloud.world.removeTemplate(template)
  }
  cloud.world.saveAccount(account)
  return { body: { success: true } }
}

export function unpauseTemplate(call: Call): Answer {
  const template = templateFor(call, call.path[0]!)
  if (template.status !== 'PAUSED') return { body: { success: false, reason: 'The template is not paused.' } }
  judge(call.cloud, template, { event: 'APPROVED', title: 'UNPAUSE', description: 'The template can be sent again.' })
  return { body: { success: true } }
}

/** Body `{hsm_ids}`, at most 100. */
export function archiveTemplates(call: Call, event: 'ARCHIVED' | 'UNARCHIVED'): Answer {
  const account = accountFor(call, call.path[0]!)
  const ids = call.body['hsm_ids']
  if (!Array.isArray(ids) || ids.length < 1 || ids.length > 100) throw invalid('Param hsm_ids must have 1 to 100 ids.')
  const done: string[] = []
  const failed: Record<string, string> = {}
  for (const id of ids.map(wordOf)) {
    const template = call.cloud.world.templates.get(id)
    if (template?.wabaId !== account.wabaId) failed[id] = 'Template does not exist'
    else if ((template.status === 'ARCHIVED') === (event === 'ARCHIVED')) {
      failed[id] = event === 'ARCHIVED' ? 'Template is already archived' : 'Template is not archived'
    } else {
      judge(call.cloud, template, { event })
      done.push(id)
    }
  }
  // A map by id. One client of the live service shows a list of objects instead.
  return {
    body: { [event === 'ARCHIVED' ? 'archived_templates' : 'unarchived_templates']: done, failed_templates: failed },
  }
}

/** The texts of an authentication template before its creation. */
export function previewTemplates(call: Call): Answer {
  accountFor(call, call.path[0]!)
  if (call.query.get('category')?.toUpperCase() !== 'AUTHENTICATION')
    throw invalid('Param category must be one of {AUTHENTICATION}.')
  const languages = (call.query.get('languages') ?? 'en_US').split(',')
  const minutes = call.query.get('code_expiration_minutes')
  const components = [
    { type: 'BODY', add_security_recommendation: call.query.get('add_security_recommendation') === 'true' },
    ...(minutes === null ? [] : [{ type: 'FOOTER', code_expiration_minutes: Number(minutes) }]),
    { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
  ]
  const filled = checkDefinition({ category: 'AUTHENTICATION', named: false }, components)
  const text = (type: string): string | undefined => filled.find((c) => c.type === type)?.text
  return {
    body: {
      data: languages.map((language) => ({
        language,
        body: text('BODY'),
        ...(text('FOOTER') !== undefined && { footer: text('FOOTER') }),
        buttons: [{ text: 'Copy code', autofill_text: 'Autofill' }],
      })),
    },
  }
}

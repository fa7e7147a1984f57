import type { Channel } from '../channels/channel.ts'
import { GatewayError } from '../errors.ts'
import type { TemplateSend } from '../messages/message.ts'
import type { Resolved } from '../messages/to-cloud-api.ts'
import { checkTemplate } from '../templates/check-template.ts'
import { chooseTemplate, refuseChoice, type Choice, type Wanted } from '../templates/choose-template.ts'
import type { Refusal } from '../templates/refusal.ts'
import type { CatalogEntry } from '../templates/catalog-entry.ts'

/** Chooses the translation, expands the code, checks the parameters. Throws a GatewayError that says what to change. */
export type TemplateResolver = (channel: Channel, template: TemplateSend) => Promise<NonNullable<Resolved['template']>>

/** The catalog as this flow needs it; `sync/catalog` is behind it. */
export type CatalogView = {
  entries(account: {
    wabaId: string
    accessToken: string
  }): Promise<{ byName: ReadonlyMap<string, readonly CatalogEntry[]>; syncedAt: number }>
  refresh(account: { wabaId: string; accessToken: string }, syncedBefore: number): Promise<boolean>
}

type Resolution = { ok: true; template: NonNullable<Resolved['template']> } | { ok: false; error: GatewayError }

/** A refusal is believed only on a fresh catalog: one that is not is fetched again, once, before anything is refused. */
export function createTemplateResolver(catalog: CatalogView): TemplateResolver {
  return async (channel, template) => {
    let entries = await catalog.entries(channel)
    let resolution = resolve(entries.byName.get(template.name) ?? [], channel, template)
    if (!resolution.ok && (await catalog.refresh(channel, entries.syncedAt))) {
      entries = await catalog.entries(channel)
      resolution = resolve(entries.byName.get(template.name) ?? [], channel, template)
    }
    if (!resolution.ok) throw resolution.error
    return resolution.template
  }
}

function resolve(entries: readonly CatalogEntry[], channel: Channel, template: TemplateSend): Resolution {
  const wanted: Wanted = {
    name: template.name,
    language: template.language,
    defaultLanguage: channel.defaultLanguage ?? undefined,
  }
  const choice = chooseTemplate(entries, wanted)
  if (choice.kind !== 'found') return { ok: false, error: refuseTemplate(choice, refuseChoice(choice, wanted)!) }
  const { entry } = choice
  const checked = checkTemplate(entry, template)
  if (!checked.ok) return { ok: false, error: mismatch(checked, entry) }
  const { components } = checked
  return { ok: true, template: { language: entry.language, ...(template.code !== undefined && { components }) } }
}

function refuseTemplate(choice: Choice, refusal: Refusal): GatewayError {
  const data = dataOf(refusal)
  if (choice.kind === 'ambiguous') {
    const problem = `(#${refusal.code}) ${refusal.fields[0]?.message ?? refusal.title}`
    return new GatewayError('template_language_needed', { problem }, { data: { ...data, languages: choice.languages } })
  }
  if (choice.kind === 'not_approved') {
    return new GatewayError('template_not_approved', { problem: `(#${refusal.code}) ${refusal.title}` }, { data })
  }
  return new GatewayError('template_not_found', {}, { data })
}

function mismatch(refusal: Refusal, entry: CatalogEntry): GatewayError {
  return new GatewayError(
    'template_mismatch',
    { problem: `(#${refusal.code}) ${refusal.title}` },
    {
      data: {
        ...dataOf(refusal),
        template: { name: entry.name, language: entry.language, text: entry.wants.body?.text ?? null },
      },
    },
  )
}

function dataOf(refusal: Refusal): Record<string, unknown> {
  return {
    upstream: {
      code: refusal.code,
      title: refusal.title,
      details: refusal.details,
      subcode: null,
      fbtrace_id: null,
      http_status: null,
      retryable: false,
    },
    fields: refusal.fields,
  }
}

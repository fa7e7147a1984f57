import type { Channel } from '../../domain/channels/channel.ts'
import { GatewayError } from '../../platform/errors.ts'
import type { Envelope, TemplateSend } from '../../domain/messages/message.ts'
import type { Resolved } from '../../domain/messages/to-cloud-api.ts'
import { checkTemplate } from '../../domain/templates/check-template.ts'
import { chooseTemplate, refuseChoice, type Choice, type Wanted } from '../../domain/templates/choose-template.ts'
import type { Refusal } from '../../domain/templates/refusal.ts'
import type { CatalogEntry } from '../../domain/templates/catalog-entry.ts'
import { repeatable } from './to-gateway-error.ts'

/**
 * Chooses the translation, expands the code, and checks the parameters. `addressee` is the recipient: codes go to phone
 * numbers only. Throws a GatewayError that says what to change.
 */
export type TemplateResolver = (
  channel: Channel,
  template: TemplateSend,
  addressee: Pick<Envelope, 'to' | 'recipient'>,
) => Promise<ResolvedTemplate>

/** `category` is WhatsApp's, as the catalog knows it. */
export type ResolvedTemplate = NonNullable<Resolved['template']> & { category: string }

type Account = { wabaId: string; accessToken: string }

/** The parts of the catalog that this flow needs. `sync/catalog` implements it. */
export type CatalogView = {
  /** Throws the client's errors when there is no catalog yet and Meta cannot be reached. */
  entries(account: Account): Promise<{ byName: ReadonlyMap<string, readonly CatalogEntry[]> }>
  /** Requests one name from Meta. False when Meta was asked too often, or did not answer. */
  refresh(account: Account, name: string): Promise<boolean>
}

type Resolution = { ok: true; template: ResolvedTemplate } | { ok: false; error: GatewayError }

/** Before it refuses a send, it asks Meta once for the current template. */
export function createTemplateResolver(catalog: CatalogView): TemplateResolver {
  return async (channel, template, addressee) => {
    const look = async (): Promise<Resolution> => {
      const { byName } = await repeatable(() => catalog.entries(channel))
      return resolve(byName.get(template.name) ?? [], channel, template, addressee)
    }
    let resolution = await look()
    if (!resolution.ok && (await catalog.refresh(channel, template.name))) resolution = await look()
    if (!resolution.ok) throw resolution.error
    return resolution.template
  }
}

function resolve(
  entries: readonly CatalogEntry[],
  channel: Channel,
  template: TemplateSend,
  addressee: Pick<Envelope, 'to' | 'recipient'>,
): Resolution {
  const wanted: Wanted = {
    name: template.name,
    language: template.language,
    defaultLanguage: channel.defaultLanguage ?? undefined,
  }
  const choice = chooseTemplate(entries, wanted)
  if (choice.kind !== 'found') return { ok: false, error: refuseTemplate(choice, refuseChoice(choice, wanted)!) }
  const { entry } = choice
  const checked = checkTemplate(entry, template, addressee)
  if (!checked.ok) return { ok: false, error: mismatch(checked, entry) }
  const { components } = checked
  const { language, category } = entry
  return { ok: true, template: { language, category, ...(template.code !== undefined && { components }) } }
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

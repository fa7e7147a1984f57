import type { CatalogEntry } from './catalog-entry.ts'
import { isSameLanguage } from './languages.ts'
import { refusalOf, type Refusal, type RefusalCode } from './refusal.ts'

export type Wanted = { name: string; language?: string | undefined; defaultLanguage?: string | undefined }

export type Choice =
  | { kind: 'found'; entry: CatalogEntry }
  /** There is no template with that name. */
  | { kind: 'unknown' }
  /** The name exists, but not in the given language. */
  | { kind: 'unknown_language'; languages: string[] }
  | { kind: 'not_approved'; entries: CatalogEntry[] }
  /** Approved in several languages, and neither the send nor the channel names one. */
  | { kind: 'ambiguous'; languages: string[] }

/**
 * Chooses the translation to send. The API page names no language, so the order is: the only approved one; else the
 * given one; else the channel's default; else the caller must name one. `entries` may be the whole catalog or the
 * entries of one name.
 */
export function chooseTemplate(entries: Iterable<CatalogEntry>, wanted: Wanted): Choice {
  const named: CatalogEntry[] = []
  for (const entry of entries) if (entry.name === wanted.name) named.push(entry)
  if (named.length === 0) return { kind: 'unknown' }

  if (wanted.language !== undefined) {
    const entry = named.find((one) => isSameLanguage(one.language, wanted.language!))
    if (!entry) return { kind: 'unknown_language', languages: languagesOf(named) }
    return isApproved(entry) ? { kind: 'found', entry } : { kind: 'not_approved', entries: [entry] }
  }

  const approved = named.filter(isApproved)
  if (approved.length === 0) return { kind: 'not_approved', entries: named }
  if (approved.length === 1) return { kind: 'found', entry: approved[0]! }
  const usual = approved.find((one) => isSameLanguage(one.language, wanted.defaultLanguage ?? ''))
  return usual ? { kind: 'found', entry: usual } : { kind: 'ambiguous', languages: languagesOf(approved) }
}

export function isApproved(entry: CatalogEntry): boolean {
  return entry.status === 'APPROVED'
}

/** The refusal of a choice that cannot be sent, in Meta's words and ours. Undefined for `found`. */
export function refuseChoice(choice: Choice, wanted: Wanted): Refusal | undefined {
  const { name, language } = wanted
  switch (choice.kind) {
    case 'found':
      return undefined
    case 'unknown':
      return refuse(132001, `template name (${name}) does not exist in ${language ?? 'any language'}`, {
        path: 'template.name',
        rule: 'exists',
        wants: 'the name of a template of this account',
        got: name,
        message: `no template is called ${name}: check the name, or sync templates if it is new`,
      })
    case 'unknown_language':
      return refuse(132001, `template name (${name}) does not exist in ${language}`, {
        path: 'template.language',
        rule: 'exists',
        wants: `one of ${choice.languages.join(', ')}`,
        got: String(language),
        message: `${name} has no translation ${language}; it has ${choice.languages.join(', ')}`,
      })
    case 'ambiguous':
      return refuse(132001, `template name (${name}) exists in ${choice.languages.join(', ')}`, {
        path: 'template.language',
        rule: 'required',
        wants: `one of ${choice.languages.join(', ')}`,
        got: 'nothing',
        message: `${name} is approved in ${choice.languages.join(', ')}: name one of them in template.language`,
      })
    case 'not_approved':
      return refuseStatus(choice.entries, wanted)
  }
}

/**
 * Of several templates that cannot be sent, a paused one is reported first, because it becomes active again by itself.
 */
export function refuseStatus(entries: readonly CatalogEntry[], { name, language }: Wanted): Refusal {
  const entry =
    entries.find((one) => one.status === 'PAUSED') ?? entries.find((one) => one.status === 'DISABLED') ?? entries[0]!
  const code: RefusalCode = entry.status === 'PAUSED' ? 132015 : entry.status === 'DISABLED' ? 132016 : 132001
  const details =
    code === 132001
      ? `template name (${name}) does not exist in ${language ?? entry.language}`
      : `template (${name}, ${entry.language}) is ${entry.status.toLowerCase()}`
  const reason = entry.rejectedReason ? ` (${entry.rejectedReason})` : ''
  return refuse(code, details, {
    path: language === undefined ? 'template.name' : 'template.language',
    rule: 'status',
    wants: 'APPROVED',
    got: entry.status,
    message: `${name} (${entry.language}) is ${entry.status}${reason}: ${adviceFor(entry.status)}`,
  })
}

const ADVICE: Record<string, string> = {
  PENDING: 'WhatsApp is still reviewing it; send it once it is approved',
  IN_APPEAL: 'WhatsApp is still reviewing it; send it once it is approved',
  REJECTED: 'edit it and let it be reviewed again',
  PAUSED: 'WhatsApp paused it for low quality; it comes back in some hours, or send another',
  DISABLED: 'WhatsApp disabled it for good; create another',
  LIMIT_EXCEEDED: 'this account has too many templates; delete some',
  ARCHIVED: 'unarchive it first',
}

function adviceFor(status: string): string {
  return ADVICE[status] ?? 'only approved templates can be sent'
}

function refuse(code: RefusalCode, details: string, field: Refusal['fields'][number]): Refusal {
  return refusalOf([{ code, details, field }])!
}

function languagesOf(entries: readonly CatalogEntry[]): string[] {
  return entries.map((entry) => entry.language).sort()
}

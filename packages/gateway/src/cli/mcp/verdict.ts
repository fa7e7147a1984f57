import type { Contact, Template } from '@postern/client'
import { isSameLanguage } from '../../domain/templates/languages.ts'

/** What is known before a message is sent. */
export type Verdict = {
  /** False: Postern or WhatsApp will refuse it; `problems` says why. */
  will_be_accepted: boolean
  problems: string[]
  window: { state: 'open' | 'closed' | 'unknown'; until: number | null }
  /** Whether the contact wants marketing messages. */
  marketing: 'allowed' | 'stopped' | 'unknown'
  cost: { class: 'service' | 'marketing' | 'utility' | 'authentication' | 'unknown'; note: string }
}

type Facts = {
  /** Undefined: this channel has never heard of the contact. */
  contact: Contact | undefined
  /** All translations of the template that the message names; undefined for a message without one. */
  templates: readonly Pick<Template, 'category' | 'status' | 'language'>[] | undefined
  /** The language that the message names. */
  language?: string | undefined
  /** Unix seconds. */
  now: number
}

export function verdictOf({ contact, templates, language, now }: Facts): Verdict {
  const window = { state: contact?.window.state ?? 'unknown', until: contact?.window.until ?? null } as const
  const marketing = contact?.marketing?.state ?? 'unknown'
  const meant = templates?.filter((one) => language === undefined || isSameLanguage(one.language, language))
  const approved = meant?.find((one) => one.status.toUpperCase() === 'APPROVED')
  const cost = costOf({ contact, templates, now }, approved?.category)
  const problems: string[] = []
  if (templates === undefined && window.state === 'closed')
    problems.push('The 24-hour window is closed: only a template can be sent to this contact now (window_closed).')
  if (templates?.length === 0) problems.push('There is no template of this name (template_not_found).')
  else if (templates && meant?.length === 0)
    problems.push(
      `The template has no translation in ${language}, only in ${templates.map((one) => one.language).join(', ')} (template_not_found).`,
    )
  else if (meant && !approved) problems.push(`The template is not approved; its status is ${meant[0]!.status}.`)
  if (cost.class === 'marketing' && marketing === 'stopped')
    problems.push('The contact does not want marketing messages (opted_out).')
  return { will_be_accepted: problems.length === 0, problems, window, marketing, cost }
}

function costOf({ contact, templates, now }: Facts, category: string | undefined): Verdict['cost'] {
  if ((contact?.window.free_until ?? 0) > now)
    return { class: classOf(category, templates), note: 'Free: the contact came from an ad, and the free period runs.' }
  if (templates === undefined) return { class: 'service', note: 'Free: a message inside the 24-hour window.' }
  const cost = classOf(category, templates)
  if (cost === 'utility' && contact?.window.state === 'open')
    return { class: cost, note: 'Free: a utility template inside the 24-hour window.' }
  return { class: cost, note: 'WhatsApp charges this message when it is delivered.' }
}

function classOf(category: string | undefined, templates: Facts['templates']): Verdict['cost']['class'] {
  if (templates === undefined) return 'service'
  const name = category?.toLowerCase()
  return name === 'marketing' || name === 'utility' || name === 'authentication' ? name : 'unknown'
}

import type { SendMessage } from '@postern/client'

/** What an agent may do, given when the server starts. Nothing that comes later can widen it. */
export type Allowed = {
  /** Digits of numbers, and business-scoped ids. */
  numbers: ReadonlySet<string>
  templates: ReadonlySet<string>
  /** Conversations of all contacts may be read, not only those of `numbers`. */
  readAll: boolean
  /** Messages in one hour. */
  mostSends: number
}

/** A number in any usual spelling as digits; an id as it is. */
export function nameOf(to: string): string {
  const trimmed = to.trim()
  return /^\+?\d[\d\s()-]*$/.test(trimmed) ? trimmed.replace(/\D/g, '') : trimmed
}

/** Why this message may not be sent by the agent. Undefined when it may. */
export function forbidden(allowed: Allowed, message: SendMessage): string | undefined {
  const { to, recipient, template } = message as { to?: string; recipient?: string; template?: { name?: string } }
  const name = nameOf(to ?? recipient ?? '')
  if (!allowed.numbers.has(name))
    return 'This recipient is not on the list of allowed numbers. Only the person who starts `postern mcp` can add one, with --allow-number.'
  if (template?.name !== undefined && !allowed.templates.has(template.name))
    return 'This template is not on the list of allowed templates. Only the person who starts `postern mcp` can add one, with --allow-template.'
  return undefined
}

/** Why this contact's conversation may not be read by the agent. */
export function unreadable(allowed: Allowed, to: string): string | undefined {
  if (allowed.readAll || allowed.numbers.has(nameOf(to))) return undefined
  return 'This contact is not on the list of allowed numbers. Only the person who starts `postern mcp` can change that, with --allow-number or --read-all.'
}

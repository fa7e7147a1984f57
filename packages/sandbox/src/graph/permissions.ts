import { GraphError } from '../graph-error.ts'
import type { AccessToken } from '../world.ts'

const MESSAGING = 'whatsapp_business_messaging'
const MANAGEMENT = 'whatsapp_business_management'

export const scopesOf = (token: AccessToken): string[] => token.scopes ?? [MANAGEMENT, MESSAGING]

/** The permission that Meta's table names for an edge. Edges that it does not name need none here. */
const NEEDED: Record<string, string> = {
  messages: MESSAGING,
  marketing_messages: MESSAGING,
  media: MESSAGING,
  register: MESSAGING,
  deregister: MESSAGING,
  whatsapp_business_profile: MESSAGING,
  message_templates: MANAGEMENT,
  phone_numbers: MANAGEMENT,
  settings: MANAGEMENT,
  subscribed_apps: MANAGEMENT,
}

/** @throws GraphError 10 when the token lacks the permission of this edge */
export function mustBePermitted(token: AccessToken, edge: string | undefined): void {
  const needed = edge !== undefined && Object.hasOwn(NEEDED, edge) ? NEEDED[edge] : undefined
  if (needed !== undefined && !scopesOf(token).includes(needed)) throw new GraphError(10)
}

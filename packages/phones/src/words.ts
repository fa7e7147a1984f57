import type { Owner } from './control.ts'

const word = (text: string): string => text

const ROLES: Record<string, string> = {
  ai_agent: word('held by Meta Business Agent'),
  customer_service: word('held by customer service'),
  escalation: word('held by another responder'),
  marketing: word('held by marketing'),
  utility: word('held by a utility app'),
  ctwa: word('held by an advertising app'),
}

/** Who holds a thread, in words. */
export function ownerText(owner: Owner): string {
  if (owner.who === 'app') return word('held by your software')
  if (owner.who === 'idle') return word('held by nobody')
  return ROLES[owner.role ?? 'escalation'] ?? ROLES['escalation']!
}

/** The same in two or three words, beside a name. */
export function ownerMark(owner: Owner): string {
  if (owner.who === 'idle') return word('with nobody')
  return owner.role === 'ai_agent' ? word('with the agent') : word('with another responder')
}

export const QUALITY: Record<string, string> = {
  GREEN: word('High quality'),
  YELLOW: word('Medium quality'),
  RED: word('Low quality'),
  UNKNOWN: word('Quality unknown'),
}

export const LIMITS = ['TIER_250', 'TIER_2K', 'TIER_10K', 'TIER_100K', 'TIER_UNLIMITED']
export const LIMIT: Record<string, string> = {
  TIER_250: word('250 people a day'),
  TIER_2K: word('2,000 people a day'),
  TIER_10K: word('10,000 people a day'),
  TIER_100K: word('100,000 people a day'),
  TIER_UNLIMITED: word('No limit'),
}

/** Meta's reasons for the end of a connection, as its webhooks have them. */
export const REASONS = [
  'ACCOUNT_DISCONNECTED',
  'BUSINESS_DOWNGRADE',
  'CHANGE_NUMBER',
  'COMPANION_INACTIVITY',
  'PRIMARY_INACTIVITY',
  'USER_RE_REGISTERED',
]

/** Meta's categories and types of prices, in words. Further ones are shown as Meta writes them. */
export const CATEGORY: Record<string, string> = {
  marketing: word('Marketing'),
  marketing_lite: word('Marketing Messages'),
  utility: word('Utility'),
  authentication: word('Authentication'),
  'authentication-international': word('Authentication abroad'),
  service: word('Service'),
  referral_conversion: word('After an advertisement'),
  group_marketing: word('Marketing in groups'),
  group_utility: word('Utility in groups'),
  group_service: word('Service in groups'),
}
export const PRICE_TYPE: Record<string, string> = {
  regular: word('charged'),
  free_customer_service: word('free'),
  free_group_customer_service: word('free'),
  free_entry_point: word('free after an advertisement'),
}

import type { Group } from './world.ts'

/** What belongs to the business: its app, its accounts and its numbers. A part of the sandbox's state. */

export type App = {
  id: string
  name: string
  secret: string
  verifyToken: string
  callbackUrl?: string
  /** The webhook fields that the app is subscribed to. Undefined: all, for worlds without a subscription of the app. */
  fields?: string[]
}

export type Account = {
  wabaId: string
  name: string
  /** The portfolio: two accounts of one business see the same person under the same BSUID. */
  businessId: string
  subscribed: boolean
  /** Other apps that get this account's webhooks too. */
  otherApps?: { id: string; name: string }[]
  /** `not_verified`, `pending` …: the verification of the business. `verified` unless it is set. */
  verification?: string
  /** Why the account may not send, in the words of its health status. */
  blocked?: { error_code: number; error_description: string; possible_solution: string }
  overrideUrl?: string
  /** People a day who may get messages outside a window: `TIER_250` unless it changed. */
  messagingLimit?: string
  /** Belongs to a parent account: webhooks carry parent BSUIDs beside the BSUIDs of the portfolio. */
  parentUserIds?: boolean
  flows?: Flow[]
  /** Settings that are only stored and returned. */
  settings?: Record<string, unknown>
  /** `name\nlanguage` → time when an approved template was deleted. The name is blocked for 30 days. */
  deletedTemplates?: Record<string, number>
}

export type Flow = {
  id: string
  name: string
  status: 'DRAFT' | 'PUBLISHED' | 'DEPRECATED' | 'BLOCKED' | 'THROTTLED'
  categories: string[]
  endpointUri?: string
  /** The uploaded flow JSON, as text. */
  json?: string
}

export type BusinessNumber = {
  id: string
  wabaId: string
  /** Digits only. */
  number: string
  verifiedName: string
  quality: 'GREEN' | 'YELLOW' | 'RED' | 'UNKNOWN'
  throughput: 'STANDARD' | 'HIGH'
  registered: boolean
  /** Whether the business proved that the number is its own, with the code that the number received. */
  verification?: 'VERIFIED' | 'NOT_VERIFIED' | 'EXPIRED'
  /** The code of the newest `request_code`. */
  sentCode?: string
  /** The review of the display name. `APPROVED` unless it is set. */
  nameStatus?: string
  /** What `status` says of a registered number, when it is not `CONNECTED`. */
  status?: string
  /** The business also uses the number in the WhatsApp Business app. */
  onBizApp?: boolean
  /** When the app was connected. Contacts and history can be asked for within a day. */
  onboardedAt?: number
  /** The app is disconnected: no sends and no webhooks about messages, until it is connected again. */
  away?: { how: 'disconnected' | 'offboarded'; reason?: string; since: number }
  /** Newest blocks and reports by people. They lower the quality. */
  complaints?: { phone: string; at: number; how: 'block' | 'report' }[]
  loweredByPeople?: boolean
  pin?: string
  /** A test number of Meta's that may only write to five listed people. */
  allowedRecipients?: string[]
  profile: Record<string, unknown>
  /** Phones that this number has blocked. */
  blocked: string[]
  overrideUrl?: string
  settings: Record<string, unknown>
  groups?: Group[]
  /** Service messages delivered this month. The first thousand are free. */
  serviceMonth?: { month: string; count: number }
}

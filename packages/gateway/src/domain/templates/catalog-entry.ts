import type { TemplateStatus, WireTemplateDefinition } from '@postern/cloud-api'

/**
 * A template as the catalog keeps it: plain data, so that it can be stored as JSON. `wants` says what a send must
 * bring; it is worked out once, when the template is read, because a template is read rarely and sent often.
 */
export type CatalogEntry = {
  /** Meta's id, digits as text: too long for a number. */
  id: string
  name: string
  /** With an underscore: en_US. */
  language: string
  status: TemplateStatus
  category: string
  /** `''` until Meta has rated it. */
  quality: string
  rejectedReason?: string
  /** As Meta lists them. */
  components: WireTemplateDefinition[]
  wants: Wants
}

export type Wants = {
  /** Named variables are filled by name, positional ones by order. */
  isNamed: boolean
  header?: HeaderWants
  body?: TextWants
  footer?: string
  buttons: ButtonWants[]
  offer?: { text: string; hasExpiration: boolean }
  cards?: CardWants[]
}

export type TextWants = {
  text: string
  /** Names of the variables: `['1', '2']`, or `['first_name']`. */
  variables: string[]
  /** Code points of the fixed text. */
  fixedLength: number
}

export type HeaderKind = 'text' | 'image' | 'video' | 'gif' | 'document' | 'location' | 'product' | 'other'
export type HeaderWants = { kind: HeaderKind; text?: TextWants }

export type ButtonWants = {
  /** The sub type a send names, in lower case; kinds nobody can parameterise keep Meta's word. */
  kind: string
  text: string
  url?: string
  /** The URL ends in a variable. */
  hasVariable?: boolean
  phoneNumber?: string
  /** One of the three OTP buttons; Meta shows it as a URL button after creation. */
  isOtp?: boolean
}

export type CardWants = { header?: HeaderWants; body?: TextWants; buttons: ButtonWants[] }

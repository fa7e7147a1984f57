import type { TemplateStatus, WireTemplateDefinition } from '@postern/cloud-api'

/**
 * A template in the catalog: plain data, so that it can be stored as JSON. `wants` lists the parameters of a send. It
 * is computed when the template is read, because a template is read rarely and sent often.
 */
export type CatalogEntry = {
  /** Meta's id, as text: it has too many digits for a number. */
  id: string
  name: string
  /** With an underscore: en_US. */
  language: string
  status: TemplateStatus
  category: string
  /** `''` until Meta has rated the template. */
  quality: string
  rejectedReason?: string
  /** As Meta lists them. */
  components: WireTemplateDefinition[]
  wants: Wants
}

export type Wants = {
  /** True for named variables, which are filled by name; positional ones are filled by order. */
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
  /** The sub type of a send, in lower case. Kinds without parameters keep Meta's word. */
  kind: string
  text: string
  url?: string
  /** True when the URL ends in a variable. */
  hasVariable?: boolean
  phoneNumber?: string
  /** One of the three OTP buttons. After creation Meta shows it as a URL button. */
  isOtp?: boolean
}

export type CardWants = { header?: HeaderWants; body?: TextWants; buttons: ButtonWants[] }

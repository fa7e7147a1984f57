/**
 * Your account's approved templates. `postern types` writes a file that fills it; then a wrong name, a wrong language or
 * a missing parameter does not compile. Empty: every name is accepted.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface TemplateCatalog {}

export type HeaderKind = 'text' | 'image' | 'video' | 'gif' | 'document' | 'location' | 'product'
export type ButtonKind =
  'quick_reply' | 'url' | 'copy_code' | 'flow' | 'catalog' | 'mpm' | 'spm' | 'voice_call' | 'order_details'

/** Values of a text: in the order of `{{1}}`, `{{2}}`, or by the names of the variables. */
export type Values = readonly string[] | Readonly<Record<string, string>>

/** What a template, or one of its cards, takes. */
export type PartsShape = {
  /** The kind of its header, when the header takes a parameter; the values of a text with named variables. */
  header?: HeaderKind | Readonly<Record<string, string>>
  body?: Values
  /** The buttons that take a parameter, by position. */
  buttons?: Readonly<Record<number, ButtonKind>>
}

/** One template of the catalog. */
export type TemplateShape = PartsShape & {
  /** The languages in which it is approved. */
  language: string
  /** An authentication template: the code is all that it takes. */
  code?: true
  /** It shows when an offer ends. */
  offer?: true
  /** Its cards, from left to right. */
  cards?: readonly PartsShape[]
}

/** Name of a template: one of the catalog, or any when there is no catalog. */
export type TemplateName = [keyof TemplateCatalog] extends [never] ? string : keyof TemplateCatalog & string

/** What the template of a name takes. Without a catalog, all that a template can take. */
export type ShapeOf<Name extends string> = Name extends keyof TemplateCatalog ? TemplateCatalog[Name] : AnyTemplate

export type AnyTemplate = { language: string; any: true }

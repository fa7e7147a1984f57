import type { TemplateContent, TemplateMessage } from '../generated/schemas.ts'
import type { AnyTemplate, ButtonKind, HeaderKind, PartsShape, Values } from '../template-catalog.ts'
import type { File } from './media.ts'

/** Buttons that cannot be left out. */
type NeededButton = 'url' | 'copy_code' | 'mpm' | 'order_details'

/** A part of a shape, also one that some languages do without. */
type Part<S, K extends PropertyKey, T> = Extract<S[K & keyof S], T>
/** The part's name, when no language does without it. */
type Need<S, K extends string> = S extends Record<K, unknown> ? K : never

/** The parts of a template that are still missing. */
export type NeedsOf<S> = S extends AnyTemplate
  ? never
  : | Need<S, 'header'>
    | Need<S, 'body'>
    | Need<S, 'code'>
    | Need<S, 'offer'>
    | Need<S, 'cards'>
    | (S extends { buttons: infer B } ? ButtonNeeds<B> : never)

type ButtonNeeds<B> = { [I in keyof B]: B[I] extends NeededButton ? `button ${I & (string | number)}` : never }[keyof B]

/** Values of the body or of a text header: in order, or an object with the names. */
export type ValuesArgs<S> = S extends AnyTemplate
  ? [...values: string[]] | [values: Readonly<Record<string, string>>]
  : Part<S, 'body', Values> extends readonly string[]
    ? Part<S, 'body', Values>
    : [values: Part<S, 'body', Values>]

/** The positions of the buttons of a kind. */
type IndexOf<S, K extends ButtonKind> = S extends AnyTemplate
  ? number
  : { [I in keyof Part<S, 'buttons', object>]: Part<S, 'buttons', object>[I] extends K ? I : never }[keyof Part<
      S,
      'buttons',
      object
    >] &
      number

type Place = { latitude: number; longitude: number; name?: string; address?: string }

type Headers<S, N extends string, Next = TemplateBuilder<S, Exclude<N, 'header'>>> = {
  /** A value, or `{ name: value }` for a named variable. */
  text(value: string | Readonly<Record<string, string>>): Next
  image(file: File): Next
  video(file: File): Next
  gif(file: File): Next
  document(file: File, filename?: string): Next
  location(place: Place): Next
  product(productId: string, catalogId: string): Next
}

export type HeaderMethods<S, N extends string> = S extends AnyTemplate
  ? Headers<S, N>
  : [Part<S, 'header', object>] extends [never]
    ? Pick<Headers<S, N>, Part<S, 'header', HeaderKind>>
    : { text(values: Part<S, 'header', object>): TemplateBuilder<S, Exclude<N, 'header'>> }

type WithButton<S, N extends string, I> = TemplateBuilder<S, Exclude<N, `button ${I & number}`>>

/** Each takes the button's position first: 0 for the first one. */
export type ButtonMethods<S, N extends string> = {
  /** What comes back when the contact taps a quick reply. */
  payload<I extends IndexOf<S, 'quick_reply'>>(index: I, payload: string): WithButton<S, N, I>
  /** The end of a URL. */
  url<I extends IndexOf<S, 'url'>>(index: I, end: string): WithButton<S, N, I>
  /** The code that the button copies. */
  coupon<I extends IndexOf<S, 'copy_code'>>(index: I, code: string): WithButton<S, N, I>
  flow<I extends IndexOf<S, 'flow'>>(
    index: I,
    flow: { token?: string; data?: Record<string, unknown> },
  ): WithButton<S, N, I>
  /** The product whose picture the button of a catalog shows. */
  catalog<I extends IndexOf<S, 'catalog'>>(index: I, thumbnail: string): WithButton<S, N, I>
  /** Groups of products, by their ids. */
  products<I extends IndexOf<S, 'mpm'>>(
    index: I,
    sections: readonly [ProductGroup, ...ProductGroup[]],
    thumbnail?: string,
  ): WithButton<S, N, I>
  /** For how many minutes the button calls the business. */
  call<I extends IndexOf<S, 'voice_call'>>(index: I, minutes: number): WithButton<S, N, I>
  order<I extends IndexOf<S, 'order_details'>>(index: I, details: Record<string, unknown>): WithButton<S, N, I>
}

export type ProductGroup = { title: string; products: readonly [string, ...string[]] }

/** A card of a carousel: its values, in the form of its template. */
export type CardValues<P> = P extends AnyTemplate
  ? {
      header?: { image: File } | { video: File } | { product: { id: string; catalog: string } }
      body?: Values
      buttons?: readonly CardButton[]
    }
  : (P extends { header: infer H } ? { header: { [K in H & string]: CardHeader<K> } } : unknown) &
      (P extends { body: infer B } ? { body: B } : unknown) &
      (P extends { buttons: infer B } ? { buttons: readonly CardButtonOf<B>[] } : unknown)

type CardHeader<K> = K extends 'product' ? { id: string; catalog: string } : File
/** A button of a card: `{ index: 0, payload: 'more' }` or `{ index: 1, url: 'fern' }`. */
export type CardButton = { index: number; payload: string } | { index: number; url: string }
type CardButtonOf<B> = {
  [I in keyof B]: B[I] extends 'url' ? { index: I; url: string } : { index: I; payload: string }
}[keyof B]

type CardsArgs<S> = S extends AnyTemplate
  ? [CardValues<AnyTemplate>, ...CardValues<AnyTemplate>[]]
  : Part<S, 'cards', readonly PartsShape[]> extends infer C
    ? { [I in keyof C]: CardValues<C[I]> }
    : never

/** What a template is filled with. Each method returns a new builder. */
type Filling<S, N extends string> = {
  /** Which translation. Needed only when the channel has no default among several. */
  language(language: S extends { language: infer L } ? L : never): TemplateBuilder<S, N>
  /** The values of the text: `body('Ann', '3')`, or `body({ name: 'Ann' })` for named variables. */
  body(...values: ValuesArgs<S>): TemplateBuilder<S, Exclude<N, 'body'>>
  /** What stands above the text: `header.image(url)`. */
  readonly header: HeaderMethods<S, N>
  /** What the buttons take: `button.url(0, 'orders/17')`. */
  readonly button: ButtonMethods<S, N>
  /** The one-time code of an authentication template. It fills the text and the button. */
  code(code: S extends { code: true } | AnyTemplate ? string : never): TemplateBuilder<S, Exclude<N, 'code'>>
  /** When the offer ends: Unix milliseconds or a Date. */
  offer(ends: S extends { offer: true } | AnyTemplate ? number | Date : never): TemplateBuilder<S, Exclude<N, 'offer'>>
  /** The values of the cards, from left to right. */
  cards(...cards: CardsArgs<S> & readonly unknown[]): TemplateBuilder<S, Exclude<N, 'cards'>>
}

type Complete = {
  readonly type: 'template'
  readonly template: TemplateContent
  /** The whole message, for a number. */
  for(to: string): TemplateMessage & { to: string }
}

/** A template whose parts `Missing` are not filled yet. */
export type Incomplete<Missing extends string> = { readonly missing: Missing }

export type TemplateBuilder<S, N extends string> = Filling<S, N> & ([N] extends [never] ? Complete : Incomplete<N>)

import * as LIMITS from '../generated/limits.ts'
import type { TemplateComponent, TemplateContent, TemplateParameter } from '../generated/schemas.ts'
import type { ShapeOf, TemplateName, Values } from '../template-catalog.ts'
import { checked, checkedWhole } from './check.ts'
import { documentOf, mediaOf, type File } from './media.ts'
import type { CardValues, NeedsOf, ProductGroup, TemplateBuilder } from './template-types.ts'

type Button = Extract<TemplateComponent, { sub_type: string }>
type Action = Extract<TemplateParameter, { action: object }>['action']
/** Values of variables, of URLs and of buttons. */
const LONGEST_VALUE = 32_768

const value = (text: string, at: string): string => checked(text, at, LONGEST_VALUE, { min: 0 })
const textOf = (text: string, at: string): TemplateParameter => ({ type: 'text', text: value(text, at) })

const namedOf = (values: Readonly<Record<string, string>>, at: string): TemplateParameter[] =>
  Object.entries(values).map(([name, text]) => ({
    type: 'text',
    text: value(text, `${at}.${name}`),
    parameter_name: checked(name, at, 256),
  }))

function bodyOf(values: Values): TemplateComponent {
  const parameters = Array.isArray(values)
    ? values.map((text: string) => textOf(text, 'body'))
    : namedOf(values as Readonly<Record<string, string>>, 'body')
  return { type: 'body', parameters }
}

function buttonOf(index: number, sub_type: Button['sub_type'], parameter: TemplateParameter): TemplateComponent {
  return {
    type: 'button',
    sub_type,
    index: String(checkedWhole(index, 'button position', 0, 9)),
    parameters: [parameter],
  }
}

const payloadOf = (text: string): TemplateParameter => ({ type: 'payload', payload: value(text, 'button.payload') })
const id = (text: string, at: string, most = 256): string => checked(text, at, most)

const headerOf = (parameter: TemplateParameter): TemplateComponent => ({ type: 'header', parameters: [parameter] })
const headers = {
  text: (given: string | Readonly<Record<string, string>>): TemplateParameter => {
    if (typeof given === 'string') return textOf(given, 'header.text')
    const [named] = namedOf(given, 'header')
    if (named === undefined) throw new RangeError('header.text: the value is missing')
    return named
  },
  image: (file: File): TemplateParameter => ({ type: 'image', image: mediaOf(file, 'header.image') }),
  video: (file: File): TemplateParameter => ({ type: 'video', video: mediaOf(file, 'header.video') }),
  gif: (file: File): TemplateParameter => ({ type: 'gif', gif: mediaOf(file, 'header.gif') }),
  document: (file: File, filename?: string): TemplateParameter => ({
    type: 'document',
    document: documentOf(file, filename),
  }),
  location: (location: { latitude: number; longitude: number }): TemplateParameter => ({ type: 'location', location }),
  product: (productId: string, catalogId: string): TemplateParameter => ({
    type: 'product',
    product: {
      product_retailer_id: id(productId, 'header.product'),
      catalog_id: id(catalogId, 'header.product', 64),
    },
  }),
}

/** Of the limited-time offer and of a card: what they are replaced by is their type, and a button's position too. */
const placeOf = (one: TemplateComponent): string => ('index' in one ? `${one.type} ${one.index}` : one.type)

class Builder {
  readonly type = 'template'
  readonly template: TemplateContent

  constructor(template: TemplateContent) {
    this.template = template
  }

  for(to: string) {
    return { to, type: this.type, template: this.template }
  }

  language(language: string): Builder {
    return new Builder({ ...this.template, language: checked(language, 'language', 16, { min: 2 }) })
  }

  code(code: string): Builder {
    const { name, language } = this.template
    return new Builder({
      name,
      ...(language !== undefined && { language }),
      code: checked(code, 'code', LIMITS.code),
    })
  }

  body(...given: readonly string[] | [Values]): Builder {
    const [first] = given
    return this.with(bodyOf(typeof first === 'object' ? first : (given as readonly string[])))
  }

  get header() {
    const filled: Record<string, (...given: never[]) => Builder> = {}
    for (const [kind, parameter] of Object.entries(headers))
      filled[kind] = (...given) =>
        this.with(headerOf((parameter as (...given: never[]) => TemplateParameter)(...given)))
    return filled
  }

  get button() {
    const put = (index: number, kind: Button['sub_type'], parameter: TemplateParameter): Builder =>
      this.with(buttonOf(index, kind, parameter))
    const act = (index: number, kind: Button['sub_type'], action: Action): Builder =>
      put(index, kind, { type: 'action', action })
    return {
      payload: (index: number, text: string) => put(index, 'quick_reply', payloadOf(text)),
      url: (index: number, end: string) => put(index, 'url', textOf(end, 'button.url')),
      coupon: (index: number, code: string) =>
        put(index, 'copy_code', { type: 'coupon_code', coupon_code: value(code, 'button.coupon') }),
      flow: (index: number, { token, data }: { token?: string; data?: Record<string, unknown> }) =>
        act(index, 'flow', {
          ...(token !== undefined && { flow_token: checked(token, 'button.flow', 4096) }),
          ...(data !== undefined && { flow_action_data: data }),
        }),
      catalog: (index: number, thumbnail: string) =>
        act(index, 'catalog', { thumbnail_product_retailer_id: id(thumbnail, 'button.catalog') }),
      products: (index: number, groups: readonly ProductGroup[], thumbnail?: string) =>
        act(index, 'mpm', {
          ...(thumbnail !== undefined && { thumbnail_product_retailer_id: id(thumbnail, 'button.products') }),
          sections: sectionsOf(groups),
        }),
      call: (index: number, minutes: number) =>
        put(index, 'voice_call', {
          type: 'ttl_minutes',
          ttl_minutes: checkedWhole(minutes, 'button.call', 1, LIMITS.callMinutes),
        }),
      order: (index: number, details: Record<string, unknown>) =>
        act(index, 'order_details', { order_details: details }),
    }
  }

  offer(ends: number | Date): Builder {
    const expiration_time_ms = checkedWhole(Math.floor(Number(ends)), 'offer', 0, Number.MAX_SAFE_INTEGER)
    const parameter = { type: 'limited_time_offer' as const, limited_time_offer: { expiration_time_ms } }
    return this.with({ type: 'limited_time_offer', parameters: [parameter] })
  }

  cards(...cards: CardValues<{ language: string; any: true }>[]): Builder {
    if (cards.length > LIMITS.mostCards) throw new RangeError(`cards: at most ${LIMITS.mostCards}`)
    return this.with({
      type: 'carousel',
      cards: cards.map((card, card_index) => ({ card_index, components: componentsOf(card) })),
    })
  }

  private with(component: TemplateComponent): Builder {
    const { code: _, components = [], ...template } = this.template
    const place = placeOf(component)
    return new Builder({
      ...template,
      components: [...components.filter((one) => placeOf(one) !== place), component],
    })
  }
}

function sectionsOf(groups: readonly ProductGroup[]) {
  const count = groups.reduce((sum, { products }) => sum + products.length, 0)
  if (groups.length < 1 || groups.length > LIMITS.sections || count > LIMITS.products)
    throw new RangeError(`products: 1 to ${LIMITS.sections} groups with at most ${LIMITS.products} products in all`)
  return groups.map(({ title, products }) => {
    if (products.length === 0) throw new RangeError('products: a group must have a product')
    return {
      title: checked(title, 'products', LIMITS.sectionTitle, { oneLine: true }),
      product_items: products.map((product) => ({ product_retailer_id: id(product, 'products') })),
    }
  })
}

type CardComponent = Extract<TemplateComponent, { cards: object }>['cards'][number]['components'][number]

function componentsOf({ header, body, buttons = [] }: CardValues<{ language: string; any: true }>): CardComponent[] {
  const components: TemplateComponent[] = []
  if (header)
    components.push(
      headerOf(
        'image' in header
          ? headers.image(header.image)
          : 'video' in header
            ? headers.video(header.video)
            : headers.product(header.product.id, header.product.catalog),
      ),
    )
  if (body) components.push(bodyOf(body))
  for (const button of buttons)
    components.push(
      'url' in button
        ? buttonOf(button.index, 'url', textOf(button.url, 'card.url'))
        : buttonOf(button.index, 'quick_reply', payloadOf(button.payload)),
    )
  return components as CardComponent[]
}

/**
 * The content of a template message: `template('order_ready').body('Ann', '17').header.image(url)`. With a catalog
 * (`postern types`), it is a message only when every parameter is filled.
 */
export function template<Name extends TemplateName>(
  name: Name,
): TemplateBuilder<ShapeOf<Name>, NeedsOf<ShapeOf<Name>>> {
  const content = { name: checked(name, 'template', LIMITS.templateName) }
  return new Builder(content as TemplateContent) as unknown as TemplateBuilder<ShapeOf<Name>, NeedsOf<ShapeOf<Name>>>
}

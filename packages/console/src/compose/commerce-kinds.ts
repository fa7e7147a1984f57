import { LIMITS } from '../../../gateway/src/domain/messages/limits.ts'
import { bodyField, cardsKind, footerField, type FormPart, type Kind } from './form-parts.ts'

const word = (text: string): string => text

/** Messages that show products of a catalog. */

const catalogField: FormPart = { path: 'interactive.action.catalog_id', label: word('Catalog id') }

const product = () => ({ product_retailer_id: '' })
export const productSection = () => ({ product_items: [product()] })

/** Sections of products, for a message and for a template's button. */
export const productSections = (path: string): FormPart => ({
  path,
  kind: 'list',
  label: word('Section'),
  add: word('Add a section'),
  fewest: 1,
  most: LIMITS.sections,
  make: productSection,
  fields: [
    { path: 'title', label: word('Section title'), limit: LIMITS.sectionTitle, drops: 'title' },
    {
      path: 'product_items',
      kind: 'list',
      label: word('Product'),
      add: word('Add a product'),
      fewest: 1,
      most: LIMITS.products,
      make: product,
      fields: [{ path: 'product_retailer_id', label: word('Product id (SKU)') }],
    },
  ],
})

const productCard = (i: number) => ({
  card_index: i,
  type: 'product',
  action: { product_retailer_id: '', catalog_id: '' },
})

export const COMMERCE: Kind[] = [
  {
    id: 'product',
    label: word('Product'),
    start: () => ({
      type: 'interactive',
      interactive: { type: 'product', action: { catalog_id: '', product_retailer_id: '' } },
    }),
    fields: [
      catalogField,
      { path: 'interactive.action.product_retailer_id', label: word('Product id (SKU)') },
      { ...bodyField(), label: word('Text, if any'), drops: 'interactive.body' },
      footerField,
    ],
  },
  {
    id: 'product_list',
    label: word('Product list'),
    start: () => ({
      type: 'interactive',
      interactive: {
        type: 'product_list',
        header: { type: 'text', text: '' },
        body: { text: '' },
        action: { catalog_id: '', sections: [productSection()] },
      },
    }),
    fields: [
      { path: 'interactive.header.text', label: word('Header'), limit: LIMITS.header },
      bodyField(),
      footerField,
      catalogField,
      productSections('interactive.action.sections'),
    ],
  },
  {
    id: 'catalog_message',
    label: word('Catalog'),
    start: () => ({
      type: 'interactive',
      interactive: { type: 'catalog_message', body: { text: '' }, action: { name: 'catalog_message' } },
    }),
    fields: [
      bodyField(),
      footerField,
      {
        path: 'interactive.action.parameters.thumbnail_product_retailer_id',
        label: word('Product whose picture is shown, if any'),
        drops: 'interactive.action.parameters',
      },
    ],
  },
  cardsKind('carousel_products', word('Carousel of products'), productCard, [
    { path: 'action.catalog_id', label: word('Catalog id') },
    { path: 'action.product_retailer_id', label: word('Product id (SKU)') },
  ]),
]

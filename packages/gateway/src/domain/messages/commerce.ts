import { z } from 'zod'
import { listOf } from '../fields/lists.ts'
import { across, itemsOf, text } from '../fields/schema.ts'
import { body, footer, onlyTextHeader } from './interactive-parts.ts'
import { LIMITS } from './limits.ts'

const catalogId = text(1, 64, { description: 'The catalog, as Meta numbers it.' })
const productId = text(1, 256, { description: 'The product’s id in the catalog (its SKU).' })

export const productKind = z
  .strictObject({
    type: z.literal('product'),
    body: body().optional(),
    footer,
    action: z.strictObject({ catalog_id: catalogId, product_retailer_id: productId }),
  })
  .meta({ title: 'Product', description: 'One product of a catalog.' })

const productSection = z.strictObject({
  title: text(1, LIMITS.sectionTitle, { oneLine: true }).optional(),
  product_items: listOf(z.strictObject({ product_retailer_id: productId }), 1, Infinity),
})

export const productsTogether = across((value, report) => {
  const sections = itemsOf(value)
  const actual = sections.reduce<number>((sum, section) => sum + itemsOf(section, 'product_items').length, 0)
  if (actual > LIMITS.products) {
    const says = `at most ${LIMITS.products} products over all sections together, got ${actual}`
    report([], { rule: 'maxItems', limit: LIMITS.products, actual, says })
  }
  if (sections.length < 2) return
  sections.forEach((section, i) => {
    if (typeof section === 'object' && section !== null && !('title' in section && section.title !== undefined)) {
      report([i, 'title'], { rule: 'required', says: 'is required when there is more than one section' })
    }
  })
})

export const productSections = productsTogether(listOf(productSection, 1, LIMITS.sections))

export const productListKind = z
  .strictObject({
    type: z.literal('product_list'),
    header: onlyTextHeader,
    body: body(),
    footer,
    action: z.strictObject({ catalog_id: catalogId, sections: productSections }),
  })
  .meta({ title: 'Product list', description: 'Up to thirty products in up to ten sections.' })

export const catalogKind = z
  .strictObject({
    type: z.literal('catalog_message'),
    body: body(),
    footer,
    action: z.strictObject({
      name: z.literal('catalog_message'),
      parameters: z.strictObject({ thumbnail_product_retailer_id: productId.optional() }).optional(),
    }),
  })
  .meta({ title: 'Catalog', description: 'A button that opens the catalog.' })

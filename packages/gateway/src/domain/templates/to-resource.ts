import type { CatalogEntry } from './catalog-entry.ts'

/** Times of a template's last changes: epoch milliseconds, 0 for never. */
export type TemplateTimes = {
  createdAt: number
  updatedAt: number
  statusUpdatedAt?: number
  qualityUpdatedAt?: number
  categoryUpdatedAt?: number
}

/** A template in the API. Times are in Unix seconds, 0 for never. */
export type TemplateResource = {
  template_id: string
  name: string
  language: string
  category: string
  status: string
  quality: string
  components: unknown[]
  created_time: number
  updated_time: number
  status_updated_time: number
  quality_updated_time: number
  category_updated_time: number
}

export function toResource(entry: CatalogEntry, times: TemplateTimes): TemplateResource {
  return {
    template_id: entry.id,
    name: entry.name,
    language: entry.language,
    category: entry.category,
    status: entry.status,
    quality: entry.quality,
    components: entry.components,
    created_time: seconds(times.createdAt),
    updated_time: seconds(times.updatedAt),
    status_updated_time: seconds(times.statusUpdatedAt ?? 0),
    quality_updated_time: seconds(times.qualityUpdatedAt ?? 0),
    category_updated_time: seconds(times.categoryUpdatedAt ?? 0),
  }
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000)
}

import { asRecord, expectSuccess, idIn, TEMPLATE_PAGE_BYTES, type CallOptions, type Caller } from './call.ts'
import { StrangeAnswer } from './errors.ts'
import { isRecord } from '../is-record.ts'
import type { Page, WireTemplateEntry } from '@postern/cloud-api'

export type ListOptions = CallOptions & {
  fields?: readonly string[]
  /** Entries per page, at most 100. */
  limit?: number
  after?: string
}
export type TemplateFilter = { name?: string; status?: string; language?: string; category?: string }

export type TemplateCalls = {
  listTemplates(wabaId: string, token: string, options?: ListOptions & TemplateFilter): Promise<Page<WireTemplateEntry>>
  /** Every template, page after page. Throws `StrangeAnswer` when the pages do not end. */
  allTemplates(
    wabaId: string,
    token: string,
    options?: Omit<ListOptions, 'after'> & TemplateFilter & { maxPages?: number },
  ): AsyncGenerator<WireTemplateEntry, void, void>
  getTemplate(
    templateId: string,
    token: string,
    options?: CallOptions & { fields?: readonly string[] },
  ): Promise<WireTemplateEntry>
  createTemplate(
    wabaId: string,
    token: string,
    template: Record<string, unknown>,
    options?: CallOptions,
  ): Promise<{ id: string; status: string; category: string }>
  /** `change` replaces its keys: `category`, `components` (as a whole) or `message_send_ttl_seconds`. */
  editTemplate(templateId: string, token: string, change: Record<string, unknown>, options?: CallOptions): Promise<void>
  /** Without `id`, deletes every language of `name`. */
  deleteTemplate(
    wabaId: string,
    token: string,
    which: { name: string; id?: string },
    options?: CallOptions,
  ): Promise<void>
  /** Deletes up to 100 templates by their ids, each in its language. */
  deleteTemplates(wabaId: string, token: string, ids: readonly string[], options?: CallOptions): Promise<void>
  /** Archives or unarchives up to 100 templates. Meta does what it can, and says why the others failed. */
  archiveTemplates(
    wabaId: string,
    token: string,
    change: 'archive' | 'unarchive',
    ids: readonly string[],
    options?: CallOptions,
  ): Promise<ArchiveResult>
  /** Ends a pause that WhatsApp made. */
  unpauseTemplate(
    templateId: string,
    token: string,
    options?: CallOptions,
  ): Promise<{ success: boolean; reason?: string }>
}

/** `failed`: the reason by the id of the template. */
export type ArchiveResult = { done: string[]; failed: Record<string, string> }

// A portfolio may have 6,000 templates (Meta's limit), which is 60 pages of 100. Ten times that is not a list of
// templates.
const MAX_PAGES = 600

export function templateCalls({ call }: Caller): TemplateCalls {
  const listTemplates: TemplateCalls['listTemplates'] = async (wabaId, token, options = {}) => {
    const { fields, timeoutMs, ...query } = options
    const json = await call({
      method: 'GET',
      path: [wabaId, 'message_templates'],
      query: { ...query, fields: fields?.join(',') },
      token,
      timeoutMs,
      maxBytes: TEMPLATE_PAGE_BYTES,
    })
    return readPage(json, readTemplate)
  }

  return {
    listTemplates,

    async *allTemplates(wabaId, token, { maxPages = MAX_PAGES, ...options } = {}) {
      let after: string | undefined
      for (let page = 0; page < maxPages; page++) {
        const { data, paging } = await listTemplates(wabaId, token, {
          limit: 100,
          ...options,
          ...(after === undefined ? {} : { after }),
        })
        yield* data
        // Only the cursor is followed. `next` is a whole URL, and our token is sent to no host that an answer names.
        const next = paging?.next === undefined ? undefined : paging.cursors?.after
        if (next === undefined) return
        if (next === after) throw new StrangeAnswer('the same page follows itself', 200)
        after = next
      }
      throw new StrangeAnswer(`more than ${maxPages} pages`, 200)
    },

    async getTemplate(templateId, token, { fields, timeoutMs } = {}) {
      const query = { fields: fields?.join(',') }
      const json = await call({
        method: 'GET',
        path: [templateId],
        query,
        token,
        timeoutMs,
        maxBytes: TEMPLATE_PAGE_BYTES,
      })
      const template = readTemplate(asRecord(json))
      if (!template) throw new StrangeAnswer('not a template', 200)
      return template
    },

    async createTemplate(wabaId, token, template, { timeoutMs } = {}) {
      const path = [wabaId, 'message_templates']
      const answer = asRecord(await call({ method: 'POST', path, token, json: template, timeoutMs }))
      return { id: idIn(answer), status: text(answer.status) ?? 'PENDING', category: text(answer.category) ?? '' }
    },

    async editTemplate(templateId, token, change, { timeoutMs } = {}) {
      expectSuccess(await call({ method: 'POST', path: [templateId], token, json: change, timeoutMs }))
    },

    async deleteTemplate(wabaId, token, { name, id }, { timeoutMs } = {}) {
      const query = { name, hsm_id: id }
      expectSuccess(await call({ method: 'DELETE', path: [wabaId, 'message_templates'], query, token, timeoutMs }))
    },

    async deleteTemplates(wabaId, token, ids, { timeoutMs } = {}) {
      const query = { hsm_ids: `[${ids.join(',')}]` }
      expectSuccess(await call({ method: 'DELETE', path: [wabaId, 'message_templates'], query, token, timeoutMs }))
    },

    async archiveTemplates(wabaId, token, change, ids, { timeoutMs } = {}) {
      const path = [wabaId, 'message_templates', change]
      const json = { hsm_ids: ids }
      return readArchived(await call({ method: 'POST', host: 'api', path, token, json, timeoutMs }), change)
    },

    async unpauseTemplate(templateId, token, { timeoutMs } = {}) {
      const answer = asRecord(await call({ method: 'POST', path: [templateId, 'unpause'], token, timeoutMs }))
      if (typeof answer.success !== 'boolean') throw new StrangeAnswer('it does not say success', 200)
      const reason = text(answer.reason)
      return { success: answer.success, ...(reason !== undefined && { reason }) }
    },
  }
}

/** Meta's pages have the failures as a map by id; one client of the live service reads a list of objects. */
function readArchived(json: unknown, change: 'archive' | 'unarchive'): ArchiveResult {
  const answer = asRecord(json)
  const list = answer[`${change}d_templates`]
  if (!Array.isArray(list)) throw new StrangeAnswer(`no ${change}d_templates in it`, 200)
  const failed: Record<string, string> = {}
  const { failed_templates: failures } = answer
  if (Array.isArray(failures))
    for (const one of failures as unknown[]) {
      if (isRecord(one)) failed[idText(one.id ?? one.hsm_id ?? one.template_id)] = reasonIn(one)
    }
  else if (isRecord(failures)) for (const [id, reason] of Object.entries(failures)) failed[id] = reasonIn(reason)
  return { done: (list as unknown[]).map(idText), failed }
}

const idText = (id: unknown): string => (typeof id === 'string' || typeof id === 'number' ? String(id) : '')

function reasonIn(value: unknown): string {
  if (typeof value === 'string') return value
  return isRecord(value) ? (text(value.reason) ?? text(value.error_message) ?? text(value.message) ?? '') : ''
}

/** A page of a list. Entries that `read` does not recognise are left out. */
export function readPage<T>(json: unknown, read: (entry: Record<string, unknown>) => T | undefined): Page<T> {
  const answer = asRecord(json)
  if (!Array.isArray(answer.data)) throw new StrangeAnswer('no list in it', 200)
  const data = (answer.data as unknown[]).flatMap((entry) => (isRecord(entry) ? (read(entry) ?? []) : [])) as T[]
  const page: Page<T> = { data }
  if (isRecord(answer.paging)) {
    const { cursors, next, previous } = answer.paging
    page.paging = {}
    if (isRecord(cursors)) {
      page.paging.cursors = {}
      if (text(cursors.before)) page.paging.cursors.before = text(cursors.before)!
      if (text(cursors.after)) page.paging.cursors.after = text(cursors.after)!
    }
    if (text(next)) page.paging.next = text(next)!
    if (text(previous)) page.paging.previous = text(previous)!
  }
  return page
}

function readTemplate(entry: Record<string, unknown>): WireTemplateEntry | undefined {
  const { id, name, language } = entry
  if ((typeof id !== 'string' && typeof id !== 'number') || !text(name) || !text(language)) return undefined
  return {
    ...entry,
    id: String(id),
    name: text(name)!,
    language: text(language)!,
    status: text(entry.status) ?? '',
    category: text(entry.category) ?? '',
    components: (Array.isArray(entry.components) ? entry.components.filter(isRecord) : []) as never,
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

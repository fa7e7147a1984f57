import type { CallOptions } from './request.ts'
import type { Methods } from './routes.ts'

/** The templates of the channel's account. */
export function templateMethods({ method, withBody, list, request }: Methods) {
  return {
    /** Returns a page of templates. With `for await`, all of them. */
    list: list('GET /external/templates', (last) => ({ last_id: last.template_id })),
    get: method('GET /external/templates/{template_id}'),
    create: withBody('POST /external/templates'),
    edit: withBody('PATCH /external/templates/{template_id}'),
    delete: method('DELETE /external/templates/{template_id}'),
    /** Deletes up to 100 templates by their ids, or all languages of a name. */
    deleteAll: (which: { ids: readonly string[] } | { name: string }, options?: CallOptions) =>
      request(
        'DELETE /external/templates',
        { query: 'ids' in which ? { hsm_ids: which.ids } : { name: which.name } },
        options,
      ),
    /** Archives up to 100 templates. WhatsApp's reasons for the others are in `failed_templates`. */
    archive: (ids: readonly string[], options?: CallOptions) =>
      request('POST /external/templates/archive', { body: { hsm_ids: ids } }, options),
    unarchive: (ids: readonly string[], options?: CallOptions) =>
      request('POST /external/templates/unarchive', { body: { hsm_ids: ids } }, options),
    /** Ends a pause that WhatsApp made. */
    unpause: method('POST /external/templates/{template_id}/unpause'),
  }
}

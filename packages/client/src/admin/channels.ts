import type { SignalOptions } from '../request.ts'
import type { BodyOf, Methods, QueryOf } from '../routes.ts'

const ONE = '/admin/channels/{channel_id}'

/** Phone numbers, their certification codes and the first endpoint. Methods of one channel take its id first. */
export function channelMethods({ method, withBody }: Methods<SignalOptions>) {
  return {
    list: method('GET /admin/channels'),
    get: method(`GET ${ONE}`),
    /** Resolves with the channel's id and its certification code, which is shown only once. */
    add: withBody('POST /admin/channels'),
    /** Adds many channels and codes. What is there already stays as it is. */
    import: withBody('POST /admin/channels/import'),
    change: withBody(`PATCH ${ONE}`),
    remove: method(`DELETE ${ONE}`),
    /** Asks WhatsApp about ids and a token before the channel is added. */
    checkNew: withBody('POST /admin/channels/check'),
    /** Subscribes the token's app to the account's webhooks. */
    subscribe: withBody('POST /admin/channels/check/subscribe'),
    /** The accounts and numbers that a token may use. */
    discover: withBody('POST /admin/channels/discover'),
    /** The steps to the first message, and the state of each. */
    setup: method(`GET ${ONE}/setup`),
    /** Does the part of a step that Postern can do. */
    setUp: withBody(`POST ${ONE}/setup/{step}`),
    /** Asks WhatsApp about the ids and the token of a channel. */
    check: method(`POST ${ONE}/check`),
    /** Fetches contacts and old chats of a number that the business uses in its app too. */
    sync: method(`POST ${ONE}/sync`),
    codes: {
      /** Resolves with a further certification code, which is shown only once. */
      add: method(`POST ${ONE}/certification-codes`),
      revoke: method(`DELETE ${ONE}/certification-codes/{code_id}`),
    },
    /** The channel's first endpoint. */
    webhook: {
      set: withBody(`PUT ${ONE}/webhook`),
      rotateSecret: method(`POST ${ONE}/webhook/rotate-secret`),
      test: method(`POST ${ONE}/webhook/test`),
      retry: method(`POST ${ONE}/webhook/retry`),
    },
  }
}

/** The templates of a channel's account. Each method takes the channel's id first. */
export function templateMethods({ method, withBody, request }: Methods<SignalOptions>) {
  return {
    list: method(`GET ${ONE}/templates`),
    create: withBody(`POST ${ONE}/templates`),
    edit: withBody(`PATCH ${ONE}/templates/{template_id}`),
    delete: method(`DELETE ${ONE}/templates/{template_id}`),
    /** Deletes up to 100 templates by their ids, or all languages of a name. */
    deleteAll: (channelId: number, which: { ids: readonly string[] } | { name: string }, options?: SignalOptions) =>
      request(
        `DELETE ${ONE}/templates`,
        { ids: [channelId], query: 'ids' in which ? { hsm_ids: which.ids } : { name: which.name } },
        options,
      ),
    archive: (channelId: number, ids: readonly string[], options?: SignalOptions) =>
      request(`POST ${ONE}/templates/archive`, { ids: [channelId], body: { hsm_ids: ids } }, options),
    unarchive: (channelId: number, ids: readonly string[], options?: SignalOptions) =>
      request(`POST ${ONE}/templates/unarchive`, { ids: [channelId], body: { hsm_ids: ids } }, options),
    /** Ends a pause that WhatsApp made. */
    unpause: method(`POST ${ONE}/templates/{template_id}/unpause`),
    /** Fetches them from WhatsApp now. */
    sync: method(`POST ${ONE}/templates/sync`),
  }
}

type Query = QueryOf<`GET ${typeof ONE}/resources/{name}`>

/** What WhatsApp keeps of a number. docs/resources.md lists the names. */
export function resourceMethods({ withQuery, request }: Methods<SignalOptions>) {
  return {
    get: withQuery(`GET ${ONE}/resources/{name}`),
    post: (
      channelId: number,
      name: string,
      body: BodyOf<`POST ${typeof ONE}/resources/{name}`>,
      query: Query = {},
      options?: SignalOptions,
    ) => request(`POST ${ONE}/resources/{name}`, { ids: [channelId, name], query, body }, options),
    delete: withQuery(`DELETE ${ONE}/resources/{name}`),
  }
}

import type { Routes } from './generated/routes.ts'
import type { Call, CallOptions, Requester, SignalOptions } from './request.ts'

/** A route as in the API document: `GET /external/messages/{msg_id}`. */
export type RouteName = keyof Routes

export type BodyOf<R extends RouteName> = Routes[R] extends { body: infer B } ? B : undefined
export type QueryOf<R extends RouteName> = Routes[R] extends { query: infer Q } ? Q : undefined
export type DataOf<R extends RouteName> = Routes[R]['data']

/** One value for each `{name}` of the path. */
type Ids<R extends string> = R extends `${string}{${string}}${infer Rest}` ? [id: string | number, ...Ids<Rest>] : []

type WithBody = { [R in RouteName]: Routes[R] extends { body: unknown } ? R : never }[RouteName]
type WithQuery = { [R in RouteName]: Routes[R] extends { query: unknown } ? R : never }[RouteName]
type Listed = { [R in RouteName & `GET ${string}`]: DataOf<R> extends readonly unknown[] ? R : never }[RouteName &
  `GET ${string}`]
type ItemOf<R extends Listed> = DataOf<R> extends readonly (infer Item)[] ? Item : never

/** A body without required keys may be left out. */
type BodyArgument<R extends WithBody> = Record<never, never> extends BodyOf<R> ? [body?: BodyOf<R>] : [body: BodyOf<R>]

/** What a call of a route needs beside its options. */
export type RouteInput<R extends RouteName> = (Ids<R> extends [] ? { ids?: [] } : { ids: Ids<R> }) &
  (R extends WithBody ? { body: BodyOf<R> } : { body?: undefined }) &
  (R extends WithQuery
    ? Record<never, never> extends QueryOf<R>
      ? { query?: QueryOf<R> }
      : { query: QueryOf<R> }
    : { query?: undefined })

/** The first page as a promise; with `for await`, every item of all pages. */
export type Listing<Item> = Promise<Item[]> & AsyncIterable<Item>

export type UploadOptions<Options = CallOptions> = Options & { filename?: string; type?: string }

const PER_PAGE = 100

/**
 * Makes methods of routes. Parameters, body and answer come from the route, so a method is one line:
 * `pause: method('POST /external/broadcasts/{id}/pause')`.
 */
export function createMethods<Options extends SignalOptions = CallOptions>(requester: Requester) {
  /** Makes methods whose arguments are the values of the path, then `part` of the call when it is named, then options. */
  const maker =
    (send: (call: Call) => Promise<unknown>, part?: 'json' | 'query') =>
    (route: string) =>
    (...given: unknown[]): Promise<unknown> => {
      const rest = given.slice(route.split('{').length - 1)
      return send({
        ...placeOf(route, given),
        ...(part && { [part]: rest.shift() ?? {} }),
        options: rest[0] as Options | undefined,
      })
    }
  const { data, raw } = requester
  const byQuery = maker(data, 'query')

  return {
    request<R extends RouteName>(route: R, input: RouteInput<R>, options?: Options): Promise<DataOf<R>> {
      const { ids = [], query, body } = input as { ids?: unknown[]; query?: Record<string, unknown>; body?: unknown }
      return data({ ...placeOf(route, ids), ...(query && { query }), json: body, options })
    },
    /** `(…ids, options?)` */
    method: maker(data) as <R extends RouteName>(
      route: R,
    ) => (...given: [...Ids<R>, options?: Options]) => Promise<DataOf<R>>,
    /** `(…ids, body, options?)` */
    withBody: maker(data, 'json') as <R extends WithBody>(
      route: R,
    ) => (...given: [...Ids<R>, ...BodyArgument<R>, options?: Options]) => Promise<DataOf<R>>,
    /** `(…ids, query?, options?)` */
    withQuery: byQuery as <R extends WithQuery>(
      route: R,
    ) => (...given: [...Ids<R>, query?: QueryOf<R>, options?: Options]) => Promise<DataOf<R>>,
    /** `(…ids, options?)`. Returns the response itself. */
    download: maker(raw) as <R extends RouteName>(
      route: R,
    ) => (...given: [...Ids<R>, options?: Options]) => Promise<Response>,
    /** `(file, options?)`. Uploads one file. */
    upload:
      <R extends RouteName & `POST ${string}`>(route: R) =>
      (
        file: Blob | Uint8Array<ArrayBuffer>,
        { filename, type, ...options }: UploadOptions<Options> = {} as UploadOptions<Options>,
      ): Promise<DataOf<R>> => {
        const form = new FormData()
        const blob = file instanceof Blob && type === undefined ? file : new Blob([file], type ? { type } : {})
        form.set('file', blob, filename ?? (file instanceof File ? file.name : 'file'))
        return data({ ...placeOf(route, []), form, options })
      },
    /** `(…ids, query?, options?)`. Returns the response itself. */
    downloadWithQuery: maker(raw, 'query') as <R extends WithQuery>(
      route: R,
    ) => (...given: [...Ids<R>, query?: QueryOf<R>, options?: Options]) => Promise<Response>,
    /** `(…ids, query?, options?)`. `after` names the place behind an item: the query of the next page. */
    list:
      <R extends Listed & WithQuery>(route: R, after: (last: ItemOf<R>) => QueryOf<R>, most = PER_PAGE) =>
      (...given: [...Ids<R>, query?: QueryOf<R>, options?: Options]): Listing<ItemOf<R>> => {
        const at = route.split('{').length - 1
        const query = given[at] as { count?: number } | undefined
        const page = (more: object) =>
          byQuery(route)(...given.slice(0, at), { ...query, ...more }, given[at + 1]) as Promise<ItemOf<R>[]>
        return listing(page, after as (last: ItemOf<R>) => object, query?.count ?? most)
      },
  }
}

/** `Options`: those that a call of these routes can have. */
export type Methods<Options extends SignalOptions = CallOptions> = ReturnType<typeof createMethods<Options>>

function placeOf(route: string, ids: readonly unknown[]): { method: string; path: string } {
  const [method, path] = route.split(' ') as [string, string]
  let used = 0
  return { method, path: path.replace(/\{\w+\}/g, () => encodeURIComponent(String(ids[used++]))) }
}

/** Asks only when somebody waits for it: for one page, or page by page. */
function listing<Item>(
  page: (more: object) => Promise<Item[]>,
  after: (last: Item) => object,
  count: number,
): Listing<Item> {
  let first: Promise<Item[]> | undefined
  const asked = (): Promise<Item[]> => (first ??= page({}))
  return {
    then: (...args) => asked().then(...args),
    catch: (failed) => asked().catch(failed),
    finally: (done) => asked().finally(done),
    [Symbol.toStringTag]: 'Listing',
    async *[Symbol.asyncIterator]() {
      for (let more = {}; ;) {
        const items = await page({ ...more, count })
        yield* items
        if (items.length < count) return
        more = after(items.at(-1)!)
      }
    },
  }
}

import type { Routes } from './generated/routes.ts'
import type { CallOptions, Requester, SignalOptions } from './request.ts'

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

const PER_PAGE = 100

/**
 * Makes methods of routes. Parameters, body and answer come from the route, so a method is one line:
 * `pause: method('POST /external/broadcasts/{id}/pause')`.
 */
export function createMethods<Options extends SignalOptions = CallOptions>(requester: Requester) {
  function request<R extends RouteName>(route: R, input: RouteInput<R>, options?: Options): Promise<DataOf<R>> {
    const { ids = [], query, body } = input as { ids?: (string | number)[]; query?: object; body?: unknown }
    const call = { ...placeOf(route, ids), query: { ...query }, json: body, options }
    return requester.data(call)
  }
  const untyped = request as (route: string, input: object, options?: Options) => Promise<never>

  return {
    request,
    /** `(…ids, options?)` */
    method:
      <R extends RouteName>(route: R) =>
      (...given: [...Ids<R>, options?: Options]): Promise<DataOf<R>> => {
        const [ids, [options]] = cut(route, given)
        return untyped(route, { ids }, options as Options)
      },
    /** `(…ids, body, options?)` */
    withBody:
      <R extends WithBody>(route: R) =>
      (...given: [...Ids<R>, body: BodyOf<R>, options?: Options]): Promise<DataOf<R>> => {
        const [ids, [body, options]] = cut(route, given)
        return untyped(route, { ids, body }, options as Options)
      },
    /** `(…ids, query?, options?)` */
    withQuery:
      <R extends WithQuery>(route: R) =>
      (...given: [...Ids<R>, query?: QueryOf<R>, options?: Options]): Promise<DataOf<R>> => {
        const [ids, [query, options]] = cut(route, given)
        return untyped(route, { ids, query }, options as Options)
      },
    /** `(…ids, query?, options?)`. `after` names the place behind an item: the query of the next page. */
    list:
      <R extends Listed & WithQuery>(route: R, after: (last: ItemOf<R>) => QueryOf<R>, most = PER_PAGE) =>
      (...given: [...Ids<R>, query?: QueryOf<R>, options?: Options]): Listing<ItemOf<R>> => {
        const [ids, [query, options]] = cut(route, given)
        const page = (more: object): Promise<ItemOf<R>[]> =>
          untyped(route, { ids, query: { ...(query as object), ...more } }, options as Options)
        return listing(
          page,
          after as (last: ItemOf<R>) => object,
          (query as { count?: number } | undefined)?.count ?? most,
        )
      },
  }
}

/** `Options`: those that a call of these routes can have. */
export type Methods<Options extends SignalOptions = CallOptions> = ReturnType<typeof createMethods<Options>>

function placeOf(route: string, ids: (string | number)[]): { method: string; path: string } {
  const [method, path] = route.split(' ') as [string, string]
  let used = 0
  return { method, path: path.replace(/\{\w+\}/g, () => encodeURIComponent(ids[used++]!)) }
}

/** The values of the path, and what follows them. */
function cut(route: string, given: readonly unknown[]): [unknown[], unknown[]] {
  const count = route.split('{').length - 1
  return [given.slice(0, count), given.slice(count)]
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

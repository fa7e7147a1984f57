import { createRoutes } from '../../packages/gateway/src/app/routes.ts'
import type { Route } from '../../packages/gateway/src/http/route.ts'

/** Stands for whatever a route needs when it answers. The descriptions of routes need nothing. */
const nothing: never = new Proxy(function () {}, {
  get: (_, key) => (key === 'then' ? undefined : key === Symbol.toPrimitive ? () => '' : nothing),
  apply: () => nothing,
  construct: () => nothing,
}) as never

/** Every route of `/external/` and `/admin/`, without a gateway behind it. */
export const allRoutes = (): Route[] => createRoutes(nothing, nothing, nothing, nothing)

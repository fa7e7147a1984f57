import type { FastifyInstance } from 'fastify'

type Known = { pattern: RegExp; methods: Set<string> }

/** Records every route that an instance gets from here on. Returns a function that lists the methods of a path. */
export function watchMethods(app: FastifyInstance): (path: string) => string[] {
  const known = new Map<string, Known>()
  app.addHook('onRoute', ({ url, method }) => {
    const entry = known.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() }
    for (const one of [method].flat()) entry.methods.add(one)
    known.set(url, entry)
  })
  return (path) => {
    const methods = [...known.values()].filter(({ pattern }) => pattern.test(path)).flatMap((one) => [...one.methods])
    return [...new Set(methods)].sort()
  }
}

/** `/a/:id/b` and `/files/*`, as the router interprets them. */
function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part === '*') return '.*'
    return part.startsWith(':') ? '[^/]+' : part.replace(/[^\w]/g, '\\$&')
  })
  return new RegExp(`^${parts.join('/')}$`)
}

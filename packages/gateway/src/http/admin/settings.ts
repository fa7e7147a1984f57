import { z } from 'zod'
import { shownSettings } from '../../platform/shown-settings.ts'
import { route, type Route } from '../route.ts'

const shape = z
  .object({
    name: z.string().describe('The environment variable.'),
    value: z.string().nullable().describe('As it was set. null: it is not set, or it is a secret.'),
    set: z.boolean().describe('false: the default counts.'),
    secret: z.boolean().describe('true: its value is never shown.'),
    default: z.string(),
    meaning: z.string(),
  })
  .meta({ id: 'Setting' })

/** What the node that answers was started with. `given`: the texts that were set, by their variables. */
export function settingRoutes({ given }: { given: ReadonlyMap<string, string> }): Route[] {
  return [
    route({
      method: 'GET',
      path: '/admin/settings',
      tag: 'overview',
      summary: 'The settings that this node was started with',
      description:
        'All environment variables that Postern knows, their values and defaults, without secrets. Nothing is changed here: set the variable and restart. Another node may have others.',
      auth: 'admin',
      right: 'administer',
      data: z.array(shape),
      handle: async () => shownSettings(given),
    }),
  ]
}

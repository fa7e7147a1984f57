// Builds the two pages when they can be built. An install without development packages brings them built already, or
// goes without: the gateway's API needs no page.
import { existsSync } from 'node:fs'

try {
  const { build } = await import('vite')
  await build({ configFile: new globalThis.URL('./vite.config.ts', import.meta.url).pathname, logLevel: 'warn' })
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error
  const built = existsSync(new globalThis.URL('./dist/index.html', import.meta.url))
  console.log(
    built ? 'The pages are built already.' : 'The pages are not built: vite is missing (install with dev packages).',
  )
}

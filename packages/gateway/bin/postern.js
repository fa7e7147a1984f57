#!/usr/bin/env node
// Finds the code and a Node that can run it. Kept to what old versions of Node understand, since one of them may be
// what `#!/usr/bin/env node` finds.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const NEEDED = 24
const root = fileURLToPath(new globalThis.URL('..', import.meta.url))
// A checkout runs its source as it is. A published package has none: Node strips no types under node_modules.
const source = join(root, 'src', 'main.ts')
const main = existsSync(source) ? source : join(root, 'dist', 'main.js')

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  await import(pathToFileURL(main).href)
} else {
  const node = nodeOfPackage()
  if (node === undefined) {
    console.error(`postern needs Node ${NEEDED} or newer; this is ${process.version}.`)
    process.exit(1)
  }
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
  // Whoever signals us may have signalled the child as well, as a terminal does; it knows what to make of a second one.
  // The child decides when it is done.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`postern: ${node} cannot be run: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) return process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

// The package `node` is a dependency of ours and brings a binary.
function nodeOfPackage() {
  try {
    const path = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node')
    return existsSync(path) ? path : undefined
  } catch {
    return undefined
  }
}

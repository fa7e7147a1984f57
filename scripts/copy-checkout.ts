import { cpSync, mkdirSync, readdirSync, realpathSync, symlinkSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

const LEFT = new Set(['.git', 'node_modules', 'dist', 'data'])

/**
 * Copies the checkout at `root`, with its built pages. Installed packages are linked, but the workspaces among them
 * point to the copy, so that changes in the copy are the ones that run.
 */
export function copyCheckout(root: string, to: string): void {
  cpSync(root, to, {
    recursive: true,
    filter: (path) =>
      !path
        .slice(root.length)
        .split(sep)
        .some((part) => LEFT.has(part)),
  })
  linkModules(root, to, 'node_modules')
}

function linkModules(root: string, to: string, folder: string): void {
  mkdirSync(join(to, folder), { recursive: true })
  for (const name of readdirSync(join(root, folder))) {
    const path = join(folder, name)
    if (name.startsWith('@')) {
      linkModules(root, to, path)
      continue
    }
    const inside = relative(realpathSync(root), realpathSync(join(root, path)))
    symlinkSync(join(inside.startsWith('packages') ? to : root, inside), join(to, path))
  }
}

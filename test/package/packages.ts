import { execFile } from 'node:child_process'
import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { copyCheckout } from '../../scripts/copy-checkout.ts'

const run = promisify(execFile)
export const ROOT = resolve(import.meta.dirname, '../..')
export const PUBLISHED = ['cloud-api', 'runtime', 'client', 'sandbox', 'gateway'] as const
export type Published = (typeof PUBLISHED)[number]
export const LIMIT = { timeout: 200_000, maxBuffer: 1 << 24 }

export type Packed = {
  readonly folder: string
  tarball(name: Published): string
}

let shared: Promise<Packed> | undefined

/** Packing, compiling and installing take minutes on a busy machine. */
export const SETUP = { timeout: 600_000 }

/** The published packages, packed once for all tests of this process, and removed when it ends. */
export const packAll = (): Promise<Packed> => (shared ??= pack())

/** Packs a copy, so that the checkout does not change. */
async function pack(): Promise<Packed> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-package-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const copy = join(folder, 'checkout')
  const tarballs = new Map<string, string>()
  copyCheckout(ROOT, copy)
  await run(process.execPath, [join(copy, 'scripts/build.ts')], LIMIT)
  for (const name of PUBLISHED) {
    const to = join(folder, 'packed', name)
    mkdirSync(to, { recursive: true })
    const cwd = join(copy, 'packages', name)
    await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', to], { ...LIMIT, cwd })
    tarballs.set(name, join(to, readdirSync(to)[0]!))
  }
  return { folder, tarball: (name) => tarballs.get(name)! }
}

const projects = new Map<string, Promise<string>>()

/**
 * A project in an empty folder with these packages of ours installed, and their dependencies from the registry. Tests
 * with the same packages share a project.
 */
export function projectWith(packed: Packed, packages: readonly Published[]): Promise<string> {
  const name = `project-${[...packages].sort().join('-')}`
  const project = projects.get(name) ?? install(packed, name, packages)
  projects.set(name, project)
  return project
}

async function install(packed: Packed, name: string, packages: readonly Published[]): Promise<string> {
  const project = join(packed.folder, name)
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{"type":"module","private":true}')
  const command = ['install', '--no-audit', '--no-fund', '--silent', '--prefer-offline', '--engine-strict=false']
  const from = performance.now()
  await run('npm', [...command, ...packages.map((one) => packed.tarball(one))], { ...LIMIT, cwd: project })
  durations.set(project, performance.now() - from)
  return project
}

const durations = new Map<string, number>()

/** How long npm took to install a project. */
export const installMs = (project: string): number => durations.get(project)!

/** Every file of an installed package. */
export const filesOf = (project: string, name: string): string[] =>
  readdirSync(join(project, 'node_modules', name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(project, 'node_modules', name).length + 1))

/** Bytes of all files of an installation. */
export const installedBytes = (project: string): number =>
  readdirSync(join(project, 'node_modules'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)

export type Manifest = { name: string; engines: { node: string }; dependencies?: Record<string, string> }

/** A published package's package.json in the checkout. */
export const manifestOf = (name: Published): Manifest =>
  JSON.parse(readFileSync(join(ROOT, 'packages', name, 'package.json'), 'utf8')) as Manifest

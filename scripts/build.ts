import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'

/**
 * Makes `dist/` of the published packages, in the order of their dependencies: Node runs TypeScript, but not under
 * node_modules. Usage: `node scripts/build.ts [package …]`; default: all.
 */
const ROOT = resolve(import.meta.dirname, '..')
const IN_ORDER = ['cloud-api', 'runtime', 'client', 'sandbox', 'gateway']
const asked = process.argv.slice(2)
const tsc = join(dirname(createRequire(import.meta.url).resolve('@typescript/native/package.json')), 'bin', 'tsc')

const last = asked.length > 0 ? Math.max(...asked.map((name) => IN_ORDER.indexOf(name))) : IN_ORDER.length - 1
if (asked.some((name) => !IN_ORDER.includes(name))) throw new Error(`packages that are built: ${IN_ORDER.join(', ')}`)
for (const name of IN_ORDER.slice(0, last + 1)) {
  compile(name)
  if (name === 'sandbox') await bundle(name, ['index'])
  if (name === 'gateway') {
    copyMigrations(name)
    copyDocs(name)
  }
  if (name === 'sandbox' || name === 'gateway') mustHavePages(name)
}

function compile(name: string): void {
  const root = join(ROOT, 'packages', name)
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  const config = join(root, 'tsconfig.build.json')
  const compilerOptions = { noEmit: false, rootDir: 'src', outDir: 'dist', declaration: true, stripInternal: true }
  const exclude = ['src/**/*.test.ts', 'src/**/testing.ts', 'src/**/test-*.ts']
  writeFileSync(config, JSON.stringify({ extends: '../../tsconfig.json', compilerOptions, include: ['src'], exclude }))
  try {
    execFileSync(process.execPath, [tsc, '-p', config], { stdio: 'inherit' })
  } finally {
    rmSync(config)
  }
}

/** Bundles the libraries of a package into its own files, so that a user installs only the used parts. */
async function bundle(name: string, entries: string[]): Promise<void> {
  const { build } = await import('vite')
  const root = join(ROOT, 'packages', name)
  const dist = join(root, 'dist')
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.js')) rmSync(join(dist, file))
  }
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>
  }
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    ssr: { noExternal: true, external: Object.keys(dependencies) },
    build: {
      ssr: true,
      outDir: 'dist',
      emptyOutDir: false,
      target: 'node22',
      minify: false,
      rolldownOptions: { input: entries.map((entry) => join(root, 'src', `${entry}.ts`)) },
    },
  })
}

function copyMigrations(name: string): void {
  const src = join(ROOT, 'packages', name, 'src')
  const files = readdirSync(src, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name.endsWith('.sql'),
  )
  for (const entry of files) {
    const from = join(entry.parentPath, entry.name)
    const to = join(ROOT, 'packages', name, 'dist', relative(src, from))
    mkdirSync(dirname(to), { recursive: true })
    copyFileSync(from, to)
  }
  if (files.length === 0) throw new Error('no migration was copied: a store without tables would be published')
}

/** The program contains its docs. */
function copyDocs(name: string): void {
  const root = join(ROOT, 'packages', name)
  rmSync(join(root, 'docs'), { recursive: true, force: true })
  cpSync(join(ROOT, 'docs'), join(root, 'docs'), { recursive: true })
  copyFileSync(join(ROOT, 'CHANGELOG.md'), join(root, 'CHANGELOG.md'))
}

function mustHavePages(name: string): void {
  if (!existsSync(join(ROOT, 'packages', name, 'pages', 'index.html')))
    throw new Error('the pages are not built: npm run build:web comes first')
  if (name === 'gateway' && !existsSync(join(ROOT, 'packages', name, 'guide', 'index.html')))
    throw new Error('the guide is not built: npm run build:web comes first')
}

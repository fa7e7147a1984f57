import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
} from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Stage, ignorePatterns, isIgnored, readDockerfile, stagesOf } from './image/dockerfile.ts'

/**
 * Does what deploy/Dockerfile says without Docker, on Debian as root: it reads the file itself. A fresh Debian of
 * debootstrap with this machine's Node and npm stands in the place of node:24-slim. Then it starts the result as a
 * container is started (a read-only root, the user of the image, one volume), sends a message, and finds it on the phone.
 *
 * npx node scripts/image-without-docker.ts [--keep] [--quick]
 *
 * --quick, for a test: this machine's own Debian, read-only, stands in the place of the fresh one. The checkout's
 * node_modules stand in the place of the first `npm ci`, which reads the same lock, and pages that the checkout built from
 * the same files are not built again. Everything else is the same.
 */
const ROOT = resolve(import.meta.dirname, '..')
const MOST_BYTES = 200_000_000
const QUICK = process.argv.includes('--quick')
const FIRST_INSTALL = 'npm ci --ignore-scripts --no-audit --no-fund'
const started = performance.now()
const say = (text: string): void =>
  console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}`)

if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
  throw new Error('This needs Debian, and root for chroot.')
const work = mkdtempSync(join(tmpdir(), 'postern-image-'))

function sh(program: string, args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' }).trim()
}

function makeBase(base: string, root: string): void {
  mkdirSync(root)
  if (base === 'scratch') return
  if (base !== 'node:24-slim') throw new Error(`unknown base image: ${base}`)
  if (!process.version.startsWith('v24.')) throw new Error(`This needs Node 24, and is ${process.version}.`)
  if (QUICK) return borrowDebian(root)
  if (!existsSync('/usr/sbin/debootstrap'))
    execFileSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', 'install', '-y', 'debootstrap'], {
      stdio: 'ignore',
    })
  say('a fresh Debian (debootstrap)')
  const suite = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))![1]!
  const lists = sh('apt-get', ['indextargets', '--format', '$(CODENAME) $(REPO_URI)', 'Created-By: Packages']).split(
    '\n',
  )
  const mirror = lists.find((line) => line.startsWith(`${suite} `))?.split(' ')[1]
  if (mirror === undefined) throw new Error(`apt-get knows no mirror of ${suite}: run apt-get update`)
  // With mounts of its own, which end with it.
  const debootstrap = ['debootstrap', '--variant=minbase', '--include=ca-certificates', suite, root, mirror]
  execFileSync('unshare', ['--mount', ...debootstrap], { stdio: 'ignore' })
  addNode(join(root, 'usr/local'))
  for (const file of ['/etc/resolv.conf', '/etc/hosts']) cpSync(file, join(root, file), { dereference: true })
}

/** What node:24-slim has in /usr/local. */
function addNode(local: string): void {
  mkdirSync(join(local, 'bin'), { recursive: true })
  cpSync(process.execPath, join(local, 'bin/node'), { dereference: true })
  const npm = 'lib/node_modules/npm'
  cpSync(join(sh('npm', ['root', '-g']), 'npm'), join(local, npm), { recursive: true, dereference: true })
  for (const name of ['npm', 'npx']) sh('ln', ['-s', `/usr/local/${npm}/bin/${name}-cli.js`, join(local, 'bin', name)])
}

const LOCAL = join(work, 'local')
/** Of this machine's Debian. On a merged system, the others are links into usr. */
const BORROWED = ['usr', 'etc', 'bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32']

/** A root in which this machine's Debian is mounted while something runs in it. Nothing there can be written to. */
function borrowDebian(root: string): void {
  say('the Debian of this machine, read-only')
  addNode(LOCAL)
  for (const name of BORROWED) {
    if (!existsSync(`/${name}`)) continue
    if (lstatSync(`/${name}`).isSymbolicLink()) sh('ln', ['-s', readlinkSync(`/${name}`), join(root, name)])
    else mkdirSync(join(root, name))
  }
  for (const name of ['dev', 'proc', 'root', 'tmp']) mkdirSync(join(root, name))
}

const borrowing = (root: string): string[] => [
  ...BORROWED.filter((name) => existsSync(`/${name}`) && !lstatSync(`/${name}`).isSymbolicLink()).map(
    (name) => `mount --bind /${name} '${root}/${name}' && mount -o remount,bind,ro '${root}/${name}'`,
  ),
  `mount --bind '${LOCAL}' '${root}/usr/local' && mount --rbind /dev '${root}/dev'`,
]

/** The scripts of `build:web` leave what was built from the same files. */
const withoutPages = (line: string): string =>
  line.replace(
    'npm run build:web',
    'node scripts/build-pages.js --if-changed && node scripts/build-guide.js --if-changed',
  )

/**
 * The installed packages and the built pages of this checkout. Packages are hard links: the build adds and removes files,
 * and changes none.
 */
function linkPackages(folder: string): void {
  for (const path of ['.', ...readdirSync(join(ROOT, 'packages')).map((name) => join('packages', name))]) {
    const from = join(ROOT, path, 'node_modules')
    const to = join(folder, path, 'node_modules')
    if (!existsSync(from) || !existsSync(join(folder, path))) continue
    // Another file system takes no hard links.
    const isNear = statSync(from).dev === statSync(join(folder, path)).dev
    sh('cp', [isNear ? '-al' : '-a', from, to])
    // Caches are written in place.
    for (const cache of ['.cache', '.vite']) rmSync(join(to, cache), { recursive: true, force: true })
  }
  for (const built of ['gateway/pages', 'gateway/guide', 'sandbox/pages'].map((name) => join('packages', name)))
    if (existsSync(join(ROOT, built))) sh('cp', ['-a', join(ROOT, built), join(folder, built)])
}

/** RUN: a shell in the root, with the network and the npm cache of this machine. */
function runIn(root: string, folder: string, line: string): void {
  mkdirSync(join(root, folder), { recursive: true })
  const cache = sh('npm', ['config', 'get', 'cache'])
  mkdirSync(join(root, 'npm-cache'), { recursive: true })
  const authorities = process.env.NODE_EXTRA_CA_CERTS
  if (authorities) cpSync(authorities, join(root, 'authorities.pem'), { dereference: true })
  const env = [
    ...['PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', 'HOME=/root', 'npm_config_cache=/npm-cache'],
    ...[`npm_config_registry=${sh('npm', ['config', 'get', 'registry'])}`, 'npm_config_prefer_offline=true'],
    ...(authorities ? ['NODE_EXTRA_CA_CERTS=/authorities.pem'] : []),
  ]
  const mounts = [
    ...(QUICK ? borrowing(root) : []),
    `mount --bind '${cache}' '${root}/npm-cache' && mount -t proc proc '${root}/proc'`,
  ].join(' && ')
  const enter = ['env', '-i', ...env, 'unshare', `--root=${root}`, `--wd=${folder}`, '/bin/sh', '-ec', line]
  execFileSync('unshare', ['--mount', 'sh', '-ec', `${mounts} && exec "$@"`, 'sh', ...enter], {
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 28,
  })
}

/** COPY: from the checkout without what .dockerignore names, or from another stage. */
function copyIn(root: string, folder: string, text: string, other: string | undefined): void {
  const [from = '', to = ''] = text.split(' ')
  const target = join(root, resolve(folder, to))
  mkdirSync(target, { recursive: true })
  if (other !== undefined) return void sh('cp', ['-a', `${join(other, from)}/.`, target])
  const patterns = ignorePatterns(readFileSync(join(ROOT, '.dockerignore'), 'utf8'))
  const filter = (path: string): boolean => path === ROOT || !isIgnored(relative(ROOT, path), patterns)
  cpSync(resolve(ROOT, from), target, { recursive: true, filter })
}

/** Bytes of the files, as an image counts them. */
function measure(image: string): void {
  const bytes = (path: string): number => Number(sh('du', ['-sb', join(image, path)]).split('\t')[0])
  const mb = (n: number): string => `${(n / 1e6).toFixed(1)} MB`
  const [whole, node] = [bytes('.'), statSync(join(image, 'usr/local/bin/node')).size]
  say(
    `image ${mb(whole)}: Node ${mb(node)}, packages ${mb(bytes('app/node_modules'))}, Postern ${mb(bytes('app/packages'))}`,
  )
  if (whole >= MOST_BYTES) throw new Error(`the image has ${mb(whole)}; the limit is ${mb(MOST_BYTES)}`)
  const nodes = sh('find', [image, '-name', 'node', '-type', 'f', '-size', '+1M']).split('\n')
  if (nodes.length !== 1) throw new Error(`several Nodes: ${nodes.join(', ')}`)
}

async function tryContainer(image: string, stage: Stage): Promise<void> {
  const [uid = '', gid = ''] = stage.user.split(':')
  const [port, phones] = [await freePort(), await freePort()]
  // On this machine only, unlike in a container with a network of its own.
  const settings = { HOST: '127.0.0.1', PORT: String(port), SANDBOX_PORT: String(phones) }
  const env = Object.entries({ ...stage.env, ...settings }).map(([name, value]) => `${name}=${value}`)
  const [volume = '', ...more] = stage.volumes
  if (volume === '' || more.length > 0) throw new Error('the image has one volume')
  const data = join(work, 'volume')
  // A new volume begins as the folder of the image.
  sh('cp', ['-a', join(image, volume), data])
  const mounts = [
    `mkdir -p '${image}/proc' '${image}/dev' && mount --bind '${image}' '${image}' && mount -o remount,bind,ro '${image}'`,
    `mount --bind '${data}' '${image}${volume}' && mount -t tmpfs tmpfs '${image}/tmp'`,
    `mount -t proc proc '${image}/proc' && mount -t tmpfs tmpfs '${image}/dev'`,
    `for one in null zero full random urandom; do touch '${image}/dev/'$one; mount --bind /dev/$one '${image}/dev/'$one; done`,
  ].join(' && ')
  const asUser = ['setpriv', '--clear-groups', '--no-new-privs', 'env', '-i', ...env]
  const enter = ['/usr/bin/unshare', `--root=${image}`, `--wd=${stage.workdir}`, `--setgid=${gid}`, `--setuid=${uid}`]
  const command = [...asUser, ...enter, ...stage.entrypoint, ...stage.command]
  const child = spawn('unshare', ['--mount', 'sh', '-ec', `${mounts} && exec "$@"`, 'sh', ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  /** As docker exec: in the same root, as the same user. */
  const exec = (...args: string[]): string =>
    sh('setpriv', [
      ...[
        '--clear-groups',
        'env',
        '-i',
        ...env,
        '/usr/bin/nsenter',
        `--target=${child.pid}`,
        '--mount',
        '--root',
        '--wd',
      ],
      ...[`--setgid=${gid}`, `--setuid=${uid}`, ...args],
    ])
  const gone = new Promise<number | null>((done) => child.once('exit', (code) => done(code)))
  try {
    await untilReady(child)
    say(`started as ${stage.user}: ${[...stage.entrypoint, ...stage.command].join(' ')}`)
    checkRights(child.pid!, uid, exec)
    exec(...stage.health)
    say('the health check says healthy')
    say(`postern channel list: ${exec('postern', 'channel', 'list').split('\n')[1]}`)
    await seeMessage(port, phones)
  } finally {
    child.kill('SIGTERM')
  }
  const code = await gone
  if (code !== 0) throw new Error(`the gateway ended with ${code}`)
  say('stopped by SIGTERM with exit code 0')
}

async function untilReady(child: ChildProcess): Promise<void> {
  let said = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (data: Buffer) => (said += String(data)))
  for (const until = Date.now() + 120_000; !said.includes('"gateway.ready"'); await sleep(50))
    if (child.exitCode !== null || Date.now() > until) throw new Error(`the gateway did not start:\n${said}`)
}

function checkRights(pid: number, uid: string, exec: (...args: string[]) => string): void {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  if (!status.includes(`Uid:\t${uid}\t${uid}`)) throw new Error('it runs as another user')
  if (!/^CapEff:\t0+$/m.test(status) || !/^Groups:\t\s*$/m.test(status)) throw new Error('it has rights of root')
  for (const [path, may] of [
    ['/', false],
    ['/app', false],
    ['/etc', false],
    ['/data', true],
    ['/tmp', true],
  ] as const) {
    const write = `try { fs.writeFileSync('${path}/file', ''); console.log('written') } catch (error) { console.log(error.code) }`
    const outcome = exec('node', '-e', write)
    if ((outcome === 'written') !== may) throw new Error(`writing into ${path}: ${outcome}`)
  }
  say('it may write to /data and /tmp, and nowhere else')
}

async function seeMessage(port: number, phones: number): Promise<void> {
  const curl = (...args: string[]): string => sh('curl', ['-sS', '--fail-with-body', ...args])
  const text = `Hello from the image, at ${new Date().toISOString()}`
  const body = JSON.stringify({ to: '85268411234', type: 'text', text: { body: text } })
  const headers = ['-H', 'content-type: application/json', '-H', 'certification-code: postern-demo-certification-code']
  say(curl(`http://127.0.0.1:${port}/external/messages/whatsapp`, ...headers, '-d', body))
  for (const until = Date.now() + 30_000; ; await sleep(100)) {
    if (curl(`http://127.0.0.1:${phones}/sandbox/phones/85268411234`).includes(text)) break
    if (Date.now() > until) throw new Error('the phone did not show the message')
  }
  say('the phone shows the message')
  const pages = [`http://127.0.0.1:${port}/`, `http://127.0.0.1:${phones}/`].map((url) => curl(url))
  if (!pages.every((page) => page.includes('<script'))) throw new Error('the console or the phones have no page')
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}

try {
  const stages = stagesOf(readDockerfile(readFileSync(join(ROOT, 'deploy/Dockerfile'), 'utf8')))
  const roots = new Map<string, string>()
  for (const [i, stage] of stages.entries()) {
    const name = stage.name ?? String(i)
    const root = join(work, `root-${name}`)
    makeBase(stage.base, root)
    for (const step of stage.steps) {
      say(`${name}: ${step.name} ${step.text.slice(0, 90)}`)
      if (QUICK && step.text === FIRST_INSTALL) linkPackages(join(root, step.flags.in!))
      else if (step.name === 'RUN') runIn(root, step.flags.in!, QUICK ? withoutPages(step.text) : step.text)
      else copyIn(root, step.flags.in!, step.text, roots.get(step.flags.from ?? ''))
    }
    roots.set(name, root)
  }
  const image = roots.get(String(stages.length - 1))!
  measure(image)
  await tryContainer(image, stages.at(-1)!)
} finally {
  if (!process.argv.includes('--keep')) rmSync(work, { recursive: true, force: true })
}

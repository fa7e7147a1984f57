import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
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
 * npx node scripts/image-without-docker.ts [--keep]
 */
const ROOT = resolve(import.meta.dirname, '..')
const MOST_BYTES = 200_000_000
const started = performance.now()
const say = (text: string): void =>
  console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}`)

if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
  throw new Error('This needs Debian, and root for chroot.')
const work = mkdtempSync(join(tmpdir(), 'postern-image-'))
try {
  const stages = stagesOf(readDockerfile(readFileSync(join(ROOT, 'deploy/Dockerfile'), 'utf8')))
  const roots = new Map<string, string>()
  for (const [i, stage] of stages.entries()) {
    const name = stage.name ?? String(i)
    const root = join(work, `root-${name}`)
    makeBase(stage.base, root)
    for (const step of stage.steps) {
      say(`${name}: ${step.name} ${step.text.slice(0, 90)}`)
      if (step.name === 'RUN') runIn(root, step.flags.in!, step.text)
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

function sh(program: string, args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' }).trim()
}

function makeBase(base: string, root: string): void {
  mkdirSync(root)
  if (base === 'scratch') return
  if (base !== 'node:24-slim') throw new Error(`unknown base image: ${base}`)
  if (!process.version.startsWith('v24.')) throw new Error(`This needs Node 24, and is ${process.version}.`)
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
  cpSync(process.execPath, join(root, 'usr/local/bin/node'), { dereference: true })
  const npm = 'usr/local/lib/node_modules/npm'
  cpSync(join(sh('npm', ['root', '-g']), 'npm'), join(root, npm), { recursive: true, dereference: true })
  for (const name of ['npm', 'npx']) sh('ln', ['-s', `/${npm}/bin/${name}-cli.js`, join(root, 'usr/local/bin', name)])
  for (const file of ['/etc/resolv.conf', '/etc/hosts']) cpSync(file, join(root, file), { dereference: true })
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
  const mounts = `mount --bind '${cache}' '${root}/npm-cache' && mount -t proc proc '${root}/proc'`
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

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser as Chromium, type BrowserContext, type Page } from 'playwright-core'
import { CONSOLE_HEADER } from '../../packages/gateway/src/http/console/session.ts'
import { ADMIN_TOKEN } from '../support/world.ts'

/** Debian's packages, and their programs. The shell needs a third less processor time, and hears no microphone. */
const PROGRAMS = {
  'chromium-headless-shell': '/usr/bin/chromium-headless-shell',
  chromium: '/usr/bin/chromium',
} as const

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * A Chromium: the one of `CHROMIUM`, else Debian's headless shell, or its Chromium for a microphone. Installs what is
 * missing; where it cannot, an installed Chromium serves for both.
 */
export function findChromium(options: { microphone?: boolean | undefined } = {}): string {
  const name = options.microphone ? 'chromium' : 'chromium-headless-shell'
  if (process.env.CHROMIUM !== undefined) return process.env.CHROMIUM
  if (existsSync(PROGRAMS[name])) return PROGRAMS[name]
  try {
    // Other test files may be installing something: wait for them.
    const apt = 'apt-get -qq -o DPkg::Lock::Timeout=300'
    execFileSync('sh', ['-c', `${apt} update; ${apt} install -y --no-install-recommends ${name} fonts-noto-cjk`], {
      stdio: 'ignore',
      timeout: 600_000,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
    return PROGRAMS[name]
  } catch (cause) {
    // Another test file may be installing it, or has.
    if (existsSync(PROGRAMS[name])) return PROGRAMS[name]
    if (existsSync(PROGRAMS.chromium)) return PROGRAMS.chromium
    throw new Error(
      'There is no Chromium, and apt-get could not install one. Install it, or name one with CHROMIUM=/path/to/chromium.',
      { cause },
    )
  }
}

/** The pages are built once a run, and again when there are none. */
export function buildPages(): void {
  if (existsSync(join(ROOT, 'packages/gateway/pages/index.html')) && process.env.POSTERN_PAGES === 'built') return
  execFileSync(process.execPath, ['scripts/build-pages.js'], { cwd: ROOT, stdio: 'pipe' })
}

export type Browser = {
  context: BrowserContext
  /** A page that records its problems: script errors, and violations of the page's policy. */
  open(url: string): Promise<Page & { wrongs: string[] }>
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const launched = new Map<string, Promise<Chromium>>()

/** The browser of this test file, with a microphone or without. */
function chromiumWith(flags: string[], executablePath: string): Promise<Chromium> {
  const key = flags.join(' ')
  const known = launched.get(key) ?? chromium.launch({ executablePath, args: flags })
  launched.set(key, known)
  return known
}

after(async () => {
  for (const browser of launched.values()) await (await browser).close()
})

/**
 * A browser with an empty profile: it shares nothing with another one but the program, which starts once in a test file.
 * `alone`: it does not even share that.
 */
export async function startBrowser(
  options: {
    dark?: boolean
    width?: number
    height?: number
    language?: string
    /** A microphone that hears a beep, a camera that sees a disc, and leave to use both. */
    microphone?: boolean
    alone?: boolean
  } = {},
): Promise<Browser> {
  const flags = options.microphone ? [...FLAGS, '--use-fake-device-for-media-stream'] : FLAGS
  const executablePath = findChromium(options)
  const program = options.alone
    ? await chromium.launch({ executablePath, args: flags })
    : await chromiumWith(flags, executablePath)
  const context = await program.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    colorScheme: options.dark ? 'dark' : 'light',
    locale: options.language ?? 'en-GB',
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write', ...(options.microphone ? ['microphone', 'camera'] : [])],
  })
  // Tests wait for facts; the time depends on the machine.
  context.setDefaultTimeout(30_000)
  const close = async (): Promise<void> => {
    await context.close()
    if (options.alone) await program.close()
  }
  return {
    context,
    async open(url) {
      const page = Object.assign(await openWindow(context), { wrongs: [] as string[] })
      page.on('pageerror', (error) => page.wrongs.push(error.message))
      page.on('console', (message) => {
        // A refused call is an answer of the gateway's, which the page shows itself.
        if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
          page.wrongs.push(message.text())
      })
      await page.goto(url)
      return page
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** Opens a page in a window of its own. A background tab draws one frame a second, and each click waits for frames. */
async function openWindow(context: BrowserContext): Promise<Page> {
  const [first] = context.pages()
  if (!first) return context.newPage()
  const session = await context.newCDPSession(first)
  const opened = context.waitForEvent('page')
  const { targetInfo } = await session.send('Target.getTargetInfo')
  const { browserContextId } = targetInfo
  await session.send('Target.createTarget', {
    url: 'about:blank',
    newWindow: true,
    ...(browserContextId !== undefined && { browserContextId }),
  })
  const page = await opened
  await session.detach()
  return page
}

/** Keeps a picture of the page in the folder that SHOTS names, to look at. Without SHOTS it does nothing. */
export async function shot(page: Page, name: string): Promise<void> {
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) })
}

/** A browser that is signed in to a gateway's console. */
export async function startSignedIn(origin: string): Promise<Browser> {
  const browser = await startBrowser()
  // The page's own request, without rendering the page.
  const answer = await browser.context.request.post(`${origin}/console/session`, {
    data: { token: ADMIN_TOKEN },
    headers: { [CONSOLE_HEADER]: '1' },
  })
  if (!answer.ok()) throw new Error(`signing in was answered ${answer.status()}`)
  return browser
}

export async function signIn(page: Page, token = ADMIN_TOKEN): Promise<void> {
  await page.getByLabel('Admin token').fill(token)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
}

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import type { StoryState } from '../../packages/sandbox/src/index.ts'
import { ADMIN_TOKEN, startWorld, type World } from '../support/world.ts'
import { buildPages, startBrowser } from './browser.ts'

/*
 * The film of the README: plays the story in a browser, on the phones and in the console, and makes an animated picture
 * of it.
 *
 *   node test/web/film.ts docs/images/story.webp [FOLDER FOR THE FRAMES]
 *
 * Needs `img2webp`, of Debian's package `webp`: it is installed if it is missing.
 */

const SIZE = { width: 1152, height: 720 }
const EVERY_MS = 125
/** Frames that nobody can read apart from the one before. */
const LAST_FRAME_MS = 3_500
/** Taking frames slows the story down on a busy machine: a longer film plays faster. */
const LONGEST_MS = 38_000
const QUALITY = '58'

type Frame = { at: number; png: Buffer }
type Scene = { page: Page; caption?: string }

/** Takes frames of the page of the scene, until it is stopped. Equal ones are one. */
function camera(first: Scene) {
  const frames: Frame[] = []
  let scene = first
  let isOver = false
  const run = (async () => {
    while (!isOver) {
      const at = performance.now()
      const png = await scene.page.screenshot({ animations: 'disabled', caret: 'hide' })
      if (!frames.at(-1)?.png.equals(png)) frames.push({ at, png })
      await sleep(Math.max(0, EVERY_MS - (performance.now() - at)))
    }
  })()
  return {
    async cut(next: Scene): Promise<void> {
      if (next.caption !== undefined) await captionOn(next.page, next.caption)
      scene = next
    },
    async stop(): Promise<Frame[]> {
      isOver = true
      await run
      return frames
    },
  }
}

/** A line at the foot of the console, as the phones have one at the top. */
async function captionOn(page: Page, text: string): Promise<void> {
  await page.evaluate((words) => {
    const line = document.getElementById('caption') ?? document.body.appendChild(document.createElement('div'))
    line.id = 'caption'
    line.textContent = words
    line.style.cssText =
      'position:fixed;inset:auto 0 0;z-index:9999;padding:14px 20px;background:#12312d;color:#fff;font-size:18px;font-weight:600'
  }, text)
}

async function signIn(page: Page): Promise<void> {
  await page.locator('input[type=password]').fill(ADMIN_TOKEN)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1 }).waitFor()
}

/** Resolves when the story is there. */
async function until(world: World, fits: (state: StoryState) => boolean): Promise<void> {
  for (;;) {
    const response = await fetch(`${world.sandbox.url}/sandbox/story`)
    const state = (await response.json()) as StoryState
    if (fits(state)) return
    if (state.state === 'failed') throw new Error(`the story failed: ${state.says}`)
    await sleep(50)
  }
}

async function film(world: World): Promise<Frame[]> {
  await using browser = await startBrowser({ ...SIZE, alone: true })
  const phones = await browser.open(world.sandbox.url)
  const board = await browser.open(world.gateway.url)
  await signIn(board)
  await board.goto(`${world.gateway.url}/#/deliveries`)
  await phones.evaluate(() => localStorage.setItem('postern.phones.tool', 'wire'))
  await phones.reload()
  const start = phones.getByRole('button', { name: 'Run the story' })
  await start.waitFor()
  await phones.waitForTimeout(600)
  const roll = camera({ page: phones })
  await sleep(1_600)
  await start.click()
  await until(world, ({ name, refused }) => name === 'down' && refused >= 5)
  await roll.cut({ page: board, caption: 'The console: the attempts that failed. Postern keeps the events, in order.' })
  await until(world, ({ name }) => name === 'recovery')
  await sleep(1_200)
  await roll.cut({ page: board, caption: 'The webhook is back: the same events, delivered.' })
  await sleep(1_500)
  await roll.cut({ page: phones })
  await until(world, ({ state }) => state === 'over')
  await sleep(1_000)
  return roll.stop()
}

/** How long each frame is shown. */
function durationsOf(frames: readonly Frame[]): number[] {
  const shown = frames.map(({ at }, i) => (frames[i + 1]?.at ?? at + LAST_FRAME_MS) - at)
  const total = shown.reduce((sum, ms) => sum + ms, 0)
  return shown.map((ms) => Math.round(ms * Math.min(1, LONGEST_MS / total)))
}

function makePicture(frames: readonly Frame[], target: string, folder: string): void {
  const args = ['-loop', '0', '-min_size', '-lossy', '-q', QUALITY, '-m', '6']
  const durations = durationsOf(frames)
  for (const [i, { png }] of frames.entries()) {
    const path = join(folder, `${String(i).padStart(4, '0')}.png`)
    writeFileSync(path, png)
    args.push('-d', String(durations[i]), path)
  }
  execFileSync(findImg2webp(), [...args, '-o', target], { stdio: ['ignore', 'ignore', 'inherit'] })
}

function findImg2webp(): string {
  try {
    execFileSync('img2webp', ['-version'], { stdio: 'ignore' })
  } catch {
    execFileSync('sh', ['-c', 'apt-get -qq update; apt-get -qq install -y --no-install-recommends webp'], {
      stdio: 'ignore',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  }
  return 'img2webp'
}

async function main(): Promise<void> {
  const [target, kept] = process.argv.slice(2)
  if (!target) throw new Error('Where to? node test/web/film.ts docs/images/story.webp [FOLDER FOR THE FRAMES]')
  buildPages()
  await using world = await startWorld({ webhook: false, gateway: { sandbox: { statusDelayMs: 300 } } })
  const frames = await film(world)
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'postern-film-'))
  for (const one of [folder, dirname(target)]) mkdirSync(one, { recursive: true })
  makePicture(frames, target, folder)
  if (kept === undefined) rmSync(folder, { recursive: true })
  const seconds = durationsOf(frames).reduce((sum, ms) => sum + ms, 0) / 1000
  process.stdout.write(`${target}: ${frames.length} frames, ${seconds.toFixed(1)} s, ${statSync(target).size} bytes\n`)
}

await main()

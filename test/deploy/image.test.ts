import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

const ROOT = resolve(import.meta.dirname, '../..')
const isDebianRoot = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
// A container may keep root from mounting.
const mayMount = isDebianRoot && spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0

test(
  'the lines of the Dockerfile make an image below 200 MB: it runs without rights, and a message arrives on the phone',
  { skip: mayMount ? false : 'only root on Debian with the right to mount can do what Docker does', timeout: 240_000 },
  async (t) => {
    const script = join(ROOT, 'scripts/image-without-docker.ts')
    const { stdout } = await promisify(execFile)(process.execPath, [script, '--quick'], { cwd: ROOT })
    const steps = [
      'build: RUN npm ci --omit=dev',
      'image ',
      'started as 10001:10001',
      'it may write to /data and /tmp, and nowhere else',
      'the health check says healthy',
      'the phone shows the message',
      'stopped by SIGTERM with exit code 0',
    ]
    assert.deepEqual(
      steps.filter((step) => !stdout.includes(step)),
      [],
      stdout,
    )
    t.diagnostic(
      stdout
        .split('\n')
        .find((line) => line.includes('image '))!
        .trim(),
    )
  },
)

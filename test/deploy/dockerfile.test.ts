import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { ignorePatterns, isIgnored, readDockerfile, stagesOf } from '../../scripts/image/dockerfile.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

test('scripts/image-without-docker.ts understands every line of the Dockerfile', () => {
  const [build, image, ...more] = stagesOf(readDockerfile(read('deploy/Dockerfile')))
  assert.deepEqual([build!.base, build!.name, image!.base, more.length], ['node:24-slim', 'build', 'scratch', 0])
  assert.deepEqual([image!.user, image!.volumes, image!.command], ['10001:10001', ['/data'], ['serve']])
  assert.equal(image!.env.DATA_DIR, '/data')
  assert.match(image!.health.join(' '), /^node -e .*\/readyz/)
  assert.ok(build!.steps.length >= 5 && build!.steps.every((step) => !step.text.includes('\\\n')))
  assert.throws(() => readDockerfile('FROM scratch\nADD a b\n'), /unknown instruction/)
})

test('.dockerignore leaves out secrets, the history, and what the build makes itself', () => {
  const patterns = ignorePatterns(read('.dockerignore'))
  const out = ['.git/config', '.env', 'node_modules/a', 'packages/gateway/dist/main.js', 'deploy/secrets/admin_token']
  for (const path of [...out, 'test/a.ts', 'data/postern.db']) assert.ok(isIgnored(path, patterns), path)
  for (const path of ['package.json', 'packages/gateway/src/main.ts', 'scripts/build.ts', 'docs/deploy.md'])
    assert.ok(!isIgnored(path, patterns), path)
})

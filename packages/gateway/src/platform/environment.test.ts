import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type Config, ConfigError, readConfig, SECRETS, SETTINGS } from './config.ts'
import { envFileProblems, loadEnvFile } from './env-file.ts'
import { environmentOfThreads, misspelledIn, readSecret } from './environment.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-environment-'))
after(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
function fileWith(content: string | Buffer): string {
  const path = join(folder, `file-${++files}`)
  writeFileSync(path, content)
  return path
}

function problemsOf(env: Record<string, string>): string[] {
  try {
    readConfig(env)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.problems
  }
  return []
}

/** A right value of each secret setting. A new secret needs one here. */
const RIGHT: Record<string, string> = {
  DATABASE_URL: 'postgres://postern:pass word@db/postern',
  META_APP_SECRET: 'an-app-secret',
  META_VERIFY_TOKEN: 'a verify token',
  ADMIN_TOKEN: 'an-admin-token-of-32-characters-',
  MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20a-secret',
}
const keyOf = (env: string): keyof Config =>
  Object.entries(SETTINGS).find(([, setting]) => setting.env === env)![0] as keyof Config

test('every secret setting can be in a file; one newline at its end is cut', () => {
  assert.ok(SECRETS.length >= 5)
  for (const name of SECRETS) {
    const value = RIGHT[name] ?? 'a-secret-of-some-length'
    for (const end of ['', '\n', '\r\n']) {
      const others = name === 'DATABASE_URL' ? { ADMIN_TOKEN: RIGHT.ADMIN_TOKEN!, MASTER_KEY: RIGHT.MASTER_KEY! } : {}
      assert.equal(readConfig({ ...others, [`${name}_FILE`]: fileWith(value + end) })[keyOf(name)], value, name)
    }
  }
})

test('a file of a secret that cannot be used: the variable and the path, never the content', () => {
  for (const name of SECRETS) {
    const variable = `${name}_FILE`
    const missing = join(folder, 'missing')
    assert.deepEqual(
      problemsOf({ [variable]: missing }).filter((one) => one.startsWith(name)),
      [`${variable} names a file that cannot be read, "${missing}": there is no such file`],
    )
  }
  const cases: [string, RegExp][] = [
    [folder, /it is a folder|not a regular file/],
    [fileWith('\n'), /an empty file/],
    [fileWith('first-line-of-secret\nsecond-line-of-secret\n'), /more than one line/],
    [fileWith(Buffer.alloc(70_000, 'secret')), /larger than 65536 bytes/],
  ]
  for (const [path, says] of cases) {
    const [problem, ...more] = problemsOf({ ADMIN_TOKEN_FILE: path })
    assert.match(problem!, says)
    assert.ok(problem!.startsWith('ADMIN_TOKEN_FILE ') && problem!.includes(path))
    assert.ok(!problem!.includes('secret') && more.length === 0)
  }
  const short = problemsOf({ ADMIN_TOKEN_FILE: fileWith('tiny-secret') })
  assert.deepEqual(short, ['ADMIN_TOKEN must have at least 16 characters'])
})

test('a pipe without a writer does not block the start', () => {
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  assert.deepEqual(problemsOf({ ADMIN_TOKEN_FILE: pipe }), [
    `ADMIN_TOKEN_FILE names a file that cannot be read, "${pipe}": it is not a regular file`,
  ])
})

test('a secret that is set twice is an error, and an empty variable is not set', () => {
  const file = fileWith(RIGHT.ADMIN_TOKEN!)
  assert.deepEqual(problemsOf({ ADMIN_TOKEN: 'x'.repeat(16), ADMIN_TOKEN_FILE: file }), [
    'ADMIN_TOKEN_FILE is set, and so is ADMIN_TOKEN: remove one of them',
  ])
  assert.equal(readConfig({ ADMIN_TOKEN: ' ', ADMIN_TOKEN_FILE: file }).adminToken, RIGHT.ADMIN_TOKEN)
  assert.equal(readConfig({ ADMIN_TOKEN: 'x'.repeat(16), ADMIN_TOKEN_FILE: '' }).adminToken, 'x'.repeat(16))
})

test('a required secret may be in a file, and one whose file is wrong is reported once', () => {
  const real = { CLOUD_API_URL: 'https://graph.facebook.com', META_VERIFY_TOKEN: 't' }
  assert.deepEqual(problemsOf({ ...real, META_APP_SECRET_FILE: fileWith('s') }), [])
  const [problem, ...more] = problemsOf({ ...real, META_APP_SECRET_FILE: '/nowhere' })
  assert.match(problem!, /^META_APP_SECRET_FILE names a file/)
  assert.deepEqual(more, [])
})

test('secrets of commands may be in files; threads get the secrets and not the files', () => {
  assert.equal(readSecret({ CERTIFICATION_CODE_FILE: fileWith('code\n') }, 'CERTIFICATION_CODE'), 'code')
  assert.equal(readSecret({}, 'POSTERN_MCP_TOKEN'), undefined)
  assert.throws(() => readSecret({ ADMIN_TOKEN_FILE: '/nowhere' }, 'ADMIN_TOKEN'), ConfigError)
  assert.deepEqual(environmentOfThreads({ ADMIN_TOKEN_FILE: fileWith('one\n'), PORT: '1' }), {
    ADMIN_TOKEN: 'one',
    PORT: '1',
  })
})

test('.env: its variables are added, and the environment wins', () => {
  const path = fileWith(
    ['# settings', 'PORT=9000', 'export LOG_LEVEL=warn', "ADMIN_TOKEN='with # and spaces'", 'TWO="a', 'b"'].join('\n'),
  )
  const env = { LOG_LEVEL: 'error' }
  assert.deepEqual(loadEnvFile(path, env), [])
  assert.deepEqual(env, { LOG_LEVEL: 'error', PORT: '9000', ADMIN_TOKEN: 'with # and spaces', TWO: 'a\nb' })
})

test('.env: a wrong line is named by its number and without its content, and nothing is added', () => {
  const env = {}
  const path = fileWith('PORT=9000\nADMIN_TOKEN: my-secret\n=my-secret\nMASTER_KEY="my-secret" my-secret\n')
  assert.deepEqual(loadEnvFile(path, env), [
    `${path} line 2: write NAME=value, or begin the line with # for a comment`,
    `${path} line 3: write NAME=value, or begin the line with # for a comment`,
    `${path} line 4: there is text after the closing quote "`,
  ])
  assert.deepEqual(env, {})
  assert.deepEqual(envFileProblems('A=1\r\n\r\n# c\r\nB="x" # c\r\n'), [])
  assert.deepEqual(envFileProblems('A="x\nB=1\n'), ['line 1: the quote " has no end'])
  assert.deepEqual(envFileProblems('\ufeffA=1'), ['must be UTF-8 without a byte order mark'])
})

test('.env: a missing file and a folder are right', () => {
  const env = {}
  mkdirSync(join(folder, 'venv'))
  for (const path of [join(folder, 'missing'), join(folder, 'venv')]) assert.deepEqual(loadEnvFile(path, env), [])
  assert.deepEqual(env, {})
})

test('a variable one or two typing errors away from a setting is named; others are not', () => {
  const misspelled: Record<string, string> = {
    DATABSE_URL: 'DATABASE_URL',
    DATABASE_URI: 'DATABASE_URL',
    META_APP_SERCET: 'META_APP_SECRET',
    LOG_LEVL: 'LOG_LEVEL',
    LOGLEVEL: 'LOG_LEVEL',
    ADMIN_TOKEN_FIEL: 'ADMIN_TOKEN_FILE',
    TRUSTED_PROXIE: 'TRUSTED_PROXIES',
    PROT: 'PORT',
    PORTT: 'PORT',
    PUBLICURL: 'PUBLIC_URL',
  }
  for (const [variable, setting] of Object.entries(misspelled)) {
    assert.deepEqual(misspelledIn({ [variable]: 'x' }), [{ variable, setting }])
  }
  for (const known of Object.values(SETTINGS)) assert.deepEqual(misspelledIn({ [known.env]: 'x' }), [])
  const foreign =
    'PATH HOME HOSTNAME USER SHELL PWD TERM LANG LC_ALL MAIL DISPLAY EDITOR PGHOST PGPORT PGDATA NODE_ENV HTTP_PROXY NO_PROXY SHLVL OLDPWD LOGNAME TMPDIR TZ CI DEBUG KUBERNETES_PORT KUBERNETES_SERVICE_HOST CREDENTIALS_DIRECTORY NOTIFY_SOCKET INVOCATION_ID JOURNAL_STREAM XDG_DATA_DIRS DATABASE_NAME DATABASE_HOST POSTGRES_PORT AWS_REGION SMTP_HOST SMTP_PORT HOSTTYPE'
  for (const variable of foreign.split(' ')) assert.deepEqual(misspelledIn({ [variable]: 'x' }), [], variable)
  assert.deepEqual(misspelledIn({ DATABSE_URL: '' }), [])
})

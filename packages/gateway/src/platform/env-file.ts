import { readFileSync, statSync } from 'node:fs'
import { parseEnv } from 'node:util'

const MOST_BYTES = 1024 * 1024

/**
 * Adds the variables of a file in the form of Node's `--env-file` to the environment. A variable of the environment itself
 * stays as it is. Returns what is wrong with the file, by line and without its content, and then adds nothing. A missing
 * file is right.
 */
export function loadEnvFile(path: string, env: Record<string, string | undefined>): string[] {
  let text: string
  try {
    const stat = statSync(path, { throwIfNoEntry: false })
    // A folder of this name is a Python environment.
    if (stat === undefined || stat.isDirectory()) return []
    if (!stat.isFile() || stat.size > MOST_BYTES) return [`${path} must be a file of at most ${MOST_BYTES} bytes`]
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return [`${path} cannot be read: ${(error as Error).message}`]
  }
  const problems = envFileProblems(text).map((problem) => `${path} ${problem}`)
  if (problems.length === 0)
    for (const [name, value] of Object.entries(parseEnv(text))) if (env[name] === undefined) env[name] = value
  return problems
}

const QUOTES = ['"', "'", '`']

/** Node's parser leaves out what it does not understand. A setting that is left out is an error here. */
export function envFileProblems(text: string): string[] {
  if (text.startsWith('\ufeff') || /[\0\ufffd]/.test(text)) return ['must be UTF-8 without a byte order mark']
  const problems: string[] = []
  const lines = text.split(/\r?\n/)
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!.trim()
    const number = i + 1
    if (line === '' || line.startsWith('#')) continue
    const equals = line.indexOf('=')
    const name = line.slice(0, Math.max(equals, 0)).replace(/^export\s/, '')
    const value = line.slice(equals + 1).trim()
    if (!/^[A-Za-z_][\w.-]*$/.test(name.trim())) {
      problems.push(`line ${number}: write NAME=value, or begin the line with # for a comment`)
      continue
    }
    const quote = QUOTES.find((one) => value.startsWith(one))
    if (quote === undefined) continue
    let rest = value.slice(1)
    while (!rest.includes(quote) && i + 1 < lines.length) rest = lines[++i]!
    const end = rest.indexOf(quote)
    if (end === -1) return [...problems, `line ${number}: the quote ${quote} has no end`]
    if (!/^\s*(#.*)?$/.test(rest.slice(end + 1)))
      problems.push(`line ${number}: there is text after the closing quote ${quote}`)
  }
  return problems
}

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

type Env = Record<string, string | undefined>

/** More than any secret has. A larger file is another file. */
const MOST_BYTES = 64 * 1024

/** The variable that names the file of a secret: `ADMIN_TOKEN_FILE`. Docker, Kubernetes and systemd give secrets as files. */
export const fileVariable = (name: string): string => `${name}_FILE`

/**
 * The environment with the secrets that are in files, and what is wrong with these files. A problem names the variable and
 * the path, and never the content.
 */
export function withSecretFiles(env: Env, names: readonly string[]): { env: Env; problems: string[] } {
  const filled = { ...env }
  const problems: string[] = []
  for (const name of names) {
    const variable = fileVariable(name)
    const path = env[variable]?.trim()
    if (path === undefined || path === '') continue
    // A thread that gets this environment must not read the file again: it may have changed meanwhile.
    delete filled[variable]
    const read = env[name]?.trim() ? `is set, and so is ${name}: remove one of them` : readSecretFile(path)
    if (typeof read === 'string') problems.push(`${variable} ${read}`)
    else filled[name] = read.secret
  }
  return { env: filled, problems }
}

/** The secret in a file without one newline at its end, or the problem. */
function readSecretFile(path: string): { secret: string } | string {
  let text: string | undefined
  try {
    text = readSmallFile(path)
  } catch (error) {
    return `names a file that cannot be read, "${path}": ${reasonOf(error)}`
  }
  const secret = text?.replace(/\r?\n$/, '')
  if (secret === undefined) return `names a file that is larger than ${MOST_BYTES} bytes: "${path}"`
  if (secret.trim() === '') return `names an empty file: "${path}"`
  if (/[\r\n\0]/.test(secret)) return `names a file that has more than one line: "${path}"`
  return { secret }
}

/** Undefined for a file that is too large. Only regular files: a pipe without a writer would block the start for ever. */
function readSmallFile(path: string): string | undefined {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    if (!fstatSync(file).isFile()) throw new Error('it is not a regular file')
    const bytes = Buffer.alloc(MOST_BYTES + 1)
    let length = 0
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(file, bytes, length, bytes.length - length, null)
    return length > MOST_BYTES ? undefined : bytes.toString('utf8', 0, length)
  } finally {
    closeSync(file)
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  const known: Record<string, string> = {
    ENOENT: 'there is no such file',
    EACCES: 'this user may not read it',
    EISDIR: 'it is a folder',
  }
  return (code !== undefined && known[code]) || message
}

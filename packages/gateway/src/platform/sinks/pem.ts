import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/** More than any certificate, and little enough to read whenever a connection is opened. */
const MOST_BYTES = 1 << 20

/** Reads the file of certificates or keys in a parameter of a URL. Errors never quote its content. */
export async function readPem(parameter: string, path: string): Promise<string> {
  const say = (problem: string): Error => new Error(`${parameter}: ${path} ${problem}`)
  // Non-blocking: a named pipe would block the thread that opens it.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    throw say(`cannot be read (${error.code ?? error.message})`)
  })
  try {
    const about = await file.stat()
    if (!about.isFile() || about.size > MOST_BYTES) throw say('is not a file of certificates or keys')
    const text = await file.readFile('utf8')
    if (!text.includes('-----BEGIN ')) throw say('is not in PEM')
    return text
  } finally {
    await file.close()
  }
}

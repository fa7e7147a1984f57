import { spawn } from 'node:child_process'

export type Running = {
  url: string
  /** SIGTERM; returns the exit code. */
  terminate(): Promise<number | null>
  [Symbol.asyncDispose](): Promise<void>
}

/** Runs `postern serve --json` and waits for its one JSON value. */
export async function startBin(bin: string, env: Record<string, string>, node = process.execPath): Promise<Running> {
  const child = spawn(node, [bin, 'serve', '--json'], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  let out = ''
  let err = ''
  child.stderr.on('data', (data: Buffer) => (err = (err + String(data)).slice(-4000)))
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`it did not open within 30 s:\n${out}\n${err}`))
    }, 30_000)
    child.stdout.on('data', (data: Buffer) => {
      out += String(data)
      if (!out.includes('\n')) return
      clearTimeout(timer)
      resolve((JSON.parse(out) as { url: string }).url)
    })
    void gone.then((code) => {
      clearTimeout(timer)
      reject(new Error(`it ended with ${code}:\n${out}\n${err}`))
    })
  })
  const terminate = (): Promise<number | null> => {
    child.kill('SIGTERM')
    return gone
  }
  return { url, terminate, [Symbol.asyncDispose]: async () => void (await terminate()) }
}

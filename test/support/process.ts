import { spawn, type ChildProcess } from 'node:child_process'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { childEnv } from './child-env.ts'

const MAIN = fileURLToPath(new URL('../../packages/gateway/src/main.ts', import.meta.url))

/**
 * As `npm start`, the image and the systemd unit start it: V8 takes much more memory under load without the first, and
 * more processor time without the second.
 */
const AS_STARTED = ['--max-semi-space-size=8', '--no-parallel-scavenge']

/** A gateway in a process of its own, so that it can be killed. */
export type GatewayProcess = {
  url: string
  child: ChildProcess
  /** SIGKILL; waits until it is gone. */
  kill(): Promise<void>
  /** SIGTERM; returns the exit code. */
  terminate(): Promise<number | null>
  stderr(): string
}

/**
 * Starts `postern serve` and waits until it says that it is running. The environment contains only the given variables
 * and PATH. `main`: the program of another checkout.
 */
export async function startProcess(
  env: Record<string, string>,
  args: string[] = [],
  withinMs = 20_000,
  cwd?: string,
  main = MAIN,
): Promise<GatewayProcess> {
  const child = spawn(process.execPath, [...AS_STARTED, main, 'serve', ...args], {
    env: childEnv({ LOG_LEVEL: 'info', ...env }),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  })
  let stderr = ''
  child.stderr.on('data', (data: Buffer) => (stderr = (stderr + String(data)).slice(-4000)))
  const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const url = await new Promise<string>((resolve, reject) => {
    let text = ''
    const timer = setTimeout(() => {
      // Whoever asked for it has no handle to end it.
      child.kill('SIGKILL')
      reject(new Error(`the gateway did not open within ${withinMs / 1000} s:\n${text}\n${stderr}`))
    }, withinMs)
    child.stdout.on('data', (data: Buffer) => {
      if (text === 'open') return
      text = (text + String(data)).slice(-20_000)
      const match = /"url":"(http[^"]+)"[^\n]*"gateway\.ready"/.exec(text)
      if (!match) return
      clearTimeout(timer)
      text = 'open'
      resolve(match[1]!)
    })
    void gone.then((code) => {
      clearTimeout(timer)
      reject(new Error(`the gateway ended with ${code}:\n${text}\n${stderr}`))
    })
  })
  return {
    url,
    child,
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
    terminate() {
      child.kill('SIGTERM')
      return gone
    },
    stderr: () => stderr,
  }
}

/** A port that was free a moment ago: for servers that restart on the same one. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}

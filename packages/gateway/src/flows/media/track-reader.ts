import { Worker } from 'node:worker_threads'

/** Returns exactly the bytes from `start` up to `end`, or throws. */
export type ReadRange = (start: number, end: number) => Promise<Uint8Array>

export type Track = { type: string; codec: string | null; id: string }

export type ToThread =
  { kind: 'job'; job: number; size: number } | { kind: 'bytes'; read: number; bytes: Uint8Array | undefined }
export type FromThread =
  | { kind: 'read'; job: number; read: number; start: number; end: number }
  | { kind: 'tracks'; job: number; tracks: Track[] | undefined }

/** A check of a link has two seconds. A file that takes longer than this is hostile. */
const LONGEST_JOB_MS = 5_000
/** Starting the thread takes a tenth of a second, keeping it some megabytes. */
const IDLE_MS = 60_000
const LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 }

type Job = { read: ReadRange; end: (tracks: Track[]) => void; timer: NodeJS.Timeout }

let thread: Worker | undefined
let idle: NodeJS.Timeout | undefined
const jobs = new Map<number, Job>()
let lastJob = 0

/**
 * The tracks of an MP4 or 3GP file, or none when they cannot be read: damage proves nothing. A separate thread parses
 * the file. A file that takes too long ends the thread; the other files in it then count as unreadable too.
 */
export function tracksOf(size: number, read: ReadRange): Promise<Track[]> {
  return new Promise((resolve) => {
    const id = ++lastJob
    const timer = setTimeout(stop, LONGEST_JOB_MS)
    jobs.set(id, { read, end: resolve, timer })
    clearTimeout(idle)
    thread ??= start()
    // The process does not end during a check. Between two checks the thread does not keep it alive.
    thread.ref()
    thread.postMessage({ kind: 'job', job: id, size } satisfies ToThread)
  })
}

/** Starts the thread ahead of need: a check should not wait a tenth of a second for it. */
export function warmUp(): void {
  if (thread) return
  thread = start()
  rest()
}

function start(): Worker {
  const file = import.meta.url.endsWith('.ts') ? './track-thread.ts' : './track-thread.js'
  const started = new Worker(new URL(file, import.meta.url), { resourceLimits: LIMITS })
  started.on('message', (message: FromThread) => {
    if (message.kind === 'tracks') finish(message.job, message.tracks ?? [])
    else void answer(started, message)
  })
  // Out of memory, for instance. Its files count as unreadable.
  started.on('error', stop)
  started.on('exit', () => {
    if (thread === started) stop()
  })
  return started
}

async function answer(asking: Worker, message: Extract<FromThread, { kind: 'read' }>): Promise<void> {
  const bytes = await jobs
    .get(message.job)
    ?.read(message.start, message.end)
    .catch(() => undefined)
  asking.postMessage({ kind: 'bytes', read: message.read, bytes } satisfies ToThread)
}

function finish(id: number, tracks: Track[]): void {
  const job = jobs.get(id)
  if (!job) return
  jobs.delete(id)
  clearTimeout(job.timer)
  job.end(tracks)
  if (jobs.size === 0) rest()
}

/** Idle: the thread does not keep the process alive, and ends after a while without work. */
function rest(): void {
  thread?.unref()
  clearTimeout(idle)
  idle = setTimeout(stop, IDLE_MS).unref()
}

function stop(): void {
  const ended = thread
  thread = undefined
  clearTimeout(idle)
  for (const id of [...jobs.keys()]) finish(id, [])
  clearTimeout(idle)
  void ended?.terminate()
}

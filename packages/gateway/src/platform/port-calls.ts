import type { MessagePort } from 'node:worker_threads'

/** Functions that another thread may call. Their arguments and results are plain data. */
export type Functions = Record<string, (...args: never[]) => unknown>

type Call = { name: string; args: unknown[]; ask: number | undefined }
type Answer = { ask: number; value?: unknown; error?: unknown }

type Arguments<F> = F extends (...args: infer A) => unknown ? A : never
type Answered<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never

export type Caller<F extends Functions> = {
  /** Calls a function and settles with its result. */
  ask<N extends keyof F & string>(name: N, ...args: Arguments<F[N]>): Promise<Answered<F[N]>>
  /** Calls a function and ignores its result. */
  notify<N extends keyof F & string>(name: N, ...args: Arguments<F[N]>): void
}

/** Converts errors for the transfer between threads. */
export type Crossing = { out(error: unknown): unknown; in(error: unknown): unknown }

/**
 * Calls the functions of another thread. All calls of one turn of the event loop go in one message. The store has its
 * own port with more duties; `docs/decisions/0010-the-store-has-a-thread.md` gives the reasons.
 */
export function callsOver<F extends Functions>(port: MessagePort, crossing: Crossing): Caller<F> {
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: unknown) => void }>()
  let calls: Call[] = []
  let last = 0
  port.on('message', (answers: Answer[]) => {
    for (const { ask, value, error } of answers) {
      const asked = waiting.get(ask)
      waiting.delete(ask)
      if (error === undefined) asked?.resolve(value as never)
      else asked?.reject(crossing.in(error))
    }
  })
  port.unref()

  function push(call: Call): void {
    calls.push(call)
    if (calls.length > 1) return
    setImmediate(() => {
      const sent = calls
      calls = []
      port.postMessage(sent)
    })
  }

  return {
    ask: (name, ...args) =>
      new Promise((resolve, reject) => {
        const ask = ++last
        waiting.set(ask, { resolve, reject })
        push({ name, args, ask })
      }),
    notify: (name, ...args) => push({ name, args, ask: undefined }),
  }
}

/** Answers the calls of another thread. */
export function answerCalls(port: MessagePort, functions: Functions, crossing: Crossing): void {
  let answers: Answer[] = []
  const answer = (one: Answer): void => {
    answers.push(one)
    if (answers.length > 1) return
    process.nextTick(() => {
      const sent = answers
      answers = []
      port.postMessage(sent)
    })
  }
  port.on('message', (calls: Call[]) => {
    for (const { name, args, ask } of calls) {
      const asked = run(functions[name] as (...args: unknown[]) => unknown, args)
      if (ask === undefined) asked.catch(() => {})
      else
        asked.then(
          (value) => answer({ ask, value }),
          (error: unknown) => answer({ ask, error: crossing.out(error) }),
        )
    }
  })
}

async function run(work: (...args: unknown[]) => unknown, args: unknown[]): Promise<unknown> {
  return work(...args)
}

/**
 * Calls `fn` once, when `ms` are over and what the sockets had brought by then has been read. The event loop runs due
 * timers before it reads sockets: a process that was stopped (SIGSTOP, a frozen container, a busy loop) and wakes up
 * would otherwise find its deadlines past while the answers already lie in the sockets' buffers.
 * The answer cancels it.
 */
export function afterReads(ms: number, fn: () => void): () => void {
  let cancelled = false
  const check = (): void => {
    if (!cancelled) fn()
  }
  // Immediates run behind the phase that reads; the second one leaves room for what a first read set going.
  const timer = setTimeout(() => setImmediate(() => setImmediate(check)), Math.max(0, ms))
  return () => {
    cancelled = true
    clearTimeout(timer)
  }
}

/**
 * Calls `fn` once after `ms`, when the data that the sockets had received by then has been read. The event loop runs
 * due timers before it reads sockets: a process that was stopped (SIGSTOP, a frozen container, a busy loop) and
 * continues would otherwise miss deadlines although the answers are already in the sockets' buffers. Returns a function
 * that cancels the timer.
 */
export function afterReads(ms: number, fn: () => void): () => void {
  let cancelled = false
  const check = (): void => {
    if (!cancelled) fn()
  }
  // Immediates run after the phase that reads. The second one leaves time for work that a first read started.
  const timer = setTimeout(() => setImmediate(() => setImmediate(check)), Math.max(0, ms))
  return () => {
    cancelled = true
    clearTimeout(timer)
  }
}

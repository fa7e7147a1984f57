import { useEffect, useState, type ComponentType, type ReactNode } from 'react'
import { answers, onRegained } from './connection.ts'
import { Guard, Unloaded } from './guard.tsx'

type State = 'loading' | 'offline' | 'outdated' | 'loaded'

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 30_000

/**
 * A part of a page whose files are loaded when it is first shown. When they cannot be loaded, it says why and retries:
 * an upgrade removed them, or there is no connection.
 */
export function part<P extends object>(
  load: () => Promise<ComponentType<P>>,
  waiting: ReactNode = null,
): (props: P) => ReactNode {
  let Loaded: ComponentType<P> | undefined
  return function Part(props: P) {
    const [state, setState] = useState<State>(Loaded ? 'loaded' : 'loading')
    useEffect(() => {
      if (Loaded) return
      return keepLoading(async () => {
        Loaded = await load()
      }, setState)
    }, [])
    if (Loaded && state === 'loaded')
      return (
        <Guard>
          <Loaded {...props} />
        </Guard>
      )
    return state === 'offline' || state === 'outdated' ? <Unloaded isOutdated={state === 'outdated'} /> : waiting
  }
}

/** Retries until the files are loaded. Returns a function that stops the retries. */
function keepLoading(load: () => Promise<void>, tell: (state: State) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let wait = FIRST_WAIT_MS
  let isOver = false
  let isTrying = false

  async function attempt(): Promise<void> {
    clearTimeout(timer)
    if (isTrying) return
    isTrying = true
    const state = await outcomeOf(load)
    isTrying = false
    if (isOver) return
    tell(state)
    if (state === 'loaded') return stop()
    timer = setTimeout(() => void attempt(), wait)
    wait = Math.min(2 * wait, LONGEST_WAIT_MS)
  }

  const stopHearing = onRegained(() => void attempt())
  function stop(): void {
    isOver = true
    clearTimeout(timer)
    stopHearing()
  }
  void attempt()
  return stop
}

/** When the server answers and does not have the files, it has another version than the page. */
async function outcomeOf(load: () => Promise<void>): Promise<State> {
  for (let i = 0; i < 2; i++) {
    try {
      await load()
      return 'loaded'
    } catch {
      if (!(await answers())) return 'offline'
    }
  }
  return 'outdated'
}

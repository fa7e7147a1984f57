import { useCallback, useEffect, useRef, useState } from 'react'
import type { Step } from '../../gateway/src/testing/conversation/steps.ts'

export type Recording = {
  state: 'none' | 'starting' | 'running' | 'over'
  steps: readonly Step[]
  /** Of the test. */
  name: string
  setName: (name: string) => void
  start: () => void
  stop: () => void
}

/** The recording of this page. It goes on while its panel is closed. */
export function useRecording(onFailure: () => void): Recording {
  const [state, setState] = useState<Recording['state']>('none')
  const [steps, setSteps] = useState<readonly Step[]>([])
  const [name, setName] = useState('')
  const end = useRef(() => {})
  useEffect(() => () => end.current(), [])
  const start = useCallback(() => {
    setState('starting')
    setSteps([])
    import('./recording.ts').then(
      ({ startRecording }) => {
        end.current()
        end.current = startRecording(() => setState('running'), setSteps)
      },
      () => {
        setState('none')
        onFailure()
      },
    )
  }, [onFailure])
  const stop = useCallback(() => {
    end.current()
    end.current = () => {}
    setState('over')
  }, [])
  return { state, steps, name, setName, start, stop }
}

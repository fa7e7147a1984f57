import { createRecorder, type SandboxEvent } from '../../gateway/src/testing/conversation/record.ts'
import type { Step } from '../../gateway/src/testing/conversation/steps.ts'

/** Pause before the stream is opened again after a refusal: then the browser does not reconnect by itself. */
const COME_BACK_MS = 3_000
const KINDS = ['message', 'status', 'phone'] as const

/** Records what the phones do and see, until the returned function is called. `onOpen` is called once events arrive. */
export function startRecording(onOpen: () => void, onStep: (steps: readonly Step[]) => void): () => void {
  const recorder = createRecorder()
  let source: EventSource
  let timer: ReturnType<typeof setTimeout> | undefined

  function open(): void {
    source = new EventSource(`/sandbox/events?types=${KINDS.join(',')}`)
    source.onopen = onOpen
    for (const type of KINDS)
      source.addEventListener(type, (event) => {
        const data = JSON.parse((event as MessageEvent<string>).data) as SandboxEvent['data']
        if (recorder.take({ type, data })) onStep([...recorder.steps])
      })
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, COME_BACK_MS)
    }
  }
  open()
  return () => {
    clearTimeout(timer)
    source.close()
  }
}

import { useEffect, useRef, useState } from 'react'

const LONGEST_MS = 15 * 60_000

/** Records with the microphone. The recording ends with the chat: what is not sent then is dropped. */
export function useMicrophone(onRecorded: (recording: Blob) => void) {
  const [recorder, setRecorder] = useState<MediaRecorder | null>(null)
  const isDropped = useRef(false)
  const current = useRef<MediaRecorder | null>(null)
  const done = useRef(onRecorded)
  done.current = onRecorded

  const cancel = (): void => {
    isDropped.current = true
    current.current?.stop()
  }
  useEffect(() => cancel, [])

  return {
    isRecording: recorder !== null,
    /** Throws when there is no microphone, or the page may not use it. */
    async start(): Promise<void> {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
      const chunks: Blob[] = []
      const next = new MediaRecorder(stream)
      const timer = setTimeout(() => next.stop(), LONGEST_MS)
      next.ondataavailable = (event) => chunks.push(event.data)
      next.onstop = () => {
        clearTimeout(timer)
        for (const track of stream.getTracks()) track.stop()
        current.current = null
        setRecorder(null)
        if (!isDropped.current) done.current(new Blob(chunks, { type: next.mimeType }))
      }
      isDropped.current = false
      next.start()
      current.current = next
      setRecorder(next)
    },
    stop: (): void => current.current?.stop(),
    cancel,
  }
}

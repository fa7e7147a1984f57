import { useContext, useEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { useWords } from '../../ui/src/i18n.tsx'
import { Icon } from '../../ui/src/icon.tsx'
import { SheetPlace } from '../../ui/src/list-sheet.tsx'

/** The longer side of a picture, as WhatsApp sends it. */
const MOST_PIXELS = 1_600
const QUALITY = 0.85

type Shot = { file: File; url: string }

/** The device's camera on the whole screen of the phone: look, take, look again, send. */
export function Camera(props: { onSend: (picture: File) => void; onChooseFile: () => void; onClose: () => void }) {
  const { t } = useWords()
  const place = useContext(SheetPlace)
  const { video, isReady, problem } = useCamera()
  const [shot, setShot] = useState<Shot>()
  const close = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    const before = document.activeElement
    close.current?.focus()
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  useEffect(() => () => URL.revokeObjectURL(shot?.url ?? ''), [shot])
  if (!place) return null
  return createPortal(
    <div
      className="camera"
      role="dialog"
      aria-modal
      aria-label={t('Camera')}
      onKeyDown={(event) => event.key === 'Escape' && props.onClose()}
    >
      <button type="button" className="camera-close" ref={close} aria-label={t('Close')} onClick={props.onClose}>
        ×
      </button>
      <video ref={video} autoPlay muted playsInline hidden={problem !== undefined || shot !== undefined} />
      {shot && <img src={shot.url} alt={t('The picture you took')} />}
      {problem !== undefined && (
        <p role="alert">
          {problem === 'refused'
            ? t('This page may not use the camera. Allow it in the browser, or choose a picture.')
            : t('No camera found. Choose a picture instead.')}
        </p>
      )}
      <div className="camera-acts">
        {problem !== undefined ? (
          <button type="button" className="phone-choice" data-main onClick={props.onChooseFile}>
            {t('Choose a picture')}
          </button>
        ) : shot ? (
          <>
            <button type="button" className="phone-choice" onClick={() => setShot(undefined)}>
              {t('Take again')}
            </button>
            <button type="button" className="phone-choice" data-main onClick={() => props.onSend(shot.file)}>
              {t('Send the picture')}
            </button>
          </>
        ) : (
          <button
            type="button"
            className="camera-take"
            aria-label={t('Take the picture')}
            disabled={!isReady}
            onClick={() => void (video.current && takePicture(video.current).then(setShot))}
          >
            <Icon name="camera" size={26} />
          </button>
        )}
      </div>
    </div>,
    place,
  )
}

/** Opens the camera, and closes it with the page's part. */
function useCamera() {
  const video = useRef<HTMLVideoElement>(null)
  const [isReady, setReady] = useState(false)
  const [problem, setProblem] = useState<'refused' | 'none'>()
  useEffect(() => {
    let stream: MediaStream | undefined
    let isOver = false
    const stop = (): void => stream?.getTracks().forEach((track) => track.stop())
    const size = { ideal: MOST_PIXELS }
    navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: size } }).then(
      (opened) => {
        stream = opened
        if (isOver || !video.current) return stop()
        video.current.srcObject = opened
        video.current.onloadeddata = () => setReady(true)
      },
      (error: unknown) => setProblem((error as Error).name === 'NotAllowedError' ? 'refused' : 'none'),
    )
    return () => {
      isOver = true
      stop()
    }
  }, [])
  return { video, isReady, problem }
}

async function takePicture(video: HTMLVideoElement): Promise<Shot> {
  const share = Math.min(1, MOST_PIXELS / Math.max(video.videoWidth, video.videoHeight))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(video.videoWidth * share)
  canvas.height = Math.round(video.videoHeight * share)
  canvas.getContext('2d')!.drawImage(video, 0, 0, canvas.width, canvas.height)
  const blob = await new Promise<Blob>((resolve, reject) =>
    canvas.toBlob((made) => (made ? resolve(made) : reject(new Error('no picture'))), 'image/jpeg', QUALITY),
  )
  return { file: new File([blob], 'photo.jpg', { type: 'image/jpeg' }), url: URL.createObjectURL(blob) }
}

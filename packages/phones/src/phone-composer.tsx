import { Menu } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useEffect, useRef, useState, type RefObject } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'
import { useKept, type Kept } from '../../ui/src/kept.ts'
import { Icon } from '../../ui/src/icon.tsx'
import { part } from '../../ui/src/part.tsx'
import { base64Of, type PhoneMessage } from './control.ts'
import type { Does } from './phone-frame.tsx'
import { useMicrophone } from './use-microphone.ts'

const EmojiPanel = part(async () => (await import('./emoji-panel.tsx')).EmojiPanel)

const Camera = part(async () => (await import('./camera.tsx')).Camera)

const MOST_BYTES = 90 * 1024 * 1024

const TEXT: Kept<string> = {
  start: () => '',
  read: (stored) => (typeof stored === 'string' ? stored : undefined),
  keep: (text) => text || undefined,
}

/** Long: text, files, recording and quotes share one draft. */
export function PhoneComposer(props: {
  /** Name of the phone's user, and of the business in the chat. */
  name: string
  does: Does
  quoted: PhoneMessage | null
  onUnquote: () => void
  businessName: string
}) {
  const { t } = useWords()
  const { does, quoted } = props
  const { value: text, change } = useKept(`phone ${props.name}`, TEXT)
  const setText = (next: string): void => change(() => next)
  const microphone = useMicrophone((recording) => void sendVoice(recording))
  const { isRecording } = microphone
  const [hasEmoji, setEmoji] = useState(false)
  const [hasCamera, setCamera] = useState(false)
  const file = useRef<HTMLInputElement>(null)
  const picture = useRef<HTMLInputElement>(null)
  const input = useRef<HTMLTextAreaElement>(null)

  /** Sends a message. When a message is quoted, it answers that message. */
  function say(body: Record<string, unknown>): Promise<unknown> {
    const said = does(quoted ? 'replies' : 'says', quoted ? { to: quoted.id, ...body } : body)
    props.onUnquote()
    return said
  }

  /** Sends the text of the input. When that fails and nothing else was typed, the text returns to the input. */
  async function sayWritten(body: Record<string, unknown>): Promise<void> {
    setText('')
    if ((await say(body)) === undefined) change((now) => now || text)
  }

  function send(): void {
    if (text.trim() !== '') void sayWritten({ text })
  }

  /** Puts an emoji where the cursor is. */
  function addEmoji(emoji: string): void {
    const from = input.current?.selectionStart ?? text.length
    const to = input.current?.selectionEnd ?? from
    setText(text.slice(0, from) + emoji + text.slice(to))
    requestAnimationFrame(() => input.current?.setSelectionRange(from + emoji.length, from + emoji.length))
  }

  async function sendFile(chosen: File): Promise<void> {
    if (chosen.size > MOST_BYTES) {
      notifications.show({ color: 'red', message: t('The file is too large for a phone.') })
      return
    }
    const kind = /^(image|video|audio)\//.exec(chosen.type)?.[1] ?? 'document'
    const type = chosen.type === 'image/webp' ? 'sticker' : kind
    const content = {
      bytes: await base64Of(chosen),
      mime_type: chosen.type || 'application/octet-stream',
      ...(type === 'document' && { filename: chosen.name }),
      ...(text.trim() !== '' && type !== 'audio' && type !== 'sticker' && { caption: text }),
    }
    await sayWritten({ type, [type]: content })
  }

  async function sendVoice(recording: Blob): Promise<void> {
    try {
      const { toVoice } = await import('./voice.ts')
      const { blob, mimeType } = await toVoice(recording)
      void say({ type: 'audio', audio: { bytes: await base64Of(blob), mime_type: mimeType, voice: true } })
    } catch {
      notifications.show({ color: 'red', message: t('The recording cannot be read. Record it again.') })
    }
  }

  async function record(): Promise<void> {
    if (isRecording) return microphone.stop()
    try {
      await microphone.start()
    } catch {
      // Without a microphone a sample is sent, so that voice messages can be tried all the same.
      notifications.show({ message: t('No microphone found: a sample is sent instead.') })
      void say({ type: 'audio', audio: { voice: true } })
    }
  }

  /** Pages have a camera on this machine only, or over HTTPS. Elsewhere the device's own app takes the picture. */
  function openCamera(): void {
    if (isSecureContext) setCamera(true)
    else picture.current?.click()
  }

  return (
    <div className="phone-composer">
      {quoted && (
        <div className="phone-quoted">
          <div>
            <strong dir="auto">{quoted.direction === 'in' ? t('You') : props.businessName}</strong>
            <span dir="auto">{quoted.text || quoted.type}</span>
          </div>
          <button type="button" aria-label={t('Do not quote')} onClick={props.onUnquote}>
            ×
          </button>
        </div>
      )}
      {hasEmoji && !isRecording && (
        <EmojiPanel
          onPick={addEmoji}
          onClose={() => {
            setEmoji(false)
            input.current?.focus()
          }}
        />
      )}
      {hasCamera && (
        <Camera
          onSend={(taken) => {
            setCamera(false)
            void sendFile(taken)
          }}
          onChooseFile={() => {
            setCamera(false)
            picture.current?.click()
          }}
          onClose={() => setCamera(false)}
        />
      )}
      <form
        className="phone-write"
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        <Menu position="top-start" shadow="md">
          <Menu.Target>
            <button type="button" className="phone-round" aria-label={t('Attach')}>
              <Icon name="plus" />
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => file.current?.click()}>{t('Picture, video or file …')}</Menu.Item>
            <Menu.Item onClick={() => void say({ type: 'image', image: {} })}>{t('Sample picture')}</Menu.Item>
            <Menu.Item onClick={() => void say({ type: 'video', video: {} })}>{t('Sample video')}</Menu.Item>
            <Menu.Item onClick={() => void say({ type: 'audio', audio: { voice: true } })}>
              {t('Sample voice message')}
            </Menu.Item>
            <Menu.Item onClick={() => void say({ type: 'document', document: {} })}>{t('Sample document')}</Menu.Item>
            <Menu.Item onClick={() => void say({ type: 'sticker', sticker: {} })}>{t('Sticker')}</Menu.Item>
            <Menu.Item
              onClick={() =>
                void say({
                  type: 'location',
                  location: { latitude: 22.3193, longitude: 114.1694, name: 'Harbour Street 5', address: 'Hong Kong' },
                })
              }
            >
              {t('Location')}
            </Menu.Item>
            <Menu.Item
              onClick={() =>
                void say({
                  type: 'contacts',
                  contacts: [
                    {
                      name: { formatted_name: 'Ann Lee', first_name: 'Ann' },
                      phones: [{ phone: '+85291234567', type: 'CELL' }],
                    },
                  ],
                })
              }
            >
              {t('Contact card')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <FileInput of={file} label={t('File')} onChosen={sendFile} />
        <FileInput of={picture} label={t('Picture from the camera')} isCamera onChosen={sendFile} />
        {!isRecording && (
          <button
            type="button"
            className="phone-emoji-button"
            aria-label={t('Emoji')}
            aria-expanded={hasEmoji}
            onClick={() => setEmoji(!hasEmoji)}
          >
            <Icon name="sticker" size={22} />
          </button>
        )}
        {isRecording ? (
          <RecordingTime onCancel={microphone.cancel} />
        ) : (
          <textarea
            ref={input}
            rows={1}
            dir="auto"
            value={text}
            placeholder={t('Message')}
            aria-label={t('Message')}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              // Enter that confirms a Chinese or Japanese word does not send the message.
              if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
                event.preventDefault()
                send()
              }
            }}
          />
        )}
        {text.trim() === '' && !isRecording && (
          <button type="button" className="phone-emoji-button" aria-label={t('Camera')} onClick={openCamera}>
            <Icon name="camera" size={22} />
          </button>
        )}
        {text.trim() === '' ? (
          <button
            type="button"
            className="phone-round"
            data-recording={isRecording || undefined}
            aria-label={isRecording ? t('Stop and send') : t('Record')}
            onClick={() => void record()}
          >
            <Icon name={isRecording ? 'stop' : 'mic'} />
          </button>
        ) : (
          <button type="submit" className="phone-round" aria-label={t('Send')}>
            <Icon name="send" />
          </button>
        )}
      </form>
    </div>
  )
}

/** A file to send. `isCamera`: a handset opens its camera for it. */
function FileInput(props: {
  of: RefObject<HTMLInputElement | null>
  label: string
  isCamera?: boolean
  onChosen: (file: File) => Promise<void>
}) {
  return (
    <input
      ref={props.of}
      type="file"
      hidden
      aria-label={props.label}
      {...(props.isCamera && { accept: 'image/*', capture: 'environment' as const })}
      onChange={(event) => {
        const [chosen] = event.currentTarget.files ?? []
        if (chosen) void props.onChosen(chosen)
        event.currentTarget.value = ''
      }}
    />
  )
}

/** How long the recording is. */
function RecordingTime({ onCancel }: { onCancel: () => void }) {
  const { t } = useWords()
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1_000)
    return () => clearInterval(timer)
  }, [])
  return (
    <span className="phone-timer">
      <span role="timer">{`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`}</span>
      <button type="button" onClick={onCancel}>
        {t('Cancel')}
      </button>
    </span>
  )
}

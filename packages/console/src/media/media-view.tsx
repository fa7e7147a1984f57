import { Button } from '@mantine/core'
import { useState } from 'react'
import { Icon } from '../../../ui/src/icon.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import { part } from '../../../ui/src/part.tsx'
import type { ShownMedia } from '../../../ui/src/shown.ts'
import type { Message } from '../api.ts'
import { FileChip } from './file-chip.tsx'
import { lookFor, nameOf, sourceOf, type Found } from './media-source.ts'
import { useNear } from './use-near.ts'
import './media.css'

const Large = part(async () => (await import('./large.tsx')).Large)

type State = { kind: 'waiting' } | { kind: 'shown' } | Found

/**
 * The file of a message. A file at WhatsApp is shown at once. A link of ours is fetched only on request, through the
 * gateway.
 */
export function MediaView({ media, message }: { media: ShownMedia; message: Message }) {
  const [asked, setAsked] = useState(false)
  const source = sourceOf(media, message)
  if (source === undefined) return null
  if (media.id === undefined && !asked) return <Linked media={media} onShow={() => setAsked(true)} />
  if (media.kind === 'document') return <FileChip source={source} name={nameOf(media)} />
  return <Shown media={media} source={source} />
}

/** The operator's browser does not connect to other hosts by itself, so the link is plain text. */
function Linked({ media, onShow }: { media: ShownMedia; onShow: () => void }) {
  const { t } = useWords()
  return (
    <div className="media-linked">
      <Icon name={media.kind === 'gif' ? 'video' : media.kind} size={22} />
      <span className="media-linked-words">
        <strong dir="auto">{media.filename ?? t(media.kind)}</strong>
        <span className="media-link" dir="ltr">
          {media.link}
        </span>
      </span>
      <Button size="compact-xs" variant="default" onClick={onShow}>
        {media.kind === 'document' ? t('Fetch') : t('Show')}
      </Button>
    </div>
  )
}

function Shown({ media, source }: { media: ShownMedia; source: string }) {
  const { t } = useWords()
  const [box, near] = useNear()
  const [state, setState] = useState<State>({ kind: 'waiting' })
  const [attempt, setAttempt] = useState(0)
  const [large, setLarge] = useState(false)
  const label = media.filename ?? (media.voice ? t('voice message') : t(media.kind))
  const settled = {
    onError: () => void lookFor(source).then(setState),
  }
  const shown = (): void => setState({ kind: 'shown' })

  if (state.kind !== 'waiting' && state.kind !== 'shown') {
    return (
      <Trouble
        found={state}
        media={media}
        source={source}
        again={() => {
          setState({ kind: 'waiting' })
          setAttempt(attempt + 1)
        }}
      />
    )
  }
  const isSound = media.kind === 'audio'
  const isFilm = media.kind === 'video' || media.kind === 'gif'
  return (
    <div
      className="media-box"
      data-kind={media.kind}
      data-state={state.kind}
      ref={box}
      aria-busy={state.kind === 'waiting'}
    >
      {near && isSound && (
        <audio
          key={attempt}
          src={source}
          controls
          preload="metadata"
          aria-label={label}
          onLoadedMetadata={shown}
          {...settled}
        />
      )}
      {near && isFilm && (
        <video
          key={attempt}
          src={source}
          controls
          playsInline
          loop={media.kind === 'gif'}
          preload="metadata"
          aria-label={label}
          onLoadedMetadata={shown}
          {...settled}
        />
      )}
      {near && !isSound && !isFilm && (
        <button
          type="button"
          className="media-open"
          aria-label={t('Open large: {name}', { name: label })}
          aria-haspopup="dialog"
          onClick={() => setLarge(true)}
        >
          <img key={attempt} src={source} alt="" decoding="async" onLoad={shown} {...settled} />
        </button>
      )}
      {large && <Large source={source} name={nameOf(media)} label={label} onClose={() => setLarge(false)} />}
    </div>
  )
}

/** The file is gone, or the request failed, or the browser cannot play the format. */
function Trouble(props: { found: Found; media: ShownMedia; source: string; again: () => void }) {
  const { t, says } = useWords()
  const { found, media } = props
  const icon = media.kind === 'gif' ? 'video' : media.kind
  return (
    <div className="media-trouble" role="status">
      <Icon name={icon} size={22} />
      <div>
        <strong>{t(media.kind)}</strong>
        {found.kind === 'gone' && (
          <p>{t('WhatsApp no longer has this file. It keeps received files for 7 days and sent ones for 30.')}</p>
        )}
        {found.kind === 'there' && (
          <>
            <p>{t('This browser cannot show it.')}</p>
            <a className="media-save" href={props.source} download={nameOf(media) ?? ''}>
              {t('Download')}
            </a>
          </>
        )}
        {found.kind === 'failed' && (
          <>
            <p>{found.why === '' ? t('Loading failed.') : says(found.why)}</p>
            <Button size="compact-xs" variant="default" onClick={props.again}>
              {t('Try again')}
            </Button>
          </>
        )}
      </div>
    </div>
  )
}

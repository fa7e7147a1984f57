import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useCallback, useState } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'
import { control, type StoryState } from './control.ts'

/** A call to the story that shows why it was refused. Only one at a time. */
function useTell(): [isBusy: boolean, tell: (verb: string, body?: object) => void] {
  const { says } = useWords()
  const [isBusy, setBusy] = useState(false)
  const tell = useCallback(
    (verb: string, body?: object) => {
      setBusy(true)
      control('POST', `/story/${verb}`, body)
        .catch((error: Error) => notifications.show({ color: 'red', message: says(error.message) }))
        .finally(() => setBusy(false))
    },
    [says],
  )
  return [isBusy, tell]
}

/** The story above the phones: what happens now in plain words, how far it is, and its buttons. */
export function StoryBar({ story, onRun, onClose }: { story: StoryState; onRun: () => void; onClose: () => void }) {
  const { t, says } = useWords()
  const [isBusy, tell] = useTell()
  const isOn = story.state === 'running' || story.state === 'paused'
  const close = (): void => {
    onClose()
    if (story.state !== 'idle') tell('stop')
  }
  return (
    <section className="story" data-state={story.state} data-step={story.name} aria-label={t('The story')}>
      <div className="story-says">
        <p role="status">{says(story.says)}</p>
        {(isOn || story.state === 'over') && <Facts story={story} isOn={isOn} />}
      </div>
      <div className="story-acts">
        {isOn ? (
          <>
            <Button size="xs" variant="default" onClick={() => tell(story.state === 'paused' ? 'resume' : 'pause')}>
              {story.state === 'paused' ? t('Go on') : t('Pause')}
            </Button>
            <Button
              size="xs"
              variant="default"
              aria-pressed={story.speed === 'fast'}
              onClick={() => tell('resume', { speed: story.speed === 'fast' ? 'normal' : 'fast' })}
            >
              {t('Fast')}
            </Button>
          </>
        ) : (
          <Button size="sm" disabled={isBusy} onClick={onRun}>
            {story.state === 'idle' ? t('Run the story') : t('Run it again')}
          </Button>
        )}
        <Button size={isOn ? 'xs' : 'sm'} variant="default" disabled={isBusy} onClick={close}>
          {isOn ? t('Stop') : story.state === 'idle' ? t('Not now') : t('Close')}
        </Button>
      </div>
      {isOn && (
        <ol className="story-steps" aria-hidden>
          {Array.from({ length: story.steps }, (_, i) => (
            <li key={i} data-done={i + 1 < story.step || undefined} data-now={i + 1 === story.step || undefined} />
          ))}
        </ol>
      )}
    </section>
  )
}

function Facts({ story, isOn }: { story: StoryState; isOn: boolean }) {
  const { t } = useWords()
  const facts = [
    ...(isOn ? [t('Step {n} of {all}', { n: Math.max(1, story.step), all: story.steps })] : []),
    ...(story.state === 'paused' ? [t('paused')] : []),
    t('Messages sent: {n}', { n: story.sent }),
    t('Events heard: {n}', { n: story.heard }),
    ...(story.refused > 0 ? [t('Attempts that failed: {n}', { n: story.refused })] : []),
    ...(story.state === 'over' ? [t('Heard twice: {n}', { n: story.twice })] : []),
  ]
  return (
    <small>
      {facts.join(' · ')}
      {story.state === 'over' && story.console !== null && (
        <>
          {' · '}
          <a href={`${story.console}/#/deliveries`} target="_blank" rel="noreferrer">
            {t('See the attempts in the console')}
          </a>
        </>
      )}
    </small>
  )
}

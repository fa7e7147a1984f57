import { Button, CopyButton } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { Auto, JsonText } from '../../ui/src/direction.tsx'
import { useWords, type Words } from '../../ui/src/i18n.tsx'
import { lights, useIsLit } from './lit.ts'
import { curlOf, parsed, type WireLine } from './wire-lines.ts'

const word = (text: string): string => text
const NAMES: Record<WireLine['kind'], string> = {
  call: word('API call'),
  webhook: word('Webhook'),
  callback: word('Callback'),
}
/** A longer pause is said in seconds or minutes. */
const SECOND_MS = 1_000
const MINUTE_MS = 60_000

/** One line of the wire. A click opens its bodies; the pointer on it lights its bubble. */
export function Line(props: {
  line: WireLine
  gapMs: number | undefined
  nameOf: (number: string) => string
  consoleUrl: string | undefined
  onAbout: (about: string) => void
}) {
  const { t, locale } = useWords()
  const { line, gapMs } = props
  const [isOpen, setOpen] = useState(false)
  const isLit = useIsLit(line.messages)
  const row = useRef<HTMLLIElement>(null)
  useEffect(() => {
    // The pointer is on a bubble: its lines come into view.
    if (isLit && !row.current?.matches(':hover, :focus-within')) row.current?.scrollIntoView({ block: 'nearest' })
  }, [isLit])
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', hourCycle: 'h23' })
  return (
    <li ref={row} data-kind={line.kind} data-lit={isLit || undefined} {...lights(line.messages)}>
      {gapMs !== undefined && <Gap ms={gapMs} />}
      <button type="button" className="wire-row" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <span className="wire-head">
          <strong>{t(NAMES[line.kind])}</strong>
          {line.phones.slice(0, 2).map((phone) => (
            <span key={phone} className="wire-who">
              <Auto>{props.nameOf(phone)}</Auto>
            </span>
          ))}
          <Status line={line} />
        </span>
        <code dir="ltr">{line.what}</code>
        <span className="wire-time">
          {line.at !== undefined && (
            <time dir="ltr">
              {clock.format(line.at)}.{String(Math.floor(line.at % SECOND_MS)).padStart(3, '0')}
            </time>
          )}
          <Note line={line} />
        </span>
      </button>
      {isOpen && <Detail {...props} />}
    </li>
  )
}

function Gap({ ms }: { ms: number }) {
  const { t } = useWords()
  const text =
    ms < SECOND_MS
      ? t('{n} ms', { n: Math.round(ms) })
      : ms < MINUTE_MS
        ? t('{n} s', { n: (ms / SECOND_MS).toFixed(1) })
        : t('{n} min', { n: Math.round(ms / MINUTE_MS) })
  return (
    <small className="wire-gap" data-long={ms >= 10 * SECOND_MS || undefined}>
      + {text}
    </small>
  )
}

/** The answer: a status, and never only a colour. */
function Status({ line }: { line: WireLine }) {
  const { t } = useWords()
  const status =
    line.kind === 'call'
      ? line.call.status || t('cut off')
      : line.kind === 'webhook'
        ? (line.webhook.status ?? t('no answer'))
        : line.callback.state === 'pending' && line.callback.attempts.length > 0
          ? t('will be retried')
          : t(line.callback.state)
  return (
    <span className="wire-status" data-good={line.isGood ?? 'open'}>
      {status}
    </span>
  )
}

/** How long the answer took. Of a callback: the status and time of each attempt. */
function Note({ line }: { line: WireLine }) {
  const { t } = useWords()
  if (line.kind === 'callback') {
    const { attempts } = line.callback
    return (
      <span>
        {attempts
          .slice(-3)
          .map((one) => `${one.status ?? t('no answer')} · ${t('{n} ms', { n: one.duration_ms })}`)
          .join(', ')}
        {attempts.length > 3 && ` (${t('attempts: {n}', { n: attempts.length })})`}
      </span>
    )
  }
  const attempt = line.kind === 'webhook' && line.webhook.attempt > 1 ? line.webhook.attempt : undefined
  return (
    <span>
      {t('answered in {n} ms', { n: Math.round(line.tookMs ?? 0) })}
      {attempt !== undefined && ` · ${t('attempt {n}', { n: attempt })}`}
    </span>
  )
}

function Detail(props: { line: WireLine; consoleUrl: string | undefined; onAbout: (about: string) => void }) {
  const { t } = useWords()
  const { line } = props
  const [message] = line.messages
  const bodies = bodiesOf(line, t)
  const href = consoleLink(line, props.consoleUrl)
  return (
    <div className="wire-detail">
      <div className="wire-acts">
        <Copy text={curlOf(line, location.origin)} name={t('Copy as curl')} />
        <Copy text={JSON.stringify(bodies[0]?.[1], null, 2) ?? ''} name={t('Copy JSON')} />
        {message !== undefined && (
          <Button size="compact-xs" variant="default" onClick={() => props.onAbout(message)}>
            {t('Only this message')}
          </Button>
        )}
        {href !== undefined && (
          <Button
            size="compact-xs"
            variant="default"
            component="a"
            href={href}
            target="_blank"
            rel="noreferrer noopener"
          >
            {t('Open in the console')}
          </Button>
        )}
      </div>
      {bodies.map(([name, body]) => (
        <div key={name}>
          <small>{name}</small>
          <Body body={body} />
        </div>
      ))}
    </div>
  )
}

function bodiesOf(line: WireLine, t: Words['t']): [string, unknown][] {
  if (line.kind === 'webhook')
    return [
      [t('Body'), parsed(line.webhook.body)],
      ...(line.webhook.error === undefined ? [] : [[t('Error'), line.webhook.error] as [string, unknown]]),
    ]
  if (line.kind === 'call')
    return [
      [t('Body'), line.call.body],
      [t('Answer'), line.call.answer ?? t('The connection was cut, or the answer was no JSON.')],
    ]
  return [
    [t('Body'), line.callback.body],
    ...line.callback.attempts
      .filter((one) => one.answer)
      .map((one): [string, unknown] => [`${t('Answer')} ${one.number}`, one.answer]),
  ]
}

function Copy({ text, name }: { text: string; name: string }) {
  const { t } = useWords()
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button size="compact-xs" variant="default" onClick={copy}>
          {copied ? t('Copied') : name}
        </Button>
      )}
    </CopyButton>
  )
}

/** JSON keeps its layout. Other text has the direction of its first letter. */
function Body({ body }: { body: unknown }) {
  if (typeof body === 'string')
    return (
      <pre dir="auto" tabIndex={0}>
        {body}
      </pre>
    )
  return (
    <pre dir="ltr" tabIndex={0}>
      <JsonText text={JSON.stringify(body, null, 2) ?? ''} />
    </pre>
  )
}

/** The console's page about the message of this line. */
function consoleLink(line: WireLine, consoleUrl: string | undefined): string | undefined {
  const [message] = line.messages
  const reference = line.kind === 'callback' ? line.callback.reference : null
  if (consoleUrl === undefined || (message === undefined && reference === null)) return undefined
  const url = new URL(consoleUrl)
  // The gateway names its own machine; a page that was opened from another one knows the machine's name there.
  if (/^(?:127\.0\.0\.1|localhost|\[::1\])$/.test(url.hostname)) url.hostname = location.hostname
  url.hash = reference === null ? `/messages?words=${encodeURIComponent(message!)}` : `/messages/${reference}`
  return url.href
}

import { Bubble } from '../../../ui/src/bubble.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import { shownOfRendered } from '../../../ui/src/shown-template.ts'
import { shownOf, type Shown } from '../../../ui/src/shown.ts'
import type { Report } from './types.ts'

/** A message on the phone of the person who gets it. */
export function PhoneSketch({ shown, title, note }: { shown: Shown; title: string; note?: string | undefined }) {
  return (
    <figure className="phone-sketch">
      <figcaption>
        <strong dir="auto">{title}</strong>
        {note !== undefined && <span dir="auto">{note}</span>}
      </figcaption>
      <div className="phone-sketch-chat">
        <Bubble shown={shown} own={false} sourceOf={() => undefined} />
      </div>
    </figure>
  )
}

/** The first messages as the people will see them. */
export function FirstPhones({ preview }: { preview: Report['preview'] }) {
  const { t } = useWords()
  return (
    <div className="phones" role="region" aria-label={t('The first messages, as people will see them')} tabIndex={0}>
      {preview.map(({ line, to, name, rendered, message }) => (
        <PhoneSketch
          key={line}
          title={name ?? `+${to}`}
          note={name === null ? t('line {n}', { n: line }) : `+${to} · ${t('line {n}', { n: line })}`}
          shown={rendered ? shownOfRendered(rendered) : shownOf('text', message)}
        />
      ))}
    </div>
  )
}

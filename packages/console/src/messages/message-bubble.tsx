import type { ReactNode } from 'react'
import type { CatalogEntry } from '../../../gateway/src/domain/templates/catalog-entry.ts'
import type { TemplateComponent } from '../../../gateway/src/domain/messages/message.ts'
import { Bubble } from '../../../ui/src/bubble.tsx'
import { asList, asObject, asText, shownOf, type Shown } from '../../../ui/src/shown.ts'
import { shownOfEntry } from '../../../ui/src/shown-template.ts'
import type { Message } from '../api.ts'
import { MediaView } from '../media/media-view.tsx'
import { useTemplates } from '../queries.ts'
import { Ticks } from '../../../ui/src/ticks.tsx'
import { useTimes } from '../time.ts'
import { contentOf } from './excerpt.ts'
import { EarlierContent, MessageMarks } from './message-marks.tsx'

/** A stored message as the contact sees it. */
export function MessageBubble(props: {
  message: Message
  quote?: { who: string; text: string } | undefined
  reaction?: string | undefined
  /** Who of us wrote it. */
  sender?: ReactNode
  children?: ReactNode
}) {
  const { message, quote, reaction, sender, children } = props
  const times = useTimes()
  const templates = useTemplates(message.type === 'template' ? message.channel_id : undefined)
  const own = message.direction === 'outbound'
  return (
    <Bubble
      shown={shownOfMessage(message, templates.data?.templates)}
      own={own}
      quote={quote}
      reaction={reaction}
      sourceOf={() => undefined}
      drawMedia={(media) => <MediaView key={media.id ?? media.link} media={media} message={message} />}
      foot={
        <>
          {sender}
          <MessageMarks message={message} />
          {message.origin === 'history' ? times.short(message.created_at) : times.clock(message.created_at)}{' '}
          {own && <Ticks status={message.status} />}
        </>
      }
    >
      <EarlierContent message={message} />
      {children}
    </Bubble>
  )
}

export function shownOfMessage(message: Message, templates: readonly CatalogEntry[] | undefined): Shown {
  const content = contentOf(message.type, message.content)
  if (message.type !== 'template') return shownOf(message.type, content)
  const { name, language, components } = asObject(content)
  const code = asText(asObject(language).code)
  const named = templates?.filter((one) => one.name === name) ?? []
  const entry = named.find((one) => one.language === code) ?? named[0]
  if (!entry) return { text: asText(name) ?? '', kind: 'template', buttons: [] }
  return shownOfEntry(entry, asList(components) as unknown as TemplateComponent[])
}

import { Loader, Modal, TextInput } from '@mantine/core'
import { useId, useState, type KeyboardEvent } from 'react'
import { useLocation } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { useChannels } from '../queries.ts'
import { Pieces } from '../conversations/pieces.tsx'
import { isNamed } from './meaning.ts'
import { useFound, type Entry } from './use-found.ts'

type Props = { pages: Entry[]; onClose: () => void }

/** One field for everything: pages, actions, channels, and what the gateway has under a number, a name or an id. */
export function Palette({ pages, onClose }: Props) {
  const { t } = useWords()
  const [, navigate] = useLocation()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const list = useId()
  const channels = useChannels().data ?? []
  const found = useFound(text)
  const isTyped = text.trim() !== ''
  const named = [
    ...pages,
    ...channels.map((one) => ({
      key: `channel ${one.channel_id}`,
      title: one.name,
      note: `${t('Channel')} · +${one.business_phone}`,
      act: `/channels/${one.channel_id}`,
    })),
  ].filter((one) => !isTyped || isNamed(text, `${one.title} ${one.note}`))
  const entries: Entry[] = [...named, ...(isTyped ? found.entries : [])]
  const chosen = Math.min(at, entries.length - 1)

  function run(entry: Entry | undefined): void {
    if (!entry) return
    onClose()
    if (typeof entry.act === 'string') navigate(entry.act)
    else entry.act()
  }

  function onKey(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && entries.length > 0) {
      event.preventDefault()
      const next = (chosen + step + entries.length) % entries.length
      setAt(next)
      document.getElementById(`${list}-${next}`)?.scrollIntoView({ block: 'nearest' })
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault()
      run(entries[chosen])
    }
  }

  return (
    <Modal.Root opened onClose={onClose} padding={0} size={560} yOffset="12vh">
      <Modal.Overlay />
      <Modal.Content aria-label={t('Search or jump to')}>
        <TextInput
          size="md"
          variant="unstyled"
          className="palette-field"
          aria-label={t('Search or jump to')}
          placeholder={t('Number, name, words, wamid, msg_, evt_, page or action')}
          role="combobox"
          aria-expanded
          aria-controls={list}
          aria-activedescendant={entries.length > 0 ? `${list}-${chosen}` : undefined}
          data-autofocus
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value)
            setAt(0)
          }}
          onKeyDown={onKey}
          rightSection={isTyped && found.isAsking ? <Loader size="xs" /> : null}
        />
        <ul className="palette" id={list} role="listbox" aria-label={t('Results')}>
          {entries.map((entry, i) => (
            // The field has the keys: see `onKey`.
            <li
              key={entry.key}
              id={`${list}-${i}`}
              role="option"
              aria-selected={i === chosen}
              onClick={() => run(entry)}
              onMouseMove={() => setAt(i)}
            >
              <span dir="auto">{entry.pieces ? <Pieces pieces={entry.pieces} /> : entry.title}</span>
              <small dir="auto">{entry.note}</small>
            </li>
          ))}
        </ul>
        <p className="palette-foot" role="status">
          {entries.length === 0 && !found.isAsking
            ? t('No matches')
            : t('In lists: j and k go down and up, Enter opens, / searches')}
        </p>
      </Modal.Content>
    </Modal.Root>
  )
}

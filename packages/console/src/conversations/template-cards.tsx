import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { CatalogEntry } from '../../../gateway/src/domain/templates/catalog-entry.ts'
import type { TemplateComponent } from '../../../gateway/src/domain/messages/message.ts'
import { Bubble } from '../../../ui/src/bubble.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import { shownOfEntry } from '../../../ui/src/shown-template.ts'
import { concerns, labelOf, templateDraft, WishFields } from '../compose/template-form.tsx'
import { blankValues, piecesOf } from '../compose/template-blanks.ts'
import { fillTemplate } from '../compose/template-values.ts'
import { wishesOf } from '../compose/template-wishes.ts'
import type { Draft } from '../compose/use-draft.ts'
import { NO_TEMPLATE } from '../compose/written.ts'
import { Sign } from './sign.tsx'

const MOST_CARDS = 60

/** Templates as the contact sees them: choose a card, then write into its blanks. */
export function TemplateCards(props: { draft: Draft; templates: readonly CatalogEntry[]; isClosed: boolean }) {
  const { draft, templates, isClosed } = props
  const { t } = useWords()
  const [words, setWords] = useState('')
  // With a closed window the composer opens by itself, and the cards would hide the thread.
  const [isOpen, setOpen] = useState(!isClosed)
  const approved = templates.filter((one) => one.status === 'APPROVED')
  if (draft.entry) return <Filled draft={draft} entry={draft.entry} />
  if (!isOpen)
    return (
      <Button variant="light" size="compact-sm" onClick={() => setOpen(true)}>
        {t('Choose a template')}
      </Button>
    )
  const needle = words.trim().toLowerCase()
  const found = approved
    .filter((one) => `${one.name} ${one.language} ${one.wants.body?.text ?? ''}`.toLowerCase().includes(needle))
    .slice(0, MOST_CARDS)
  return (
    <Stack gap="xs">
      <TextInput
        size="xs"
        aria-label={t('Search templates')}
        placeholder={t('Search templates')}
        leftSection={<Sign name="search" size={14} />}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      {found.length === 0 && (
        <Text size="sm" c="dimmed">
          {approved.length === 0 ? t('No template is approved yet') : t('No matches')}
        </Text>
      )}
      <div className="card-grid">
        {found.map((one) => (
          <div
            key={one.id}
            className="card-choice"
            role="button"
            tabIndex={0}
            aria-label={`${one.name} · ${one.language}`}
            onClick={() => draft.changeTemplate(templateDraft(one))}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' && event.key !== ' ') return
              event.preventDefault()
              draft.changeTemplate(templateDraft(one))
            }}
          >
            <small>
              {one.name} · {one.language}
            </small>
            <div inert>
              <Bubble shown={shownOfEntry(one, [])} own sourceOf={() => undefined} />
            </div>
          </div>
        ))}
      </div>
    </Stack>
  )
}

/** The chosen template, with an input in the place of each variable. What does not stand in its text has a field below. */
function Filled({ draft, entry }: { draft: Draft; entry: CatalogEntry }) {
  const { t } = useWords()
  const wishes = wishesOf(entry)
  const { values } = draft.template
  const isInside = ({ kind, of }: (typeof wishes)[number]): boolean =>
    kind === 'text' && /(?:^|\.)(?:header|body)$/.test(of)
  const inside = wishes.filter((wish) => isInside(wish) && entry.wants.header?.kind !== 'location')
  const others = wishes.filter((wish) => !inside.includes(wish))
  const { template } = fillTemplate(entry, { ...values, ...blankValues(inside) })
  const components = (template.components ?? []) as TemplateComponent[]
  const shown = template.code === undefined ? shownOfEntry(entry, components) : draft.shown
  const met = new Set<string>()
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="xs">
        <Text size="xs" c="dimmed">
          {entry.name} · {entry.language}
        </Text>
        <Button size="compact-xs" variant="subtle" onClick={() => draft.changeTemplate(NO_TEMPLATE)}>
          {t('Another template')}
        </Button>
      </Group>
      <div className="preview">
        <Bubble
          shown={shown}
          own
          sourceOf={() => undefined}
          drawText={(text) =>
            piecesOf(text).map((piece, i) => {
              const wish = inside[piece.blank ?? -1]
              if (!wish) return <span key={i}>{piece.text}</span>
              const text = values[wish.key]
              const value = typeof text === 'string' ? text : ''
              // A variable that the text has twice is written once.
              if (met.has(wish.key)) return <u key={i}>{value || wish.label}</u>
              met.add(wish.key)
              const place = draft.places[wish.key]
              const problem =
                place === undefined ? undefined : draft.problems.find((one) => concerns(one.path, place))?.message
              const isWrong = problem !== undefined && (value !== '' || draft.strict)
              return (
                <input
                  key={i}
                  className="blank"
                  dir="auto"
                  aria-label={labelOf(t, wish)}
                  aria-invalid={isWrong}
                  title={isWrong ? problem : undefined}
                  placeholder={wish.label}
                  value={value}
                  onChange={(event) =>
                    draft.changeTemplate({
                      ...draft.template,
                      values: { ...values, [wish.key]: event.currentTarget.value },
                    })
                  }
                />
              )
            })
          }
        />
      </div>
      <WishFields
        wishes={others}
        draft={draft.template}
        change={draft.changeTemplate}
        problems={draft.problems}
        places={draft.places}
        strict={draft.strict}
      />
    </Stack>
  )
}

import { Button, Select, Stack, Text, TextInput } from '@mantine/core'
import type { CatalogEntry } from '../../../gateway/src/domain/templates/catalog-entry.ts'
import { useWords } from '../../../ui/src/i18n.tsx'
import { isFillable, sketchOf } from './mapping.ts'
import { PhoneSketch } from './phone-sketch.tsx'

export const keyOfEntry = ({ name, language }: CatalogEntry): string => `${name} · ${language}`

/** Which template, and what the broadcast is called. */
export function MessageStep(props: {
  templates: readonly CatalogEntry[]
  entry: CatalogEntry | undefined
  onEntry: (entry: CatalogEntry) => void
  name: string
  onName: (name: string) => void
  business: string
  onNext: () => void
}) {
  const { t } = useWords()
  const { entry, name } = props
  const approved = props.templates.filter((one) => one.status === 'APPROVED')
  const fillable = entry === undefined || isFillable(entry)
  return (
    <div className="two">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (entry && fillable && name.trim() !== '') props.onNext()
        }}
      >
        <Stack>
          <Select
            label={t('Template')}
            placeholder={approved.length === 0 ? t('No template is approved yet') : t('Choose one')}
            data={approved.map(keyOfEntry)}
            value={entry ? keyOfEntry(entry) : null}
            onChange={(key) => {
              const chosen = approved.find((one) => keyOfEntry(one) === key)
              if (chosen) props.onEntry(chosen)
            }}
            error={fillable ? undefined : t('This template needs values that a file cannot give. Choose another one.')}
            searchable
            allowDeselect={false}
          />
          {entry?.category === 'MARKETING' && (
            <Text size="sm" c="dimmed">
              {t('This is marketing: it goes only to people who have not said stop.')}
            </Text>
          )}
          <TextInput
            label={t('Name of the broadcast')}
            description={t('For your lists. People do not see it.')}
            value={name}
            maxLength={200}
            required
            onChange={(event) => props.onName(event.currentTarget.value)}
          />
          <Button
            type="submit"
            disabled={!entry || !fillable || name.trim() === ''}
            style={{ alignSelf: 'flex-start' }}
          >
            {t('Next: the columns')}
          </Button>
        </Stack>
      </form>
      {entry && <PhoneSketch title={props.business} shown={sketchOf(entry, {})} />}
    </div>
  )
}

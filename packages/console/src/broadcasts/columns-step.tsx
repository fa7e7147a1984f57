import { Alert, Button, Select, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { CatalogEntry } from '../../../gateway/src/domain/templates/catalog-entry.ts'
import { useWords, type Words } from '../../../ui/src/i18n.tsx'
import { isFilled, placesOf, sketchOf, type Place } from './mapping.ts'
import { PhoneSketch } from './phone-sketch.tsx'
import type { RecipientsFile, RowMap, Source } from './types.ts'

/** The choice of one text for everybody; a column cannot be called so, because names have no line ends. */
const SAME = '\n'

/** Which column is the number, and which one fills each blank of the message. */
export function ColumnsStep(props: {
  entry: CatalogEntry
  file: RecipientsFile
  map: RowMap
  onMap: (map: RowMap) => void
  business: string
  problem: string | undefined
  isSaving: boolean
  onNext: () => void
}) {
  const { t } = useWords()
  const [isStrict, setStrict] = useState(false)
  const { entry, file, map } = props
  const places = placesOf(entry)
  const open = places.filter(({ key, optional }) => !optional && !isFilled(map[key]))
  function set(key: string, source: Source | undefined): void {
    const { [key]: _before, ...rest } = map
    props.onMap(source === undefined ? rest : { ...rest, [key]: source })
  }
  return (
    <div className="two">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          setStrict(true)
          if (open.length === 0) props.onNext()
        }}
      >
        <Stack>
          {places.map((place) => (
            <PlaceInput
              key={place.key}
              place={place}
              columns={file.columns}
              source={map[place.key]}
              onChange={(source) => set(place.key, source)}
              isMissing={isStrict && open.includes(place)}
            />
          ))}
          {props.problem !== undefined && (
            <Alert color="red" variant="light" role="alert">
              {props.problem}
            </Alert>
          )}
          <Button type="submit" loading={props.isSaving} style={{ alignSelf: 'flex-start' }}>
            {t('Next: check every row')}
          </Button>
        </Stack>
      </form>
      <PhoneSketch title={props.business} shown={sketchOf(entry, map)} />
    </div>
  )
}

function labelOf({ key, wish }: Place, t: Words['t']): string {
  if (key === 'to') return t('The number')
  if (key === 'name') return t('The person’s name, for your lists')
  if (key === 'header')
    return wish?.kind === 'media'
      ? t('Link of the file in the header')
      : t('{part} of the header', { part: wish?.label ?? '' })
  if (key.startsWith('button.')) return t('What the button “{text}” needs', { text: wish?.label ?? '' })
  return t('{part} of the text', { part: wish?.label ?? '' })
}

function PlaceInput(props: {
  place: Place
  columns: readonly string[]
  source: Source | undefined
  onChange: (source: Source | undefined) => void
  isMissing: boolean
}) {
  const { t } = useWords()
  const { place, columns, source, onChange } = props
  const constant = typeof source === 'object' && 'value' in source ? source.value : undefined
  const column = typeof source === 'object' && 'column' in source ? source.column : source
  const label = labelOf(place, t)
  const error = props.isMissing ? t('Choose a column') : undefined
  return (
    <div>
      <Select
        label={label}
        placeholder={place.optional ? t('Nothing') : t('Choose a column')}
        data={[
          // A name twice in a file is one choice.
          ...[...new Set(columns)].map((name) => ({ value: name, label: t('Column “{name}”', { name }) })),
          ...(place.key === 'to' ? [] : [{ value: SAME, label: t('The same text for everybody…') }]),
        ]}
        value={constant === undefined ? (typeof column === 'string' ? column : null) : SAME}
        onChange={(value) => onChange(value === null ? undefined : value === SAME ? { value: '' } : value)}
        error={constant === undefined ? error : undefined}
        clearable={place.optional}
        allowDeselect={false}
        searchable
      />
      {constant !== undefined && (
        <TextInput
          mt={6}
          aria-label={t('{place}: the text for everybody', { place: label })}
          placeholder={t('The text for everybody')}
          value={constant}
          error={error === undefined ? undefined : t('Write the text')}
          onChange={(event) => onChange({ value: event.currentTarget.value })}
        />
      )}
    </div>
  )
}

import { Group, Select, Stack, Switch, Text, TextInput } from '@mantine/core'
import type { FieldProblem } from '../../../gateway/src/platform/errors.ts'
import { MOST_BUTTONS } from '../../../gateway/src/domain/templates/create-buttons.ts'
import { LONGEST } from '../../../gateway/src/domain/templates/create-components.ts'
import { LANGUAGES } from '../../../gateway/src/domain/templates/languages.ts'
import { variablesIn } from '../../../gateway/src/domain/templates/variables.ts'
import { useWords } from '../../../ui/src/i18n.tsx'
import { Count } from '../compose/fields.tsx'
import { ButtonsPart } from './sketch-buttons.tsx'
import { CardsPart } from './sketch-cards.tsx'
import { TextPart, type Wrong } from './sketch-text.tsx'
import { cardLike, partsOf, type HeaderFormat, type Sketch } from './sketch.ts'

const word = (text: string): string => text
const CATEGORIES = [word('UTILITY'), word('MARKETING'), word('AUTHENTICATION')]
const HEADERS = [
  word('NONE'),
  word('TEXT'),
  word('IMAGE'),
  word('VIDEO'),
  word('GIF'),
  word('DOCUMENT'),
  word('LOCATION'),
  word('PRODUCT'),
]
const WITHOUT_EXAMPLE: HeaderFormat[] = ['NONE', 'LOCATION', 'PRODUCT']

/** Long: one form, checked as a whole. */
export function SketchForm(props: {
  sketch: Sketch
  change: (sketch: Sketch) => void
  isNew: boolean
  problems: readonly FieldProblem[]
  strict: boolean
}) {
  const { t } = useWords()
  const { sketch, change } = props
  const set = (part: Partial<Sketch>): void => change({ ...sketch, ...part })
  const wrong: Wrong = (path, exactly) =>
    props.problems.find((one) => one.path === path || (!exactly && one.path.startsWith(`${path}.`)))?.message
  const at = (type: string): string => `components.${partsOf(sketch).indexOf(type)}`

  return (
    <Stack gap="sm">
      {props.isNew && (
        <Group grow align="flex-start" className="fields sketch-head">
          <TextInput
            label={t('Name')}
            description={t('Lower-case letters, digits and _')}
            value={sketch.name}
            error={sketch.name === '' && !props.strict ? undefined : wrong('name')}
            onChange={(e) => set({ name: e.currentTarget.value })}
            data-autofocus
          />
          <Select
            label={t('Language')}
            description={t('Written by WhatsApp')}
            data={[...LANGUAGES]}
            value={sketch.language}
            onChange={(language) => language && set({ language })}
            searchable
            allowDeselect={false}
          />
          <Select
            label={t('Category')}
            description={t('Purpose of the message')}
            data={CATEGORIES.map((one) => ({ value: one, label: t(one) }))}
            value={sketch.category}
            onChange={(category) => category && set({ category })}
            allowDeselect={false}
          />
        </Group>
      )}
      {sketch.category === 'AUTHENTICATION' ? (
        <Text size="sm" c="dimmed">
          {t(
            'WhatsApp writes the text of a one-time code itself. It adds a button to copy the code, and the time when it expires.',
          )}
        </Text>
      ) : (
        <>
          <Switch
            label={t('Carousel')}
            description={t('They take the place of header, footer and buttons.')}
            checked={sketch.cards !== null}
            onChange={(e) => set({ cards: e.currentTarget.checked ? [cardLike(), cardLike()] : null })}
          />
          {sketch.cards === null && <HeaderPart sketch={sketch} set={set} at={at('HEADER')} wrong={wrong} />}
          {sketch.cards === null && <OfferPart sketch={sketch} set={set} at={at('LIMITED_TIME_OFFER')} wrong={wrong} />}
          <TextPart
            text={sketch}
            at={at('BODY')}
            limit={sketch.offer && sketch.cards === null ? LONGEST.offerBody : LONGEST.body}
            wrong={wrong}
            change={set}
          />
          {sketch.cards === null && !sketch.offer && (
            <TextInput
              label={t('Footer, if any')}
              value={sketch.footer}
              error={wrong(at('FOOTER'))}
              rightSectionWidth={60}
              rightSection={<Count text={sketch.footer} limit={LONGEST.footer} />}
              onChange={(e) => set({ footer: e.currentTarget.value })}
            />
          )}
          {sketch.cards === null ? (
            <>
              <ButtonsPart
                buttons={sketch.buttons}
                at={at('BUTTONS')}
                most={MOST_BUTTONS}
                wrong={wrong}
                change={(buttons) => set({ buttons })}
              />
              <Said text={wrong(at('BUTTONS'), true) ?? wrong(`${at('BUTTONS')}.buttons`, true)} />
            </>
          ) : (
            <CardsPart cards={sketch.cards} at={at('CAROUSEL')} wrong={wrong} change={(cards) => set({ cards })} />
          )}
        </>
      )}
    </Stack>
  )
}

type PartProps = { sketch: Sketch; set: (part: Partial<Sketch>) => void; at: string; wrong: Wrong }

function HeaderPart({ sketch, set, at, wrong }: PartProps) {
  const { t } = useWords()
  const { header } = sketch
  const isText = header.format === 'TEXT'
  const wantsExample = isText ? variablesIn(header.text).length > 0 : !WITHOUT_EXAMPLE.includes(header.format)
  return (
    <>
      <Select
        label={t('Header')}
        data={HEADERS.map((one) => ({ value: one, label: t(one) }))}
        value={header.format}
        onChange={(format) => format && set({ header: { ...header, format: format as HeaderFormat } })}
        allowDeselect={false}
      />
      {isText && (
        <TextInput
          label={t('Header text')}
          value={header.text}
          error={wrong(`${at}.text`)}
          rightSectionWidth={60}
          rightSection={<Count text={header.text} limit={LONGEST.header} />}
          onChange={(e) => set({ header: { ...header, text: e.currentTarget.value } })}
        />
      )}
      {wantsExample && (
        <TextInput
          label={isText ? t('Example of the variable') : t('Example: link, media id or handle')}
          value={header.example}
          error={wrong(`${at}.example`)}
          onChange={(e) => set({ header: { ...header, example: e.currentTarget.value } })}
        />
      )}
    </>
  )
}

function OfferPart({ sketch, set, at, wrong }: PartProps) {
  const { t } = useWords()
  const { offer } = sketch
  return (
    <>
      <Switch
        label={t('An offer for a limited time')}
        description={t('It takes the place of a footer.')}
        checked={offer !== null}
        onChange={(e) => set({ offer: e.currentTarget.checked ? { text: '', hasExpiration: true } : null })}
      />
      {offer && (
        <>
          <TextInput
            label={t('Name of the offer')}
            value={offer.text}
            error={wrong(at)}
            rightSectionWidth={60}
            rightSection={<Count text={offer.text} limit={LONGEST.offer} />}
            onChange={(e) => set({ offer: { ...offer, text: e.currentTarget.value } })}
          />
          <Switch
            label={t('Each send sets its end')}
            checked={offer.hasExpiration}
            onChange={(e) => set({ offer: { ...offer, hasExpiration: e.currentTarget.checked } })}
          />
        </>
      )}
    </>
  )
}

function Said({ text }: { text: string | undefined }) {
  if (text === undefined) return null
  return (
    <Text size="sm" c="red">
      {text}
    </Text>
  )
}

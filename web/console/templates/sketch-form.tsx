import { Button, Fieldset, Group, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import type { FieldProblem } from '../../../src/errors.ts'
import { LANGUAGES } from '../../../src/templates/languages.ts'
import { variablesIn } from '../../../src/templates/variables.ts'
import { useWords } from '../../shared/i18n.tsx'
import type { Sketch, SketchButton } from './sketch.ts'

const word = (text: string): string => text
const CATEGORIES = [word('UTILITY'), word('MARKETING'), word('AUTHENTICATION')]
const HEADERS = [word('NONE'), word('TEXT'), word('IMAGE'), word('VIDEO'), word('DOCUMENT'), word('LOCATION')]
const BUTTONS = [word('QUICK_REPLY'), word('URL'), word('PHONE_NUMBER'), word('COPY_CODE')]

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
  const wrong = (test: RegExp): string | undefined => props.problems.find((one) => test.test(one.path))?.message
  const names = [...new Set(variablesIn(sketch.body))]
  const at = (type: string): string => `components.${partsOf(sketch).indexOf(type)}`
  const setButton = (i: number, part: Partial<SketchButton>): void =>
    set({ buttons: sketch.buttons.map((one, j) => (j === i ? { ...one, ...part } : one)) })

  return (
    <Stack gap="sm">
      {props.isNew && (
        <Group grow align="flex-start">
          <TextInput
            label={t('Name')}
            description={t('Lower-case letters, digits and _')}
            value={sketch.name}
            error={sketch.name === '' && !props.strict ? undefined : wrong(/^name/)}
            onChange={(e) => set({ name: e.currentTarget.value })}
            data-autofocus
          />
          <Select
            label={t('Language')}
            description={t('As WhatsApp writes it')}
            data={[...LANGUAGES]}
            value={sketch.language}
            onChange={(language) => language && set({ language })}
            searchable
            allowDeselect={false}
          />
          <Select
            label={t('Category')}
            description={t('What the message is for')}
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
            'WhatsApp writes the text of a one-time code itself, with a button to copy it and a word on when it expires.',
          )}
        </Text>
      ) : (
        <>
          <Select
            label={t('Header')}
            data={HEADERS.map((one) => ({ value: one, label: t(one) }))}
            value={sketch.header.format}
            onChange={(format) => format && set({ header: { ...sketch.header, format: format as never } })}
            allowDeselect={false}
          />
          {sketch.header.format === 'TEXT' && (
            <TextInput
              label={t('Header text')}
              value={sketch.header.text}
              error={wrong(new RegExp(`^${at('HEADER')}\\.text`))}
              rightSectionWidth={60}
              rightSection={<Count text={sketch.header.text} limit={60} />}
              onChange={(e) => set({ header: { ...sketch.header, text: e.currentTarget.value } })}
            />
          )}
          {(sketch.header.format === 'TEXT'
            ? variablesIn(sketch.header.text).length > 0
            : !['NONE', 'LOCATION'].includes(sketch.header.format)) && (
            <TextInput
              label={sketch.header.format === 'TEXT' ? t('Example of the variable') : t('Handle of an example upload')}
              value={sketch.header.example}
              error={wrong(new RegExp(`^${at('HEADER')}\\.example`))}
              onChange={(e) => set({ header: { ...sketch.header, example: e.currentTarget.value } })}
            />
          )}
          <Textarea
            label={t('Body')}
            description={t('{{1}} or {{name}} marks what each send fills in')}
            autosize
            minRows={3}
            maxRows={12}
            value={sketch.body}
            error={wrong(new RegExp(`^${at('BODY')}\\.text`)) ?? wrong(new RegExp(`^${at('BODY')}$`))}
            rightSectionWidth={66}
            rightSection={<Count text={sketch.body} limit={1024} />}
            onChange={(e) => set({ body: e.currentTarget.value })}
          />
          {names.map((name) => (
            <TextInput
              key={name}
              label={t('Example of {name}', { name: `{{${name}}}` })}
              value={sketch.examples[name] ?? ''}
              onChange={(e) => set({ examples: { ...sketch.examples, [name]: e.currentTarget.value } })}
            />
          ))}
          {wrong(new RegExp(`^${at('BODY')}\\.example`)) && (
            <Text size="sm" c="red">
              {wrong(new RegExp(`^${at('BODY')}\\.example`))}
            </Text>
          )}
          <TextInput
            label={t('Footer, if any')}
            value={sketch.footer}
            error={wrong(new RegExp(`^${at('FOOTER')}\\.`))}
            rightSectionWidth={60}
            rightSection={<Count text={sketch.footer} limit={60} />}
            onChange={(e) => set({ footer: e.currentTarget.value })}
          />
          {sketch.buttons.map((button, i) => (
            <Fieldset key={i} legend={`${t('Button')} ${i + 1}`} p="sm">
              <Stack gap="xs">
                <Select
                  label={t('Kind')}
                  data={BUTTONS.map((one) => ({ value: one, label: t(one) }))}
                  value={button.type}
                  onChange={(type) => type && setButton(i, { type: type as SketchButton['type'] })}
                  allowDeselect={false}
                />
                {button.type !== 'COPY_CODE' && (
                  <TextInput
                    label={t('Title')}
                    value={button.text}
                    error={wrong(new RegExp(`^${at('BUTTONS')}\\.buttons\\.${i}\\.text`))}
                    rightSectionWidth={60}
                    rightSection={<Count text={button.text} limit={25} />}
                    onChange={(e) => setButton(i, { text: e.currentTarget.value })}
                  />
                )}
                {(button.type === 'URL' || button.type === 'PHONE_NUMBER') && (
                  <TextInput
                    label={button.type === 'URL' ? t('Where it leads') : t('Phone number')}
                    value={button.value}
                    error={wrong(new RegExp(`^${at('BUTTONS')}\\.buttons\\.${i}\\.(url|phone_number)`))}
                    onChange={(e) => setButton(i, { value: e.currentTarget.value })}
                  />
                )}
                {(button.type === 'COPY_CODE' || (button.type === 'URL' && variablesIn(button.value).length > 0)) && (
                  <TextInput
                    label={t('Example of the variable')}
                    value={button.example}
                    error={wrong(new RegExp(`^${at('BUTTONS')}\\.buttons\\.${i}\\.example`))}
                    onChange={(e) => setButton(i, { example: e.currentTarget.value })}
                  />
                )}
                <Button
                  size="compact-xs"
                  variant="subtle"
                  color="red"
                  onClick={() => set({ buttons: sketch.buttons.filter((_one, j) => j !== i) })}
                >
                  {t('Remove')}
                </Button>
              </Stack>
            </Fieldset>
          ))}
          {sketch.buttons.length < 10 && (
            <Button
              size="xs"
              variant="default"
              onClick={() =>
                set({ buttons: [...sketch.buttons, { type: 'QUICK_REPLY', text: '', value: '', example: '' }] })
              }
            >
              {t('Add a button')}
            </Button>
          )}
        </>
      )}
    </Stack>
  )
}

/** The parts in the order in which they become components. */
function partsOf(sketch: Sketch): string[] {
  return [
    ...(sketch.header.format === 'NONE' ? [] : ['HEADER']),
    'BODY',
    ...(sketch.footer === '' ? [] : ['FOOTER']),
    ...(sketch.buttons.length === 0 ? [] : ['BUTTONS']),
  ]
}

function Count({ text, limit }: { text: string; limit: number }) {
  const length = [...text].length
  return (
    <Text size="xs" className="counter" data-over={length > limit || undefined}>
      {length}/{limit}
    </Text>
  )
}

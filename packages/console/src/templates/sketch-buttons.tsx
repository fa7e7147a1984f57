import { Button, Fieldset, Select, Stack, TextInput } from '@mantine/core'
import { LONGEST_COUPON } from '../../../gateway/src/domain/templates/check-buttons.ts'
import { variablesIn } from '../../../gateway/src/domain/templates/variables.ts'
import { useWords } from '../../../ui/src/i18n.tsx'
import { Count } from '../compose/fields.tsx'
import type { Wrong } from './sketch-text.tsx'
import { BUTTON_TYPES, emptyButton, type ButtonType, type SketchButton } from './sketch.ts'

const word = (text: string): string => text
const VALUES: Partial<Record<ButtonType, string>> = {
  URL: word('URL'),
  PHONE_NUMBER: word('Phone number'),
  FLOW: word('Flow id'),
}
const LONGEST_LABEL = 25

export function ButtonsPart(props: {
  buttons: SketchButton[]
  /** Path of the BUTTONS component. */
  at: string
  most: number
  types?: readonly ButtonType[]
  /** True for a card after the first: its buttons have the kinds of the first card's buttons. */
  isBound?: boolean
  wrong: Wrong
  change: (buttons: SketchButton[]) => void
}) {
  const { t } = useWords()
  const { buttons, at, wrong, change, isBound } = props
  const set = (i: number, part: Partial<SketchButton>): void =>
    change(buttons.map((one, j) => (j === i ? { ...one, ...part } : one)))
  return (
    <>
      {buttons.map((button, i) => {
        const path = `${at}.buttons.${i}`
        const value = VALUES[button.type]
        return (
          <Fieldset key={i} legend={`${t('Button')} ${i + 1}`} p="sm">
            <Stack gap="xs">
              {!isBound && (
                <Select
                  label={t('Kind')}
                  data={(props.types ?? BUTTON_TYPES).map((one) => ({ value: one, label: t(one) }))}
                  value={button.type}
                  onChange={(type) => type && set(i, { type: type as ButtonType })}
                  allowDeselect={false}
                />
              )}
              {button.type !== 'COPY_CODE' && (
                <TextInput
                  label={t('Title')}
                  value={button.text}
                  error={wrong(`${path}.text`)}
                  rightSectionWidth={60}
                  rightSection={<Count text={button.text} limit={LONGEST_LABEL} />}
                  onChange={(e) => set(i, { text: e.currentTarget.value })}
                />
              )}
              {value !== undefined && (
                <TextInput
                  label={t(value)}
                  value={button.value}
                  error={['url', 'phone_number', 'flow_id'].map((key) => wrong(`${path}.${key}`)).find(Boolean)}
                  onChange={(e) => set(i, { value: e.currentTarget.value })}
                />
              )}
              {button.type === 'FLOW' && (
                <TextInput
                  label={t('First screen (default: the flow’s first)')}
                  value={button.screen}
                  error={wrong(`${path}.navigate_screen`)}
                  onChange={(e) => set(i, { screen: e.currentTarget.value })}
                />
              )}
              {(button.type === 'COPY_CODE' || (button.type === 'URL' && variablesIn(button.value).length > 0)) && (
                <TextInput
                  label={button.type === 'COPY_CODE' ? t('Example of an offer code') : t('Example of the variable')}
                  value={button.example}
                  error={wrong(`${path}.example`)}
                  rightSectionWidth={60}
                  rightSection={
                    button.type === 'COPY_CODE' ? <Count text={button.example} limit={LONGEST_COUPON} /> : undefined
                  }
                  onChange={(e) => set(i, { example: e.currentTarget.value })}
                />
              )}
              {!isBound && (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  color="red"
                  onClick={() => change(buttons.filter((_one, j) => j !== i))}
                >
                  {t('Remove')}
                </Button>
              )}
            </Stack>
          </Fieldset>
        )
      })}
      {!isBound && buttons.length < props.most && (
        <Button size="xs" variant="default" onClick={() => change([...buttons, emptyButton()])}>
          {t('Add a button')}
        </Button>
      )}
    </>
  )
}

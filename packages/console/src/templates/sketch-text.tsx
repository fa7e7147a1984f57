import { Text, Textarea, TextInput } from '@mantine/core'
import { variablesIn } from '../../../gateway/src/domain/templates/variables.ts'
import { useWords } from '../../../ui/src/i18n.tsx'
import { Count } from '../compose/fields.tsx'
import type { SketchText } from './sketch.ts'

/** Returns the problem at a path of the body, or below the path. */
export type Wrong = (path: string, exactly?: boolean) => string | undefined

/** A body text with its variables, each with an example for the reviewer. */
export function TextPart(props: {
  text: SketchText
  /** Path of the BODY component. */
  at: string
  limit: number
  wrong: Wrong
  change: (text: Partial<SketchText>) => void
}) {
  const { t } = useWords()
  const { text, at, wrong, change } = props
  const names = [...new Set(variablesIn(text.body))]
  return (
    <>
      <Textarea
        label={t('Body')}
        description={t('{{1}} or {{name}} marks a variable')}
        autosize
        minRows={3}
        maxRows={12}
        value={text.body}
        error={wrong(`${at}.text`) ?? wrong(at, true)}
        rightSectionWidth={66}
        rightSection={<Count text={text.body} limit={props.limit} />}
        onChange={(e) => change({ body: e.currentTarget.value })}
      />
      {names.map((name) => (
        <TextInput
          key={name}
          label={t('Example of {name}', { name: `{{${name}}}` })}
          value={text.examples[name] ?? ''}
          onChange={(e) => change({ examples: { ...text.examples, [name]: e.currentTarget.value } })}
        />
      ))}
      {wrong(`${at}.example`) && (
        <Text size="sm" c="red">
          {wrong(`${at}.example`)}
        </Text>
      )}
    </>
  )
}

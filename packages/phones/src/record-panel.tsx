import { Button, CopyButton, Group, SegmentedControl, Text, TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { actionOf, type Step } from '../../gateway/src/testing/conversation/steps.ts'
import { writeConversation, type FileForm } from '../../gateway/src/testing/conversation/write.ts'
import { Auto } from '../../ui/src/direction.tsx'
import { useWords } from '../../ui/src/i18n.tsx'
import type { Recording } from './use-recording.ts'

const word = (text: string): string => text

/** Steps in words. */
const DOES: Record<ReturnType<typeof actionOf>, string> = {
  says: word('writes'),
  replies: word('replies'),
  reacts: word('reacts'),
  taps: word('taps'),
  picks: word('picks'),
  opens: word('opens'),
  submits: word('fills in'),
  reads: word('reads'),
  blocks: word('blocks or unblocks'),
  goesOffline: word('goes offline'),
  comesOnline: word('comes online'),
  sees: word('sees'),
}

/** Records a conversation, and gives it as a test file. */
export function RecordPanel({ recording, nameOf }: { recording: Recording; nameOf: (number: string) => string }) {
  const { t } = useWords()
  const { state, steps, name, setName } = recording
  const isRunning = state === 'running' || state === 'starting'
  return (
    <div className="tool-body">
      <Text size="sm">
        {t('What people do and see on the phones becomes a test. It runs again, and tells which step differs.')}
      </Text>
      <TextInput
        mt="sm"
        size="sm"
        label={t('Name of the test')}
        placeholder={t('conversation')}
        maxLength={120}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Group mt="sm" gap="xs">
        {isRunning ? (
          <Button color="red" onClick={recording.stop}>
            {t('Stop recording')}
          </Button>
        ) : (
          <Button variant={steps.length > 0 ? 'default' : 'filled'} onClick={recording.start}>
            {steps.length > 0 ? t('Record anew') : t('Start recording')}
          </Button>
        )}
        <Text size="sm" c="dimmed" role="status">
          {state === 'running' && steps.length === 0
            ? t('Recording. Do something on a phone.')
            : state === 'over' && steps.length === 0
              ? t('Nothing happened, so there is no test.')
              : steps.length > 0
                ? t('Steps: {n}', { n: steps.length })
                : ''}
        </Text>
      </Group>
      <Steps steps={steps} nameOf={nameOf} />
      {state === 'over' && steps.length > 0 && <TestFile name={name.trim() || 'conversation'} steps={steps} />}
    </div>
  )
}

function Steps({ steps, nameOf }: { steps: readonly Step[]; nameOf: (number: string) => string }) {
  const { t } = useWords()
  const end = useRef<HTMLLIElement>(null)
  useEffect(() => {
    end.current?.scrollIntoView({ block: 'nearest' })
  }, [steps.length])
  if (steps.length === 0) return null
  return (
    <ol className="recorded" aria-label={t('Recorded steps')} tabIndex={0}>
      {steps.map((step, i) => (
        <li key={i} ref={i === steps.length - 1 ? end : undefined} data-sees={'sees' in step || undefined}>
          <strong>
            <Auto>{nameOf(step.phone)}</Auto>
          </strong>{' '}
          <em>{t(DOES[actionOf(step)])}</em> <span dir="auto">{contentOf(step)}</span>
        </li>
      ))}
    </ol>
  )
}

function contentOf(step: Step): string {
  const value = (step as Record<string, unknown>)[actionOf(step)]
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return ''
  const { type } = value as { type?: unknown }
  return typeof type === 'string' ? type : JSON.stringify(value)
}

/** The finished file: to read, copy and download. */
function TestFile({ name, steps }: { name: string; steps: readonly Step[] }) {
  const { t } = useWords()
  const [form, setForm] = useState<FileForm>('yaml')
  const [text, setText] = useState('')
  useEffect(() => {
    let isOver = false
    void writeConversation(form, { name, steps: [...steps] }).then((written) => isOver || setText(written))
    return () => {
      isOver = true
    }
  }, [form, name, steps])
  const file = `${fileNameOf(name)}.${form === 'yaml' ? 'yaml' : 'test.ts'}`
  return (
    <section className="recorded-file" aria-label={t('Test file')}>
      <Group justify="space-between" gap="xs">
        <SegmentedControl
          size="xs"
          aria-label={t('Language of the file')}
          data={[
            { value: 'yaml', label: 'YAML' },
            { value: 'ts', label: 'TypeScript' },
          ]}
          value={form}
          onChange={(next) => setForm(next as FileForm)}
        />
        <Group gap={6}>
          <CopyButton value={text}>
            {({ copied, copy }) => (
              <Button size="xs" variant="default" onClick={copy}>
                {copied ? t('Copied') : t('Copy')}
              </Button>
            )}
          </CopyButton>
          <Button size="xs" onClick={() => download(file, text)}>
            {t('Download')}
          </Button>
        </Group>
      </Group>
      <pre dir="ltr" tabIndex={0}>
        {text}
      </pre>
      <Text size="xs" c="dimmed">
        {t('Run it again:')}{' '}
        <code dir="ltr">{form === 'yaml' ? `postern replay-test ${file}` : `node --test ${file}`}</code>
      </Text>
    </section>
  )
}

/** Letters and digits of any language. */
const fileNameOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '') || 'conversation'

function download(name: string, text: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

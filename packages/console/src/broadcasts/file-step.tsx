import { Alert, Button, Group, Loader, Stack, Text, Title } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { Icon } from '../../../ui/src/icon.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import { auto } from '../../../ui/src/direction.tsx'
import { api } from '../api.ts'
import { useTimes } from '../time.ts'
import { useOnce } from './queries.ts'
import type { RecipientsFile } from './types.ts'

/** As long as the gateway waits for the end of an upload. */
const UPLOAD_MS = 295_000

const megabytes = (bytes: number): number => Math.max(0.1, Math.round(bytes / 100_000) / 10)

/** Drops a list of people. The browser reads the file while it sends it, whatever its size. */
export function FileStep(props: {
  channelId: number
  file: RecipientsFile | undefined
  onFile: (file: RecipientsFile) => void
  onNext: () => void
}) {
  const { t, says } = useWords()
  const times = useTimes()
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setOver] = useState(false)
  const stop = useRef<AbortController>(undefined)
  // Nobody waits for an upload whose page was left.
  useEffect(() => () => stop.current?.abort(), [])
  const upload = useOnce((file: File) => {
    stop.current = new AbortController()
    const form = new FormData()
    form.append('file', file)
    const signal = AbortSignal.any([stop.current.signal, AbortSignal.timeout(UPLOAD_MS)])
    return api<RecipientsFile>('POST', `/admin/channels/${props.channelId}/broadcast-files`, form, {}, signal)
  }, props.onFile)
  const [name, size] = upload.variables ? [upload.variables.name, upload.variables.size] : ['', 0]
  const isStopped = upload.error?.name === 'AbortError'
  const { file } = props
  return (
    <Stack maw={760}>
      <label
        className="drop"
        data-over={isOver || undefined}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setOver(false)
          const [dropped] = event.dataTransfer.files
          if (dropped) upload.run(dropped)
        }}
      >
        <input
          ref={input}
          type="file"
          accept=".csv,.tsv,.txt,.jsonl,.ndjson,text/csv"
          disabled={upload.isPending}
          onChange={(event) => {
            const [chosen] = event.currentTarget.files ?? []
            // The same file can be chosen again after it was corrected.
            if (chosen) upload.run(chosen)
            event.currentTarget.value = ''
          }}
        />
        <Icon name="upload" size={28} />
        <strong>{t('Drop a list of people here, or choose a file')}</strong>
        <span>
          {t(
            'CSV as spreadsheets save it, in UTF-8: one person in each row, with the number and what the message says.',
          )}
        </span>
      </label>
      {upload.isPending && (
        <Group gap="sm" role="status">
          <Loader size="sm" />
          <Text size="sm">
            {t('Uploading {name} ({n} MB) and counting its rows…', {
              name: auto(name),
              n: times.number(megabytes(size)),
            })}
          </Text>
          <Button size="compact-sm" variant="default" onClick={() => stop.current?.abort()}>
            {t('Stop the upload')}
          </Button>
        </Group>
      )}
      {upload.isError && !isStopped && (
        <Alert color="red" variant="light" role="alert" title={t('The file was not taken')}>
          {says(upload.error.message)}
        </Alert>
      )}
      {file && !upload.isPending && (
        <section className="card" aria-label={t('The file')}>
          <Title order={2} size="h4" dir="auto">
            {file.filename ?? file.file_id}
          </Title>
          <Text size="sm">
            {t('{rows} rows with {n} columns', { rows: times.number(file.rows), n: file.columns.length })}
          </Text>
          <ul className="chips" aria-label={t('Columns')}>
            {file.columns.slice(0, 40).map((column) => (
              <li key={column} dir="auto">
                {column}
              </li>
            ))}
          </ul>
          <Button mt="sm" onClick={props.onNext}>
            {t('Next: the message')}
          </Button>
        </section>
      )}
    </Stack>
  )
}

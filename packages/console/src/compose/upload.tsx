import { Button, FileButton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { createContext, useContext, useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { ApiError } from '../api.ts'

export type Uploaded = { id: string; mime_type: string; file_size: number; filename: string }

const LONGEST_MS = 10 * 60_000

/** Uploads a file to WhatsApp for a channel's messages. Throws an `ApiError`. */
export async function upload(channelId: number, file: File): Promise<Uploaded> {
  const form = new FormData()
  form.append('file', file, file.name)
  const response = await fetch(`/admin/channels/${channelId}/media`, {
    method: 'POST',
    headers: { 'x-postern-console': '1' },
    body: form,
    signal: AbortSignal.timeout(LONGEST_MS),
  }).catch(() => {
    throw new ApiError(0, 0, 'The gateway does not answer.', {})
  })
  const envelope = (await response.json().catch(() => null)) as {
    status: string
    code: number
    message: string
    data: Omit<Uploaded, 'filename'>
    error: Record<string, unknown>
  } | null
  if (envelope?.status === 'success') return { ...envelope.data, filename: file.name }
  throw new ApiError(
    response.status,
    envelope?.code ?? response.status,
    envelope?.message ?? `The gateway answered ${response.status}.`,
    envelope?.error ?? {},
  )
}

/** The channel that the forms below upload files for. */
export const UploadChannel = createContext<number | undefined>(undefined)

/** Chooses a file for a field that takes a link or an id. */
export function UploadButton({ onDone }: { onDone: (file: Uploaded) => void }) {
  const { t, says } = useWords()
  const channelId = useContext(UploadChannel)
  const [busy, setBusy] = useState(false)
  if (channelId === undefined) return null
  async function take(file: File | null): Promise<void> {
    if (!file) return
    setBusy(true)
    try {
      onDone(await upload(channelId!, file))
    } catch (error) {
      notifications.show({ color: 'red', message: says(error instanceof Error ? error.message : String(error)) })
    } finally {
      setBusy(false)
    }
  }
  return (
    <FileButton onChange={(file) => void take(file)}>
      {(props) => (
        <Button {...props} size="compact-xs" variant="light" loading={busy}>
          {t('Upload…')}
        </Button>
      )}
    </FileButton>
  )
}

import type { Report } from '../../../gateway/src/domain/broadcasts/finished-report.ts'

export type { Report }

export type BroadcastState =
  'draft' | 'checked' | 'preparing' | 'scheduled' | 'running' | 'paused' | 'stopped' | 'cancelled' | 'done'

export type Counts = Record<
  | 'total'
  | 'waiting'
  | 'accepted'
  | 'failed'
  | 'unknown'
  | 'duplicates'
  | 'skipped'
  | 'sent'
  | 'delivered'
  | 'read'
  | 'answered'
  | 'undelivered'
  | 'stopped',
  number
>

/** A column of the file, or a text for everybody. */
export type Source = string | { value: string } | { column: string; default?: string }
export type RowMap = Record<string, Source>

export type Broadcast = {
  id: string
  name: string | null
  state: BroadcastState
  reason: { reason: string; message: string; code?: number } | null
  counts: Counts
  progress: {
    rate: number
    allowed: number
    slowed_by: 'throttled' | 'quality' | null
    quiet_until: number | null
    seconds_left: number | null
  } | null
  cost: { amount: string; currency: string } | null
  file_id: string | null
  map: RowMap | null
  send_at: number | null
  skip_bad: boolean
  test_numbers: string[] | null
  checked_at: number | null
  tested_at: number | null
  retry_of: string | null
  created_at: number
  started_at: number | null
  finished_at: number | null
}

export type Recipient = {
  n: number
  recipient: string
  state: 'waiting' | 'sending' | 'accepted' | 'failed' | 'unknown'
  status: string | null
  reference: string | null
  error: { reason: string; message: string; code?: number } | null
  at: number | null
  answered_at: number | null
}

export type BroadcastDetail = Broadcast & {
  message: { type?: unknown; template?: { name?: unknown; language?: unknown } }
  failed_by_code: { code: number | null; reason: string; recipients: number; advice: string | null }[]
}

export type RecipientsFile = {
  file_id: string
  filename: string | null
  columns: string[]
  rows: number
  bytes: number
  expires_at: number
}

export type TestResult = {
  to: string
  state: 'accepted' | 'failed' | 'unknown'
  error: { reason: string; message: string } | null
}

/** Before these states end, nothing was sent. */
export const isDraft = (state: BroadcastState): boolean => state === 'draft' || state === 'checked'
export const isMoving = (state: BroadcastState): boolean => state === 'preparing' || state === 'running'

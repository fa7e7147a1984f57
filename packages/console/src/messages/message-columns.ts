import type { Column } from '../list/columns.ts'

export type MessageColumn =
  'time' | 'direction' | 'channel' | 'contact' | 'type' | 'text' | 'code' | 'status' | 'reference'

const word = (text: string): string => text

export const COLUMNS: readonly Column<MessageColumn>[] = [
  { key: 'time', label: word('Time') },
  { key: 'direction', label: word('Direction') },
  { key: 'channel', label: word('Channel') },
  { key: 'contact', label: word('Person') },
  { key: 'type', label: word('Type') },
  { key: 'text', label: word('Text') },
  { key: 'code', label: word('Error code') },
  { key: 'status', label: word('Status') },
  { key: 'reference', label: word('Reference') },
]

export const AT_FIRST: readonly MessageColumn[] = ['time', 'direction', 'contact', 'type', 'text', 'status']

/** Tracks of a CSS grid. */
export const WIDTHS: Readonly<Record<MessageColumn, string>> = {
  time: '128px',
  direction: '74px',
  channel: 'minmax(80px, 140px)',
  contact: 'minmax(110px, 180px)',
  type: '96px',
  text: 'minmax(0, 1fr)',
  code: '84px',
  status: '100px',
  reference: 'minmax(120px, 230px)',
}

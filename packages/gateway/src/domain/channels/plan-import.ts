import { z } from 'zod'
import { listOf } from '../fields/lists.ts'
import type { FieldProblem } from '../../platform/errors.ts'
import { wordsFit } from '../contacts/opt-out-words.ts'
import { type Channel, channelFields, type CreateChannel, publicChannel, webhookOf } from './channel.ts'

/* Channels and certification codes from a table: what a row asks for, beside what is there. */

export const MOST_ROWS = 200
/** Every node holds all codes in memory and reads them again after every change of a channel. */
export const MOST_CODES = 100

/** `POST /admin/channels/import`. A row for a number that is known needs nothing but the number. */
export const importSchema = z.strictObject({
  channels: listOf(wordsFit(channelFields.partial().required({ phone_number_id: true })), 1, MOST_ROWS),
  dry_run: z.boolean().optional().describe('true: check all rows and make nothing.'),
})

export type ImportRow = z.infer<typeof importSchema>['channels'][number]

/** What is to be done for a row. `code` alone: another certification code for the number's channel. */
export type ImportStep = { row: number; kind: 'channel' | 'code' | 'nothing'; given: ImportRow }

/** Whose code it is, if it is anybody's. `revoked`: it does not return. */
export type CodeOwner = { channelId: number; revoked: boolean } | undefined

export type ImportView = {
  byPhoneNumberId: (id: string) => Channel | undefined
  /** True when the number of a channel is taken, also by a removed one. */
  isIdTaken: (id: number) => boolean
  ownerOf: (code: string) => CodeOwner
  codesOf: (channelId: number) => number
}

const NEEDED = ['name', 'business_phone', 'waba_id', 'access_token'] as const

/** Compares each row with the channels and with the rows before it. Nothing is to be done if there is any problem. */
export function planImport(
  rows: readonly ImportRow[],
  view: ImportView,
): { steps: ImportStep[]; problems: FieldProblem[] } {
  const steps: ImportStep[] = []
  const problems: FieldProblem[] = []
  const first = new Map<string, ImportRow>()
  const ids = new Set<number>()
  const codeOf = new Map<string, string>()
  const codes = new Map<string, number>()
  for (const [i, row] of rows.entries()) {
    const { phone_number_id: number, certification_code: code } = row
    const report = (key: string, rule: string, message: string): void =>
      void problems.push({ path: `channels.${i}.${key}`, rule, message })
    const channel = view.byPhoneNumberId(number)
    const before = first.get(number)
    if (channel) for (const key of differences(row, channel)) report(key, 'conflict', differs(key, channel.id))
    else if (before) {
      for (const key of keysOf(row))
        if (row[key] !== before[key]) report(key, 'conflict', 'differs from the row above for the same number')
    } else {
      for (const key of NEEDED) if (row[key] === undefined) report(key, 'required', 'is required for a new number')
      const id = row.channel_id
      if (id !== undefined && (view.isIdTaken(id) || ids.has(id)))
        report('channel_id', 'unique', 'a channel, or a row above, has or had this number')
      if (id !== undefined) ids.add(id)
      first.set(number, row)
    }
    const owner = code === undefined ? undefined : view.ownerOf(code)
    const isKnown = code !== undefined && (codeOf.get(code) === number || (owner && owner.channelId === channel?.id))
    if (owner?.revoked) report('certification_code', 'unique', 'was revoked: choose another')
    else if (code !== undefined && !isKnown && (owner || codeOf.has(code)))
      report('certification_code', 'unique', 'another channel, or a row above for another number, has this code')
    if (code !== undefined) codeOf.set(code, number)
    const isNewCode = code !== undefined && !isKnown
    const has = (codes.get(number) ?? (channel ? view.codesOf(channel.id) : 0)) + (isNewCode ? 1 : 0)
    codes.set(number, has)
    if (has > MOST_CODES) report('certification_code', 'maxItems', `a channel has at most ${MOST_CODES} codes`)
    steps.push({ row: i, given: row, kind: !channel && !before ? 'channel' : isNewCode ? 'code' : 'nothing' })
  }
  return { steps, problems }
}

/** The row of a new channel, whose needed values the plan has checked. */
export const newChannelOf = (row: ImportRow): CreateChannel => row as CreateChannel

const keysOf = (row: ImportRow): (keyof ImportRow)[] =>
  (Object.keys(row) as (keyof ImportRow)[]).filter((key) => key !== 'certification_code' && row[key] !== undefined)

function differences(row: ImportRow, channel: Channel): string[] {
  const now: Record<string, unknown> = {
    ...publicChannel(channel),
    access_token: channel.accessToken,
    messages_per_second: channel.ownPace,
    webhook_url: webhookOf(channel)?.url,
  }
  return keysOf(row).filter((key) => row[key] !== now[key])
}

const differs = (key: string, id: number): string =>
  key === 'channel_id'
    ? `the number belongs to channel ${id}`
    : `channel ${id} has another value. Change it in the console, or take it out of the file`

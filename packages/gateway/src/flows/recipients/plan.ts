import { createHash } from 'node:crypto'
import type { Clock } from '@postern/runtime/clock'
import type { Report } from '../../domain/broadcasts/finished-report.ts'
import type { StopWhen } from '../../domain/broadcasts/stop-when.ts'
import type { GivenMap } from '../../domain/broadcasts/row-map.ts'
import { mustMeetDemand, mustNotDemand } from '../../domain/broadcasts/start-demand.ts'
import type { Channel } from '../../domain/channels/channel.ts'
import type { QuietHours } from '../../domain/contacts/quiet-hours.ts'
import { bodyFor, problemsOfMessage } from '../../domain/messages/broadcast-message.ts'
import { timeProblem } from '../../domain/messages/later.ts'
import type { OutgoingMessage } from '../../domain/messages/message.ts'
import { parseMessage } from '../../domain/messages/parse.ts'
import { GatewayError, validationError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { readPart, removeFile, type BroadcastFile } from '../../store/broadcast-files.ts'
import { broadcastWithContent, setChecked, setSettings, setTested } from '../../store/broadcast-drafts.ts'
import {
  createBroadcast,
  findBroadcast,
  moveBroadcast,
  type BroadcastRow,
  type BroadcastState,
  type Settings,
} from '../../store/broadcasts.ts'
import type { Store } from '../../store/store.ts'
import { mustBeGood, type Checked, type Checker, type Subject } from './check.ts'
import type { RecipientsFiles } from './files.ts'

export type Given = {
  name: string | null
  message: Record<string, unknown>
  recipients: readonly unknown[]
  fileId: string | undefined
  map: GivenMap | undefined
  /** Epoch milliseconds. */
  sendAt: number | undefined
  quietHours: QuietHours | undefined
  stopWhen: StopWhen | undefined
  skipBad: boolean
  testNumbers: readonly string[] | undefined
  draft: boolean
  start: boolean
  /** Another one, although one with the same name and content exists. */
  again: boolean
}

export type TestResult = {
  to: string
  state: 'accepted' | 'failed' | 'unknown'
  msg_id: string | null
  reference: string | null
  error: { reason: string; message: string } | null
}

/** Creates a broadcast whose recipients come inline. `broadcast-intake` has it. */
type CreateInline = (
  channelId: number,
  given: {
    id: string
    name: string | null
    message: Record<string, unknown>
    recipients: readonly unknown[]
    content: string | null
    settings: Settings
    state: BroadcastState
  },
) => Promise<BroadcastRow>

export type BroadcastPlan = ReturnType<typeof createBroadcastPlan>

const BEFORE_START: readonly BroadcastState[] = ['draft', 'checked']
const STARTED: readonly BroadcastState[] = ['preparing', 'scheduled', 'running']

/** What a broadcast goes through before it runs: making, checking, testing, starting. */
export function createBroadcastPlan(deps: {
  store: Store
  clock: Clock
  files: RecipientsFiles
  checker: Checker
  createInline: CreateInline
  resume: (channel: Channel, id: string) => Promise<void>
  send: (channel: Channel, message: OutgoingMessage) => Promise<{ wamid: string; id: string }>
  /** Rows are to be entered, or recipients to be sent to. */
  nudge: () => void
}) {
  const { store, clock, files, checker, nudge } = deps
  const { sql } = store
  const checks = new Map<string, Promise<Checked>>()

  async function find(channelId: number, id: string): Promise<BroadcastRow> {
    const row = await findBroadcast(sql, channelId, id)
    if (!row) throw new GatewayError('resource_not_found', { what: 'broadcast', id: id.slice(0, 100) })
    return row
  }

  function subjectOf(row: BroadcastRow, file: BroadcastFile | undefined): Subject {
    return {
      message: JSON.parse(row.message) as Record<string, unknown>,
      map: row.map === null ? null : (JSON.parse(row.map) as GivenMap),
      rows: file ? { fileId: file.id, bytes: file.bytes, format: file.format } : { broadcastId: row.id },
      sendAt: row.send_at === null ? null : Number(row.send_at),
      quietHours: row.quiet_hours === null ? null : (JSON.parse(row.quiet_hours) as QuietHours),
      skipBad: Number(row.skip_bad) === 1,
    }
  }

  async function runCheck(channel: Channel, row: BroadcastRow): Promise<Checked> {
    const file = row.file_id === null ? undefined : await files.find(row.channel_id, row.file_id)
    const checked = await checker.check(channel, subjectOf(row, file))
    const report = JSON.stringify({ ...checked.report, samples: checked.samples })
    const { reportFile } = checked
    const of = { map: row.map, total: Number(row.total), sha256: file?.sha256 ?? null }
    const kept = await setChecked(sql, channel.id, row.id, { report, reportFile, of, at: clock.now() })
    const unused = kept ? row.report_file : reportFile
    if (unused !== null) await removeFile(sql, channel.id, unused)
    if (!kept) throw changedMeanwhile()
    return checked
  }

  /** Calls that come while a check runs get its result. */
  function check(channel: Channel, row: BroadcastRow): Promise<Checked> {
    const key = `${channel.id}/${row.id}`
    const running = checks.get(key)
    if (running) return running
    const check = runCheck(channel, row).finally(() => checks.delete(key))
    checks.set(key, check)
    return check
  }

  function mustBeBeforeStart(row: BroadcastRow, what: string): void {
    if (BEFORE_START.includes(row.state)) return
    throw new GatewayError('conflict', { problem: `The broadcast is ${row.state}; ${what}` })
  }

  async function createWithFile(
    channel: Channel,
    id: string,
    given: Given,
    fileId: string,
    settings: Settings,
  ): Promise<BroadcastRow> {
    const file = await files.find(channel.id, fileId)
    const { name, message, map, draft, again } = given
    const content = name === null || again ? null : contentOf(message, map, file.sha256)
    const known = name !== null && content !== null && (await broadcastWithContent(sql, channel.id, name, content))
    if (known) return find(channel.id, known.id)
    const made = {
      channelId: channel.id,
      id,
      name,
      message: JSON.stringify(message),
      content,
      settings,
      now: clock.now(),
    }
    if (draft) await createBroadcast(sql, { ...made, state: 'draft' })
    else {
      const rows = { fileId, bytes: file.bytes, format: file.format }
      const sendAt = given.sendAt ?? null
      const subject = {
        message,
        map: map ?? null,
        rows,
        sendAt,
        quietHours: given.quietHours ?? null,
        skipBad: given.skipBad,
      }
      const checked = await checker.check(channel, subject)
      try {
        mustBeGood(checked)
      } catch (error) {
        await removeFile(sql, channel.id, checked.reportFile)
        throw error
      }
      const report = JSON.stringify({ ...checked.report, samples: checked.samples })
      const { reportFile } = checked
      await createBroadcast(sql, { ...made, state: 'preparing', check: { report, reportFile, at: clock.now() } })
      nudge()
    }
    const row = await findBroadcast(sql, channel.id, id)
    // A request with the same name and content was faster.
    return row ?? find(channel.id, (await broadcastWithContent(sql, channel.id, name!, content!))!.id)
  }

  /** Rows that need a map are read as a file is. The file is removed when no broadcast uses it. */
  async function createWithRows(channel: Channel, id: string, given: Given, settings: Settings): Promise<BroadcastRow> {
    const upload = { stream: linesOf(given.recipients), filename: null, format: 'jsonl' } as const
    const { id: fileId } = await files.upload(channel.id, upload)
    let user: BroadcastRow | undefined
    try {
      user = await createWithFile(channel, id, given, fileId, { ...settings, fileId })
      return user
    } finally {
      if (user?.file_id !== fileId) await removeFile(sql, channel.id, fileId)
    }
  }

  return {
    find,

    async create(channel: Channel, given: Given, resourceId: string | undefined): Promise<BroadcastRow> {
      const { message, recipients, sendAt, draft, start } = given
      const problems = problemsOfMessage(message)
      const late = sendAt === undefined ? undefined : timeProblem(sendAt, clock.now())
      if (late !== undefined) problems.push({ path: 'send_at', rule: 'consistent', message: late })
      if (problems.length > 0) throw validationError(problems)
      if (!draft) mustNotDemand(channel)
      const id = resourceId ?? newId('bc', clock.now())
      const settings: Settings = {
        skipBad: given.skipBad,
        ...(sendAt !== undefined && { sendAt }),
        ...(given.map !== undefined && { map: JSON.stringify(given.map) }),
        ...(given.quietHours !== undefined && { quietHours: JSON.stringify(given.quietHours) }),
        ...(given.stopWhen !== undefined && { stopWhen: JSON.stringify(given.stopWhen) }),
        ...(given.testNumbers !== undefined && { testNumbers: JSON.stringify(given.testNumbers) }),
      }
      const { fileId } = given
      if (fileId !== undefined) return createWithFile(channel, id, given, fileId, { ...settings, fileId })
      if (given.map !== undefined) return createWithRows(channel, id, given, settings)
      const isSame = given.name !== null && !given.again && recipients.length > 0
      const later = sendAt !== undefined && sendAt > clock.now() ? 'scheduled' : 'running'
      return deps.createInline(channel.id, {
        ...{ id, name: given.name, message, recipients, settings },
        content: isSame ? contentOf(message, undefined, recipients) : null,
        state: draft ? 'draft' : !start || recipients.length === 0 ? 'paused' : later,
      })
    },

    /** Changes settings of a broadcast that has not begun. */
    async change(channel: Channel, id: string, settings: Settings): Promise<BroadcastRow> {
      const row = await find(channel.id, id)
      const open: readonly BroadcastState[] = [...BEFORE_START, 'scheduled']
      if (!open.includes(row.state) || (row.state === 'scheduled' && settings.map !== undefined))
        throw new GatewayError('conflict', { problem: `The broadcast is ${row.state}; it cannot be changed any more.` })
      const late =
        settings.sendAt === undefined || settings.sendAt === null
          ? undefined
          : timeProblem(settings.sendAt, clock.now())
      if (late !== undefined) throw validationError([{ path: 'send_at', rule: 'consistent', message: late }])
      if (!(await setSettings(sql, channel.id, id, settings, clock.now()))) throw changedMeanwhile()
      nudge()
      return find(channel.id, id)
    },

    async check(channel: Channel, id: string): Promise<Report> {
      const row = await find(channel.id, id)
      mustBeBeforeStart(row, 'a check is for drafts. Its last report: GET /external/broadcasts/{id}/check.')
      return (await check(channel, row)).report
    },

    /** The last report, of a check or of the start. */
    async report(channelId: number, id: string): Promise<Report> {
      const row = await find(channelId, id)
      if (row.report === null)
        throw new GatewayError('conflict', {
          problem: 'The broadcast was not checked yet: POST /external/broadcasts/{id}/check.',
        })
      const { samples: _samples, ...report } = JSON.parse(row.report) as Report & { samples: unknown }
      return report
    },

    /** The rows that the last check found, as CSV, in pieces. */
    async *rows(channelId: number, id: string): AsyncGenerator<Uint8Array> {
      const row = await find(channelId, id)
      for (let n = 0; row.report_file !== null; n++) {
        const part = await readPart(sql, row.report_file, n)
        if (!part) return
        yield part
      }
    },

    /** Sends the message as the first row has it to own numbers. */
    async test(channel: Channel, id: string, numbers: readonly string[] | undefined): Promise<TestResult[]> {
      let row = await find(channel.id, id)
      mustBeBeforeStart(row, 'a test is for drafts.')
      const list = numbers ?? (row.test_numbers === null ? [] : (JSON.parse(row.test_numbers) as string[]))
      if (list.length === 0)
        throw validationError([
          { path: 'numbers', rule: 'required', message: 'is required: the broadcast has no test_numbers' },
        ])
      if (row.report === null) {
        await check(channel, row)
        row = await find(channel.id, id)
      }
      if (row.report === null) throw changedMeanwhile()
      const { samples } = JSON.parse(row.report) as { samples: Checked['samples'] }
      const [first] = samples
      if (!first) throw new GatewayError('conflict', { problem: 'No row of the broadcast can be sent. See its check.' })
      const own = first.own === null ? null : (JSON.parse(first.own) as Record<string, unknown>)
      const results: TestResult[] = []
      for (const to of list) {
        const parsed = parseMessage(bodyFor(JSON.parse(row.message) as Record<string, unknown>, to, own))
        if (!parsed.ok) throw validationError(parsed.problems)
        results.push(await sent(() => deps.send(channel, parsed.message), to))
      }
      if (results.some(({ state }) => state === 'accepted')) await setTested(sql, channel.id, id, clock.now())
      return results
    },

    /** Starts a draft. Checks it first when nobody has. */
    async start(channel: Channel, id: string, { skipBad }: { skipBad?: boolean | undefined }): Promise<void> {
      let row = await find(channel.id, id)
      if (STARTED.includes(row.state)) return
      if (row.state === 'paused') return deps.resume(channel, id)
      mustBeBeforeStart(row, 'it cannot be started.')
      mustMeetDemand(channel, row)
      if (skipBad !== undefined) await setSettings(sql, channel.id, id, { skipBad }, clock.now())
      if (row.state === 'draft') await check(channel, row)
      row = await find(channel.id, id)
      if (STARTED.includes(row.state)) return
      if (row.report === null) throw changedMeanwhile()
      const report = JSON.parse(row.report) as Report
      const isRefused = report.bad.rows > 0 && Number(row.skip_bad) === 0
      mustBeGood({
        report: { ...report, ok: !isRefused && report.forecast.accepted > 0, problem: problemOf(report, isRefused) },
      })
      const later = row.send_at !== null && Number(row.send_at) > clock.now() ? 'scheduled' : 'running'
      const to = row.file_id === null ? later : 'preparing'
      const moved = await moveBroadcast(sql, channel.id, id, ['checked'], to, clock.now())
      if (!moved && !STARTED.includes((await find(channel.id, id)).state)) throw changedMeanwhile()
      nudge()
    },
  }
}

const changedMeanwhile = (): GatewayError =>
  new GatewayError('conflict', {
    problem: 'The broadcast was changed meanwhile. Look at it, and send the request again.',
  })

const problemOf = (report: Report, isRefused: boolean): string =>
  isRefused
    ? `${report.bad.rows} of ${report.rows} rows cannot be sent. Correct them and upload the file again, or set skip_bad to true to leave them out.`
    : 'No row can be sent.'

async function sent(send: () => Promise<{ wamid: string; id: string }>, to: string): Promise<TestResult> {
  try {
    const { wamid, id } = await send()
    return { to, state: 'accepted', msg_id: wamid, reference: id, error: null }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    const { reason, message } = error
    const reference = typeof error.data.reference === 'string' ? error.data.reference : null
    const state = reason === 'outcome_unknown' ? 'unknown' : 'failed'
    return { to, state, msg_id: null, reference, error: { reason, message } }
  }
}

/** What goes to whom. `rows`: the recipients, or the hash of their file. */
const contentOf = (message: unknown, map: unknown, rows: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify([message, map ?? null, rows]))
    .digest('hex')

async function* linesOf(recipients: readonly unknown[]): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < recipients.length; i += 1_000)
    yield Buffer.from(
      recipients
        .slice(i, i + 1_000)
        .map((one) => `${JSON.stringify(one)}\n`)
        .join(''),
    )
}

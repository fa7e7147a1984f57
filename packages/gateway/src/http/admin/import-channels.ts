import { z } from 'zod'
import type { Clock } from '@postern/runtime/clock'
import { importSchema, type ImportStep, newChannelOf, planImport } from '../../domain/channels/plan-import.ts'
import { GatewayError, validationError } from '../../platform/errors.ts'
import type { Outbound } from '../../platform/outbound/guard.ts'
import type { Vault } from '../../platform/secrets.ts'
import { codeOwners, createChannel, insertCode, takenIds } from '../../store/channels.ts'
import type { Directory } from '../../store/directory.ts'
import { setWebhook } from '../../store/endpoints.ts'
import type { Store } from '../../store/store.ts'
import { route, type Route } from '../route.ts'

const rowShape = z.object({
  row: z.int().describe('Its place in channels, from 0.'),
  did: z.enum(['channel', 'code', 'nothing']).describe('What was made of it. With dry_run: what would be made.'),
  channel_id: z.int().nullable().describe('null: it will be the next free number.'),
  certification_code: z.string().optional().describe('Only a new one, for a row without a code. Shown once.'),
  webhook_secret: z.string().optional().describe('Of a new webhook_url. Shown once.'),
})

type Done = z.infer<typeof rowShape>

export type ImportDeps = { store: Store; vault: Vault; directory: Directory; outbound: Outbound; clock: Clock }

export function importRoutes({ store, vault, directory, outbound, clock }: ImportDeps): Route[] {
  const { sql } = store

  async function make({ row, kind, given }: ImportStep): Promise<Done> {
    const known = directory.byPhoneNumberId(given.phone_number_id)
    const code = given.certification_code
    if (kind === 'code' && !(await insertCode(sql, known!.id, clock.now(), code))) throw meanwhile(row)
    if (kind !== 'channel') return { row, did: kind, channel_id: known!.id }
    const made = await createChannel(sql, vault, newChannelOf(given), clock.now())
    if (!made.ok) throw meanwhile(row)
    const { webhook_url: url } = given
    const secret = url === undefined ? undefined : await setWebhook(sql, vault, made.id, url, clock.now())
    await directory.refresh()
    return {
      ...{ row, did: kind, channel_id: made.id },
      ...(code === undefined && { certification_code: made.code }),
      ...(secret !== undefined && { webhook_secret: secret }),
    }
  }

  return [
    route({
      method: 'POST',
      path: '/admin/channels/import',
      tag: 'channels',
      summary: 'Add many channels and certification codes',
      description:
        'Checks all rows first: when one is wrong, nothing is made. What is there already stays as it is, so the same call may be repeated. A further row for a number adds its certification_code.',
      auth: 'admin',
      right: 'administer',
      body: importSchema,
      data: z.object({ rows: z.array(rowShape) }),
      fails: ['validation_failed', 'conflict'],
      async handle({ body }) {
        await directory.refresh()
        const rows = body.channels
        const codes = rows.flatMap(({ certification_code: code }) => code ?? [])
        const [owners, ids] = [
          await codeOwners(sql, codes),
          await takenIds(
            sql,
            rows.flatMap(({ channel_id: id }) => id ?? []),
          ),
        ]
        const { steps, problems } = planImport(rows, {
          byPhoneNumberId: (id) => directory.byPhoneNumberId(id),
          isIdTaken: (id) => ids.has(id),
          ownerOf: (code) => owners.get(code),
          codesOf: (id) => directory.codesOf(id).length,
        })
        for (const { row, given, kind } of steps) {
          if (kind !== 'channel' || given.webhook_url === undefined) continue
          const checked = outbound.checkUrl(given.webhook_url)
          if (!checked.ok)
            problems.push({ path: `channels.${row}.webhook_url`, rule: 'reachable', message: checked.message })
        }
        if (problems.length > 0) throw validationError(problems)
        if (body.dry_run) {
          const chosen = new Map<string, number | undefined>(
            steps.flatMap(({ kind, given }) =>
              kind === 'channel' ? [[given.phone_number_id, given.channel_id] as const] : [],
            ),
          )
          const idOf = ({ phone_number_id: number }: ImportStep['given']) =>
            directory.byPhoneNumberId(number)?.id ?? chosen.get(number) ?? null
          return { rows: steps.map(({ row, kind, given }) => ({ row, did: kind, channel_id: idOf(given) })) }
        }
        const done: Done[] = []
        for (const step of steps) done.push(await make(step))
        await directory.refresh()
        return { rows: done }
      },
    }),
  ]
}

const meanwhile = (row: number): GatewayError =>
  new GatewayError('conflict', {
    problem: `channels.${row}: somebody else took its number or its code just now. The rows before it are made. Send the same call again.`,
  })

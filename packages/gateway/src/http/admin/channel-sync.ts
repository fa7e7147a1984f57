import type { Clock } from '@postern/runtime/clock'
import type { Channel } from '../../domain/channels/channel.ts'
import {
  askedChange,
  coexistenceShape,
  mayAsk,
  onAppChange,
  publicCoexistence,
  type Sync,
  SYNCS,
  SYNC_TYPES,
} from '../../domain/channels/coexistence.ts'
import type { StateChange } from '../../domain/channels/state.ts'
import { repeatable } from '../../flows/send/to-gateway-error.ts'
import type { CloudApi } from '../../platform/cloud-api/client.ts'
import { CloudApiError } from '../../platform/cloud-api/errors.ts'
import { GatewayError } from '../../platform/errors.ts'
import { isRecord } from '../../platform/is-record.ts'
import { applyStateChanges } from '../../store/channel-state.ts'
import type { Directory } from '../../store/directory.ts'
import type { Store } from '../../store/store.ts'
import { route, type Route, UPSTREAM_FAILS } from '../route.ts'

const TIMEOUT_MS = 8_000

/** Meta’s code for a sync that was asked for before: each is given once for each connection. */
const USED = 4

export type SyncDeps = { store: Store; cloudApi: CloudApi; clock: Clock; directory: Directory }

/** Asks Meta for the contacts and the history of a number that is also on the WhatsApp Business app. */
export function channelSyncRoutes({ store, cloudApi, clock, directory }: SyncDeps): Route[] {
  async function keep(channel: Channel, changes: readonly StateChange[]): Promise<void> {
    const own = changes.map((change) => ({ ...change, channelId: channel.id }))
    await applyStateChanges(store.sql, own, clock.now())
    await directory.readStates([channel.id])
  }

  /** Meta's clock counts seconds: a signal of this second is not older than an answer. */
  const thisSecond = (): number => Math.floor(clock.now() / 1000) * 1000

  async function mustBeOnApp(channel: Channel): Promise<void> {
    const fields = ['is_on_biz_app', 'platform_type']
    const number = await repeatable(() =>
      cloudApi.getPhoneNumber(channel.phoneNumberId, channel.accessToken, { timeoutMs: TIMEOUT_MS, fields }),
    )
    const isOnBizApp = (number as Record<string, unknown>).is_on_biz_app
    await keep(channel, onAppChange(isOnBizApp, thisSecond()))
    if (isOnBizApp === false)
      throw new GatewayError('conflict', {
        problem:
          'WhatsApp says that the business does not use this number in the WhatsApp Business app, so there is nothing to sync.',
      })
  }

  async function ask(channel: Channel, sync: Sync): Promise<StateChange> {
    const json = { messaging_product: 'whatsapp', sync_type: SYNC_TYPES[sync] }
    const path = [channel.phoneNumberId, 'smb_app_data']
    try {
      const answer = await cloudApi.resource({ method: 'POST', path, query: {}, json }, channel.accessToken)
      const id = isRecord(answer) && typeof answer.request_id === 'string' ? answer.request_id : null
      return askedChange(sync, thisSecond(), { requestId: id })
    } catch (error) {
      if (!(error instanceof CloudApiError) || error.httpStatus >= 500) throw error
      const advice =
        error.code === USED
          ? 'WhatsApp gives each sync once. To get it again, the business disconnects the number in its app and connects it again.'
          : ''
      return askedChange(sync, thisSecond(), { refusal: `${error.message.replace(/\.?$/, '.')} ${advice}`.trim() })
    }
  }

  return [
    route({
      method: 'POST',
      path: '/admin/channels/{channel_id}/sync',
      tag: 'channels',
      summary: 'Ask WhatsApp for the contacts and the history of the business’s app',
      description:
        'For a number that the business also uses in the WhatsApp Business app. WhatsApp gives each of the two once, within 24 hours of the connection. What was asked for before is not asked for again. The answer says what is still missing and until when.',
      auth: 'admin',
      right: 'operate',
      data: coexistenceShape,
      fails: ['conflict', ...UPSTREAM_FAILS],
      async handle({ channel }) {
        await mustBeOnApp(channel)
        for (const sync of SYNCS.filter((one) => mayAsk(channel, one)))
          await keep(channel, [await repeatable(() => ask(channel, sync))])
        const shown = publicCoexistence(channel, clock.now())
        if (!shown)
          throw new GatewayError('conflict', { problem: 'WhatsApp does not say whether this number is in the app.' })
        return shown
      },
    }),
  ]
}

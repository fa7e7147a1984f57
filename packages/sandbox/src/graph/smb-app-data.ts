import { Checker } from '../checker.ts'
import { shareOwnHistory } from '../app-history.ts'
import { syncContacts } from '../business-app.ts'
import { DAY_MS } from '../cloud.ts'
import { GraphError, invalid } from '../graph-error.ts'
import { requestId } from '../identifiers.ts'
import { numberFor, type Answer, type Call } from './call.ts'
import { checkProduct } from './messages.ts'

/** `POST /{number}/smb_app_data`: contacts or history of the app, each once. */
export function syncAppData(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const { cloud, body } = call
  checkProduct(body)
  const type = new Checker().word(body, 'sync_type', '', ['smb_app_state_sync', 'history'])
  if (!number.onBizApp) throw invalid('This phone number is not used in the WhatsApp Business app.')
  // Meta names the limit of a day and not the code.
  if (number.onboardedAt !== undefined && cloud.clock.now() - number.onboardedAt > DAY_MS)
    throw invalid('The WhatsApp Business app was connected more than 24 hours ago. Connect it again.')
  const done = (number.settings['synced'] as string[] | undefined) ?? []
  if (done.includes(type)) throw new GraphError(4, { message: '(#4) Sync request limit exceeded' })
  number.settings['synced'] = [...done, type]
  cloud.world.saveNumber(number)
  cloud.timerQueue.in(cloud.pace.statusDelayMs, () => {
    const phones = [...cloud.world.contacts.values()].filter((c) => c.lastWroteAt[number.id] !== undefined)
    void (type === 'history'
      ? shareOwnHistory(cloud, number)
      : syncContacts(
          cloud,
          number,
          phones.map(({ number: phone }) => ({ phone })),
        ))
  })
  return { body: { messaging_product: 'whatsapp', request_id: requestId(cloud.source) } }
}

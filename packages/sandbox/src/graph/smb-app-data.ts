import { Checker } from '../checker.ts'
import { ownHistory, syncContacts, tellHistory } from '../business-app.ts'
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
  const done = (number.settings['synced'] as string[] | undefined) ?? []
  if (done.includes(type)) throw new GraphError(4, { message: '(#4) Sync request limit exceeded' })
  number.settings['synced'] = [...done, type]
  cloud.world.saveNumber(number)
  cloud.timerQueue.in(cloud.pace.statusDelayMs, () => {
    const phones = [...cloud.world.contacts.values()].filter((c) => c.lastWroteAt[number.id] !== undefined)
    void (type === 'history'
      ? tellHistory(cloud, number, ownHistory(cloud, number))
      : syncContacts(
          cloud,
          number,
          phones.map(({ number: phone }) => ({ phone })),
        ))
  })
  return { body: { messaging_product: 'whatsapp', request_id: requestId(cloud.source) } }
}

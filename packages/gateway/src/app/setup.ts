import { parseMessage } from '../domain/messages/parse.ts'
import type { ActDeps } from '../flows/setup/act.ts'
import { repeatable } from '../flows/send/to-gateway-error.ts'
import { WEBHOOK_PATH } from '../http/meta.ts'
import { validationError } from '../platform/errors.ts'
import type { Directory } from '../store/directory.ts'
import type { Connections } from './connections.ts'
import type { Flows } from './flows.ts'
import type { Foundations } from './foundations.ts'

/** What the setup of a number needs: WhatsApp, the store, our public address, and the sender for the first message. */
export function setupDeps(
  { config, store, clock, directory }: Foundations,
  { cloudApi, sandbox }: Connections,
  { catalog, sender }: Flows,
): ActDeps & { directory: Directory } {
  return {
    ...{ cloudApi, store, clock, directory, repeatable },
    isSandbox: config.sandbox,
    // The built-in sandbox calls this gateway at its own address.
    ourAddress: config.publicUrl === undefined || config.sandbox ? undefined : `${config.publicUrl}${WEBHOOK_PATH}`,
    secrets: () => ({
      verifyToken: config.metaVerifyToken ?? sandbox!.verifyToken,
      appSecret: config.metaAppSecret ?? sandbox!.appSecret,
    }),
    async templates(channel) {
      const { all } = await catalog.entries(channel)
      if (all.some(({ status }) => status === 'APPROVED')) return all
      // A new account has none until its first template is approved.
      await catalog.lookAgain(channel)
      return (await catalog.entries(channel)).all
    },
    async send(channel, to, { name, language }) {
      const body = { to: to.replace(/^\+/, ''), type: 'template', template: { name, language } }
      const parsed = parseMessage(body)
      if (!parsed.ok) throw validationError(parsed.problems)
      await sender.send(channel, parsed.message)
    },
  }
}

import { createChecker, type Templates } from '../flows/recipients/check.ts'
import type { RecipientsFiles } from '../flows/recipients/files.ts'
import { createBroadcastPlan, type BroadcastPlan } from '../flows/recipients/plan.ts'
import type { BroadcastIntake } from '../flows/send/broadcast-intake.ts'
import type { Catalog } from '../flows/sync/catalog.ts'
import type { Flows } from './flows.ts'
import type { Foundations } from './foundations.ts'

export const templatesOf = (catalog: Catalog): Templates => ({
  entries: (channel) => catalog.entries(channel),
  refresh: (channel, name) => catalog.refresh(channel, name),
})

/** What broadcasts go through before they run, with its dependencies. */
export function createPlan(
  { store, clock, config, directory }: Foundations,
  { catalog, sender, startSends }: Flows,
  intake: BroadcastIntake,
  files: RecipientsFiles,
): BroadcastPlan {
  const checker = createChecker({
    ...{ store, clock, templates: templatesOf(catalog), rateCard: config.rateCard },
    account: (channel) => directory.byWaba(channel.wabaId),
  })
  return createBroadcastPlan({
    ...{ store, clock, files, checker },
    createInline: (channelId, given) => intake.create(channelId, given),
    resume: (channel, id) => intake.change(channel, id, 'resume'),
    send: (channel, message) => sender.send(channel, message),
    nudge: startSends,
  })
}

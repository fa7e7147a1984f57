import type { Json } from '../checker.ts'
import { accountOf, windowIsOpen, type Cloud } from '../cloud.ts'
import { linesOf } from '../message-lines.ts'
import { choicesOf, textOf } from '../message-view.ts'
import { ownerOf } from '../responders.ts'
import { complainers, limitOf } from '../standing.ts'
import type { BusinessNumber, Contact, Message } from '../world.ts'

/** A message in the control API: the stored message, its readable text, its buttons, and the whole as a person sees it. */
export function viewMessage(message: Message): Json {
  const choices = message.direction === 'out' ? choicesOf(message) : []
  return { ...message, text: textOf(message), choices, lines: linesOf(message) }
}

/** A phone in the control API: the person, the state of their windows, and the newest message. */
export function viewPhone(cloud: Cloud, contact: Contact): Json {
  const thread = cloud.world.thread(contact.number)
  const last = thread.at(-1)
  return {
    ...contact,
    windows: Object.fromEntries([...cloud.world.numbers.keys()].map((id) => [id, windowIsOpen(cloud, contact, id)])),
    owners: Object.fromEntries([...cloud.world.numbers.values()].map((n) => [n.id, ownerOf(cloud, contact, n)])),
    messages: thread.length,
    ...(last && { last: viewMessage(last) }),
  }
}

/** A business number with what it shares with its portfolio, and the people who complained within seven days. */
export const viewNumber = (cloud: Cloud, number: BusinessNumber): Json => ({
  ...number,
  messagingLimit: limitOf(accountOf(cloud, number)),
  complainers: complainers(cloud, number),
})

export function viewState(cloud: Cloud): Json {
  const { world } = cloud
  return {
    app: world.app,
    now: cloud.clock.now(),
    seed: cloud.source.seed,
    pace: cloud.pace,
    limits: cloud.limits.settings,
    accounts: [...world.accounts.values()],
    numbers: [...world.numbers.values()].map((number) => viewNumber(cloud, number)),
    tokens: [...world.tokens.values()],
    counts: {
      phones: world.contacts.size,
      messages: world.messages.size,
      templates: world.templates.size,
      media: world.media.size,
    },
    story: cloud.story?.state() ?? null,
    webhooks: { ...cloud.webhooks.counters, waiting: cloud.webhooks.waiting },
  }
}

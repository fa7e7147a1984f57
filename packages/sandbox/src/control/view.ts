import type { Json } from '../checker.ts'
import { windowIsOpen, type Cloud } from '../cloud.ts'
import { choicesOf, textOf } from '../message-view.ts'
import type { Contact, Message } from '../world.ts'

/** A message in the control API: the stored message, its readable text, and its buttons. */
export function viewMessage(message: Message): Json {
  return { ...message, text: textOf(message), choices: message.direction === 'out' ? choicesOf(message) : [] }
}

/** A phone in the control API: the person, the state of their windows, and the newest message. */
export function viewPhone(cloud: Cloud, contact: Contact): Json {
  const thread = cloud.world.thread(contact.number)
  const last = thread.at(-1)
  return {
    ...contact,
    windows: Object.fromEntries([...cloud.world.numbers.keys()].map((id) => [id, windowIsOpen(cloud, contact, id)])),
    messages: thread.length,
    ...(last && { last: viewMessage(last) }),
  }
}

export function viewState(cloud: Cloud): Json {
  const { world } = cloud
  return {
    app: world.app,
    now: cloud.clock.now(),
    seed: cloud.source.seed,
    pace: cloud.pace,
    limits: cloud.limits.settings,
    accounts: [...world.accounts.values()],
    numbers: [...world.numbers.values()],
    tokens: [...world.tokens.values()],
    counts: {
      phones: world.contacts.size,
      messages: world.messages.size,
      templates: world.templates.size,
      media: world.media.size,
    },
    webhooks: { ...cloud.webhooks.counters, waiting: cloud.webhooks.waiting },
  }
}

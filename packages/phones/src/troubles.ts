import type { ActiveFault } from './control.ts'

const word = (text: string): string => text

/** A fault of the sandbox in plain words. `isForAll`: it cannot be aimed. */
export type Trouble = { id: string; label: string; code?: number; fault: Record<string, unknown>; isForAll?: true }

export const TROUBLES: readonly { title: string; troubles: readonly Trouble[] }[] = [
  {
    title: word('Sending'),
    troubles: [
      refused(131047, word('Messages fail: the 24-hour window is closed')),
      refused(130429, word('Messages fail: too many a second')),
      refused(131056, word('Messages fail: too many to one person')),
      refused(190, word('Messages fail: the token has expired')),
      {
        id: 'broken',
        label: word('WhatsApp is broken: an error page is the answer'),
        fault: send({ httpStatus: 500 }),
      },
      { id: 'slow', label: word('WhatsApp is slow: 5 seconds a message'), fault: send({ latencyMs: 5_000 }) },
      { id: 'before', label: word('The connection breaks before a message is taken'), fault: send({ drop: 'before' }) },
      { id: 'after', label: word('The message is taken, but the answer is lost'), fault: send({ drop: 'after' }) },
    ],
  },
  {
    title: word('On the way to the phone'),
    troubles: [
      late(131026, word('The message cannot be delivered')),
      late(131049, word('WhatsApp holds marketing back')),
      { id: 'skip', label: word('Nobody says that it was delivered'), fault: { on: 'statuses', skip: ['delivered'] } },
      {
        id: 'links',
        label: word('Linked pictures and files are missing'),
        fault: { on: 'links', linkStatus: 404 },
        isForAll: true,
      },
    ],
  },
  {
    title: word('On the way to you'),
    troubles: [
      { id: 'down', label: word('Your webhook is down: WhatsApp tries again'), fault: hook({ down: true }) },
      { id: 'outage', label: word('Webhooks are lost'), fault: hook({ outage: true }) },
      { id: 'late', label: word('Webhooks come 5 seconds late'), fault: hook({ delayMs: 5_000 }) },
      { id: 'twice', label: word('Webhooks come twice'), fault: hook({ copies: 2 }) },
      { id: 'swapped', label: word('Webhooks come in the wrong order'), fault: hook({ reorder: true }) },
    ],
  },
]

function refused(code: number, label: string): Trouble {
  return { id: String(code), label, code, fault: send({ code }) }
}
function late(code: number, label: string): Trouble {
  return { id: String(code), label, code, fault: { on: 'statuses', code } }
}
function send(fault: object): Record<string, unknown> {
  return { on: 'messages', ...fault }
}
function hook(fault: object): Record<string, unknown> {
  return { on: 'webhooks', ...fault }
}

/** What stands beside the trouble itself: how often, and for whom. */
const BESIDE = new Set(['times', 'match'])

const own = (fault: Record<string, unknown>): string =>
  JSON.stringify(
    Object.entries(fault)
      .filter(([key]) => !BESIDE.has(key))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )

/** The active faults that are this trouble. */
export const activeOf = (trouble: Trouble, active: readonly ActiveFault[]): ActiveFault[] =>
  active.filter(({ fault }) => own(fault) === own(trouble.fault))

/** Faults that a test or a program set, and that are none of the above. */
export const othersOf = (active: readonly ActiveFault[]): ActiveFault[] => {
  const known = new Set(TROUBLES.flatMap(({ troubles }) => troubles.map(({ fault }) => own(fault))))
  return active.filter(({ fault }) => !known.has(own(fault)))
}

/** A fault in few words: what it is on, and its values. */
export const wordsOf = ({ fault }: ActiveFault): string =>
  Object.entries(fault)
    .filter(([key]) => !BESIDE.has(key))
    .map(([key, value]) => (key === 'on' ? String(value) : `${key} ${String(value)}`))
    .join(', ')

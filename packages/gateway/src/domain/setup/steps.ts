import { ERROR_CODES } from '@postern/cloud-api'
import { timeText } from '../incidents/rule.ts'
import { ADVICE } from './advice.ts'
import type { MessageFact, SetupFacts } from './facts.ts'
import { judgeName, judgeNumber, judgeRegistration, judgeToken, withoutAnswer } from './judge-number.ts'
import { judgeAddress, judgeApp, judgeSubscription } from './judge-webhooks.ts'
import { done, type Found, type Step, type StepName, STEPS, waiting, wrong } from './step.ts'

const JUDGES: Record<StepName, (facts: SetupFacts) => Found> = {
  token: judgeToken,
  number: judgeNumber,
  registration: judgeRegistration,
  name: judgeName,
  address: judgeAddress,
  app: judgeApp,
  subscription: judgeSubscription,
  message: judgeMessage,
  answer: judgeAnswer,
}

/** The state of every step, from facts alone. */
export const stepsOf = (facts: SetupFacts): Step[] => STEPS.map((step) => ({ step, ...JUDGES[step](facts) }))

const ARRIVED = new Set(['delivered', 'read', 'played'])
/** WhatsApp tells of a message within seconds that it is sent. */
const STATUS_WITHIN_MS = 60_000

export type MessageFacts = Pick<SetupFacts, 'now' | 'template' | 'sent' | 'received'>

/** The first message, from the store alone. */
export function judgeMessage({ now, template, sent }: MessageFacts): Found {
  const arrived = sent.find(({ status }) => ARRIVED.has(status))
  if (arrived) return done({ says: `The message of ${timeText(arrived.at)} arrived.` })
  const [newest] = sent
  const send = { action: { needs: ['to' as const] } }
  if (!newest) {
    if (template.error) return withoutAnswer(template.error, ADVICE.template)
    if (template.value === undefined)
      return wrong({ says: 'The account has no approved template without variables.', advice: ADVICE.template })
    return waiting({ says: `Nothing was sent yet. The first message is the template ${template.value}.`, advice: ADVICE.sendFirst, ...send }) // prettier-ignore
  }
  const { status, error, at } = newest
  if (status === 'failed') {
    const why = error ? (error.code === null ? error.title : `(#${error.code}) ${error.title}`) : 'no reason given'
    const advice = ERROR_CODES[error?.code ?? 0]?.advice ?? ADVICE.sendAgain
    return wrong({ says: `The newest message failed: ${why}.`, advice, ...send })
  }
  const isSilent = (status === 'accepted' || status === 'unknown') && now - at > STATUS_WITHIN_MS
  if (isSilent)
    return wrong({
      says: `WhatsApp accepted the message of ${timeText(at)}, and sent no status of it.`,
      advice: ADVICE.noStatus,
      ...send,
    })
  return waiting({ says: `The message is on its way (${status}).`, advice: ADVICE.phoneOff })
}

export function judgeAnswer({ received, sent }: MessageFacts): Found {
  if (received) return done({ says: `An answer came at ${timeText(received.at)}.` })
  const isSent = sent.some(({ status }: MessageFact) => ARRIVED.has(status))
  return isSent
    ? waiting({ says: 'No answer came yet. Write to the number from your phone.', advice: ADVICE.noAnswer })
    : waiting({ says: 'No answer came yet.', advice: ADVICE.write })
}

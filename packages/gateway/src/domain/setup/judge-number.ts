import { timeText } from '../incidents/rule.ts'
import { ADVICE } from './advice.ts'
import type { NumberFact, Refusal, SetupFacts, TokenFact } from './facts.ts'
import { done, type Found, note, waiting, wrong } from './step.ts'

/** The steps of token, number, registration and name. Decides only. */

export const SCOPES = ['whatsapp_business_messaging', 'whatsapp_business_management']

const digits = (text: string): string => text.replace(/\D/g, '')

/** WhatsApp refuses the token itself. */
export const isOfToken = ({ code }: Refusal): boolean => code !== null && [0, 102, 104, 190].includes(code)

const TOKEN_FIRST = 'The token comes first.'

/** What WhatsApp answers to the questions of a later step. */
export function withoutAnswer(error: Refusal, advice: string): Found {
  if (isOfToken(error)) return waiting({ says: TOKEN_FIRST })
  if (error.code === null) return waiting({ says: error.says, advice: ADVICE.reachMeta })
  return wrong({ says: error.says, advice })
}

export function judgeToken({ token, number, account }: SetupFacts): Found {
  const renew = { advice: ADVICE.token, action: { needs: ['access_token' as const] } }
  const refused = [token, number, account].map(({ error }) => error).find((one) => one && isOfToken(one))
  if (refused) return wrong({ says: refused.says, ...renew })
  if (token.error) {
    const answered = number.value !== undefined || account.value !== undefined
    if (!answered) return waiting({ says: token.error.says, advice: ADVICE.reachMeta })
    const unread = note('WhatsApp does not tell its permissions and its expiry.')
    return done({ says: 'WhatsApp accepts the token.', notes: [unread] })
  }
  const { isValid, scopes } = token.value
  if (!isValid) return wrong({ says: 'WhatsApp says that the token is not valid, or has expired.', ...renew })
  const lacking = SCOPES.filter((scope) => !scopes.includes(scope))
  if (lacking.length > 0) return wrong({ says: `The token lacks the permission ${lacking.join(', ')}.`, ...renew })
  return done({ says: 'The token has both permissions.', notes: expiryNotes(token.value) })
}

function expiryNotes({ app, expiresAt }: TokenFact): string[] {
  const ofApp = app ? [note(`It is a token of the app ${app.name} (${app.id}).`)] : []
  if (expiresAt === null) return ofApp
  return [...ofApp, note(`It expires at ${timeText(expiresAt)}. Make one that never expires before you rely on it.`)]
}

export function judgeNumber({ number, account, channel }: SetupFacts): Found {
  if (number.error) {
    const isUnknown = number.error.code === 100 || number.error.code === 33
    if (!isUnknown) return withoutAnswer(number.error, ADVICE.assign)
    return wrong({
      says: `WhatsApp knows no number with the id ${channel.phoneNumberId}, or this token may not see it.`,
      advice: ADVICE.numberId,
    })
  }
  const { shown, name } = number.value
  if (digits(shown) !== digits(channel.businessPhone))
    return wrong({
      says: `The id belongs to ${shown}, and the channel to ${channel.businessPhone}.`,
      advice: ADVICE.phoneOfChannel,
    })
  const change = { action: { needs: ['waba_id' as const] } }
  if (account.error) return { ...withoutAnswer(account.error, ADVICE.assign), ...change }
  if (!account.value.numbers.some(({ id }) => id === channel.phoneNumberId)) {
    const others = account.value.numbers.map((one) => one.shown).join(', ') || 'none'
    return wrong({
      says: `The account ${channel.wabaId} does not have this number. Its numbers: ${others}.`,
      advice: ADVICE.wabaId,
      ...change,
    })
  }
  return done({ says: name === null ? `${shown} is of this account.` : `${shown} (${name}) is of this account.` })
}

/** Registered, and held back: another registration does not help. */
const HELD = new Set(['BANNED', 'RESTRICTED', 'RATE_LIMITED'])

export function judgeRegistration({ number }: SetupFacts): Found {
  if (number.error) return afterNumber(number.error)
  const { status, verification, shown, isOnBizApp } = number.value
  if (status === 'CONNECTED') return done({ says: `${shown} is registered.` })
  if (status === 'FLAGGED')
    return done({ says: `${shown} is registered.`, notes: [note('WhatsApp flags it for low quality.')] })
  if (status !== undefined && HELD.has(status))
    return wrong({ says: `WhatsApp has set ${shown} to ${status}.`, advice: ADVICE.restricted })
  const word = status ?? 'unknown to WhatsApp'
  if (isOnBizApp) return wrong({ says: `WhatsApp says ${word} of ${shown}.`, advice: ADVICE.onBizApp })
  if (verification !== undefined && verification !== 'VERIFIED')
    return wrong({
      says: `It is not proven that ${shown} is yours (${verification}).`,
      advice: ADVICE.verify,
      action: { needs: ['code'] },
    })
  return wrong({ says: `${shown} is not registered (${word}).`, advice: ADVICE.pin, action: { needs: ['pin'] } })
}

const afterNumber = (error: Refusal): Found =>
  isOfToken(error) ? waiting({ says: TOKEN_FIRST }) : waiting({ says: 'The number comes first.' })

const APPROVED = new Set(['APPROVED', 'AVAILABLE_WITHOUT_REVIEW'])
const REFUSED = new Set(['DECLINED', 'EXPIRED'])

export function judgeName({ number, account }: SetupFacts): Found {
  if (number.error) return afterNumber(number.error)
  const { nameStatus, newNameStatus, canSend, problems, status } = number.value
  const name = number.value.name ?? 'without a name'
  const notes = standingNotes(number.value, account.value?.verification)
  if (canSend === 'BLOCKED' && status === 'CONNECTED') {
    const [first] = problems
    const says = first
      ? `WhatsApp lets this number send nothing: ${first.says}`
      : 'WhatsApp lets this number send nothing.'
    return wrong({ says, advice: first?.advice ?? ADVICE.health, notes })
  }
  if (nameStatus !== undefined && APPROVED.has(nameStatus))
    return done({ says: `The name ${name} is approved.`, notes })
  if (newNameStatus === 'PENDING_REVIEW' || nameStatus === undefined || !REFUSED.has(nameStatus))
    return waiting({ says: 'WhatsApp still reviews the name.', advice: ADVICE.waitForName, notes })
  return wrong({
    says: `WhatsApp did not approve the name ${name} (${nameStatus}).`,
    advice: ADVICE.name,
    notes,
    action: { needs: ['display_name'] },
  })
}

function standingNotes(number: NumberFact, verification: string | undefined): string[] {
  const { quality, limit, canSend, problems } = number
  const notes: string[] = []
  if (quality === 'RED') notes.push(note('Its quality is low (RED): people block or report its messages.'))
  else if (quality !== undefined) notes.push(note(`Its quality is ${quality}.`))
  if (limit === 'unlimited') notes.push(note('Templates may reach any number of people a day.'))
  else if (limit !== undefined) notes.push(note(`Templates may reach ${limit} people a day.`))
  if (verification !== undefined && verification.toLowerCase() !== 'verified')
    notes.push(note(`The business is not verified (${verification}). ${ADVICE.verifyBusiness}`))
  if (canSend === 'LIMITED')
    for (const { says } of problems.slice(0, 3)) notes.push(note(`WhatsApp limits its sends: ${says}`))
  return notes
}

import { createHash, randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '@postern/runtime/clock'
import { NOBODY, type Principal } from '../../domain/people/principal.ts'
import { base32, otpauthUri, stepOfCode } from '../../domain/people/totp.ts'
import { passwordSchema, type User } from '../../domain/people/user.ts'
import { GatewayError, validationError } from '../../platform/errors.ts'
import { fieldOf } from '../../domain/fields/schema.ts'
import { readBy } from '../../domain/fields/read.ts'
import type { Passwords } from '../../platform/passwords.ts'
import type { Vault } from '../../platform/secrets.ts'
import type { Sql, Statement } from '../../store/sql.ts'
import { acceptInvitation, invitedBy, type SignInFacts, signInFacts, useRecovery, useStep } from '../../store/users.ts'
import type { Audit } from '../audit.ts'
import { success } from '../envelope.ts'
import { isOwnPage } from './session.ts'

const MOST_BODY_BYTES = 4096
const RECOVERY_CODES = 10

export type PeopleDeps = {
  sql: Sql
  vault: Vault
  clock: Clock
  passwords: Passwords
  audit: Audit
  /** Counts wrong guesses under a name. Throws `rate_limited` when there were too many. */
  guard: Guard
}

export type Guard = {
  /** Throws when this name must wait. */
  mayTry(name: string): Promise<void>
  /** Counts a wrong guess and writes its row of the audit log, then throws `error`. Too many write no row. */
  wrong(name: string, error: GatewayError, row?: Statement): Promise<never>
}

export const principalOf = ({ id, name, role, channels }: User): Principal => ({
  kind: 'user',
  id,
  name,
  role,
  channels,
})

const textIn = (body: unknown, key: string): string => {
  const found = fieldOf(body, key)
  return typeof found === 'string' ? found : ''
}

const hashOf = (code: string): string => createHash('sha256').update(code).digest('hex')
const newRecoveryCode = (): string =>
  base32(randomBytes(10))
    .toLowerCase()
    .replace(/(.{4})(?=.)/g, '$1-')

/** Finds out whose address, password and code these are. Throws one error for all that may be wrong. */
export async function userOf(deps: PeopleDeps, request: FastifyRequest, address: string): Promise<User> {
  const { sql, vault, clock, passwords, audit, guard } = deps
  const { body } = request
  const failed = new GatewayError('sign_in_failed')
  const facts = await signInFacts(sql, vault, textIn(body, 'email').slice(0, 300))
  const isUsable = facts !== undefined && facts.user.disabledAt === null
  const matches = await passwords.matches(textIn(body, 'password').slice(0, 400), isUsable ? facts.password : null)
  const failedBy = (by: Parameters<Audit['statement']>[1]): Statement =>
    audit.statement(request, by, { action: 'signIn', kind: 'sign_in', outcome: 'sign_in_failed' })
  if (!isUsable || !matches) return guard.wrong(address, failed, failedBy(isUsable ? principalOf(facts.user) : NOBODY))
  // Only who knows the password gets here, so nobody else can lock the user out.
  const codes = `codes of ${facts.user.id}`
  await guard.mayTry(codes)
  if (!(await usesCode(sql, facts, textIn(body, 'code'), clock.now()))) {
    await guard.wrong(codes, failed).catch(() => undefined)
    return guard.wrong(address, failed, failedBy(principalOf(facts.user)))
  }
  return facts.user
}

/** Uses up a code of the app, or a recovery code. False for a wrong one, and one that was used. */
async function usesCode(sql: Sql, facts: SignInFacts, given: string, now: number): Promise<boolean> {
  const { user, totpSecret, totpStep, recovery } = facts
  const code = given.replace(/\s/g, '')
  if (/^\d{6}$/.test(code)) {
    const step = totpSecret === null ? undefined : stepOfCode(totpSecret, code, now, totpStep)
    return step !== undefined && useStep(sql, user.id, step, now)
  }
  const hash = hashOf(code.toLowerCase())
  if (!recovery.includes(hash)) return false
  return useRecovery(sql, user.id, { before: recovery, after: recovery.filter((one) => one !== hash) }, now)
}

/** The pages of an invitation: what it is for, and its acceptance. `signIn` opens the session. */
export function addInvitations(
  app: FastifyInstance,
  deps: PeopleDeps & {
    addressOf: (request: FastifyRequest) => string
    signIn: (request: FastifyRequest, reply: FastifyReply, user: User) => Promise<Record<string, unknown>>
  },
): void {
  const { sql, vault, clock, passwords, audit, guard, addressOf, signIn } = deps

  async function mustFind(request: FastifyRequest): Promise<SignInFacts & { token: string }> {
    if (!isOwnPage('POST', request.headers)) throw new GatewayError('invitation_invalid')
    const address = addressOf(request)
    await guard.mayTry(address)
    const token = textIn(request.body, 'token').slice(0, 100)
    const facts = token === '' ? undefined : await invitedBy(sql, vault, token, clock.now())
    if (!facts?.totpSecret) return guard.wrong(address, new GatewayError('invitation_invalid'))
    return { ...facts, token }
  }

  app.post('/console/invitation', { bodyLimit: MOST_BODY_BYTES }, async (request) => {
    const { user, totpSecret } = await mustFind(request)
    const totp = { secret: base32(totpSecret!), uri: otpauthUri(totpSecret!, user.email) }
    return success({ email: user.email, name: user.name, role: user.role, totp })
  })

  app.post('/console/invitation/accept', { bodyLimit: MOST_BODY_BYTES }, async (request, reply) => {
    const { user, totpSecret, token } = await mustFind(request)
    const read = readBy(passwordSchema, textIn(request.body, 'password'))
    if (!read.ok) throw validationError(read.problems.map((one) => ({ ...one, path: 'password' })))
    const now = clock.now()
    const step = stepOfCode(totpSecret!, textIn(request.body, 'code').replace(/\s/g, ''), now, 0)
    if (step === undefined) {
      const message = 'is wrong: enter the six digits that the app shows now'
      return guard.wrong(addressOf(request), validationError([{ path: 'code', rule: 'consistent', message }]))
    }
    const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode)
    const accepted = {
      ...{ id: user.id, token, step, now, recovery: codes.map(hashOf) },
      password: await passwords.hash(read.data),
    }
    const row = audit.statement(request, principalOf(user), { action: 'acceptInvitation', kind: 'change' })
    if (!(await acceptInvitation(sql, accepted, row))) throw new GatewayError('invitation_invalid')
    return success({ ...(await signIn(request, reply, user)), recovery_codes: codes })
  })
}

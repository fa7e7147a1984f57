import { z } from 'zod'
import { matching, text } from '../fields/schema.ts'
import { ROLES, type Role } from './role.ts'

export type User = {
  id: string
  email: string
  name: string
  role: Role
  /** null: all. */
  channels: readonly number[] | null
  disabledAt: number | null
  /** False until the invitation is accepted. */
  hasPassword: boolean
  /** True when an account of the OpenID Connect provider belongs to the user. */
  isLinked: boolean
  /** `provider`: its groups give the role, again at every sign-in. */
  roleFrom: 'postern' | 'provider'
  invitationEndsAt: number | null
  createdAt: number
  signedInAt: number | null
}

/** How long an invitation may wait. */
export const INVITATION_MS = 7 * 24 * 60 * 60_000

export type UserState = 'active' | 'invited' | 'expired' | 'disabled'

export function userState(user: User, now: number): UserState {
  if (user.disabledAt !== null) return 'disabled'
  if (user.hasPassword || user.isLinked) return 'active'
  return user.invitationEndsAt !== null && user.invitationEndsAt > now ? 'invited' : 'expired'
}

/** Addresses are compared without regard to case. */
export const sameEmail = (email: string): string => email.trim().toLowerCase()

const channels = z
  .array(z.int().min(1).max(999_999_999_999_999))
  .min(1)
  .max(1_000)
  .nullable()
  .describe('The only channels that the user sees. null: all.')

export const createUserSchema = z.strictObject({
  email: matching(/^[^\s@<>,;"]{1,64}@[^\s@<>,;"]{1,190}$/, 'must be an e-mail address'),
  name: text(1, 100, { oneLine: true, trimmed: true }),
  role: z.enum(ROLES),
  channels: channels.optional(),
})

export const patchUserSchema = z.strictObject({
  name: text(1, 100, { oneLine: true, trimmed: true }).optional(),
  role: z.enum(ROLES).optional(),
  channels: channels.optional(),
  disabled: z.boolean().optional().describe('true: the user cannot sign in, and open sessions end.'),
})

export type CreateUser = z.output<typeof createUserSchema>
export type PatchUser = z.output<typeof patchUserSchema>

/** Length is what makes a password strong. The upper limit bounds the work. */
export const passwordSchema = text(12, 200)

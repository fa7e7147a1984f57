import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '@postern/runtime/clock'
import { ROLES } from '../../domain/people/role.ts'
import {
  createUserSchema,
  INVITATION_MS,
  patchUserSchema,
  sameEmail,
  type User,
  userState,
} from '../../domain/people/user.ts'
import { GatewayError } from '../../platform/errors.ts'
import { newId, newSecret } from '../../platform/ids.ts'
import type { Vault } from '../../platform/secrets.ts'
import type { Store } from '../../store/store.ts'
import { allUsers, changeUser, insertUser, inviteAgain, MOST_USERS, removeUser, userById } from '../../store/users.ts'
import { route, type Route } from '../route.ts'
import { seconds } from '../shapes.ts'

const userShape = z
  .object({
    user_id: z.string(),
    email: z.string(),
    name: z.string(),
    role: z.enum(ROLES),
    channels: z.array(z.int()).nullable().describe('The only channels that the user sees. null: all.'),
    state: z
      .enum(['active', 'invited', 'expired', 'disabled'])
      .describe('expired: the invitation was not accepted in time.'),
    linked: z.boolean().describe('true: signs in with an account of the OpenID Connect provider (OIDC_ISSUER).'),
    role_from: z
      .enum(['postern', 'provider'])
      .describe('provider: the groups of the account give the role, again at every sign-in. It is not changed here.'),
    created_at: z.int().describe('Unix seconds.'),
    signed_in_at: z.int().nullable().describe('Unix seconds: the last sign-in.'),
  })
  .meta({ id: 'User' })

const invitationShape = z.object({
  user_id: z.string(),
  invitation: z.object({
    token: z.string().describe('Shown once, and used once.'),
    path: z.string().describe('Opens the console’s page for it, at this gateway’s address.'),
    expires_at: z.int().describe('Unix seconds.'),
  }),
})

type Deps = { store: Store; vault: Vault; clock: Clock }

/** People who sign in to the console. Long: a table of routes. */
export function userRoutes({ store: { sql }, vault, clock }: Deps): Route[] {
  const shown = (user: User): z.infer<typeof userShape> => ({
    user_id: user.id,
    email: user.email,
    name: user.name,
    role: user.role,
    channels: user.channels === null ? null : [...user.channels],
    state: userState(user, clock.now()),
    linked: user.isLinked,
    role_from: user.roleFrom,
    created_at: Math.floor(user.createdAt / 1000),
    signed_in_at: seconds(user.signedInAt),
  })

  async function mustFind(id: string): Promise<User> {
    const user = await userById(sql, id)
    if (!user) throw new GatewayError('resource_not_found', { what: 'user', id: id.slice(0, 40) })
    return user
  }

  const newInvitation = (now: number) => ({
    token: newSecret('inv_'),
    totpSecret: randomBytes(20),
    endsAt: now + INVITATION_MS,
  })
  const shownInvitation = (id: string, { token, endsAt }: ReturnType<typeof newInvitation>) => ({
    user_id: id,
    invitation: { token, path: `/#/invitation/${token}`, expires_at: Math.floor(endsAt / 1000) },
  })

  return [
    route({
      method: 'POST',
      path: '/admin/users',
      tag: 'people',
      summary: 'Invite a user',
      description:
        'The answer has a link for the user, who chooses a password and sets up an authenticator app there. It is valid once, for 7 days. Postern sends no e-mail.',
      auth: 'admin',
      right: 'administer',
      created: true,
      body: createUserSchema,
      data: invitationShape,
      fails: ['validation_failed', 'conflict'],
      async handle({ body, audited }) {
        if ((await allUsers(sql)).length >= MOST_USERS)
          throw new GatewayError('conflict', { problem: `There are at most ${MOST_USERS} users: remove one first.` })
        const now = clock.now()
        const { name, role, channels = null } = body
        const user = { id: newId('usr', now), email: sameEmail(body.email), name, role, channels, createdAt: now }
        const invitation = newInvitation(now)
        const row = audited({ object: { user_id: user.id }, after: { email: user.email, name, role, channels } })
        if (!(await insertUser(sql, vault, user, invitation, row)))
          throw new GatewayError('conflict', { problem: 'A user has this e-mail address already.' })
        return shownInvitation(user.id, invitation)
      },
    }),
    route({
      method: 'GET',
      path: '/admin/users',
      tag: 'people',
      summary: 'All users',
      description: 'Roles, channels and state of each, by address. Passwords and codes are never returned.',
      auth: 'admin',
      right: 'administer',
      data: z.array(userShape),
      handle: async () => (await allUsers(sql)).map(shown),
    }),
    route({
      method: 'GET',
      path: '/admin/users/{user_id}',
      tag: 'people',
      summary: 'One user',
      description: 'Role, channels and state. Password and codes are never returned.',
      auth: 'admin',
      right: 'administer',
      data: userShape,
      handle: async ({ params }) => shown(await mustFind(params.user_id!)),
    }),
    route({
      method: 'PATCH',
      path: '/admin/users/{user_id}',
      tag: 'people',
      summary: 'Change a user, or disable one',
      description: 'Another role, other channels, and disabling end the user’s sessions on every node.',
      auth: 'admin',
      right: 'administer',
      body: patchUserSchema,
      data: userShape,
      fails: ['validation_failed', 'conflict'],
      async handle({ params, body, audited }) {
        const was = await mustFind(params.user_id!)
        if (was.roleFrom === 'provider' && body.role !== undefined && body.role !== was.role)
          throw new GatewayError('conflict', {
            problem: 'The groups of the account give this role: change them at the provider, or OIDC_ROLES.',
          })
        const { disabled, ...rest } = body
        const now = clock.now()
        const disabledAt = disabled === undefined ? {} : { disabledAt: disabled ? (was.disabledAt ?? now) : null }
        const before = { ...shown(was), disabled: was.disabledAt !== null }
        const row = audited({
          before: Object.fromEntries(Object.entries(before).filter(([key]) => key in body)),
          after: body,
        })
        await changeUser(sql, was.id, { ...rest, ...disabledAt }, now, row)
        return shown(await mustFind(was.id))
      },
    }),
    route({
      method: 'DELETE',
      path: '/admin/users/{user_id}',
      tag: 'people',
      summary: 'Remove a user',
      description: 'Open sessions end on every node. What the user did stays in the audit log.',
      auth: 'admin',
      right: 'administer',
      data: z.object({ user_id: z.string() }),
      async handle({ params, audited }) {
        const user = await mustFind(params.user_id!)
        const { email, name, role, channels } = user
        await removeUser(sql, user.id, audited({ before: { email, name, role, channels }, after: null }))
        return { user_id: user.id }
      },
    }),
    route({
      method: 'POST',
      path: '/admin/users/{user_id}/invitation',
      tag: 'people',
      summary: 'Invite a user again',
      description:
        'For a lost password or phone, and for an invitation that expired. The password, the codes, the provider’s account and the sessions of before end at once.',
      auth: 'admin',
      right: 'administer',
      created: true,
      data: invitationShape,
      async handle({ params, audited }) {
        const user = await mustFind(params.user_id!)
        const now = clock.now()
        const invitation = newInvitation(now)
        await inviteAgain(sql, vault, user.id, invitation, now, audited({ before: null, after: null }))
        return shownInvitation(user.id, invitation)
      },
    }),
  ]
}

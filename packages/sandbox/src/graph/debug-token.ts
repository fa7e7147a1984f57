import { invalid } from '../graph-error.ts'
import { digitsFrom } from '../identifiers.ts'
import type { Answer, Call } from './call.ts'
import { scopesOf } from './permissions.ts'

/** 15 January 2026: the date of all the sandbox's initial objects. */
const ISSUED_AT = 1_768_467_600

/** `GET /debug_token?input_token=…` */
export function debugToken(call: Call): Answer {
  const { world, clock } = call.cloud
  const asked = call.query.get('input_token')
  if (asked === null) throw invalid('The parameter input_token is required.')
  const token = world.tokens.get(asked)
  const expired = token?.expiresAt !== undefined && token.expiresAt <= clock.now()
  return {
    body: {
      data: {
        app_id: world.app.id,
        type: 'SYSTEM_USER',
        application: world.app.name,
        data_access_expires_at: 0,
        is_valid: token !== undefined && !expired,
        expires_at: token?.expiresAt === undefined ? 0 : Math.floor(token.expiresAt / 1000),
        scopes: token ? scopesOf(token) : [],
        ...(token && {
          issued_at: ISSUED_AT,
          user_id: digitsFrom(call.cloud.source.fixed('system user'), 15),
          granular_scopes: scopesOf(token).map((scope) => ({
            scope,
            ...(token.wabaIds !== 'all' && { target_ids: token.wabaIds }),
          })),
        }),
      },
    },
  }
}

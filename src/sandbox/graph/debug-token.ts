import { invalid } from '../graph-error.ts'
import type { Answer, Call } from './call.ts'

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
        is_valid: token !== undefined && !expired,
        expires_at: token?.expiresAt === undefined ? 0 : Math.floor(token.expiresAt / 1000),
        scopes: token ? ['whatsapp_business_management', 'whatsapp_business_messaging'] : [],
        ...(token && {
          granular_scopes: [
            { scope: 'whatsapp_business_messaging', ...(token.wabaIds !== 'all' && { target_ids: token.wabaIds }) },
          ],
        }),
      },
    },
  }
}

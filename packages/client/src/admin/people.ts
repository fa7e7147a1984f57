import type { SignalOptions } from '../request.ts'
import type { Methods } from '../routes.ts'

/** Users, and API keys of programs. Methods of one take its id first. */
export function peopleMethods({ method, withBody }: Methods<SignalOptions>) {
  return {
    users: {
      list: method('GET /admin/users'),
      get: method('GET /admin/users/{user_id}'),
      /** Resolves with an invitation, which is shown only once. */
      invite: withBody('POST /admin/users'),
      /** Resolves with a new invitation; an older one ends. */
      inviteAgain: method('POST /admin/users/{user_id}/invitation'),
      /** Changes the name, the role or the channels, or disables the user. */
      change: withBody('PATCH /admin/users/{user_id}'),
      remove: method('DELETE /admin/users/{user_id}'),
    },
    keys: {
      list: method('GET /admin/keys'),
      /** Resolves with the key, which is shown only once. */
      create: withBody('POST /admin/keys'),
      revoke: method('DELETE /admin/keys/{key_id}'),
    },
  }
}

/** Who changed what, and who read which conversation. */
export function auditMethods({ list, downloadWithQuery }: Methods<SignalOptions>) {
  return {
    /** Returns a page of entries, newest first. With `for await`, all of them. */
    list: list('GET /admin/audit', (last) => ({ last_id: last.id })),
    /** Returns the response with the file; read its body. */
    export: downloadWithQuery('GET /admin/audit/export'),
  }
}

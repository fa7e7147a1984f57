import type { SignalOptions } from '../request.ts'
import type { Methods } from '../routes.ts'

/** Alarms tell a URL, Slack, Teams or a mailbox of incidents. */
export function alarmMethods({ method, withBody }: Methods<SignalOptions>) {
  return {
    list: method('GET /admin/alarms'),
    add: withBody('POST /admin/alarms'),
    change: withBody('PATCH /admin/alarms/{id}'),
    remove: method('DELETE /admin/alarms/{id}'),
    /** Sends a test at once. */
    test: method('POST /admin/alarms/{id}/test'),
  }
}

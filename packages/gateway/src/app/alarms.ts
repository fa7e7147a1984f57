import { type Alarms, createAlarms } from '../flows/alarms/alarms.ts'
import { createTellAlarm, type TellAlarm } from '../flows/alarms/tell.ts'
import { postEvent } from '../flows/deliver/attempt.ts'
import { signatureHeaders } from '../flows/deliver/sign.ts'
import type { Connections } from './connections.ts'
import type { Foundations } from './foundations.ts'
import { VERSION } from './version.ts'

/** How people are told of incidents. Requests go out as those to endpoints do. */
export function createAlarming(
  { store, vault, clock, log }: Foundations,
  { callbacks }: Connections,
): { tell: TellAlarm; alarms: Alarms } {
  const tell = createTellAlarm({
    outbound: callbacks,
    clock,
    userAgent: `Postern/${VERSION}`,
    post: (request) => postEvent(callbacks.dispatcher, request, clock),
    sign: (secret, id, at, body) => signatureHeaders([secret], id, at, body),
  })
  return { tell, alarms: createAlarms({ store, vault, clock, log, tell }) }
}

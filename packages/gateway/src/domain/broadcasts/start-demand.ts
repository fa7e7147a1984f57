import type { Channel } from '../channels/channel.ts'
import { GatewayError } from '../../platform/errors.ts'

type Demand = Pick<Channel, 'broadcastStart'>
type Done = { state: string; checked_at: number | null; tested_at: number | null; started_at: number | null }

/** A channel may demand a check or a test before a broadcast begins: then only a draft can be made. */
export function mustNotDemand({ broadcastStart }: Demand): void {
  if (broadcastStart === 'free') return
  const what = broadcastStart === 'tested' ? 'test' : 'check'
  throw new GatewayError('conflict', {
    problem: `The channel demands a ${what} before a broadcast starts: create it with draft: true, then POST /external/broadcasts/{id}/${what}, then …/start.`,
  })
}

/** The start of a draft. A check of earlier recipients is none: the state says whether it is of these. */
export function mustMeetDemand({ broadcastStart }: Demand, row: Done): void {
  if (broadcastStart === 'tested' && row.tested_at === null)
    throw new GatewayError('conflict', {
      problem: 'The channel demands a test before a broadcast starts: POST /external/broadcasts/{id}/test.',
    })
  if (broadcastStart === 'checked' && row.state !== 'checked')
    throw new GatewayError('conflict', {
      problem: 'The channel demands a check before a broadcast starts: POST /external/broadcasts/{id}/check.',
    })
}

/** A broadcast that was made before the channel demanded something, and has not begun. One that has begun goes on. */
export function mustMeetDemandToResume({ broadcastStart }: Demand, row: Done): void {
  if (row.started_at !== null) return
  const last = broadcastStart === 'tested' ? row.tested_at : row.checked_at
  if (last === null) mustNotDemand({ broadcastStart })
}

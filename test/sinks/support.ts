import { createOutbound, type Outbound } from '../../packages/gateway/src/platform/outbound/guard.ts'
import {
  createPostgresSink,
  type PostgresSinkOptions,
} from '../../packages/gateway/src/platform/sinks/postgres/sink.ts'
import { readPostgresTarget } from '../../packages/gateway/src/platform/sinks/postgres/url.ts'
import { createRedisSink, type RedisSinkOptions } from '../../packages/gateway/src/platform/sinks/redis/sink.ts'
import { readRedisTarget } from '../../packages/gateway/src/platform/sinks/redis/url.ts'
import type { Sink, SinkEvent } from '../../packages/gateway/src/platform/sinks/sink.ts'

export const LOCAL: Outbound = createOutbound({ allow: ['127.0.0.0/8'] })

export function sinkEvent(seq: number, more: Partial<SinkEvent> = {}): SinkEvent {
  return {
    id: `evt_test_${String(seq).padStart(12, '0')}`,
    seq,
    owed: false,
    channelId: 1,
    event: 'new_message',
    contact: '85268411234',
    createdAt: Date.UTC(2026, 10, 26, 12, 0, 0, seq),
    body: `{"event":"new_message","n":${seq}}`,
    ...more,
  }
}

export const postgresSink = (url: string, more: Partial<PostgresSinkOptions> = {}): Sink =>
  createPostgresSink({
    target: readPostgresTarget(url),
    owner: { installation: 'test', endpointId: 'ep_1' },
    outbound: LOCAL,
    ...more,
  })

export const redisSink = (url: string, more: Partial<RedisSinkOptions> = {}): Sink =>
  createRedisSink({ target: readRedisTarget(url), outbound: LOCAL, ...more })

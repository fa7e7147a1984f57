import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import type { Channel } from '../domain/channels/channel.ts'
import { hasChannelInPath, route } from './route.ts'

const spec = { method: 'GET', tag: 'channels', summary: '', data: z.object({}) } as const

test('a handler’s type says whether its route has a channel', () => {
  const customer = route({
    ...spec,
    path: '/external/x',
    auth: 'code',
    handle: async ({ channel }) => channel satisfies Channel,
  })
  const ofChannel = route({
    ...spec,
    path: '/admin/channels/{channel_id}/x',
    auth: 'admin',
    right: 'read',
    handle: async ({ channel }) => channel satisfies Channel,
  })
  const ofDeleted = route({
    ...spec,
    path: '/admin/channels/{channel_id}/y',
    auth: 'admin',
    right: 'read',
    channelMayBeDeleted: true,
    handle: async ({ channel }) => channel satisfies undefined,
  })
  const ofNone = route({
    ...spec,
    path: '/admin/overview',
    auth: 'admin',
    right: 'read',
    handle: async ({ channel }) => channel satisfies undefined,
  })
  assert.deepEqual([customer, ofChannel, ofDeleted, ofNone].map(hasChannelInPath), [false, true, false, false])
})

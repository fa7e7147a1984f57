import { timingSafeEqual } from 'node:crypto'
import type { Channel } from '../domain/channels/channel.ts'
import type { Endpoint } from '../domain/channels/endpoint.ts'
import type { EndpointHealth } from '../domain/channels/endpoint-health.ts'
import type { Clock } from '@postern/runtime/clock'
import type { Log } from '../platform/log.ts'
import { sha256, type Vault } from '../platform/secrets.ts'
import { allChannels, allCodes, type CodeRow } from './channels.ts'
import { directoryVersion } from './directory-version.ts'
import type { Store } from './store.ts'

/** How often a node looks whether another one changed a channel or a code. Revocation is promised within 5 s. */
const LOOK_EVERY_MS = 2000
const MOST_RECENT = 10_000

/**
 * Channels and codes in memory, so that the hot paths ask no store. A change made by this node is here when its call
 * returns; one made by another node or by the command line, within two seconds.
 */
export type Directory = {
  channel(id: number): Channel | undefined
  byPhoneNumberId(id: string): Channel | undefined
  byWaba(id: string): readonly Channel[]
  endpoint(id: number): Endpoint | undefined
  byCode(code: string): Channel | undefined
  codesOf(channelId: number): readonly CodeRow[]
  channels(): readonly Channel[]
  /** Reads all of it again. Call it after a change. */
  refresh(): Promise<void>
  /** Takes over an endpoint's row that this node wrote or read just now. */
  adopt(endpointId: number, health: EndpointHealth): void
  onChange(listener: () => void): void
  stop(): void
}

export async function openDirectory(options: {
  store: Store
  vault: Vault
  clock: Clock
  log: Log
}): Promise<Directory> {
  const { store, vault, clock, log } = options
  let byId = new Map<number, Channel>()
  let byNumber = new Map<string, Channel>()
  let byWaba = new Map<string, Channel[]>()
  let endpoints = new Map<number, Endpoint>()
  let byHash = new Map<string, { channel: Channel; digest: Buffer }>()
  let codes: CodeRow[] = []
  // Codes that were right a moment ago, so that the hash is not made anew for every request. Emptied by every change.
  const recent = new Map<string, Channel>()
  let version = ''
  let stopped = false
  let cancel = (): void => {}
  const listeners: (() => void)[] = []

  async function read(): Promise<void> {
    // The version first: a change that comes between the two reads is then seen at the next look, not missed.
    const seen = await directoryVersion(store.sql)
    const channels = await allChannels(store.sql, vault, clock.now())
    codes = await allCodes(store.sql)
    for (const endpoint of channels.flatMap((channel) => channel.endpoints)) {
      // A row that this node wrote while it was reading is newer than what it read.
      const known = endpoints.get(endpoint.id)
      if (known && known.health.version > endpoint.health.version) endpoint.health = known.health
    }
    byId = new Map(channels.map((channel) => [channel.id, channel]))
    byNumber = new Map(channels.map((channel) => [channel.phoneNumberId, channel]))
    byWaba = new Map()
    endpoints = new Map(channels.flatMap((channel) => channel.endpoints.map((endpoint) => [endpoint.id, endpoint])))
    for (const channel of channels) byWaba.set(channel.wabaId, [...(byWaba.get(channel.wabaId) ?? []), channel])
    byHash = new Map()
    recent.clear()
    for (const code of codes) {
      const channel = byId.get(code.channelId)
      if (channel) byHash.set(code.hash, { channel, digest: Buffer.from(code.hash, 'hex') })
    }
    version = seen
    for (const listener of listeners) listener()
  }

  async function look(): Promise<void> {
    try {
      if ((await directoryVersion(store.sql)) !== version) await read()
    } catch (error) {
      log.warn({ err: error }, 'directory.look_failed')
    }
    if (!stopped) cancel = clock.after(LOOK_EVERY_MS, () => void look())
  }

  await read()
  cancel = clock.after(LOOK_EVERY_MS, () => void look())

  return {
    channel: (id) => byId.get(id),
    byPhoneNumberId: (id) => byNumber.get(id),
    byWaba: (id) => byWaba.get(id) ?? [],
    endpoint: (id) => endpoints.get(id),
    byCode(code) {
      const known = recent.get(code)
      if (known) return known
      const digest = sha256(code)
      const found = byHash.get(digest.toString('hex'))
      if (!found || !timingSafeEqual(found.digest, digest)) return undefined
      if (recent.size >= MOST_RECENT) recent.clear()
      recent.set(code, found.channel)
      return found.channel
    },
    codesOf: (channelId) => codes.filter((code) => code.channelId === channelId),
    channels: () => [...byId.values()],
    refresh: read,
    adopt(endpointId, health) {
      const endpoint = endpoints.get(endpointId)
      if (!endpoint || endpoint.health.version >= health.version) return
      endpoint.health = health
      for (const listener of listeners) listener()
    },
    onChange: (listener) => listeners.push(listener),
    stop() {
      stopped = true
      cancel()
    },
  }
}

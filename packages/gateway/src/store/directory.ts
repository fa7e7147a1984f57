import { timingSafeEqual } from 'node:crypto'
import type { Channel } from '../domain/channels/channel.ts'
import type { Endpoint } from '../domain/channels/endpoint.ts'
import type { EndpointHealth } from '../domain/channels/endpoint-health.ts'
import { paceOf } from '../domain/channels/state.ts'
import type { Clock } from '@postern/runtime/clock'
import type { Principal } from '../domain/people/principal.ts'
import type { Log } from '../platform/log.ts'
import { sha256, type Vault } from '../platform/secrets.ts'
import { channelStates } from './channel-state.ts'
import { allKeys, type KeyRow } from './api-keys.ts'
import { allChannels, allCodes, type CodeRow } from './channels.ts'
import { directoryVersion } from './directory-version.ts'
import type { Store } from './store.ts'

/**
 * How often a node checks whether another one changed a channel or a code. A revocation takes effect within 5 s, as
 * promised.
 */
const LOOK_EVERY_MS = 2000
const MOST_RECENT = 10_000

type ApiKey = Extract<Principal, { kind: 'key' }>

/**
 * Channels, codes and keys in memory, so that the hot paths do not ask the store. A change of this node is visible when its
 * call returns; a change of another node or of the command line, within two seconds.
 */
export type Directory = {
  channel(id: number): Channel | undefined
  byPhoneNumberId(id: string): Channel | undefined
  byWaba(id: string): readonly Channel[]
  endpoint(id: number): Endpoint | undefined
  byCode(code: string): Channel | undefined
  /** The API key with this text, unless it is revoked or expired. */
  byKey(key: string): ApiKey | undefined
  codesOf(channelId: number): readonly CodeRow[]
  channels(): readonly Channel[]
  /** Reads all of it again. Call it after a change. */
  refresh(): Promise<void>
  /** Reads the state of these channels again, after a signal of Meta's. */
  readStates(channelIds: readonly number[]): Promise<void>
  /** Takes over an endpoint's row that this node has just written or read. */
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
  let keys = new Map<string, { key: ApiKey; digest: Buffer }>()
  const recentKeys = new Map<string, ApiKey>()
  // Valid codes of recent requests, so that the hash is not computed for every request. Emptied by every change.
  const recent = new Map<string, Channel>()
  let version = ''
  let stopped = false
  let cancel = (): void => {}
  const listeners: (() => void)[] = []

  async function read(): Promise<void> {
    // The version first: a change between the two reads is then seen at the next check, and not missed.
    const seen = await directoryVersion(store.sql)
    const channels = await allChannels(store.sql, vault, clock.now())
    codes = await allCodes(store.sql)
    const keyRows = await allKeys(store.sql)
    for (const endpoint of channels.flatMap((channel) => channel.endpoints)) {
      // A row that this node wrote during the read is newer than the read one.
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
    keys = new Map(keyRows.map((row) => [row.hash, { key: principalOf(row), digest: Buffer.from(row.hash, 'hex') }]))
    recentKeys.clear()
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

  /** Returns a key by its hash, computed once for each key that is in use. */
  function keyCalled(text: string): ApiKey | undefined {
    const known = recentKeys.get(text)
    if (known) return known
    const digest = sha256(text)
    const found = keys.get(digest.toString('hex'))
    if (!found || !timingSafeEqual(found.digest, digest)) return undefined
    if (recentKeys.size >= MOST_RECENT) recentKeys.clear()
    recentKeys.set(text, found.key)
    return found.key
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
    byKey(text) {
      const key = keyCalled(text)
      const endsAt = key?.scopes.expiresAt ?? null
      return endsAt !== null && endsAt <= clock.now() ? undefined : key
    },
    codesOf: (channelId) => codes.filter((code) => code.channelId === channelId),
    channels: () => [...byId.values()],
    refresh: read,
    async readStates(channelIds) {
      const states = await channelStates(store.sql, channelIds)
      for (const id of channelIds) {
        const channel = byId.get(id)
        if (!channel) continue
        channel.state = states.get(id) ?? new Map()
        channel.messagesPerSecond = paceOf(channel.ownPace, channel.state)
      }
    },
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

const principalOf = ({ id, name, scopes }: KeyRow): ApiKey => ({
  kind: 'key',
  id,
  name,
  role: null,
  channels: scopes.channels,
  scopes,
})

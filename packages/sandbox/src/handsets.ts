import { createHash, randomBytes } from 'node:crypto'
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os'

/** A phone that is opened on a real handset. */
export type Handset = { id: string; phone: string; at: number; usedAt?: number }

const MOST = 20

const keyOf = (token: string): string => createHash('sha256').update(token).digest('base64')

/**
 * The phones that may be used on handsets, each with a token of its own. Tokens are random and not from the seed, are in
 * memory as hashes only, and end with the sandbox.
 */
export class Handsets {
  readonly #byToken = new Map<string, Handset>()
  readonly #ends = new Map<string, Set<() => void>>()

  /** The token is told only here. With too many handsets, the oldest one ends. */
  open(phone: string, at: number): { handset: Handset; token: string } {
    const token = randomBytes(32).toString('base64url')
    const handset = { id: randomBytes(6).toString('hex'), phone, at }
    this.#byToken.set(keyOf(token), handset)
    for (const { id } of this.list().slice(0, -MOST)) this.end(id)
    return { handset, token }
  }

  /** The handset with this token. Notes its first use. */
  find(token: string, now: number): Handset | undefined {
    const handset = this.#byToken.get(keyOf(token))
    if (handset) handset.usedAt ??= now
    return handset
  }

  list(): Handset[] {
    return [...this.#byToken.values()]
  }

  /** Ends a token, and the streams that were opened with it. */
  end(id: string): boolean {
    const found = [...this.#byToken].find(([, handset]) => handset.id === id)
    if (!found) return false
    this.#byToken.delete(found[0])
    for (const act of this.#ends.get(id) ?? []) act()
    this.#ends.delete(id)
    return true
  }

  endAll(): void {
    for (const { id } of this.list()) this.end(id)
  }

  /** Calls `act` when this handset ends. Returns a function that takes it back. */
  onEnd(id: string, act: () => void): () => void {
    const acts = this.#ends.get(id) ?? new Set()
    this.#ends.set(id, acts.add(act))
    return () => acts.delete(act)
  }
}

/** Where handsets reach this sandbox: at a port of their own, at the port of everything, or not at all. */
export type Reach = { how: 'own' | 'all' | 'none'; addresses: string[] }

/** `host` and `port` are of the sandbox, `own` is the port for handsets alone. */
export function reachOf(
  where: { host: string; port: number; own?: number | undefined },
  found = networkInterfaces(),
): Reach {
  const local = /^(127\.|localhost$|::1$)/.test(where.host)
  if (where.own !== undefined)
    return { how: 'own', addresses: addressesOf(found).map((one) => `http://${one}:${where.own}`) }
  if (local) return { how: 'none', addresses: [] }
  const isAll = where.host === '0.0.0.0' || where.host === '::'
  const hosts = isAll ? addressesOf(found) : [where.host.includes(':') ? `[${where.host}]` : where.host]
  return { how: 'all', addresses: hosts.map((one) => `http://${one}:${where.port}`) }
}

const HOME = /^(192\.168\.|10\.|172\.(1[6-9]|2\d|3[01])\.)/
/** Networks between containers and virtual machines, which a handset is not in. */
const VIRTUAL = /^(docker|br-|veth|virbr|vmnet|utun|tun|tap)/

/** IPv4 addresses of this machine, the likeliest first. */
function addressesOf(found: NodeJS.Dict<NetworkInterfaceInfo[]>): string[] {
  const rank = (name: string, address: string): number => (VIRTUAL.test(name) ? 2 : HOME.test(address) ? 0 : 1)
  return Object.entries(found)
    .flatMap(([name, all = []]) =>
      all.filter((one) => one.family === 'IPv4' && !one.internal).map((one) => ({ name, ...one })),
    )
    .sort((a, b) => rank(a.name, a.address) - rank(b.name, b.address))
    .map((one) => one.address)
}

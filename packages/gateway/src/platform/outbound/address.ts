import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6
type Cidr = [Address, number]

/** Parses `10.0.0.0/8`, `fd00::/8` or a single address. `undefined` for any other text. */
export function readCidr(text: string): Cidr | undefined {
  const trimmed = text.trim()
  try {
    if (trimmed.includes('/')) return ipaddr.parseCIDR(trimmed) as Cidr
    // ipaddr.js also parses `127.1` and `0x7f.1`. In a setting those are more likely typing errors.
    if (!ipaddr.IPv4.isValidFourPartDecimal(trimmed) && !ipaddr.IPv6.isValid(trimmed)) return undefined
    const address = ipaddr.parse(trimmed)
    return [address, address.kind() === 'ipv4' ? 32 : 128]
  } catch {
    return undefined
  }
}

/**
 * The kind of an address, which decides whether we may connect to it. `public` is the only kind that needs no
 * permission.
 */
export type AddressKind = 'public' | (string & {})

// Azure serves the metadata of its machines at an address that is formally public.
const METADATA: Cidr[] = [ipaddr.parseCIDR('168.63.129.16/32')]
// The only block of public IPv6 addresses (IANA's IPv6 address space registry). Everything else is special or
// unassigned, so a future special range is refused already.
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number]
const NAT64 = ipaddr.parseCIDR('64:ff9b::/96') as [ipaddr.IPv6, number]

/** The IPv4 address that an IPv6 address represents, so that `::ffff:10.0.0.1` counts as `10.0.0.1`. */
function plain(address: Address): Address {
  if (address.kind() === 'ipv4') return address
  const six = address as ipaddr.IPv6
  if (six.isIPv4MappedAddress()) return six.toIPv4Address()
  // Networks without IPv4 reach IPv4 hosts through this prefix, so it counts as the address that it contains.
  if (six.match(NAT64)) return new ipaddr.IPv4(six.toByteArray().slice(12))
  return address
}

function within(address: Address, [base, bits]: Cidr): boolean {
  return address.kind() === base.kind() && (address as ipaddr.IPv4).match(base as ipaddr.IPv4, bits)
}

/** The kind of `text`, an address without brackets: `public`, `loopback`, `private`, `linkLocal`, `metadata` … */
export function kindOfAddress(text: string): AddressKind {
  let address: Address
  try {
    address = plain(ipaddr.parse(text))
  } catch {
    return 'malformed'
  }
  if (METADATA.some((cidr) => within(address, cidr))) return 'metadata'
  const range = address.range()
  if (range !== 'unicast') return range
  if (address.kind() === 'ipv6' && !address.match(GLOBAL_UNICAST as never)) return 'reserved'
  return 'public'
}

/** True when one of `allowed` contains the address, also in its IPv4-mapped or NAT64 form. */
export function isAllowed(text: string, allowed: readonly Cidr[]): boolean {
  if (allowed.length === 0) return false
  try {
    const address = ipaddr.parse(text)
    const bare = plain(address)
    return allowed.some((cidr) => within(bare, cidr) || within(address, cidr))
  } catch {
    return false
  }
}

export type { Cidr }

import { BlockList, isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Returns a function that tells whether an address belongs to one of the CIDRs, also in its IPv4-mapped form. */
export function createTrust(cidrs: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList()
  for (const cidr of cidrs) {
    const [address, bits] = cidr.split('/') as [string, string]
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4')
  }
  return (address) => {
    const version = isIP(address ?? '')
    return version !== 0 && list.check(address!, version === 6 ? 'ipv6' : 'ipv4')
  }
}

/**
 * The address under which guesses are counted. `ip` is the client as the trusted proxies report it. A proxy may report
 * any text; a text that is no address counts for the proxy itself. Some proxies append the port. The owner of one IPv6
 * address usually has 2^64 of them, so IPv6 counts by its first 64 bits.
 */
export function callerOf(request: { ip: string | undefined; socket: { remoteAddress?: string | undefined } }): string {
  return counted(request.ip) ?? counted(request.socket.remoteAddress) ?? 'unknown'
}

function counted(text: string | undefined): string | undefined {
  if (text === undefined || text.length > 64) return undefined
  const address = text.replace(/^\[([^\]]+)\](:\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1')
  switch (isIP(address)) {
    case 4:
      return address
    case 6: {
      const six = ipaddr.IPv6.parse(address)
      if (six.isIPv4MappedAddress()) return six.toIPv4Address().toString()
      return `${six.parts
        .slice(0, 4)
        .map((part) => part.toString(16))
        .join(':')}::/64`
    }
    default:
      return undefined
  }
}

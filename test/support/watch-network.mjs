// Loaded into a gateway before its own code: writes down every address that it connects to or looks up.
import { appendFileSync } from 'node:fs'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import process from 'node:process'

const require = createRequire(import.meta.url)
const dgram = require('node:dgram')
const dns = require('node:dns')
const net = require('node:net')
const note = (what, to) => appendFileSync(process.env.NETWORK_LOG, `${JSON.stringify({ what, to })}\n`)

const { connect } = net.Socket.prototype
net.Socket.prototype.connect = function watched(...args) {
  const [first] = Array.isArray(args[0]) ? args[0] : args
  if (typeof first === 'object') note('connect', first.path ?? `${first.host ?? 'localhost'}:${first.port}`)
  else
    note(
      'connect',
      typeof first === 'string' ? first : `${typeof args[1] === 'string' ? args[1] : 'localhost'}:${first}`,
    )
  return connect.apply(this, args)
}
for (const of of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype])
  for (const name of [
    'lookup',
    'lookupService',
    'resolve',
    'resolve4',
    'resolve6',
    'resolveAny',
    'resolveTxt',
    'reverse',
  ]) {
    const before = of[name]
    if (typeof before !== 'function') continue
    of[name] = function watched(host, ...rest) {
      note('lookup', host)
      return before.call(this, host, ...rest)
    }
  }
const { send } = dgram.Socket.prototype
dgram.Socket.prototype.send = function watched(...args) {
  note('datagram', args.filter((one) => typeof one === 'string' || typeof one === 'number').join(' '))
  return send.apply(this, args)
}
syncBuiltinESMExports()

import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { needProgram } from './programs.ts'

const run = promisify(execFile)

export type Certificates = { ca: string; otherCa: string; cert: string; key: string }

/** Files of an authority, of another one, and of a server `localhost` that the first one signed. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  await needProgram('openssl', 'openssl')
  const at = (name: string): string => join(folder, name)
  const authority = (name: string): Promise<unknown> =>
    run('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', `/CN=${name}`, '-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)],
    ])
  await authority('ca')
  await authority('other')
  await run('openssl', [
    ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=localhost'],
    ...['-keyout', at('server.key'), '-out', at('server.csr')],
  ])
  writeFileSync(at('names'), 'subjectAltName=DNS:localhost')
  await run('openssl', [
    ...['x509', '-req', '-in', at('server.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial'],
    ...['-days', '2', '-extfile', at('names'), '-out', at('server.pem')],
  ])
  return { ca: at('ca.pem'), otherCa: at('other.pem'), cert: at('server.pem'), key: at('server.key') }
}

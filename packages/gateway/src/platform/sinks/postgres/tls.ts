import type { ConnectionOptions } from 'node:tls'
import { readPem } from '../pem.ts'
import type { PostgresTarget } from './url.ts'

/**
 * What TLS verifies, in libpq's words (https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION).
 * `false`: no TLS. When libpq needs a file of authorities and none is given, Node's own are used.
 */
export async function tlsOptions(target: PostgresTarget): Promise<ConnectionOptions | false> {
  const { sslMode, sslRootCert, sslCert, sslKey } = target
  if (sslMode === 'disable') return false
  const isSystem = sslRootCert === 'system'
  // libpq: with a file of authorities, `require` is `verify-ca`; with those of the system only `verify-full` is useful.
  const proves = isSystem
    ? 'name'
    : sslMode === 'verify-full'
      ? 'name'
      : sslMode === 'verify-ca' || (sslMode === 'require' && sslRootCert !== undefined)
        ? 'authority'
        : 'nothing'
  const [ca, cert, key] = await Promise.all([
    sslRootCert === undefined || isSystem ? undefined : readPem('sslrootcert', sslRootCert),
    sslCert === undefined ? undefined : readPem('sslcert', sslCert),
    sslKey === undefined ? undefined : readPem('sslkey', sslKey),
  ])
  return {
    rejectUnauthorized: proves !== 'nothing',
    ...(proves === 'authority' && { checkServerIdentity: () => undefined }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  }
}

import type { Config } from './config.ts'

/** What is wrong between settings that are right one by one. `wrongNames` have their own problem already. */
export function problemsBetween(config: Omit<Config, 'sandbox' | 'given'>, wrongNames: ReadonlySet<string>): string[] {
  const problems: string[] = []
  const sandbox = config.cloudApiUrl === undefined
  const must = (name: string, value: unknown, why: string): void => {
    if (value === undefined && !wrongNames.has(name)) problems.push(`${name} must be set when ${why}`)
  }
  if (!sandbox) {
    must('META_APP_SECRET', config.metaAppSecret, "CLOUD_API_URL is: it verifies Meta's webhooks")
    must('META_VERIFY_TOKEN', config.metaVerifyToken, "CLOUD_API_URL is: it answers Meta's handshake")
  }
  if (config.databaseUrl !== undefined || wrongNames.has('DATABASE_URL')) {
    const why = 'DATABASE_URL is: all nodes share it; make one with: openssl rand -base64 32'
    must('MASTER_KEY', config.masterKey, why)
    must('ADMIN_TOKEN', config.adminToken, why)
  }
  if (sandbox && config.port !== 0 && config.port === config.sandboxPort) {
    problems.push(`SANDBOX_PORT must differ from PORT, both are ${config.port}`)
  }
  const { handsetPort } = config
  if (sandbox && handsetPort && (handsetPort === config.port || handsetPort === config.sandboxPort)) {
    problems.push(`HANDSET_PORT must differ from PORT and SANDBOX_PORT, got ${handsetPort}`)
  }
  const leastLease = 2 * config.webhookTimeoutSeconds + 3
  if (config.webhookLeaseSeconds < leastLease) {
    problems.push(
      `WEBHOOK_LEASE_SECONDS must be at least ${leastLease}, twice WEBHOOK_TIMEOUT_SECONDS plus 3, got ${config.webhookLeaseSeconds}`,
    )
  }
  if (config.webhookRetryFirstMs > config.webhookRetryLongestSeconds * 1000) {
    problems.push(
      `WEBHOOK_RETRY_FIRST_MS must not be more than WEBHOOK_RETRY_LONGEST_SECONDS, got ${config.webhookRetryFirstMs} ms and ${config.webhookRetryLongestSeconds} s`,
    )
  }
  if (config.oidcIssuer !== undefined) must('OIDC_CLIENT_ID', config.oidcClientId, 'OIDC_ISSUER is')
  if (config.backupEvery !== undefined) {
    must('BACKUP_TO', config.backupTo, 'BACKUP_EVERY is: a folder, or s3://bucket/prefix')
    if (config.databaseUrl !== undefined)
      problems.push(
        'BACKUP_EVERY is for SQLite: with DATABASE_URL, run pg_dump by a schedule of your own (docs/backup.md)',
      )
  }
  return problems
}

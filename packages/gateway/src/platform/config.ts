import { type LogLevel, LOG_LEVELS } from './log.ts'
import { OIDC_SETTINGS } from './oidc-settings.ts'
import { TRACING_SETTINGS } from './tracing/settings.ts'
import { fileVariable, withSecretFiles } from './secret-files.ts'
import { LOG_PII, type LogPii } from './personal-data.ts'
import { problemsBetween } from './setting-rules.ts'
import {
  contactUrl,
  cidrs,
  databaseUrl,
  duration,
  key32,
  LEAST_TOKEN,
  oneOf,
  optional,
  origin,
  port,
  publicUrl,
  rateCard,
  text,
  version,
  whole,
  Wrong,
  wrong,
} from './setting-readers.ts'

/** One setting: its variable, its parser, and its help. `--help` and `docs/settings.md` are made from these rows. */
type Setting<T> = {
  env: string
  read: (text: string) => T
  fallback: T
  help: string
  /** The default in the table, when `fallback` does not say it. */
  shown?: string
  secret?: boolean
}

export const SETTINGS = {
  host: { env: 'HOST', read: text, fallback: '127.0.0.1', help: 'Address that the gateway listens on.' },
  port: {
    env: 'PORT',
    read: port,
    fallback: 8080,
    help: 'Port of the public HTTP listener: the API, Meta’s webhooks and the console. 0 takes a free port and prints it.',
  },
  dataDir: {
    env: 'DATA_DIR',
    read: text,
    fallback: './data',
    help: 'Folder for all files: the SQLite database, the admin token, the master key and the sandbox’s state.',
  },
  databaseUrl: {
    env: 'DATABASE_URL',
    read: optional(databaseUrl),
    fallback: undefined,
    secret: true,
    shown: 'unset: SQLite in DATA_DIR, one node',
    help: 'postgres://…: stores everything on this PostgreSQL server, for any number of nodes. Several hosts can be given, as in libpq: postgres://user@one,two/postern?target_session_attrs=read-write. The gateway uses the host that accepts writes.',
  },
  cloudApiUrl: {
    env: 'CLOUD_API_URL',
    read: optional(origin),
    fallback: undefined,
    shown: 'unset: the built-in sandbox',
    help: 'Origin of the Graph API, for instance https://graph.facebook.com.',
  },
  cloudApiVersion: {
    env: 'CLOUD_API_VERSION',
    read: version,
    fallback: 'v25.0',
    help: 'API version in the path of Graph API calls.',
  },
  metaAppSecret: {
    env: 'META_APP_SECRET',
    read: optional(text),
    fallback: undefined,
    secret: true,
    shown: 'unset: the sandbox makes its own',
    help: 'Verifies the header X-Hub-Signature-256. Required when the sandbox is off.',
  },
  metaVerifyToken: {
    env: 'META_VERIFY_TOKEN',
    read: optional(text),
    fallback: undefined,
    secret: true,
    shown: 'unset: the sandbox makes its own',
    help: 'Verify token of the webhook subscription at Meta (hub.verify_token). Required when the sandbox is off.',
  },
  adminToken: {
    env: 'ADMIN_TOKEN',
    read: optional((value) =>
      [...value].length >= LEAST_TOKEN ? value : wrong(`must have at least ${LEAST_TOKEN} characters`),
    ),
    fallback: undefined,
    secret: true,
    shown: 'made at first start, printed once on a terminal, kept in DATA_DIR',
    help: 'The bearer token of /admin/* and the password of the console: 16 characters or more. Must be set when DATABASE_URL is.',
  },
  masterKey: {
    env: 'MASTER_KEY',
    read: optional(key32),
    fallback: undefined,
    secret: true,
    shown: 'made at first start, kept in DATA_DIR with mode 600',
    help: '32 bytes in base64. Encrypts access tokens and webhook secrets at rest. Must be set when DATABASE_URL is.',
  },
  outboundAllow: {
    env: 'OUTBOUND_ALLOW',
    read: cidrs,
    fallback: [] as string[],
    shown: 'empty; loopback in the sandbox',
    help: 'Private addresses that callbacks and media checks may reach: CIDRs, separated by commas.',
  },
  trustedProxies: {
    env: 'TRUSTED_PROXIES',
    read: cidrs,
    fallback: [] as string[],
    shown: 'empty',
    help: 'Proxies whose X-Forwarded-For and X-Forwarded-Proto are trusted: CIDRs, separated by commas. Without it, all callers behind a proxy count as one caller.',
  },
  publicUrl: {
    env: 'PUBLIC_URL',
    read: optional(publicUrl),
    fallback: undefined,
    shown: 'unset',
    help: 'The https address of the gateway for Meta and customers, for instance https://postern.example.com. postern doctor calls it.',
  },
  securityContact: {
    env: 'SECURITY_CONTACT',
    read: optional(contactUrl),
    fallback: undefined,
    shown: 'unset',
    help: 'Where finders of security problems write to, for instance mailto:security@example.com. The gateway tells it at /.well-known/security.txt.',
  },
  rateCard: {
    env: 'RATE_CARD_FILE',
    read: optional(rateCard),
    fallback: undefined,
    shown: 'unset: costs are counts, without amounts',
    help: 'File with WhatsApp’s prices, as JSON or CSV (docs/costs.md). It is read at the start.',
  },
  sandboxPort: {
    env: 'SANDBOX_PORT',
    read: port,
    fallback: 8081,
    help: 'Port of the sandbox: its Graph API and the phones.',
  },
  handsetPort: {
    env: 'HANDSET_PORT',
    read: (value: string): number | undefined => port(value),
    fallback: undefined,
    shown: 'unset: no phone of the sandbox can be opened on a handset',
    help: 'Port on all addresses of this machine where phones of the sandbox can be opened on real handsets, each with a code (docs/sandbox.md). It serves nothing else.',
  },
  callsPerSecond: {
    env: 'CALLS_PER_SECOND',
    read: whole(1, 1_000_000),
    fallback: 200,
    help: 'API calls per second that one certification code may make; a burst may have twice as many. A number with a rate limit above a quarter of this may make four calls for each message of its rate limit.',
  },
  mostSendsInFlight: {
    env: 'MOST_SENDS_IN_FLIGHT',
    read: whole(1, 1_000_000),
    fallback: 2_000,
    help: 'Sends in flight on one node. One channel may have half of them, and a second one a quarter. Above that, a send is answered 503 with Retry-After.',
  },
  webhookTimeoutSeconds: {
    env: 'WEBHOOK_TIMEOUT_SECONDS',
    read: whole(1, 120),
    fallback: 10,
    help: 'Seconds within which an endpoint must answer a delivery: 1 to 120.',
  },
  webhookConnectionsPerEndpoint: {
    env: 'WEBHOOK_CONNECTIONS_PER_ENDPOINT',
    read: whole(1, 10_000),
    fallback: 64,
    help: 'Concurrent deliveries to one endpoint, each on its own connection: 1 to 10000. With --workers it is divided among them.',
  },
  webhookPlacesPerEndpoint: {
    env: 'WEBHOOK_PLACES_PER_ENDPOINT',
    read: whole(4, 20_000),
    fallback: 128,
    help: 'Lanes (contacts with waiting events) of one endpoint in memory: 4 to 20000. With --workers it is divided among them.',
  },
  webhookMostLanes: {
    env: 'WEBHOOK_MOST_LANES',
    read: whole(16, 1_000_000),
    fallback: 2_048,
    help: 'Lanes of all endpoints in the memory of one node: 16 to 1000000. With --workers it is divided among them.',
  },
  webhookLeaseSeconds: {
    env: 'WEBHOOK_LEASE_SECONDS',
    read: whole(5, 3_600),
    fallback: 60,
    help: 'Seconds after which another node takes over the lanes of a node that crashed: 5 to 3600, and at least twice WEBHOOK_TIMEOUT_SECONDS plus 3.',
  },
  webhookRetryFirstMs: {
    env: 'WEBHOOK_RETRY_FIRST_MS',
    read: whole(100, 3_600_000),
    fallback: 500,
    help: 'Milliseconds between the first and the second attempt of a delivery, plus or minus a fifth. No later pause is shorter: 100 to 3600000.',
  },
  webhookRetryLongestSeconds: {
    env: 'WEBHOOK_RETRY_LONGEST_SECONDS',
    read: whole(1, 86_400),
    fallback: 21_600,
    help: 'The longest pause between two attempts in seconds, plus or minus a fifth: 1 to 86400.',
  },
  webhookRetryHours: {
    env: 'WEBHOOK_RETRY_HOURS',
    read: whole(1, 336),
    fallback: 72,
    help: 'Hours in which a delivery is retried. Then it is dead and can be replayed: 1 to 336.',
  },
  storeReaders: {
    env: 'STORE_READERS',
    read: optional(whole(1, 64)),
    fallback: undefined,
    shown: '2 threads on SQLite, 6 connections on PostgreSQL',
    help: 'Concurrent reads of the store, each on its own thread (SQLite) or connection (PostgreSQL): 1 to 64.',
  },
  retentionMessagesDays: {
    env: 'RETENTION_MESSAGES_DAYS',
    read: whole(0, 36_500),
    fallback: 365,
    help: 'Days to keep messages. 0: for ever.',
  },
  retentionEventsDays: {
    env: 'RETENTION_EVENTS_DAYS',
    read: whole(0, 36_500),
    fallback: 30,
    help: 'Days to keep events that are delivered, dead, or have no endpoint. 0: for ever.',
  },
  retentionAttemptsDays: {
    env: 'RETENTION_ATTEMPTS_DAYS',
    read: whole(0, 36_500),
    fallback: 30,
    help: 'Days to keep the attempts of deliveries. 0: for ever.',
  },
  retentionQuarantineDays: {
    env: 'RETENTION_QUARANTINE_DAYS',
    read: whole(0, 36_500),
    fallback: 30,
    help: 'Days to keep webhooks that could not be read or applied. 0: for ever.',
  },
  retentionBroadcastsDays: {
    env: 'RETENTION_BROADCASTS_DAYS',
    read: whole(0, 36_500),
    fallback: 90,
    help: 'Days to keep broadcasts and their recipients after their end. 0: for ever.',
  },
  retentionScheduledDays: {
    env: 'RETENTION_SCHEDULED_DAYS',
    read: whole(0, 36_500),
    fallback: 90,
    help: 'Days to keep scheduled sends after their end. 0: for ever.',
  },
  retentionIdempotencyDays: {
    env: 'RETENTION_IDEMPOTENCY_DAYS',
    read: whole(0, 36_500),
    fallback: 1,
    help: 'Days to keep the rows of idempotency keys. A key is valid for 24 hours in any case. 0: for ever.',
  },
  retentionSeenDays: {
    env: 'RETENTION_SEEN_DAYS',
    read: whole(0, 36_500),
    fallback: 9,
    help: 'Days to keep the record of webhooks other than messages, which finds duplicates. Meta repeats webhooks for 7 days. 0: for ever.',
  },
  auditRetention: {
    env: 'AUDIT_RETENTION',
    read: whole(0, 36_500),
    fallback: 730,
    help: 'Days to keep the audit log. 0: for ever.',
  },
  backupEvery: {
    env: 'BACKUP_EVERY',
    read: optional(duration('1m', '7d')),
    fallback: undefined,
    shown: 'unset: no scheduled backups',
    help: 'Backs up SQLite this often while the gateway runs, for instance 6h or 1d: 1m to 7d. Needs BACKUP_TO (docs/backup.md).',
  },
  backupKeep: {
    env: 'BACKUP_KEEP',
    read: optional(whole(1, 10_000)),
    fallback: undefined,
    shown: 'unset: all',
    help: 'Number of backups that stay in BACKUP_TO. Older ones are removed after each new one.',
  },
  backupTo: {
    env: 'BACKUP_TO',
    read: optional(text),
    fallback: undefined,
    shown: 'unset',
    help: 'Where backups are kept: a folder, or s3://bucket/prefix.',
  },
  ...OIDC_SETTINGS,
  ...TRACING_SETTINGS,
  logLevel: {
    env: 'LOG_LEVEL',
    read: oneOf(LOG_LEVELS),
    fallback: 'info' as LogLevel,
    help: 'Lowest level that is logged. The log has JSON lines, or readable lines on a terminal.',
  },
  logPii: {
    env: 'LOG_PII',
    read: oneOf(LOG_PII),
    fallback: 'masked' as LogPii,
    help: 'masked: the log has no text, and of numbers and ids of people the ends alone. full: whole numbers, ids, names and texts, for a search on a test system (docs/logs.md).',
  },
} satisfies Record<string, Setting<never> | Setting<unknown>>

type Values<S> = {
  -readonly [K in keyof S]: S[K] extends { read: (text: string) => infer T; fallback: infer F } ? T | F : never
}

export type Config = Values<typeof SETTINGS> & {
  /** True when no Cloud API is configured: the sandbox takes its place. */
  sandbox: boolean
  /** The texts that were set, by their variables. */
  given: ReadonlyMap<string, string>
}

/** All invalid settings at once, each by name. */
export class ConfigError extends Error {
  readonly problems: string[]

  constructor(problems: string[]) {
    super(`Wrong settings:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/** The settings whose value may be in a file: `ADMIN_TOKEN_FILE`. */
export const SECRETS: readonly string[] = (Object.values(SETTINGS) as Setting<unknown>[])
  .filter((setting) => setting.secret)
  .map((setting) => setting.env)

/** Reads the environment once. Empty values count as unset. Throws a `ConfigError` that names all problems. */
export function readConfig(given: Record<string, string | undefined>): Config {
  const { env, problems } = withSecretFiles(given, SECRETS)
  const values: Record<string, unknown> = {}
  const texts = new Map<string, string>()
  for (const [name, setting] of Object.entries(SETTINGS) as [string, Setting<unknown>][]) {
    const raw = env[setting.env]?.trim()
    const isSet = raw !== undefined && raw !== ''
    try {
      values[name] = isSet ? setting.read(raw) : setting.fallback
      if (isSet) texts.set(setting.env, setting.secret ? '' : raw)
    } catch (error) {
      if (!(error instanceof Wrong)) throw error
      // The value of a secret is never repeated, not even an invalid one.
      problems.push(`${setting.env} ${setting.secret ? error.message.split(', got "', 1)[0] : error.message}`)
      values[name] = setting.fallback
    }
  }
  const config = values as Values<typeof SETTINGS>
  const wrongNames = problems.map((problem) => problem.split(' ', 1)[0]!.replace(/_FILE$/, ''))
  problems.push(...problemsBetween(config, new Set(wrongNames)))
  if (problems.length > 0) throw new ConfigError(problems)
  const sandbox = config.cloudApiUrl === undefined
  if (sandbox) config.outboundAllow = [...config.outboundAllow, '127.0.0.0/8', '::1/128']
  return { ...config, sandbox, given: texts }
}

/** The settings, as `--help` prints them. */
export function settingsHelp(): string {
  const rows = (Object.values(SETTINGS) as Setting<unknown>[]).map((setting) => ({
    env: setting.env,
    line: `${setting.help} Default: ${shownDefault(setting)}.${setting.secret ? ` Or the path of its file in ${fileVariable(setting.env)}.` : ''}`,
  }))
  const width = Math.max(...rows.map((row) => row.env.length))
  return rows.map((row) => `  ${row.env.padEnd(width)}  ${row.line}`).join('\n')
}

export function shownDefault(setting: { fallback: unknown; shown?: string }): string {
  return setting.shown ?? String(setting.fallback)
}

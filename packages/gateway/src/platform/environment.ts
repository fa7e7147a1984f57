import { ConfigError, SECRETS, SETTINGS } from './config.ts'
import { misspelledSettings, type Misspelled } from './misspelled.ts'
import { fileVariable, withSecretFiles } from './secret-files.ts'

type Env = Record<string, string | undefined>

/** Secrets of single commands, which the gateway itself does not read. */
const SECRETS_OF_COMMANDS = ['CERTIFICATION_CODE', 'POSTERN_MCP_TOKEN'] as const

/** The environment with each secret of a file in its place, for threads that read their settings from it. */
export function environmentOfThreads(env: Env): Env {
  return withSecretFiles(env, SECRETS).env
}

/** One secret, from its variable or its file. Undefined when it is not set. */
export function readSecret(env: Env, name: 'ADMIN_TOKEN' | (typeof SECRETS_OF_COMMANDS)[number]): string | undefined {
  const { env: filled, problems } = withSecretFiles(env, [name])
  if (problems.length > 0) throw new ConfigError(problems)
  return filled[name]?.trim() || undefined
}

/** Variables that are probably meant as settings. */
export function misspelledIn(env: Env): Misspelled[] {
  const secrets = [...SECRETS, ...SECRETS_OF_COMMANDS]
  const known = [...Object.values(SETTINGS).map((setting) => setting.env), ...secrets, ...secrets.map(fileVariable)]
  const given = Object.keys(env).filter((name) => env[name]?.trim())
  return misspelledSettings(given, known)
}

export const misspelledText = ({ variable, setting }: Misspelled): string =>
  `${variable} is not a setting. Is ${setting} meant?`

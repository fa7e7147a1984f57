import type { Config } from '../platform/config.ts'
import { UnusableDataDir } from '../platform/data-dir.ts'
import { StoreUnavailable } from '../platform/errors.ts'
import { StoreEmptied } from '../store/sqlite/emptied.ts'
import { StoreNotOurs, StoreTooNew } from '../store/migrate.ts'
import { UnusableSecret } from '../platform/installation.ts'
import { Failed } from './command.ts'

/** Reasons why the listener cannot use an address: error codes of `listen` and of the name lookup. */
const CANNOT_LISTEN: Record<string, string> = {
  EADDRINUSE: 'Something listens there already: stop it, or choose another PORT, SANDBOX_PORT or HANDSET_PORT',
  EACCES: 'This user may not listen there: choose a PORT above 1023',
  EADDRNOTAVAIL: 'HOST must be an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them',
  ENOTFOUND: 'HOST must be an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them',
  EAI_AGAIN: 'HOST must be an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them',
  EINVAL: 'HOST must be an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them',
  EAFNOSUPPORT: 'This machine does not have that kind of address: choose another HOST',
}

/** Explains in one line why the start failed. Returns an unknown error unchanged. */
export function startFailure(error: unknown, config: Pick<Config, 'databaseUrl'>, what = 'The gateway'): unknown {
  const { code, syscall, message } = error as NodeJS.ErrnoException
  if (error instanceof UnusableDataDir || error instanceof UnusableSecret) return new Failed(message)
  if (error instanceof StoreEmptied || error instanceof StoreTooNew || error instanceof StoreNotOurs)
    return new Failed(error.message)
  if (error instanceof StoreUnavailable) {
    const where =
      config.databaseUrl === undefined
        ? 'DATA_DIR, and that no other Postern runs on it'
        : 'DATABASE_URL, and that the server runs'
    return new Failed(`The store cannot be opened: ${message}. Check ${where}; then start again.`)
  }
  const advice =
    syscall === 'listen' || syscall === 'getaddrinfo' || syscall === 'bind' ? CANNOT_LISTEN[code ?? ''] : undefined
  return advice === undefined ? error : new Failed(`${what} cannot listen: ${message}. ${advice}.`)
}

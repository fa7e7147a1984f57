/** `--name value` from the command line. */
export function option(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? undefined : process.argv[at + 1]
}

export function number(name: string, fallback: number): number {
  const given = option(name)
  if (given === undefined) return fallback
  const value = Number(given)
  if (!Number.isFinite(value) || value <= 0) throw new Error(`--${name} must be a number above 0, got "${given}"`)
  return value
}

export function list<T extends string>(name: string, all: readonly T[], fallback: readonly T[] = all): T[] {
  const given = option(name)
  if (given === undefined) return [...fallback]
  const chosen = given.split(',')
  for (const word of chosen) {
    if (!(all as readonly string[]).includes(word)) throw new Error(`--${name}: ${word} is none of ${all.join(', ')}`)
  }
  return chosen as T[]
}

/** Fails on unknown options, rather than measuring something else for half an hour. */
export function refuseOthers(known: readonly string[]): void {
  for (const word of process.argv.slice(2)) {
    if (word.startsWith('--') && !known.includes(word.slice(2))) {
      throw new Error(`${word} is none of ${known.map((name) => `--${name}`).join(', ')}`)
    }
  }
}

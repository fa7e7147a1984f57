/** `--name value` from the command line. */
export function option(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? undefined : process.argv[at + 1]
}

export function number(name: string, fallback: number): number {
  const given = option(name)
  if (given === undefined) return fallback
  const value = Number(given)
  if (!Number.isFinite(value) || value <= 0) refused(`--${name} must be a number above 0, got "${given}"`)
  return value
}

export function list<T extends string>(name: string, all: readonly T[], fallback: readonly T[] = all): T[] {
  const given = option(name)
  if (given === undefined) return [...fallback]
  const chosen = given.split(',')
  for (const word of chosen) {
    if (!(all as readonly string[]).includes(word)) refused(`--${name}: ${word} is none of ${all.join(', ')}`)
  }
  return chosen as T[]
}

/** Fails on unknown options, rather than measuring something else for half an hour. */
export function refuseOthers(known: readonly string[]): void {
  for (const word of process.argv.slice(2)) {
    if (word.startsWith('--') && !known.includes(word.slice(2))) {
      refused(`${word} is none of ${known.map((name) => `--${name}`).join(', ')}`)
    }
  }
}

/** Ends the program at a wrong option: there is nothing to measure. */
function refused(problem: string): never {
  process.stderr.write(`${problem}\n`)
  process.exit(2)
}

/** Prints the text and ends the program when `--help` is asked for. */
export function helpWith(text: string): void {
  if (!process.argv.includes('--help') && !process.argv.includes('-h')) return
  process.stdout.write(text)
  process.exit(0)
}

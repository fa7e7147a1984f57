import { matchesGlob } from 'node:path'

/** One instruction of a Dockerfile: `COPY --from=build a b` has the flag `from` and the text `a b`. */
export type Instruction = { name: string; flags: Record<string, string>; text: string }

/** The instructions that scripts/image-without-docker.ts runs. Another one in the Dockerfile is an error, not a gap. */
const KNOWN = [
  ...['FROM', 'WORKDIR', 'COPY', 'RUN', 'ENV', 'USER', 'VOLUME', 'EXPOSE', 'STOPSIGNAL', 'HEALTHCHECK', 'ENTRYPOINT'],
  'CMD',
]

export function readDockerfile(text: string): Instruction[] {
  return text
    .split('\n')
    .filter((line) => !line.trim().startsWith('#'))
    .join('\n')
    .replaceAll('\\\n', '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = '', ...words] = line.trim().split(' ')
      if (!KNOWN.includes(name)) throw new Error(`unknown instruction in the Dockerfile: ${line}`)
      const flags: Record<string, string> = {}
      while (words[0]?.startsWith('--')) {
        const [flag = '', value = ''] = words.shift()!.slice(2).split('=')
        flags[flag] = value
      }
      return { name, flags, text: words.join(' ').trim() }
    })
}

/** What of a stage is for the container and not for the files. */
export type Stage = {
  base: string
  name: string | undefined
  steps: Instruction[]
  env: Record<string, string>
  workdir: string
  user: string
  volumes: string[]
  health: string[]
  entrypoint: string[]
  command: string[]
}

/** The stages in order, each with what its container starts with. */
export function stagesOf(instructions: Instruction[]): Stage[] {
  const stages: Stage[] = []
  for (const one of instructions) {
    const { name, text } = one
    if (name === 'FROM') {
      const [base = '', , as] = text.split(/ +/)
      const nothing = { env: {}, workdir: '/', user: '0:0', volumes: [], health: [], entrypoint: [], command: [] }
      stages.push({ base, name: as, steps: [], ...nothing })
      continue
    }
    const stage = stages.at(-1)
    if (stage === undefined) throw new Error(`${name} stands before FROM`)
    const list = (): string[] => JSON.parse(text.slice(text.indexOf('['))) as string[]
    if (name === 'WORKDIR') stage.workdir = text
    else if (name === 'USER') stage.user = text
    else if (name === 'VOLUME') stage.volumes.push(text)
    else if (name === 'HEALTHCHECK') stage.health = list()
    else if (name === 'ENTRYPOINT') stage.entrypoint = list()
    else if (name === 'CMD') stage.command = list()
    else if (name === 'ENV')
      for (const pair of text.split(' ')) stage.env[pair.split('=')[0]!] = pair.slice(pair.indexOf('=') + 1)
    // Each step runs in the folder of the moment.
    else if (name === 'RUN' || name === 'COPY') stage.steps.push({ ...one, flags: { ...one.flags, in: stage.workdir } })
  }
  return stages
}

/** Whether .dockerignore leaves a path of the checkout out. */
export function isIgnored(path: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matchesGlob(path, pattern) || matchesGlob(path, `${pattern}/**`))
}

export const ignorePatterns = (text: string): string[] =>
  text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))

import type { Command as Program } from 'commander'
import { Misused, type Command } from './command.ts'
import { leavesOf, pathOf } from './program.ts'

/**
 * One position on a command line, and the words that are possible there. The path of the root is empty, others begin
 * with a space.
 */
type Place = { path: string; words: Word[]; options: CompletedOption[] }
type Word = { name: string; help: string }
type CompletedOption = Word & {
  takesValue: boolean
  /** Possible values of the option, when they are a few fixed words. */
  choices: string[]
}

const SCRIPTS: Record<string, (places: readonly Place[]) => string> = { bash, zsh, fish }
const SHELLS = Object.keys(SCRIPTS)

const INSTALL = [
  'bash: eval "$(postern completion bash)" in ~/.bashrc',
  'zsh:  eval "$(postern completion zsh)" in ~/.zshrc, after compinit',
  'fish: postern completion fish > ~/.config/fish/completions/postern.fish',
].join('\n')

/** `program` is called when the command runs, because it contains this command too. */
export const completionOf = (program: () => Program): Command => ({
  name: 'completion',
  summary: 'Print a script with which a shell completes commands and options.',
  args: '<shell>',
  usage: `${SHELLS.join('|')}`,
  details: INSTALL,
  async run({ words: [shell] }) {
    const script = SCRIPTS[shell!]
    if (!Object.hasOwn(SCRIPTS, shell!) || !script)
      throw new Misused(`shell must be one of ${SHELLS.join(', ')}, got "${shell}"`)
    const text = script(placesOf(program()))
    return { data: { shell, script: text }, text }
  },
})

function placesOf(root: Program): Place[] {
  const all = new Set([root, ...root.commands.filter((one) => one.commands.length > 0), ...leavesOf(root)])
  return [...all].map((program) => ({
    path: pathOf(program)
      .map((name) => ` ${name}`)
      .join(''),
    words: [
      ...program.commands.map((one) => ({ name: one.name(), help: one.summary() || `Commands of ${one.name()}.` })),
      ...(program.name() === 'completion' ? SHELLS.map((name) => ({ name, help: `For ${name}.` })) : []),
    ],
    options: [
      ...program.options.map((option) => ({
        name: option.long!,
        help: option.description,
        takesValue: option.required,
        choices: /<(\w+(?:\|\w+)+)>/.exec(option.flags)?.[1]?.split('|') ?? [],
      })),
      { name: '--help', help: 'Print help.', takesValue: false, choices: [] },
    ],
  }))
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
const namesOf = (words: readonly Word[]): string => words.map(({ name }) => name).join(' ')
/** The patterns of a `case`: positions that can have a next word. */
const pathsOf = (places: readonly Place[]): string =>
  places
    .filter(({ path }) => path !== '')
    .map(({ path }) => quoted(path))
    .join(' | ')

/** Completes a file name where no word of ours fits, as after `--body`. */
function bash(places: readonly Place[]): string {
  const valued = places.flatMap(({ path, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(({ name, choices }) => `    ${quoted(`${path} ${name}`)}) words=${quoted(choices.join(' '))} ;;`),
  )
  return `_postern() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
      ${pathsOf(places)}) path="$path $word" ;;
    esac
  done
  case "$path $previous" in
${valued.join('\n')}
    *)
      case "$path" in
${places.map(({ path, words, options }) => `        ${quoted(path)}) words=${quoted(namesOf([...words, ...options]))} ;;`).join('\n')}
      esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _postern postern`
}

function zsh(places: readonly Place[]): string {
  // `_describe` takes name:help, so a colon in either is escaped.
  const entry = ({ name, help }: Word): string => quoted(`${name}:${help.replaceAll(':', String.raw`\:`)}`)
  const valued = places.flatMap(({ path, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(({ name, choices }) =>
        choices.length > 0
          ? `    ${quoted(`${path} ${name}`)}) compadd -- ${choices.join(' ')}; return ;;`
          : `    ${quoted(`${path} ${name}`)}) _files; return ;;`,
      ),
  )
  return `#compdef postern
_postern() {
  local place='' word
  local -a found
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$place $word" in
      ${pathsOf(places)}) place="$place $word" ;;
    esac
  done
  case "$place \${words[CURRENT-1]}" in
${valued.join('\n')}
  esac
  case "$place" in
${places.map(({ path, words, options }) => `    ${quoted(path)}) found=(${[...words, ...options].map(entry).join(' ')}) ;;`).join('\n')}
  esac
  _describe postern found || _files
}
compdef _postern postern`
}

function fish(places: readonly Place[]): string {
  // In single quotes, fish reads only \\\\ and \\'.
  const text = (one: string): string => `'${one.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`
  const lines = places.flatMap(({ path, words, options }) => {
    const at = `complete -c postern -n ${text(`__postern_at ${text(path)}`)}`
    return [
      ...words.map(({ name, help }) => `${at} -f -a ${name} -d ${text(help)}`),
      ...options.map(({ name, help, takesValue, choices }) => {
        const values = choices.length > 0 ? ` -x -a ${text(choices.join(' '))}` : takesValue ? ' -r' : ''
        return `${at} -l ${name.slice(2)}${values} -d ${text(help)}`
      }),
    ]
  })
  return `function __postern_at
  set -l place ''
  for word in (commandline -opc)[2..]
    switch "$place $word"
      case ${places
        .filter(({ path }) => path !== '')
        .map(({ path }) => text(path))
        .join(' ')}
        set place "$place $word"
    end
  end
  test "$place" = "$argv[1]"
end
${lines.join('\n')}`
}

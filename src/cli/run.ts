import { ConfigError, settingsHelp } from '../config.ts'
import { serve } from './serve.ts'

const COMMANDS: Record<string, { help: string; run: (args: string[], env: NodeJS.ProcessEnv) => Promise<number> }> = {
  serve: { help: 'Start the gateway (with the sandbox, unless CLOUD_API_URL is set).', run: serve },
}

/** Runs one command and answers the exit code: 0 done, 1 it failed, 2 the call's words are off. */
export async function run(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help())
    return name === undefined ? 2 : 0
  }
  const command = COMMANDS[name]
  if (!command) {
    process.stderr.write(`postern: there is no command "${name}".\n\n${help()}`)
    return 2
  }
  try {
    return await command.run(rest, env)
  } catch (error) {
    process.stderr.write(
      `postern: ${error instanceof ConfigError ? error.message : ((error as Error).stack ?? String(error))}\n`,
    )
    return 1
  }
}

function help(): string {
  const commands = Object.entries(COMMANDS)
    .map(([name, { help: text }]) => `  ${name.padEnd(12)} ${text}`)
    .join('\n')
  return `Usage: postern <command>\n\nCommands:\n${commands}\n\nSettings (environment):\n${settingsHelp()}\n`
}

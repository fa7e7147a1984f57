import { createClient } from '@postern/client'
import { readSecret } from '../platform/environment.ts'
import { newSecret } from '../platform/ids.ts'
import { Failed, listOf, Misused, numberOf, textOf, type Call, type Command } from './command.ts'
import { asCustomer } from './connect.ts'
import type { Allowed } from './mcp/allowed.ts'
import { nameOf } from './mcp/allowed.ts'
import { createPrepared } from './mcp/prepared.ts'
import { untilSignal } from './until-signal.ts'

const MOST_SENDS = 20

export const mcp: Command = {
  name: 'mcp',
  summary: 'Serve the Model Context Protocol, so that an AI agent can look at conversations and send.',
  usage: '--certification-code <code> [--allow-number <number> …] [--allow-template <name> …] [--http <port>]',
  details:
    'Speaks over stdin and stdout, or over HTTP with --http. Without --allow-number nothing can be sent. The certification code may be in CERTIFICATION_CODE, the token for HTTP in POSTERN_MCP_TOKEN, or each in the file that CERTIFICATION_CODE_FILE or POSTERN_MCP_TOKEN_FILE names.',
  options: {
    'certification-code': { type: 'string', value: 'code', help: 'The channel to work on.' },
    'allow-number': {
      type: 'string',
      value: 'number',
      help: 'A contact that the agent may read and write to: number or business-scoped id.',
      multiple: true,
    },
    'allow-template': { type: 'string', value: 'name', help: 'A template that the agent may send.', multiple: true },
    'read-all': { type: 'boolean', help: 'Let the agent read the conversations of all contacts.' },
    'most-sends': { type: 'string', value: 'n', help: `Messages in one hour. Default: ${MOST_SENDS}.` },
    http: { type: 'string', value: 'port', help: 'Serve http://127.0.0.1:<port>/mcp instead. 0 takes a free port.' },
    url: { type: 'string', value: 'url', help: 'The gateway’s address. Default: HOST and PORT of the environment.' },
  },
  async run(call) {
    const code = textOf(call.values, 'certification-code') ?? readSecret(call.env, 'CERTIFICATION_CODE')
    if (!code) throw new Misused('--certification-code is missing')
    const allowed = allowedBy(call)
    const port = numberOf(call.values, 'http')
    const gateway = await asCustomer(call, code)
    const client = createClient({ url: gateway.url, certificationCode: code })
    const prepared = createPrepared({ mostSends: allowed.mostSends, now: Date.now })
    // Imported only here: other commands do not load the protocol.
    const { createMcpServer } = await import('./mcp/server.ts')
    const server = () => createMcpServer({ client, allowed, prepared, now: Date.now })
    if (port === undefined) await overStdio(server)
    else await overHttp(call, port, server)
    return undefined
  },
}

function allowedBy({ values }: Call): Allowed {
  return {
    numbers: new Set(listOf(values, 'allow-number').map(nameOf)),
    templates: new Set(listOf(values, 'allow-template')),
    readAll: values['read-all'] === true,
    mostSends: numberOf(values, 'most-sends') ?? MOST_SENDS,
  }
}

type Server = () => import('@modelcontextprotocol/server').McpServer

/** Until the client closes stdin, or a signal. */
async function overStdio(server: Server): Promise<void> {
  const { serveStdio } = await import('@modelcontextprotocol/server/stdio')
  const handle = serveStdio(server)
  await Promise.race([
    untilSignal(),
    new Promise((resolve) => process.stdin.once('end', resolve).once('close', resolve)),
  ])
  await handle.close()
}

async function overHttp(call: Call, port: number, server: Server): Promise<void> {
  const given = readSecret(call.env, 'POSTERN_MCP_TOKEN')
  if (given !== undefined && given.length < 16) throw new Misused('POSTERN_MCP_TOKEN needs 16 characters or more')
  const token = given ?? newSecret('pm_')
  const { serveHttp } = await import('./mcp/over-http.ts')
  const http = await serveHttp({ port, token, server }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE' ? new Failed(`Port ${port} is taken: choose another with --http.`) : error
  })
  call.print({
    data: { url: http.url, ...(given === undefined && { token }) },
    text: `${http.url}\n${given === undefined ? `authorization: Bearer ${token}\n` : ''}`,
  })
  await untilSignal()
  await http.close()
}

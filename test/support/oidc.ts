import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider, { type Configuration } from 'oidc-provider'

export type Person = {
  sub: string
  name?: string
  email?: string
  email_verified?: boolean
  groups?: string[]
}

export const CLIENT = { client_id: 'postern', client_secret: 'a-client-secret-for-tests' }

/**
 * A real OpenID Connect provider on loopback with a login page of its own: whoever names a person is that person. It
 * answers from `open` on; before it, every request is answered 503, as by a provider that is down.
 */
export class TestProvider {
  readonly people = new Map<string, Person>()
  /** When set, the token endpoint gives this ID token instead of its own. */
  idToken: string | undefined
  /** Paths that were asked for. */
  readonly asked: string[] = []
  /** Changes the discovery document. */
  metadata: ((document: Record<string, unknown>) => void) | undefined
  private answer: RequestListener = (_request, response) => void response.writeHead(503).end()
  private readonly server = createServer((request, response) => {
    this.asked.push(new URL(request.url!, this.issuer).pathname)
    this.answer(request, response)
  })

  /** `localhost` and `127.0.0.1` are two sites for a browser, and one machine. */
  private host = '127.0.0.1'

  static async start(host: 'localhost' | '127.0.0.1' = '127.0.0.1'): Promise<TestProvider> {
    const provider = new TestProvider()
    provider.host = host
    await new Promise<void>((done) => provider.server.listen(0, '127.0.0.1', done))
    return provider
  }

  get issuer(): string {
    return `http://${this.host}:${(this.server.address() as AddressInfo).port}`
  }

  /** Answers from now on. `redirectUri`: where the console is. */
  open(redirectUri: string): void {
    const client = { ...CLIENT, redirect_uris: [redirectUri] }
    const configuration: Configuration = {
      clients: [client, { ...client, client_id: 'another' }],
      cookies: { keys: ['a-cookie-key-for-tests'] },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
      findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ ...this.people.get(sub), sub }) }),
      pkce: { required: () => true },
      ttl: { Session: 600, Interaction: 600, Grant: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
    }
    // It warns of what a provider for tests needs: a login page and keys of its own.
    const { warn, info } = console
    Object.assign(console, { warn: () => undefined, info: () => undefined })
    const provider = new Provider(this.issuer, configuration)
    provider.use(async (ctx, next) => {
      await next()
      if (ctx.path === '/token' && this.idToken !== undefined)
        ctx.body = { ...(ctx.body as object), id_token: this.idToken }
      if (ctx.path === '/.well-known/openid-configuration') this.metadata?.(ctx.body as Record<string, unknown>)
    })
    const callback = provider.callback()
    Object.assign(console, { warn, info })
    this.answer = (request, response) => void callback(request, response)
  }

  /** Down again. */
  away(): void {
    this.answer = (_request, response) => void response.writeHead(503).end()
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((done) => this.server.close(done))
  }
}

/** Goes through the provider's pages as a browser without scripts does. Returns where it leads back to. */
export async function walk(url: string, login: string, abort = false): Promise<string> {
  const { origin } = new URL(url)
  const cookies = new Map<string, string>()
  let next = { url, method: 'GET', body: undefined as URLSearchParams | undefined }
  for (let steps = 0; steps < 15; steps++) {
    const answer = await fetch(next.url, {
      ...{ method: next.method, redirect: 'manual' },
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(next.body && { body: next.body }),
    })
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!
      cookies.set(name!, value!)
    }
    const location = answer.headers.get('location')
    const page = await answer.text()
    if (location !== null) {
      const to = new URL(location, next.url)
      if (to.origin !== origin) return to.href
      next = { url: to.href, method: 'GET', body: undefined }
      continue
    }
    const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1]
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1]
    if (action === undefined || prompt === undefined) throw new Error(`${answer.status} ${next.url}: ${page}`)
    const path = abort ? /href="([^"]+abort)"/.exec(page)![1]! : action
    const body = new URLSearchParams({ prompt, ...(prompt === 'login' && { login, password: 'x' }) })
    next = {
      url: new URL(path, next.url).href,
      ...(abort ? { method: 'GET', body: undefined } : { method: 'POST', body }),
    }
  }
  throw new Error('the provider leads nowhere')
}

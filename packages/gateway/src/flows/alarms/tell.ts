import { createTransport } from 'nodemailer'
import type { Clock } from '@postern/runtime/clock'
import { type Alarm, type AlarmNews, bodyFor, type EmailTarget, linesOf, titleOf } from '../../domain/alarms/alarm.ts'
import type { Answer } from '../../platform/answer.ts'
import type { Outbound } from '../../platform/outbound/guard.ts'

/** The result of one attempt. `answer`: words about it, without what the target wrote. */
export type Told = { delivered: boolean; answer: string }
export type TellAlarm = (alarm: Pick<Alarm, 'target'>, id: string, news: AlarmNews) => Promise<Told>

const WITHIN_MS = 10_000

export function createTellAlarm(options: {
  outbound: Outbound
  clock: Clock
  userAgent: string
  /** One POST, as for an endpoint. */
  post: (request: {
    origin: string
    path: string
    headers: Record<string, string>
    body: string
    timeoutMs: number
  }) => Promise<Answer>
  /** The headers of Standard Webhooks. */
  sign: (secret: string, id: string, at: number, body: string) => Record<string, string>
}): TellAlarm {
  const { outbound, clock, userAgent, post, sign } = options
  return async ({ target }, id, news) => {
    if (target.type === 'email') return mail(outbound, target, news)
    const checked = outbound.checkUrl(target.url)
    if (!checked.ok) return { delivered: false, answer: checked.message }
    const { url } = checked
    const body = bodyFor(target.type, id, news, clock.now())
    const { status, text } = await post({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      headers: {
        'content-type': 'application/json',
        'user-agent': userAgent,
        ...(target.type === 'url' && sign(target.secret, id, clock.now(), body)),
      },
      body,
      timeoutMs: WITHIN_MS,
    })
    if (status === null) return { delivered: false, answer: text.slice(0, 200) }
    return { delivered: status >= 200 && status < 300, answer: `HTTP ${status}` }
  }
}

/** Over a socket that reaches permitted addresses only. */
async function mail(outbound: Outbound, { smtpUrl, from, to }: EmailTarget, news: AlarmNews): Promise<Told> {
  const url = new URL(smtpUrl)
  const secure = url.protocol === 'smtps:'
  const port = Number(url.port) || (secure ? 465 : 587)
  const socket = outbound.socket()
  let problem: Error | undefined
  socket.on('error', (error: Error) => (problem ??= error))
  const late = setTimeout(() => socket.destroy(new Error(`no answer within ${WITHIN_MS} ms`)), WITHIN_MS)
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
      socket.connect(port, url.hostname)
    })
    const transport = createTransport({
      connection: socket,
      host: url.hostname,
      port,
      secure,
      ...(url.username !== '' && {
        auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
        // A password never goes over a connection that anybody can read.
        requireTLS: !secure,
      }),
      ...(url.searchParams.get('tls') === 'off' && { ignoreTLS: true, requireTLS: false }),
      connectionTimeout: WITHIN_MS,
      greetingTimeout: WITHIN_MS,
      socketTimeout: WITHIN_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    const text = linesOf(news).join('\n\n') || 'This is a test: the alarm works.'
    await transport.sendMail({ from, to, subject: titleOf(news), text })
    return { delivered: true, answer: 'accepted' }
  } catch (error) {
    const { responseCode, code, message } = (problem ?? error) as Error & { responseCode?: number; code?: string }
    // The server's own words may quote addresses, or a password.
    return {
      delivered: false,
      answer: responseCode === undefined ? (code ?? message).slice(0, 100) : `SMTP ${responseCode}`,
    }
  } finally {
    clearTimeout(late)
    socket.destroy()
  }
}

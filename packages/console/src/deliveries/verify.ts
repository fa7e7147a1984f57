/** The check of a receiver (Standard Webhooks): HMAC-SHA256 over `id.timestamp.body`. */
export type Verdict = 'good' | 'wrong' | 'no secret'

export async function verify(given: {
  id: string
  timestamp: string
  signature: string
  secret: string
  body: string
}): Promise<Verdict> {
  let bytes: Uint8Array<ArrayBuffer>
  try {
    bytes = Uint8Array.from(atob(given.secret.trim().replace(/^whsec_/, '')), (letter) => letter.charCodeAt(0))
  } catch {
    return 'no secret'
  }
  if (bytes.length === 0) return 'no secret'
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
  const signed = new TextEncoder().encode(`${given.id.trim()}.${given.timestamp.trim()}.${given.body}`)
  // During a rotation the header has two signatures, one for each secret.
  for (const one of given.signature.trim().split(/\s+/)) {
    const [version, text] = one.split(',', 2)
    if (version !== 'v1' || text === undefined) continue
    try {
      const signature = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
      if (await crypto.subtle.verify('HMAC', key, signature, signed)) return 'good'
    } catch {
      // A text that is not Base64 is not a signature.
    }
  }
  return 'wrong'
}

export const VERIFY_CODE: Record<string, string> = {
  TypeScript: `import { Webhook } from 'standardwebhooks'

// rawBody: the bytes as they came, before any JSON parser touched them
const event = new Webhook(process.env.WEBHOOK_SECRET!).verify(rawBody, request.headers)`,
  Python: `from standardwebhooks import Webhook

event = Webhook(os.environ["WEBHOOK_SECRET"]).verify(raw_body, headers)`,
  PHP: `$wh = new \\StandardWebhooks\\Webhook(getenv('WEBHOOK_SECRET'));
$event = $wh->verify(file_get_contents('php://input'), getallheaders());`,
  'By hand': `signed   = webhook-id + "." + webhook-timestamp + "." + raw body
key      = base64decode(secret without "whsec_")
expected = base64(hmac_sha256(key, signed))
// one of the space-separated parts of webhook-signature is "v1," + expected;
// compare in constant time, and refuse timestamps more than 5 minutes old`,
}

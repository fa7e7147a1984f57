import { Checker } from '../checker.ts'
import { invalid } from '../graph-error.ts'
import type { BusinessNumber } from '../world.ts'
import { numberFor, type Answer, type Call } from './call.ts'
import { pick, type Node } from './fields.ts'
import { paged } from './paging.ts'

type QrCode = { code: string; prefilled_message: string; image: 'PNG' | 'SVG'; creation_time: number }

const DEFAULTS = ['code', 'prefilled_message', 'deep_link_url']
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const MOST_CODES = 2_000

const codesOf = (number: BusinessNumber): QrCode[] => (number.settings['qr_codes'] as QrCode[] | undefined) ?? []

/** A QR code has no id: `code` identifies it. */
const nodeOf = (call: Call, { code, prefilled_message, image, creation_time }: QrCode): Node => ({
  type: 'WhatsAppMessageQRDL',
  fields: {
    code,
    prefilled_message,
    deep_link_url: `https://wa.me/message/${code}`,
    creation_time,
    qr_image_url: ({ args }: { args: Record<string, string> }) =>
      `${call.cloud.origin}/qr/${code}.${(args['format'] ?? image).toLowerCase()}`,
  },
})

/** `GET /{number}/message_qrdls`; with `code`, only that one. */
export function listQrCodes(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const one = call.query.get('code')
  const codes = codesOf(number).filter((qr) => one === null || qr.code === one)
  const fields = call.query.get('fields')
  return {
    body: paged(
      call,
      codes.map((qr) => pick(nodeOf(call, qr), fields, DEFAULTS)),
    ),
  }
}

/** `POST`: creates a code, or changes the text of an existing one. */
export function saveQrCode(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const { cloud, body } = call
  const check = new Checker()
  const message = check.string(body, 'prefilled_message', '', 140)
  const known = check.optionalString(body, 'code', '')
  const codes = codesOf(number)
  let qr = codes.find((one) => one.code === known)
  if (known !== undefined && !qr) throw invalid(`Param code is not a QR code of this phone number: ${known}`)
  const format = body['generate_qr_image']
  const image =
    format === undefined ? undefined : check.word(body, 'generate_qr_image', '', ['png', 'svg']).toUpperCase()
  if (!qr) {
    if (codes.length >= MOST_CODES) throw invalid(`A phone number has at most ${MOST_CODES} QR codes.`)
    const bytes = cloud.source.draw('qr code')
    const code = Array.from({ length: 14 }, (_, i) => LETTERS[bytes[i]! % LETTERS.length]).join('')
    qr = { code, prefilled_message: message, image: 'SVG', creation_time: Math.floor(cloud.clock.now() / 1000) }
    codes.push(qr)
  }
  qr.prefilled_message = message
  if (image !== undefined) qr.image = image as QrCode['image']
  number.settings['qr_codes'] = codes
  cloud.world.saveNumber(number)
  const fields = image === undefined ? DEFAULTS : [...DEFAULTS, 'qr_image_url']
  return { body: pick(nodeOf(call, qr), null, fields) }
}

function qrCodeFor(call: Call, number: BusinessNumber): QrCode {
  const code = call.path[2] ?? String(call.body['code'] ?? '')
  const qr = codesOf(number).find((one) => one.code === code)
  if (!qr) throw invalid(`Param code is not a QR code of this phone number: ${code}`)
  return qr
}

/** `GET /{number}/message_qrdls/{code}`: a list of one, as in Meta's guide. */
export function getQrCode(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  return { body: { data: [pick(nodeOf(call, qrCodeFor(call, number)), call.query.get('fields'), DEFAULTS)] } }
}

export function deleteQrCode(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const qr = qrCodeFor(call, number)
  number.settings['qr_codes'] = codesOf(number).filter((one) => one !== qr)
  call.cloud.world.saveNumber(number)
  return { body: { success: true } }
}

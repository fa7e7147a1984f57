import { readText } from './channel.ts'
import { Failed, textOf, type Call } from './command.ts'
import type { Connection } from './connect.ts'

type Found = {
  accounts: {
    waba_id: string
    name: string | null
    numbers: {
      phone_number_id: string
      display_phone_number: string
      verified_name: string | null
      channel_id: number | null
    }[]
  }[]
}
type Choice = { wabaId: string; id: string; phone: string; name: string | null }

/** Adds a channel from a token alone: WhatsApp names its accounts and their numbers. */
export async function addChannel(call: Call, gateway: Connection): Promise<{ channelId: number; code: string }> {
  const token = await tokenOf(call)
  const found = (await gateway.ask('POST', '/admin/channels/discover', { access_token: token })) as Found
  const chosen = await choose(call, choicesIn(found))
  const shown = chosen.name ?? chosen.phone
  const name = textOf(call.values, 'name') ?? ((await call.ask?.(`Name in lists [${shown}]: `)) || shown)
  const made = (await gateway.ask('POST', '/admin/channels', {
    name,
    business_phone: chosen.phone,
    phone_number_id: chosen.id,
    waba_id: chosen.wabaId,
    access_token: token,
  })) as { channel_id: number; certification_code: string }
  const { channel_id: channelId, certification_code: code } = made
  // At once, since the way may end early.
  call.note(`Channel ${channelId} (${name}) is added. Its certification code, which is not shown again:\n\n  ${code}\n`)
  return { channelId, code }
}

async function tokenOf(call: Call): Promise<string> {
  const path = textOf(call.values, 'access-token-file')
  const token = (path === undefined ? await call.askHidden?.('Access token (not shown): ') : readText(path))?.trim()
  if (token !== undefined && token !== '') return token
  throw new Failed(
    'An access token is needed: --access-token-file <path>. Make one at business.facebook.com → Settings → Users → System users → Generate token.',
  )
}

const choicesIn = ({ accounts }: Found): Choice[] =>
  accounts.flatMap(({ waba_id: wabaId, numbers }) =>
    numbers
      .filter(({ channel_id: channel }) => channel === null)
      .map((one) => ({
        wabaId,
        id: one.phone_number_id,
        phone: one.display_phone_number.replace(/\D/g, ''),
        name: one.verified_name,
      })),
  )

async function choose(call: Call, choices: readonly Choice[]): Promise<Choice> {
  const wanted = textOf(call.values, 'business-phone')?.replace(/\D/g, '')
  const fitting = wanted === undefined ? choices : choices.filter(({ phone }) => phone === wanted)
  if (fitting.length === 1) return fitting[0]!
  const list = choices.map(({ phone, name }, i) => `  ${i + 1}  +${phone}  ${name ?? ''}`.trimEnd()).join('\n')
  if (fitting.length === 0)
    throw new Failed(
      choices.length === 0
        ? 'This token sees no number that is not a channel yet. Give its system user the WhatsApp account (business.facebook.com → Settings → Accounts → WhatsApp accounts → Assign people), or add the channel by its ids: postern channel add'
        : `This token does not see +${wanted}. It sees:\n${list}`,
    )
  const answer = await call.ask?.(`Which number?\n${list}\nNumber 1 to ${choices.length}: `)
  const one = choices[Number(answer) - 1]
  if (one) return one
  throw new Failed(`Choose one with --business-phone:\n${list}`)
}

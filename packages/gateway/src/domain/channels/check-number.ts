import type { WirePhoneNumber } from '@postern/cloud-api'

/** One check of a number before it becomes a channel. */
export type CheckStep = {
  step: 'token' | 'number' | 'account' | 'subscription' | 'callback'
  /** `unknown`: not checked, because an earlier check failed or Meta does not tell. */
  state: 'ok' | 'warning' | 'failed' | 'unknown'
  /** The finding, and the next step when it is not good. */
  says: string
}

const digits = (text: string): string => text.replace(/\D/g, '')

export function judgeNumber(number: WirePhoneNumber, businessPhone: string | undefined): CheckStep {
  const shown = number.display_phone_number
  const name = typeof number.verified_name === 'string' ? ` (${number.verified_name})` : ''
  if (businessPhone !== undefined && digits(shown) !== digits(businessPhone)) {
    return {
      step: 'number',
      state: 'failed',
      says: `This id belongs to ${shown}${name}, not to ${businessPhone}. Correct the id or the number.`,
    }
  }
  const status = (number as Record<string, unknown>).status
  if (typeof status === 'string' && status !== 'CONNECTED') {
    return {
      step: 'number',
      state: 'warning',
      says: `${shown}${name} is ${status}. Register it with the Cloud API before sending.`,
    }
  }
  return { step: 'number', state: 'ok', says: `${shown}${name} is connected.` }
}

export function judgeAccount(numbers: readonly WirePhoneNumber[], phoneNumberId: string): CheckStep {
  if (numbers.some((number) => number.id === phoneNumberId))
    return { step: 'account', state: 'ok', says: `The account has ${numbers.length} number(s), this one among them.` }
  const shown = numbers.map((number) => number.display_phone_number).join(', ')
  return {
    step: 'account',
    state: 'failed',
    says: `The number is not of this account. ${shown === '' ? 'The account has no numbers.' : `Its numbers: ${shown}.`}`,
  }
}

/** The URL for this number's webhooks: the number's own, else the account's, else the app's. */
export function webhookUrlOf(number: WirePhoneNumber): string | undefined {
  const configuration = (number as Record<string, unknown>).webhook_configuration
  const given = (typeof configuration === 'object' && configuration !== null ? configuration : {}) as Record<
    string,
    unknown
  >
  return [given.phone_number, given.whatsapp_business_account, given.application].find(
    (one): one is string => typeof one === 'string' && one !== '',
  )
}

export function judgeWebhookUrl(number: WirePhoneNumber, ours: string): CheckStep {
  const url = webhookUrlOf(number)
  if (url === undefined) {
    return {
      step: 'callback',
      state: 'warning',
      says: `No callback address is set. In the app’s WhatsApp settings, set it to this gateway’s public address and ${ours}.`,
    }
  }
  let path = ''
  try {
    path = new URL(url).pathname
  } catch {
    // The check below treats it as a URL with another path.
  }
  return path.endsWith(ours)
    ? { step: 'callback', state: 'ok', says: `Webhooks go to ${url}.` }
    : {
        step: 'callback',
        state: 'warning',
        says: `Webhooks go to ${url}, which does not end in ${ours}: this gateway may not hear of replies and statuses.`,
      }
}

/**
 * A client as somebody writes it who has the hosted API's page and nothing else: its base URL, its header, its examples.
 * It reads `status`, `code`, `message` and `data`, and knows no HTTP status.
 */
export class PageClient {
  readonly #url: string
  readonly #code: string

  constructor(url: string, certificationCode: string) {
    this.#url = url
    this.#code = certificationCode
  }

  /** Returns the msg_id. */
  async send(message: unknown): Promise<string> {
    const response = await fetch(`${this.#url}/external/messages/whatsapp`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'certification-code': this.#code },
      body: JSON.stringify(message),
    })
    const { status, code, message: text, data } = (await response.json()) as PageAnswer
    if (status !== 'success' || code !== 200) throw new PageRefusal(code, text)
    return data.msg_id
  }
}

type PageAnswer = { status: string; code: number; message: string; data: { msg_id: string } }

export class PageRefusal extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** What the page's reader keeps of the callbacks that the page and its sister pages document. */
export class PageInbox {
  /** Ids of chosen rows and buttons, by the message that they answer. */
  readonly choices = new Map<string, string>()
  readonly texts: string[] = []
  /** The statuses of each message, in the order of their arrival. */
  readonly statuses = new Map<string, string[]>()
  /** Events that the pages do not have. */
  readonly strangers: string[] = []

  take(callback: Callback): void {
    switch (callback.event) {
      case 'new_message':
        for (const { type, context, interactive, text } of callback.message.messages) {
          if (type === 'text') this.texts.push(text!.body)
          const choice = interactive?.list_reply ?? interactive?.button_reply
          if (choice) this.choices.set(context!.id, choice.id)
        }
        break
      case 'message_status_update': {
        if (!['sent', 'failed', 'delivered', 'read'].includes(callback.message_status))
          this.strangers.push(callback.message_status)
        const before = this.statuses.get(callback.message_id) ?? []
        this.statuses.set(callback.message_id, [...before, callback.message_status])
        break
      }
      case 'template_status_update':
      case 'template_category_update':
      case 'template_quality_update':
        break
      default:
        this.strangers.push((callback as { event: string }).event)
    }
  }
}

type Choice = { id: string; title: string }

export type Callback =
  | {
      event: 'new_message'
      channel_id: number
      message: {
        messages: {
          type: string
          context?: { id: string }
          text?: { body: string }
          interactive?: { list_reply?: Choice; button_reply?: Choice }
        }[]
      }
    }
  | { event: 'message_status_update'; message_id: string; message_status: string }
  | { event: 'template_status_update' | 'template_category_update' | 'template_quality_update'; new_value: string }

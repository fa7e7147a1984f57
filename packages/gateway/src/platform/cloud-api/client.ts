import { asRecord, createCaller, expectSuccess, type CallOptions, type Caller, type CloudApiOptions } from './call.ts'
import { StrangeAnswer } from './errors.ts'
import { mediaCalls, type MediaCalls } from './media-calls.ts'
import { numberCalls, type NumberCalls } from './number-calls.ts'
import { isRecord } from '../is-record.ts'
import { templateCalls, type TemplateCalls } from './template-calls.ts'
import type { ReadReceipt, SendRequest, SendResponse } from '@postern/cloud-api'

/**
 * Meta's Cloud API. Every call throws `CloudApiError` when Meta refuses, `NotConnected` when nothing was written,
 * `NoAnswer` when no answer arrived, and `StrangeAnswer` when the answer is not of Meta's API. No error contains a
 * token. Nothing is retried here: the caller decides whether a retry is safe.
 */
export type CloudApi = MessageCalls &
  TemplateCalls &
  NumberCalls &
  MediaCalls & {
    /** Waits for calls in progress, then closes every socket. */
    close(): Promise<void>
  }

/** The endpoint of a send. */
export type SendPath = 'messages' | 'marketing_messages'

export type MessageCalls = {
  /** `POST /{phone_number_id}/messages`, or another `path`. The answer always has `messages[0].id`. */
  sendMessage(
    phoneNumberId: string,
    accessToken: string,
    message: SendRequest,
    options?: CallOptions & { path?: SendPath },
  ): Promise<SendResponse>
  /** Marks an inbound message and all earlier ones as read, with the typing indicator if requested. */
  markRead(
    phoneNumberId: string,
    accessToken: string,
    messageId: string,
    options?: CallOptions & { typing?: boolean },
  ): Promise<void>
}

export function createCloudApi(options: CloudApiOptions): CloudApi {
  const caller = createCaller(options)
  const media = mediaCalls(caller)
  return {
    ...messageCalls(caller),
    ...templateCalls(caller),
    ...numberCalls(caller),
    ...media.calls,
    close: async () => {
      await Promise.all([caller.close(), media.close()])
    },
  }
}

function messageCalls({ call }: Caller): MessageCalls {
  const post = (
    phoneNumberId: string,
    token: string,
    json: unknown,
    timeoutMs: number | undefined,
    path: SendPath = 'messages',
  ) => call({ method: 'POST', path: [phoneNumberId, path], token, json, timeoutMs })

  return {
    async sendMessage(phoneNumberId, accessToken, message, { timeoutMs, path } = {}) {
      return readSendResponse(await post(phoneNumberId, accessToken, message, timeoutMs, path))
    },

    async markRead(phoneNumberId, accessToken, messageId, { timeoutMs, typing } = {}) {
      const receipt: ReadReceipt = { messaging_product: 'whatsapp', status: 'read', message_id: messageId }
      if (typing) receipt.typing_indicator = { type: 'text' }
      expectSuccess(await post(phoneNumberId, accessToken, receipt, timeoutMs))
    },
  }
}

function readSendResponse(json: unknown): SendResponse {
  const answer = asRecord(json)
  const messages = Array.isArray(answer.messages) ? (answer.messages as unknown[]) : []
  const first = messages[0]
  if (!isRecord(first) || typeof first.id !== 'string' || first.id === '') {
    throw new StrangeAnswer('no message id in it', 200)
  }
  const contacts = Array.isArray(answer.contacts) ? (answer.contacts as unknown[]).filter(isRecord) : []
  return { messaging_product: 'whatsapp', contacts, messages } as SendResponse
}

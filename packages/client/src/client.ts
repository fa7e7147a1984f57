import { createEvents, type EventOptions, type StreamedEvent } from './events.ts'
import { createRequester, DEFAULT_TIMEOUT_MS, type CallOptions, type ClientOptions } from './request.ts'
import type {
  CallAction,
  Broadcast,
  BroadcastRecipient,
  BroadcastSend,
  BroadcastWithFailures,
  NewBroadcast,
  Contact,
  CreateTemplate,
  EditTemplate,
  KeptEvent,
  Message,
  MessageFilter,
  ScheduleChanges,
  ScheduledFilter,
  ScheduledMessage,
  SendMessage,
  Template,
  TemplateFilter,
  ThreadChange,
  ThreadOwner,
  Window,
} from './types.ts'

export type UploadOptions = CallOptions & { filename?: string; type?: string }

export type Client = {
  /** Sends one message. Resolves with WhatsApp's id when WhatsApp has accepted it. */
  send(message: SendMessage, options?: CallOptions): Promise<{ msg_id: string; sent_as?: string }>
  /** Sends a message later. Resolves with its reference when it is stored. */
  schedule(message: SendMessage & { send_at: number | string }, options?: CallOptions): Promise<{ reference: string }>
  /** Messages that were sent with `send_at`. */
  scheduled: {
    list(filter?: ScheduledFilter, options?: CallOptions): Promise<ScheduledMessage[]>
    get(reference: string, options?: CallOptions): Promise<ScheduledMessage>
    /** Only while it is `scheduled`, as `cancel`. */
    change(reference: string, changes: ScheduleChanges, options?: CallOptions): Promise<ScheduledMessage>
    cancel(reference: string, options?: CallOptions): Promise<ScheduledMessage>
  }
  /** Returns one message, by WhatsApp's id or by the gateway's. */
  message(id: string, options?: CallOptions): Promise<Message>
  /** Returns a page of messages, newest first. */
  messages(filter?: MessageFilter, options?: CallOptions): Promise<Message[]>
  /**
   * Marks an inbound message and all earlier messages of the contact as read. `typing` also shows the typing indicator.
   */
  markRead(id: string, options?: CallOptions & { typing?: boolean }): Promise<void>
  /** Returns what is known of a contact, by number, business-scoped id or parent id. */
  contact(to: string, options?: CallOptions): Promise<Contact>
  /** Takes a conversation, passes it on to another program, or gives it up. */
  thread(to: string, change: ThreadChange, options?: CallOptions): Promise<ThreadOwner>
  /** Records whether a contact wants marketing messages. */
  preferences(to: string, wish: { marketing: 'allowed' | 'stopped' }, options?: CallOptions): Promise<Contact>
  /** Tells whether free-form messages may be sent to this contact now. */
  window(to: string, options?: CallOptions): Promise<Window>
  /**
   * Yields the events that callbacks carry, oldest first, and waits for new ones. It polls with requests that wait for an
   * event, and goes on after an outage of the gateway. Store the last id and continue from it.
   */
  events(options?: EventOptions): AsyncGenerator<KeptEvent, void, undefined>
  /** The same events over one connection, as server-sent events. */
  stream(options?: EventOptions): AsyncGenerator<StreamedEvent, void, undefined>
  /** One action on a voice call: connect, pre_accept, accept, reject or terminate. Only `connect` is never repeated. */
  call(action: CallAction, options?: CallOptions): Promise<{ call_id: string; success: true }>
  templates: {
    list(filter?: TemplateFilter, options?: CallOptions): Promise<Template[]>
    get(id: string, options?: CallOptions): Promise<Template>
    create(template: CreateTemplate, options?: CallOptions): Promise<Template>
    edit(id: string, changes: EditTemplate, options?: CallOptions): Promise<Template>
    delete(id: string, options?: CallOptions): Promise<void>
    /** Deletes up to 100 templates by their ids, or all languages of a name. */
    deleteAll(which: { ids: string[] } | { name: string }, options?: CallOptions): Promise<void>
    /** Archives up to 100 templates. WhatsApp's reasons for the others are in `failed_templates`. */
    archive(
      ids: string[],
      options?: CallOptions,
    ): Promise<{ archived_templates: string[]; failed_templates: Record<string, string> }>
    unarchive(
      ids: string[],
      options?: CallOptions,
    ): Promise<{ unarchived_templates: string[]; failed_templates: Record<string, string> }>
    /** Ends a pause that WhatsApp made. */
    unpause(id: string, options?: CallOptions): Promise<{ success: boolean; reason?: string }>
  }
  media: {
    /** Uploads a file. A message can use the id instead of a link. */
    upload(file: Blob | Uint8Array<ArrayBuffer>, options?: UploadOptions): Promise<{ id: string }>
    /** Returns the response; read its body: `await (await media.download(id)).bytes()`. */
    download(id: string, options?: CallOptions): Promise<Response>
    delete(id: string, options?: CallOptions): Promise<void>
  }
  /** A broadcast sends one message to many contacts, at the channel's rate limit. */
  broadcasts: {
    create(broadcast: NewBroadcast, options?: CallOptions): Promise<Broadcast>
    list(filter?: { last_id?: string; count?: number }, options?: CallOptions): Promise<Broadcast[]>
    get(id: string, options?: CallOptions): Promise<BroadcastWithFailures>
    /** Adds recipients. Skips recipients that the broadcast already has. */
    add(
      id: string,
      recipients: BroadcastRecipient[],
      options?: CallOptions,
    ): Promise<{ added: number; duplicates: number }>
    recipients(
      id: string,
      filter?: { state?: BroadcastSend['state']; last_n?: number; count?: number },
      options?: CallOptions,
    ): Promise<BroadcastSend[]>
    pause(id: string, options?: CallOptions): Promise<BroadcastWithFailures>
    resume(id: string, options?: CallOptions): Promise<BroadcastWithFailures>
    cancel(id: string, options?: CallOptions): Promise<BroadcastWithFailures>
  }
}

const SCHEDULED = '/external/scheduled'
const BROADCASTS = '/external/broadcasts'

/** Creates a client of one channel. Every method throws a `PosternError` when the call fails. */
export function createClient(given: ClientOptions): Client {
  const requester = createRequester(given, { 'certification-code': given.certificationCode })
  const { data, raw } = requester
  const at = (path: string, id: string): string => `${path}/${encodeURIComponent(id)}`

  return {
    send: (message, options) => data({ method: 'POST', path: '/external/messages/whatsapp', json: message, options }),
    schedule: (message, options) =>
      data({ method: 'POST', path: '/external/messages/whatsapp', json: message, options }),
    scheduled: {
      list: (filter, options) => data({ method: 'GET', path: SCHEDULED, query: { ...filter }, options }),
      get: (reference, options) => data({ method: 'GET', path: at(SCHEDULED, reference), options }),
      change: (reference, changes, options) =>
        data({ method: 'PATCH', path: at(SCHEDULED, reference), json: changes, options }),
      cancel: (reference, options) => data({ method: 'DELETE', path: at(SCHEDULED, reference), options }),
    },
    message: (id, options) => data({ method: 'GET', path: at('/external/messages', id), options }),
    messages: (filter, options) => data({ method: 'GET', path: '/external/messages', query: { ...filter }, options }),
    async markRead(id, { typing, ...options } = {}) {
      const json = typing === undefined ? {} : { typing }
      await data({ method: 'POST', path: `${at('/external/messages', id)}/read`, json, options })
    },
    contact: (to, options) => data({ method: 'GET', path: at('/external/contacts', to), options }),
    preferences: (to, wish, options) =>
      data({ method: 'PUT', path: `${at('/external/contacts', to)}/preferences`, json: wish, options }),
    thread: (to, change, options) =>
      data({ method: 'POST', path: `${at('/external/contacts', to)}/thread`, json: change, options }),
    window: (to, options) => data({ method: 'GET', path: `${at('/external/contacts', to)}/window`, options }),
    call: (action, options) => data({ method: 'POST', path: '/external/calls', json: action, options }),
    ...createEvents(requester, given.timeoutMs ?? DEFAULT_TIMEOUT_MS),
    templates: {
      list: (filter, options) => data({ method: 'GET', path: '/external/templates', query: { ...filter }, options }),
      get: (id, options) => data({ method: 'GET', path: at('/external/templates', id), options }),
      create: (template, options) => data({ method: 'POST', path: '/external/templates', json: template, options }),
      edit: (id, changes, options) =>
        data({ method: 'PATCH', path: at('/external/templates', id), json: changes, options }),
      async delete(id, options) {
        await data({ method: 'DELETE', path: at('/external/templates', id), options })
      },
      async deleteAll(which, options) {
        const query = 'ids' in which ? { hsm_ids: which.ids.join(',') } : { name: which.name }
        await data({ method: 'DELETE', path: '/external/templates', query, options })
      },
      archive: (ids, options) =>
        data({ method: 'POST', path: '/external/templates/archive', json: { hsm_ids: ids }, options }),
      unarchive: (ids, options) =>
        data({ method: 'POST', path: '/external/templates/unarchive', json: { hsm_ids: ids }, options }),
      unpause: (id, options) => data({ method: 'POST', path: `${at('/external/templates', id)}/unpause`, options }),
    },
    media: {
      upload(file, { filename, type, ...options } = {}) {
        const form = new FormData()
        const blob = file instanceof Blob && type === undefined ? file : new Blob([file], type ? { type } : {})
        form.set('file', blob, filename ?? (file instanceof File ? file.name : 'file'))
        return data({ method: 'POST', path: '/external/media', form, options })
      },
      download: (id, options) => raw({ method: 'GET', path: at('/external/media', id), options }),
      async delete(id, options) {
        await data({ method: 'DELETE', path: at('/external/media', id), options })
      },
    },
    broadcasts: {
      create: (broadcast, options) => data({ method: 'POST', path: BROADCASTS, json: broadcast, options }),
      list: (filter, options) => data({ method: 'GET', path: BROADCASTS, query: { ...filter }, options }),
      get: (id, options) => data({ method: 'GET', path: at(BROADCASTS, id), options }),
      add: (id, recipients, options) =>
        data({ method: 'POST', path: `${at(BROADCASTS, id)}/recipients`, json: { recipients }, options }),
      recipients: (id, filter, options) =>
        data({ method: 'GET', path: `${at(BROADCASTS, id)}/recipients`, query: { ...filter }, options }),
      pause: (id, options) => data({ method: 'POST', path: `${at(BROADCASTS, id)}/pause`, options }),
      resume: (id, options) => data({ method: 'POST', path: `${at(BROADCASTS, id)}/resume`, options }),
      cancel: (id, options) => data({ method: 'POST', path: `${at(BROADCASTS, id)}/cancel`, options }),
    },
  }
}

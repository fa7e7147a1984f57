import type { Methods } from './routes.ts'

export function contactMethods({ method, withBody, downloadWithQuery, upload }: Methods) {
  return {
    /** Returns what is known of a contact, by number, business-scoped id or parent id. */
    contact: method('GET /external/contacts/{to}'),
    /** Takes a conversation, passes it on to another program, or gives it up. */
    thread: withBody('POST /external/contacts/{to}/thread'),
    /** Records whether a contact wants marketing messages. */
    preferences: withBody('PUT /external/contacts/{to}/preferences'),
    /** Records them from a CSV file. Resolves with the rows that are wrong. */
    importPreferences: upload('POST /external/contacts/preferences/import'),
    /** Those of all contacts as CSV. Returns the response; read its body. */
    exportPreferences: downloadWithQuery('GET /external/contacts/preferences.csv'),
    /** Tells whether free-form messages may be sent to this contact now. */
    window: method('GET /external/contacts/{to}/window'),
  }
}

const word = (text: string): string => text

/** Reasons of rows and recipients as headings. */
const REASONS: Record<string, string> = {
  row_unreadable: word('The row cannot be read'),
  number_missing: word('No number'),
  number_invalid: word('Wrong number'),
  template: word('No such template'),
  values: word('A value does not fit'),
  duplicate: word('Stands twice in the file'),
  opted_out: word('Wants no marketing'),
  marketing_limited: word('Got enough marketing for today'),
  window_closed: word('The window is closed'),
  undelivered: word('Could not be delivered'),
  upstream_refused: word('Refused by WhatsApp'),
  outcome_unknown: word('It is not known whether it was sent'),
  unknown: word('It is not known whether it was sent'),
  not_on_whatsapp: word('Not on WhatsApp'),
  experiment: word('WhatsApp leaves the person out'),
  not_failed: word('Got it meanwhile'),
}

/** What to do about what the gateway refused; for a code of WhatsApp's there is its own advice. */
const ADVICE: Record<string, string> = {
  opted_out: word('Leave these people in peace: nothing was sent to them.'),
  marketing_limited: word('Try again after 24 hours. Nothing was sent to them.'),
  window_closed: word('Use a template: it may be sent outside the window.'),
}

export const reasonWord = (reason: string): string => REASONS[reason] ?? reason
export const adviceWord = (reason: string): string | undefined => ADVICE[reason]

/** The steps of the story, each with what happens in it: for the phones' page and for a terminal. */
export const STORY_STEPS = [
  {
    name: 'order',
    says: 'The shop confirms an order: one HTTP call, and a template appears on Mei’s phone.',
  },
  {
    name: 'tap',
    says: 'Mei taps “Yes”. WhatsApp tells Postern, Postern calls the shop’s webhook, and the shop answers.',
  },
  {
    name: 'list',
    says: 'Pablo asks for a bag. The shop answers with a list, and he picks a row.',
  },
  {
    name: 'payment',
    says: 'The shop sends the bill. Pablo pays in the chat, and the webhook hears of it.',
  },
  {
    name: 'photo',
    says: 'Mei sends a photo. The shop fetches the file from Postern and answers.',
  },
  {
    name: 'down',
    says: 'Your webhook is down. Postern keeps the events and retries.',
  },
  {
    name: 'recovery',
    says: 'Your webhook is back. Every event arrives, in order, and the shop answers.',
  },
] as const

export type StoryStep = (typeof STORY_STEPS)[number]['name']

/** What is said outside of the steps. */
export const STORY_SAYS = {
  idle: { says: 'A shop’s day in half a minute, on the phones, on the wire and in the console.' },
  over: { says: 'That was the shop’s day. Nothing was lost, and nothing came twice.' },
} as const

/** Why a story does not start, or ends early. */
export const STORY_PROBLEMS = {
  starting: { says: 'The gateway is still starting. Try again in a moment.' },
  stopped: { says: 'The story was stopped.' },
  faults: { says: 'A trouble is active, and would make another story. End it under “Trouble” first.' },
  noChannel: { says: 'The story needs the demo channel, which was removed or changed.' },
  tooMany: { says: 'The demo channel has 20 endpoints. Remove one: the story needs one of its own.' },
  reset: { says: 'The sandbox was reset, so the story ended.' },
  forgotten: { says: 'The story was paused for ten minutes, so it ended.' },
} as const

/** What the story waited for in vain. */
export const STORY_WAITS = {
  phone: { says: 'The message did not arrive on the phone within 20 seconds. Is the phone offline?' },
  webhook: { says: 'The shop’s webhook did not hear of it within 20 seconds.' },
  failure: { says: 'The webhook is down, but Postern did not call it within 20 seconds.' },
} as const

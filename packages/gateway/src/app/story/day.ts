import { list, template, type CallbackEvent, type InboundMessage, type SendMessage } from '@postern/client'
import type { Sandbox } from '@postern/sandbox'
import { STORY_WAITS, type StoryStep } from '../../domain/story.ts'
import { DEMO } from '../demo.ts'
import type { Pace } from './pace.ts'
import type { Shop } from './shop.ts'

const [MEI, PABLO] = DEMO.phones

/** What the day is played with. `step` says what happens from now on. */
export type Day = { sandbox: Sandbox; shop: Shop; pace: Pace; step: (name: StoryStep) => void; sent: () => void }

type Person = ReturnType<Sandbox['phone']>

/** Plays the day: each step is a function below, in their order. */
export async function playDay(day: Day): Promise<void> {
  const people = {
    mei: day.sandbox.phone(MEI, { with: DEMO.phoneNumberId }),
    pablo: day.sandbox.phone(PABLO, { with: DEMO.phoneNumberId }),
  }
  const order = await confirmOrder(day, people.mei)
  await tapYes(day, people.mei, order)
  await pickFromList(day, people.pablo)
  await payBill(day, people.pablo)
  await sendPhoto(day, people.mei)
  const asked = await writeWhileDown(day, people.mei, people.pablo)
  await recover(day, people.mei, people.pablo, asked)
}

async function confirmOrder(day: Day, mei: Person): Promise<string> {
  day.step('order')
  await day.pace.beat(1_200)
  const id = await send(day, template('test_button_reply_1').for(MEI))
  await hearStatus(day, id, 'delivered')
  await readSoon(day, mei)
  await day.pace.beat(1_600)
  return id
}

async function tapYes(day: Day, mei: Person, order: string): Promise<void> {
  day.step('tap')
  await day.pace.beat(900)
  const { id } = await mei.taps('Yes', { on: order })
  await answer(
    day,
    mei,
    await hearMessage(day, id),
    text(MEI, 'Thank you! The courier comes between 2 and 4 this afternoon.'),
  )
  await day.pace.beat(1_200)
}

async function pickFromList(day: Day, pablo: Person): Promise<void> {
  day.step('list')
  await day.pace.beat(700)
  const asked = await pablo.says('Hi! I would like the *blue bag*. How can you send it?')
  const sent = await answer(
    day,
    pablo,
    await hearMessage(day, asked.id),
    list('Good choice! How shall it reach you?', 'Ways')
      .section(
        'Ways',
        { id: 'express', title: 'Express', description: 'Today before six' },
        { id: 'post', title: 'By post', description: 'In three days' },
      )
      .for(PABLO),
  )
  await day.pace.beat(900)
  const picked = await pablo.picks('Express', { on: sent })
  await hearMessage(day, picked.id)
  await day.pace.beat(900)
}

const TOTAL = { value: 24_900, offset: 100 } as const

async function payBill(day: Day, pablo: Person): Promise<void> {
  day.step('payment')
  await day.pace.beat(500)
  const bill = await send(day, {
    to: PABLO,
    type: 'interactive',
    interactive: {
      type: 'order_details',
      body: { text: 'Blue bag, express. Please pay here.' },
      action: {
        name: 'review_and_pay',
        parameters: {
          reference_id: 'order-8812',
          type: 'physical-goods',
          currency: 'BRL',
          total_amount: TOTAL,
          order: { status: 'pending', items: [{ name: 'Blue bag', amount: TOTAL, quantity: 1 }], subtotal: TOTAL },
        },
      },
    },
  })
  await arrive(day, pablo, bill)
  await readSoon(day, pablo)
  await day.pace.beat(1_000)
  await pablo.pays({ on: bill, method: 'pix' })
  await hear(day, (event) => (event.event === 'payment_status' && event.message_id === bill) || undefined)
  await day.pace.beat(500)
  const thanks = await send(day, text(PABLO, 'Paid. Thank you, Pablo! It leaves in an hour.'))
  await arrive(day, pablo, thanks)
  await readSoon(day, pablo)
  await day.pace.beat(800)
}

async function sendPhoto(day: Day, mei: Person): Promise<void> {
  day.step('photo')
  await day.pace.beat(500)
  const photo = await mei.says({
    type: 'image',
    image: { caption: 'We are on the boat today. Can the courier come here?' },
  })
  const inbound = await hearMessage(day, photo.id)
  if (inbound.type === 'image') await fetchFile(day, inbound.image.id)
  await send(day, { to: MEI, type: 'reaction', reaction: { message_id: photo.id, emoji: '❤️' } })
  await answer(day, mei, inbound, text(MEI, 'What a lovely boat! Yes, of course.'))
  await day.pace.beat(1_200)
}

/** Returns the ids of the messages that wait for the webhook. */
async function writeWhileDown(day: Day, mei: Person, pablo: Person): Promise<string[]> {
  day.shop.isDown = true
  day.step('down')
  await day.pace.beat(1_200)
  const first = await pablo.says('When will it be here?')
  await day.pace.beat(1_000)
  const second = await mei.says('It is the one with the white sails.')
  await day.pace.beat(1_000)
  const third = await pablo.says('I am at home until six.')
  return [first.id, second.id, third.id]
}

async function recover(day: Day, mei: Person, pablo: Person, asked: readonly string[]): Promise<void> {
  await day.pace.until(() => (day.shop.refused >= 2 ? true : undefined), STORY_WAITS.failure.says)
  await day.pace.beat(2_400)
  day.shop.isDown = false
  day.step('recovery')
  const [, may, home] = await Promise.all(asked.map((id) => hearMessage(day, id)))
  await day.pace.beat(700)
  await answer(day, pablo, home!, text(PABLO, 'In about an hour, Pablo. See you!'))
  const last = await answer(day, mei, may!, text(MEI, 'The courier sees you, Mei!'))
  await hearStatus(day, last, 'delivered')
  await day.pace.beat(1_500)
}

const text = (to: string, body: string): SendMessage => ({ to, type: 'text', text: body })

/** The shop's software sends a message: the call that every customer makes. */
async function send(day: Day, message: SendMessage): Promise<string> {
  const { msg_id } = await day.shop.client.send(message, { signal: day.pace.signal })
  day.sent()
  return msg_id
}

/** The shop reads a message, types, and answers. Resolves when the answer is on the phone. */
async function answer(day: Day, phone: Person, inbound: InboundMessage, message: SendMessage): Promise<string> {
  const { shop, pace } = day
  await shop.client.markRead(inbound.id, { typing: true, signal: pace.signal })
  await pace.beat(1_100)
  const id = await send(day, message)
  await arrive(day, phone, id)
  await readSoon(day, phone)
  return id
}

async function fetchFile({ shop, pace }: Day, id: string): Promise<void> {
  const response = await shop.client.media.download(id, { signal: pace.signal })
  await response.arrayBuffer()
}

/** The person has seen what came, and the shop gets its blue ticks. */
async function readSoon({ pace }: Day, phone: Person): Promise<void> {
  await pace.beat(700)
  phone.reads({ group: null })
}

/** Waits until a message of the shop's is on the phone. */
const arrive = ({ pace }: Day, phone: Person, id: string): Promise<true> =>
  pace.until(() => phone.messages().some((one) => one.id === id) || undefined, STORY_WAITS.phone.says)

/** Waits until the shop's webhook has heard of something. */
const hear = <T>({ shop, pace }: Day, find: (event: CallbackEvent) => T | undefined): Promise<T> =>
  pace.until(() => {
    for (const { event } of shop.heard) {
      const found = find(event)
      if (found !== undefined) return found
    }
    return undefined
  }, STORY_WAITS.webhook.says)

const hearMessage = (day: Day, id: string): Promise<InboundMessage> =>
  hear(day, (event) =>
    event.event === 'new_message' ? event.message.messages?.find((one) => one.id === id) : undefined,
  )

const hearStatus = (day: Day, id: string, status: string): Promise<true> =>
  hear(
    day,
    (event) =>
      (event.event === 'message_status_update' && event.message_id === id && event.message_status === status) ||
      undefined,
  )

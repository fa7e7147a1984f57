import { test } from 'node:test'
import { startPostern } from 'postern/testing'
import { createOrderBot } from './order-bot.ts'

/*
 * A conversation with the order bot, as `postern record chat.ts` wrote it: gateway, WhatsApp and phone run in this
 * process. `npx node --test examples/order-bot.test.ts`
 */

test('somebody looks at the menu, changes their mind, and orders', async () => {
  await using postern = await startPostern()
  await postern.webhook(createOrderBot(postern.client), { events: ['new_message'] })
  await postern.replay([
    { phone: '85268411234', says: 'hello' },
    {
      phone: '85268411234',
      sees: 'What may we cook for you?\n[Menu]\n- Soup of the day: Pumpkin, with bread\n- Green salad: Small or large\n- Pasta: With tomatoes',
    },
    { phone: '85268411234', picks: 'Pasta' },
    {
      phone: '85268411234',
      sees: 'Pasta for 9.00. Shall we bring it?\nPaid at the door\n[Yes, please]\n[Back]',
    },
    { phone: '85268411234', taps: 'Yes, please' },
    { phone: '85268411234', sees: 'Pasta: order {number}. We are with you at {time}.' },
  ])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as after } from 'node:timers/promises'
import { startKillable } from '../support/killable.ts'

// `npm run test:rounds -- kill` repeats it.
const ROUNDS = 4
const SENDERS = 12

/** Callers repeat each request under its key until they get an answer, as they should, and the gateway is killed. */
test(`SIGKILL with idempotency keys, ${ROUNDS} rounds: no key sends twice, and every success was sent`, async (t) => {
  const { sandbox, call, killAndStart } = await startKillable(t, {
    latencyMs: 25,
    channel: { window_policy: 'observe', messages_per_second: 100_000 },
  })

  let over = false
  const answers = new Map<string, number>()
  let repeats = 0

  async function sender(n: number): Promise<void> {
    // A test that has failed must not go on calling: its process would never end.
    for (let i = 0; !over && !t.signal.aborted; i++) {
      const key = `key-${n}-${i}`
      // One message per contact: this tests the key and not the pair limit.
      const to = String(15_550_500_000 + n * 10_000 + i)
      sandbox.phone(to).is({ window: true })
      for (let tries = 0; !t.signal.aborted; tries++) {
        try {
          const answer = await call(
            'POST',
            '/external/messages/whatsapp',
            { to, type: 'text', text: key },
            { 'idempotency-key': key },
          )
          if (answer.http !== 409 && answer.http !== 503) {
            answers.set(key, answer.http)
            break
          }
        } catch {
          // The connection broke, so the result is unknown: this is what the key is for.
        }
        if (tries > 0) repeats++
        await after(10)
      }
    }
  }

  const work = Array.from({ length: SENDERS }, (_, n) => sender(n))
  for (let round = 0; round < ROUNDS; round++) {
    await after(100 + Math.random() * 400)
    await killAndStart()
  }
  await after(200)
  over = true
  await Promise.all(work)
  // The last accepted message may still be on its way to its phone.
  await sandbox.settled()

  let unknown = 0
  for (const [key, http] of answers) {
    const [, n, i] = key.split('-')
    const phone = sandbox.phone(String(15_550_500_000 + Number(n) * 10_000 + Number(i)))
    const got = phone.messages().filter((message) => message.direction === 'out').length
    assert(got <= 1, `${key} was sent ${got} times`)
    assert(http === 200 || http === 504, `${key} was answered ${http}`)
    if (http === 200) assert.equal(got, 1, `${key} was called a success and never sent`)
    else unknown++
  }
  t.diagnostic(`${answers.size} keys, ${unknown} of them unknown at the end, ${repeats} repeats`)
  assert(answers.size > 30, `only ${answers.size} keys`)
  assert(repeats > ROUNDS, 'the kills hit nobody')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { killGateway } from '../faults/scenarios/kill-gateway.ts'

const ROUNDS = 20

/**
 * What is acknowledged survives SIGKILL at any moment: each event delivered, contacts in order, each send known. The
 * same for PostgreSQL, for its own death, for bad lines and full disks: `npm run test:faults`.
 */
test(`SIGKILL at random moments, ${ROUNDS} rounds: nothing acknowledged is lost, contacts keep their order`, async (t) => {
  const { verdict } = await killGateway({ rounds: ROUNDS, say: () => {} })
  assert.deepEqual(verdict.broken, [])
  assert.ok(verdict.events > ROUNDS * 5, `only ${verdict.events} events were acknowledged: this proves nothing`)
  t.diagnostic(
    `${ROUNDS} kills: ${verdict.events} events and ${verdict.sends} sends acknowledged, none lost; ` +
      `${verdict.duplicates} deliveries repeated after a cut lease`,
  )
})

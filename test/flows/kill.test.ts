import assert from 'node:assert/strict'
import { test } from 'node:test'
import { killGateway } from '../faults/scenarios/kill-gateway.ts'

// In `npm run test:faults` it is 50.
const ROUNDS = 8

/**
 * Acknowledged data survives SIGKILL at any moment: each event is delivered, each contact's order is kept, each send is
 * known. The same for PostgreSQL, for its own crash, for bad connections and full disks: `npm run test:faults`.
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

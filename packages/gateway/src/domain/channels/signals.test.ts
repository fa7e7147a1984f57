import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limitOf, stateChanges } from './signals.ts'
import { disconnection, isRestricted, paceOf, publicState, qualityRank, type StatePart } from './state.ts'

const AT = 1_795_600_000_000

/** The state after signals, each a second after the one before. */
function stateAfter(...signals: [field: string, value: Record<string, unknown>][]): Map<string, StatePart> {
  const state = new Map<string, StatePart>()
  signals.forEach(([field, value], i) => {
    for (const { part, ...change } of stateChanges(field, value, AT + i * 1000))
      state.set(part, { ...change, since: change.at })
  })
  return state
}

const account = (event: string, more: Record<string, unknown> = {}): [string, Record<string, unknown>] => [
  'account_update',
  { event, ...more },
]

test('each signal changes its part, with the value and the reason', () => {
  const cases: [field: string, value: Record<string, unknown>, changes: [string, unknown, string | null][]][] = [
    [
      'phone_number_quality_update',
      { event: 'THROUGHPUT_UPGRADE', max_daily_conversations_per_business: 'TIER_UNLIMITED' },
      [
        ['messaging_limit', 'unlimited', 'THROUGHPUT_UPGRADE'],
        ['throughput', 'HIGH', 'THROUGHPUT_UPGRADE'],
      ],
    ],
    [
      'phone_number_quality_update',
      { event: 'FLAGGED', current_limit: 'TIER_10K' },
      [
        ['messaging_limit', 10_000, 'FLAGGED'],
        ['quality', 'FLAGGED', 'FLAGGED'],
      ],
    ],
    [
      'phone_number_quality_update',
      { event: 'ONBOARDING', quality_rating: 'green' },
      [['quality', 'GREEN', 'ONBOARDING']],
    ],
    [
      'business_capability_update',
      { max_daily_conversations_per_business: -1 },
      [['messaging_limit', 'unlimited', null]],
    ],
    ['account_review_update', { decision: 'REJECTED' }, [['review', 'REJECTED', null]]],
    [
      'phone_number_name_update',
      { decision: 'APPROVED', requested_verified_name: 'Harbour Shop', rejection_reason: 'NONE' },
      [
        ['name_review', 'APPROVED', null],
        ['verified_name', 'Harbour Shop', 'APPROVED'],
      ],
    ],
    [
      'phone_number_name_update',
      { decision: 'REJECTED', requested_verified_name: 'H', rejection_reason: 'NAME_EMPLOYEE_ISSUE' },
      [['name_review', 'REJECTED', 'NAME_EMPLOYEE_ISSUE']],
    ],
    ['security', { event: 'PIN_CHANGED', requester: '615' }, [['security', 'PIN_CHANGED', '615']]],
    [
      'business_username_updates',
      { username: 'harbourshop', status: 'approved' },
      [['username', 'harbourshop', 'approved']],
    ],
    ['business_username_updates', { status: 'deleted' }, [['username', null, 'deleted']]],
    [
      'account_update',
      { event: 'PARTNER_REMOVED', disconnection_info: { reason: 'PRIMARY_INACTIVITY', initiated_by: 'SYSTEM' } },
      [['account', 'PARTNER_REMOVED', 'PRIMARY_INACTIVITY (SYSTEM)']],
    ],
    [
      'account_update',
      { event: 'ACCOUNT_VIOLATION', violation_info: { violation_type: 'SPAM' } },
      [['violation', 'ACCOUNT_VIOLATION', 'SPAM']],
    ],
    [
      'account_update',
      { event: 'MM_LITE_TERMS_SIGNED' },
      [['event:MM_LITE_TERMS_SIGNED', 'MM_LITE_TERMS_SIGNED', null]],
    ],
    ['account_update', { event: 'OF_THE_FUTURE' }, [['event:OTHER', 'OF_THE_FUTURE', null]]],
    [
      'account_alerts',
      {
        alert_type: 'PROFILE_PICTURE_LOST',
        alert_status: 'ACTIVE',
        alert_severity: 'WARNING',
        alert_description: 'Lost.',
      },
      [['alert:PROFILE_PICTURE_LOST', 'ACTIVE', 'Lost.']],
    ],
    ['account_update', {}, []],
    ['flows', { event: 'FLOW_STATUS_CHANGE' }, []],
  ]
  for (const [field, value, expected] of cases)
    assert.deepEqual(
      stateChanges(field, value, AT).map(({ part, value: now, reason }) => [part, now, reason]),
      expected,
      `${field} ${JSON.stringify(value)}`,
    )
})

test('a limit is a number in each of Meta’s forms', () => {
  const forms = [2000, '2000', 'TIER_2K', 'TIER_250', -1, 'TIER_UNLIMITED', 'TIER_NOT_SET', 'TIER_OF_THE_FUTURE', {}]
  assert.deepEqual(forms.map(limitOf), [
    ...[2000, 2000, 2000, 250, 'unlimited', 'unlimited', null, 'TIER_OF_THE_FUTURE', undefined],
  ])
})

test('a restriction holds until its end; a ban is stronger; a reinstated account is free', () => {
  const restricted = account('ACCOUNT_RESTRICTION', {
    restriction_info: [
      {
        restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING',
        expiration: AT / 1000 + 60,
        remediation: 'Read the policy.',
      },
    ],
  })
  const state = stateAfter(restricted)
  const shown = publicState(state, AT).restriction
  assert.equal(shown?.value, 'ACCOUNT_RESTRICTION')
  assert.equal(shown.reason, 'RESTRICTED_BIZ_INITIATED_MESSAGING: Read the policy.')
  assert.equal(shown.until, AT / 1000 + 60)
  assert.equal(isRestricted(state, AT), true)
  assert.equal(isRestricted(state, AT + 61_000), false)
  assert.equal(
    isRestricted(stateAfter(restricted, account('ACCOUNT_RESTRICTION', { restriction_info: [] })), AT),
    false,
  )

  const ban = (word: string) => account('DISABLED_UPDATE', { ban_info: { waba_ban_state: word } })
  const violation = account('ACCOUNT_VIOLATION', { violation_info: { violation_type: 'SPAM' } })
  assert.equal(publicState(stateAfter(ban('DISABLE'), restricted), AT).restriction?.value, 'DISABLE')
  assert.equal(publicState(stateAfter(violation), AT).restriction?.reason, 'SPAM')
  assert.equal(isRestricted(stateAfter(violation), AT), false, 'a violation alone limits nothing')
  assert.equal(publicState(stateAfter(violation, ban('DISABLE'), ban('REINSTATE')), AT).restriction, null)
})

test('the alarms’ values: quality as a rank, whether the number is connected, and its pace', () => {
  assert.equal(qualityRank(stateAfter()), undefined)
  assert.equal(qualityRank(stateAfter(['phone_number_quality_update', { event: 'FLAGGED' }])), 1)
  assert.equal(qualityRank(stateAfter(['phone_number_quality_update', { quality_rating: 'YELLOW' }])), 2)
  assert.equal(disconnection(stateAfter(account('PARTNER_REMOVED')))?.word, 'PARTNER_REMOVED')
  assert.equal(disconnection(stateAfter(account('PARTNER_REMOVED'), account('ACCOUNT_RECONNECTED'))), undefined)
  assert.equal(paceOf(80, stateAfter()), 80)
  const onApp = new Map([['coexistence', { ...stateAfter(account('PARTNER_ADDED')).get('account')!, value: true }]])
  assert.equal(paceOf(80, onApp), 20)
  assert.equal(paceOf(5, onApp), 5)
})

test('hostile values are bounded, and strange ones change nothing', () => {
  const long = 'x'.repeat(100_000)
  const [change] = stateChanges('account_review_update', { decision: long, more: long }, AT)
  assert.equal((change?.value as string).length, 500)
  assert.equal(change?.details, null)
  for (const value of [{}, { event: 7 }, { event: null, decision: [] }, { restriction_info: 'x', event: {} }])
    for (const field of [
      'account_update',
      'account_review_update',
      'account_alerts',
      'phone_number_quality_update',
      'security',
    ])
      assert.deepEqual(stateChanges(field, value, AT), [])
})

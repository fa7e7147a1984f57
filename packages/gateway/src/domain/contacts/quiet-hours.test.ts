import assert from 'node:assert/strict'
import { test } from 'node:test'
import { holdsBack, type QuietHours, quietHoursSchema, quietUntil, WEEKDAYS } from './quiet-hours.ts'
import { timeZonesOf } from './time-zones.ts'

const NIGHT: QuietHours = { from: '21:00', to: '08:00' }
const at = (iso: string): number => Date.parse(iso)

/** `until` is null where it is not quiet. */
function is(recipient: string, quietHours: QuietHours, now: string, until: string | null): void {
  const found = quietUntil(recipient, quietHours, at(now))
  const shown = found === undefined ? null : new Date(found).toISOString()
  assert.equal(shown, until === null ? null : new Date(at(until)).toISOString(), `${recipient} at ${now}`)
}

test('one zone: the first minute is quiet, the last is not', () => {
  const hongKong = '85268411234'
  is(hongKong, NIGHT, '2026-11-26T20:59:59.999+08:00', null)
  is(hongKong, NIGHT, '2026-11-26T21:00+08:00', '2026-11-27T08:00+08:00')
  is(hongKong, NIGHT, '2026-11-27T07:59:59.999+08:00', '2026-11-27T08:00+08:00')
  is(hongKong, NIGHT, '2026-11-27T08:00+08:00', null)
  is('+852 6841 1234', NIGHT, '2026-11-26T23:00+08:00', '2026-11-27T08:00+08:00')
  const siesta = { from: '13:00', to: '15:30' }
  is(hongKong, siesta, '2026-11-26T12:59+08:00', null)
  is(hongKong, siesta, '2026-11-26T13:00+08:00', '2026-11-26T15:30+08:00')
  is(hongKong, siesta, '2026-11-26T15:30+08:00', null)
})

test('zones off the hour count to the minute', () => {
  is('919812345678', NIGHT, '2026-06-01T21:00+05:30', '2026-06-02T08:00+05:30')
  is('9779812345678', NIGHT, '2026-06-01T20:59+05:45', null)
  is('9779812345678', NIGHT, '2026-06-01T21:00+05:45', '2026-06-02T08:00+05:45')
})

test('a country with several zones is quiet while any of them is', () => {
  const us = '16505551234'
  is(us, NIGHT, '2026-01-15T20:59-05:00', null)
  is(us, NIGHT, '2026-01-15T21:00-05:00', '2026-01-16T08:00-10:00')
  is(us, NIGHT, '2026-01-16T07:59-10:00', '2026-01-16T08:00-10:00')
  is(us, NIGHT, '2026-01-16T08:00-10:00', null)
  // Kaliningrad is the last to get up, Kamchatka the first to go to bed.
  is('79161234567', NIGHT, '2026-01-16T09:00+12:00', '2026-01-16T08:00+02:00')
  is('79161234567', NIGHT, '2026-01-16T20:59+12:00', null)
  is('34612345678', NIGHT, '2026-01-16T08:30+01:00', '2026-01-16T08:00+00:00')
  is('64211234567', NIGHT, '2026-07-01T20:20+12:00', '2026-07-02T08:00+12:00')
})

test('+1 and +7 are several countries', () => {
  // It is eight in the morning in Jamaica, which has one zone, and in New York, with which Honolulu gets up later.
  is('18765550147', NIGHT, '2026-01-15T08:00-05:00', null)
  is('16505551234', NIGHT, '2026-01-15T08:00-05:00', '2026-01-15T08:00-10:00')
  is('14165550147', NIGHT, '2026-01-15T08:00-05:00', '2026-01-15T08:00-08:00')
  is('17875550147', NIGHT, '2026-01-15T08:00-04:00', null)
  is('16715550147', NIGHT, '2026-01-15T08:00+10:00', null)
  is('77012345678', NIGHT, '2026-01-16T08:00+05:00', null)
  is('79161234567', NIGHT, '2026-01-16T08:00+05:00', '2026-01-16T08:00+02:00')
})

test('a business-scoped id says the country by its prefix', () => {
  is('HK.80412236671908854412', NIGHT, '2026-11-26T21:00+08:00', '2026-11-27T08:00+08:00')
  is('US.ENT.80412236671908854412', NIGHT, '2026-01-15T21:00-05:00', '2026-01-16T08:00-10:00')
})

test('no country, no quiet hours: no hour would be right', () => {
  for (const recipient of ['', '881612345678', '999123456', 'ZZ.123', 'constructor', '__proto__'])
    for (let hour = 0; hour < 24; hour++)
      assert.equal(quietUntil(recipient, NIGHT, at('2026-01-01T00:00Z') + hour * 3_600_000), undefined, recipient)
})

test('summer time begins: the night is an hour shorter, and ends by the new clock', () => {
  const berlin = '4915112345678'
  is(berlin, NIGHT, '2026-03-28T20:59+01:00', null)
  is(berlin, NIGHT, '2026-03-28T21:00+01:00', '2026-03-29T08:00+02:00')
  is(berlin, NIGHT, '2026-03-29T07:59+02:00', '2026-03-29T08:00+02:00')
  is(berlin, NIGHT, '2026-03-29T08:00+02:00', null)
  // 02:30 does not exist on that day. What begins or ends then does so at the change.
  is(berlin, { from: '21:00', to: '02:30' }, '2026-03-29T01:59+01:00', '2026-03-29T03:00+02:00')
  is(berlin, { from: '21:00', to: '02:30' }, '2026-03-29T03:00+02:00', null)
  is(berlin, { from: '02:30', to: '08:00' }, '2026-03-29T01:59:59+01:00', null)
  is(berlin, { from: '02:30', to: '08:00' }, '2026-03-29T03:00+02:00', '2026-03-29T08:00+02:00')
  is(berlin, { from: '02:10', to: '02:50' }, '2026-03-29T03:00+02:00', null)
})

test('summer time ends: the night is an hour longer, and an hour that comes twice is quiet twice', () => {
  const berlin = '4915112345678'
  is(berlin, NIGHT, '2026-10-24T21:00+02:00', '2026-10-25T08:00+01:00')
  is(berlin, NIGHT, '2026-10-25T07:59+01:00', '2026-10-25T08:00+01:00')
  is(berlin, { from: '21:00', to: '02:30' }, '2026-10-25T02:40+02:00', '2026-10-25T02:30+01:00')
  is(berlin, { from: '02:30', to: '08:00' }, '2026-10-25T02:29+02:00', null)
  is(berlin, { from: '02:30', to: '08:00' }, '2026-10-25T02:10+01:00', '2026-10-25T08:00+01:00')
})

test('summer time of the south, of half an hour, and of zones that change on different days', () => {
  // Chile ends summer time at midnight: the first hour of the night comes twice. Easter Island is the last to get up.
  is('56912345678', NIGHT, '2026-04-04T23:30-03:00', '2026-04-05T08:00-06:00')
  // Lord Howe Island moves its clock by half an hour, and is behind no other zone of Australia: Perth is.
  is('61412345678', NIGHT, '2026-10-03T21:00+08:00', '2026-10-04T08:00+08:00')
  // The United States change weeks before Europe does; Arizona and Hawaii never do.
  is('16505551234', NIGHT, '2026-03-07T21:00-05:00', '2026-03-08T08:00-10:00')
  is('16505551234', NIGHT, '2026-03-08T20:59-04:00', null)
  is('16505551234', NIGHT, '2026-03-08T21:00-04:00', '2026-03-09T08:00-10:00')
})

test('days are those on which quiet hours begin', () => {
  const weekend = { ...NIGHT, days: ['fri', 'sat'] as const }
  const hongKong = '85268411234'
  is(hongKong, weekend, '2026-11-26T23:00+08:00', null) // a Thursday
  is(hongKong, weekend, '2026-11-27T07:00+08:00', null)
  is(hongKong, weekend, '2026-11-27T21:00+08:00', '2026-11-28T08:00+08:00')
  is(hongKong, weekend, '2026-11-28T12:00+08:00', null)
  is(hongKong, weekend, '2026-11-29T07:59+08:00', '2026-11-29T08:00+08:00')
  is(hongKong, weekend, '2026-11-29T21:00+08:00', null)
})

test('whole days: the same time twice; days in a row are one stretch', () => {
  const sunday = { from: '00:00', to: '00:00', days: ['sun'] as const }
  is('85268411234', sunday, '2026-11-28T23:59+08:00', null)
  is('85268411234', sunday, '2026-11-29T00:00+08:00', '2026-11-30T00:00+08:00')
  is('85268411234', sunday, '2026-11-30T00:00+08:00', null)
  const weekend = { from: '18:00', to: '18:00', days: ['fri', 'sat', 'sun'] as const }
  is('85268411234', weekend, '2026-11-27T18:00+08:00', '2026-11-30T18:00+08:00')
  const week = { from: '00:00', to: '00:00', days: WEEKDAYS.filter((day) => day !== 'wed') }
  is('85268411234', week, '2026-11-26T00:00+08:00', '2026-12-02T00:00+08:00')
})

test('quiet hours that leave a wide country no moment: the moment with the fewest quiet zones is free', () => {
  const evening = { from: '18:00', to: '11:00' }
  const russia = '79161234567'
  const until = quietUntil(russia, evening, at('2026-01-16T00:00Z'))
  assert(until !== undefined)
  assert.equal(quietUntil(russia, evening, until), undefined, 'then it is free')
  assert(until - at('2026-01-16T00:00Z') < 86_400_000)
})

test('the answer is the same whatever was asked before, and forwards or backwards in time', () => {
  const shared: QuietHours = { from: '22:15', to: '07:45', days: ['mon', 'wed', 'sun'] }
  const from = at('2026-10-20T00:00Z')
  const times = Array.from({ length: 400 }, (_, i) => from + i * 47 * 60_000)
  const fresh = times.map((now) => quietUntil('351912345678', { ...shared }, now))
  assert.deepEqual(
    times.map((now) => quietUntil('351912345678', shared, now)),
    fresh,
  )
  assert.deepEqual(
    times
      .toReversed()
      .map((now) => quietUntil('351912345678', shared, now))
      .toReversed(),
    fresh,
  )
})

test('agrees with the wall clocks, quarter by quarter, over changes of summer time', () => {
  for (const [phone, country, start] of [
    ['4915112345678', 'DE', '2026-10-23T00:00Z'],
    ['351912345678', 'PT', '2026-03-27T00:00Z'],
    ['61412345678', 'AU', '2026-04-03T00:00Z'],
    ['16505551234', 'US', '2026-10-30T00:00Z'],
    ['212612345678', 'MA', '2026-02-13T00:00Z'],
  ] as const) {
    const clocks = timeZonesOf(country).map(
      (timeZone) =>
        new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    )
    for (let i = 0; i < 4 * 96; i++) {
      const now = at(start) + i * 15 * 60_000
      // No change of these falls into the hours around 21:00 and 08:00, so the wall clock alone decides.
      const isQuiet = clocks.map((clock) => clock.format(now)).some((shown) => shown >= '21:00' || shown < '08:00')
      const until = quietUntil(phone, NIGHT, now)
      assert.equal(until !== undefined, isQuiet, `${country} ${new Date(now).toISOString()}`)
      if (until !== undefined) assert.equal(quietUntil(phone, NIGHT, until), undefined)
    }
  }
})

test('a million recipients are no work', () => {
  const started = process.cpuUsage()
  for (let i = 0; i < 200_000; i++) quietUntil('16505551234', NIGHT, at('2026-01-15T12:00Z') + i)
  assert(process.cpuUsage(started).user < 3_000_000)
})

test('what is read, and what is refused', () => {
  for (const good of [
    NIGHT,
    { ...NIGHT, days: ['mon'], for: 'all' },
    { from: '00:00', to: '00:00', days: ['sun'] },
    { from: '12:00', to: '13:00', days: [...WEEKDAYS] },
  ])
    assert(quietHoursSchema.safeParse(good).success, JSON.stringify(good))
  for (const bad of [
    {},
    { from: '21:00' },
    { from: '24:00', to: '08:00' },
    { from: '9:00', to: '10:00' },
    { from: '21:00', to: '21:00' },
    { from: '21:00', to: '21:00', days: [...WEEKDAYS] },
    { ...NIGHT, days: [] },
    { ...NIGHT, days: ['Monday'] },
    { ...NIGHT, for: 'utility' },
    { ...NIGHT, zone: 'UTC' },
    '21:00-08:00',
    null,
  ])
    assert(!quietHoursSchema.safeParse(bad).success, JSON.stringify(bad))
  assert.deepEqual(
    [holdsBack(NIGHT, true), holdsBack(NIGHT, false), holdsBack({ ...NIGHT, for: 'all' }, false)],
    [true, false, true],
  )
})

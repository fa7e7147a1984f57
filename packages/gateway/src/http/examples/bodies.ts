const EVENT = 'evt_01KB1N6QH8ZS5V7X2Y4T6R8P0M'
const QUIET = { from: '21:00', to: '08:00', for: 'all' }
const MAP = { to: 'Telephone', body: ['First name'] }
const ARCHIVE = { hsm_ids: ['594425479261596'] }
const TEXTS = { components: [{ type: 'BODY', text: 'Your table for {{1}} is ready.' }] }

/** Bodies of requests whose required keys alone would show little, by the name of the operation. */
const DRAFT = {
  name: 'Winter menu',
  template: 'winter_menu',
  file_id: 'bf_01KB1N6QH8ZS5V7X2Y4T6R8P0M',
  map: MAP,
  draft: true,
}

export const BODIES: Readonly<Record<string, unknown>> = {
  sendMessage: { to: '85268411234', type: 'text', text: 'Your table is ready.' },
  adminSendMessage: { to: '85268411234', type: 'text', text: 'Your table is ready.' },
  markRead: { typing: true },
  changeScheduledMessage: { send_at: '2026-12-01T09:00:00+08:00' },
  createBroadcast: DRAFT,
  adminCreateBroadcast: DRAFT,
  changeBroadcast: { skip_bad: true, test_numbers: ['85230005678'] },
  adminChangeBroadcast: { skip_bad: true, send_at: '2026-12-01T09:00:00+08:00' },
  adminTestBroadcast: { numbers: ['85230005678'] },
  adminStartBroadcast: { skip_bad: true },
  addBroadcastRecipients: { recipients: ['85268411234', { to: '85268415678', name: 'Ann' }] },
  testBroadcast: { numbers: ['85230005678'] },
  startBroadcast: { skip_bad: true },
  changeTemplate: TEXTS,
  adminChangeTemplate: TEXTS,
  archiveTemplates: ARCHIVE,
  adminArchiveTemplates: ARCHIVE,
  changeResource: { about: 'Open every day from 11 to 22' },
  adminChangeResource: { about: 'Open every day from 11 to 22' },
  adminDoSetupStep: { pin: '416083' },
  adminChangeChannel: { messages_per_second: 80, quiet_hours: QUIET },
  adminChangeEndpoint: { events: ['new_message'] },
  adminReplayEndpoint: { from_event_id: EVENT },
  adminReplayDeliveries: { state: 'dead', from: 1_764_158_400 },
  adminCreateAlarm: { type: 'slack', name: 'on call', url: 'https://hooks.slack.com/services/T0/B0/x' },
  adminChangeAlarm: { min_severity: 'critical' },
}

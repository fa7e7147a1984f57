import type { Locator, Page } from 'playwright-core'
import { MEI, PABLO, type Shop } from './shop.ts'

/** A screen by its address, and the actions before its picture is taken. */
export type Shot = {
  name: string
  at: string
  first?: (page: Page) => Promise<unknown>
  /** Answers of the API other than its own. */
  answers?: 'never' | 'error' | Record<string, unknown>
  /** Nobody is signed in. */
  isSignedOut?: boolean
}

const click = (name: string | RegExp) => (page: Page) => page.getByRole('button', { name }).first().click()

/** One picture each of a page that waits for data, and of a page whose data cannot be had. */
const PAGES = [
  ['overview', '/'],
  ['messages', '/messages'],
  ['conversations', '/conversations'],
  ['broadcasts', '/broadcasts'],
  ['templates', '/templates'],
  ['deliveries', '/deliveries'],
  ['channels', '/channels'],
  ['costs', '/costs'],
  ['alarms', '/alarms'],
  ['people', '/people'],
  ['audit', '/audit'],
  ['settings', '/settings'],
] as const

/** A gateway of the first day: no message, no user, no broadcast. */
export const emptyShots: Shot[] = [
  ...PAGES.map(([name, at]) => ({ name: `${name}-empty`, at })),
  { name: 'channel-empty', at: '/channels/1' },
]

export const signedOutShots: Shot[] = [
  { name: 'sign-in', at: '/', isSignedOut: true },
  {
    name: 'sign-in-wrong',
    at: '/',
    isSignedOut: true,
    first: async (page) => {
      await page.locator('input[type=password]').fill('not the token')
      await page.keyboard.press('Enter')
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'sign-in-mail', at: '/', isSignedOut: true, first: click(/e-mail|邮箱|电子邮件/) },
  { name: 'invitation-gone', at: '/invitation/inv_gone', isSignedOut: true },
]

const openFirst = (page: Page): Promise<void> => page.locator('.rows a, .row a, a.row').first().click()
const press = (keys: string) => (page: Page) => page.keyboard.press(keys)

/** The shop's console. Long: one row for each screen. */
export const consoleShots = (shop: Shop): Shot[] => [
  { name: 'overview', at: '/' },
  { name: 'overview-incidents', at: '/', answers: { '/admin/incidents': shop.incidents } },
  { name: 'messages', at: '/messages' },
  { name: 'messages-no-match', at: '/messages?words=zzzz' },
  { name: 'messages-columns', at: '/messages', first: click(/^(Columns|列)/) },
  { name: 'message-failed', at: `/messages?words=${encodeURIComponent(shop.failed)}`, first: openFirst },
  { name: 'message-gone', at: '/messages/msg_01J00000000000000000000000' },
  { name: 'conversations', at: '/conversations' },
  {
    name: 'conversations-no-match',
    at: '/conversations',
    first: (page) => page.locator('.talk-list input').first().fill('zzzz'),
  },
  { name: 'conversation', at: '/conversations/1/1', first: click(/^(Show|显示)$/) },
  { name: 'conversation-arabic', at: `/conversations/1/${shop.noor}` },
  { name: 'conversation-long', at: `/conversations/1/${shop.long}` },
  { name: 'conversation-add', at: '/conversations/1/1', first: click(/^(Add|添加)$/) },
  { name: 'compose', at: '/compose' },
  { name: 'compose-button', at: `/compose?to=${MEI}&kind=button` },
  { name: 'compose-template', at: `/compose?to=${MEI}&kind=template` },
  {
    name: 'compose-wrong',
    at: `/compose?to=${MEI}&kind=list`,
    first: (page) => page.locator('button[type=submit]').last().click(),
  },
  { name: 'broadcasts', at: '/broadcasts' },
  { name: 'broadcast-new', at: '/broadcasts/new' },
  ...['file', 'message', 'columns'].map((step) => ({
    name: `broadcast-${step}`,
    at: `/broadcasts/new?channel=1&file=${shop.file}&step=${step}&template=${encodeURIComponent('autumn_offer · en_US')}`,
  })),
  { name: 'broadcast-check', at: `/broadcasts/1/${shop.draft}?step=check` },
  { name: 'broadcast-start', at: `/broadcasts/1/${shop.ready}?step=start` },
  { name: 'broadcast-sure', at: `/broadcasts/1/${shop.ready}?step=start`, first: click(/^(Start…|开始…)/) },
  { name: 'broadcast-gone', at: '/broadcasts/1/bc_01J00000000000000000000000' },
  { name: 'broadcast-done', at: `/broadcasts/1/${shop.done}` },
  { name: 'templates', at: '/templates' },
  { name: 'templates-no-match', at: '/templates?words=zzzz' },
  { name: 'template-new', at: '/templates?new=1' },
  { name: 'template-delete', at: '/templates', first: click(/^(Delete|删除)/) },
  { name: 'deliveries', at: '/deliveries' },
  { name: 'deliveries-open', at: '/deliveries', first: (page) => page.locator('tbody tr button').first().click() },
  { name: 'deliveries-verify', at: '/deliveries?verify=1' },
  { name: 'glossary', at: '/deliveries', first: (page) => page.locator('th .term').last().focus() },
  { name: 'channels', at: '/channels' },
  { name: 'channel', at: '/channels/1' },
  { name: 'channel-end', at: '/channels/1', first: press('End') },
  { name: 'channel-new', at: '/channels?new=1' },
  {
    name: 'channel-new-wrong',
    at: '/channels?new=1',
    first: async (page) => {
      await page.getByRole('dialog').locator('input').first().fill('EAAnot-a-token')
      await page.keyboard.press('Enter')
      await page.getByRole('alert').first().waitFor()
    },
  },
  {
    name: 'channel-check',
    at: '/channels/1',
    first: click(/^(Check with WhatsApp|向 WhatsApp 核对)/),
  },
  { name: 'channel-add', at: '/channels?add=1' },
  { name: 'channel-setup', at: '/channels/1/setup' },
  { name: 'channel-gone', at: '/channels/99' },
  { name: 'costs', at: '/costs' },
  { name: 'alarms', at: '/alarms' },
  { name: 'alarms-new', at: '/alarms', first: click(/^(Add an alarm|添加告警|添加)/) },
  { name: 'people', at: '/people' },
  { name: 'people-invite', at: '/people', first: click(/^(Invite a user|邀请用户)/) },
  { name: 'audit', at: '/audit' },
  { name: 'settings', at: '/settings' },
  { name: 'palette', at: '/messages', first: press('Control+k') },
  {
    name: 'palette-found',
    at: '/messages',
    first: async (page) => {
      await page.keyboard.press('Control+k')
      await page.keyboard.type('mei')
    },
  },
  {
    name: 'menu',
    at: '/',
    first: (page) =>
      page
        .locator('.mantine-Burger-root')
        .click({ timeout: 1_000 })
        .catch(() => 0),
  },
  ...PAGES.map(([name, at]): Shot => ({ name: `${name}-loading`, at, answers: 'never' })),
  ...PAGES.map(([name, at]): Shot => ({ name: `${name}-error`, at, answers: 'error' })),
]

/** Pages of the API's reference and of the guide. */
export const docsShots: Shot[] = [
  { name: 'reference', at: '/docs' },
  { name: 'reference-messages', at: '/docs/messages' },
  { name: 'reference-try', at: '/docs/messages', first: (page) => page.locator('.try summary').first().click() },
  {
    name: 'reference-search',
    at: '/docs',
    first: (page) =>
      page
        .getByLabel(/^Search/)
        .first()
        .fill('template'),
  },
  { name: 'guide', at: '/docs/guide/' },
  { name: 'guide-quickstart', at: '/docs/guide/quickstart.html' },
  { name: 'guide-errors', at: '/docs/guide/errors.html' },
  {
    name: 'guide-search',
    at: '/docs/guide/',
    first: async (page) => {
      await page.keyboard.press('/')
      await page.keyboard.type('webhook signature')
      await page.getByRole('option').first().waitFor()
    },
  },
  { name: 'guide-chinese', at: '/docs/guide/zh/quickstart.html' },
]

const phoneOf = (page: Page, number: string): Locator =>
  page
    .locator('.phone')
    .filter({ has: page.getByText(`+${number}`) })
    .first()

const keep = (key: string, value: string) => (page: Page) =>
  page.evaluate(`localStorage.setItem(${JSON.stringify(key)}, ${JSON.stringify(value)}); location.reload()`)
const back = (page: Page) =>
  phoneOf(page, MEI)
    .getByRole('button', { name: /^(Back|Chats|返回|对话)/ })
    .click()

export const phoneShots = (numbers: { noor: string; long: string }): Shot[] => [
  { name: 'phones', at: '' },
  { name: 'phones-arabic', at: '', first: keep('postern.phones', JSON.stringify([numbers.noor, numbers.long])) },
  { name: 'phones-none', at: '', first: keep('postern.phones', '[]') },
  { name: 'phones-business', at: '', first: keep('postern.phones.business', 'yes') },
  { name: 'phones-chats', at: '', first: back },
  {
    name: 'phones-list',
    at: '',
    first: (page) => phoneOf(page, PABLO).locator('.bubble-button[aria-expanded]').last().click(),
  },
  { name: 'phones-wire', at: '', first: keep('postern.phones.tool', 'wire') },
  { name: 'phones-trouble', at: '', first: click(/^(Trouble|故障)/) },
  { name: 'phones-record', at: '', first: click(/^(Record a test|录制测试)/) },
  { name: 'phones-menu', at: '', first: (page) => phoneOf(page, MEI).locator('.phone-menu').first().click() },
]

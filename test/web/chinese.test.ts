import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { ADMIN_TOKEN, startWorld, type World } from '../support/world.ts'
import { buildPages, startBrowser, type Browser } from './browser.ts'

const NUMBER = '85268411234'

let world: World
let browser: Browser
let page: Page & { wrongs: string[] }

before(async () => {
  buildPages()
  world = await startWorld()
  browser = await startBrowser({ language: 'zh-CN', height: 1000 })
  page = await browser.open(world.gateway.url)
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

test('a wrong password is refused in Chinese, the right one opens the console', async () => {
  await page.getByLabel('管理令牌').fill('wrong')
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByRole('alert').waitFor()
  assert.match(await page.getByRole('alert').innerText(), /\p{Script=Han}/u)
  await page.getByLabel('管理令牌').fill(ADMIN_TOKEN)
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByRole('heading', { name: '概览' }).waitFor()
})

test('problems of a message are in Chinese on the page, and in English in the API', async () => {
  await page.goto(`${world.gateway.url}/#/compose?to=${NUMBER}&kind=button`)
  await page.getByLabel('标题', { exact: true }).first().fill('a title that is far too long for a button')
  await page.getByText('最多 20 个字符，现有 41 个').first().waitFor()
  const answer = await world.customer('POST', '/external/messages/whatsapp', { to: NUMBER, type: 'text', text: '' })
  assert.equal(answer.message, 'text: must not be empty')
})

test('the error of a message is explained in Chinese, with the next step', async () => {
  world.sandbox.fault({ on: 'statuses', code: 131026 })
  const wamid = await world.send({ to: NUMBER, type: 'text', text: '送不到' })
  await world.receiver.gets({ event: 'message_status_update', message_id: wamid, message_status: 'failed' })
  await page.goto(`${world.gateway.url}/#/messages?words=${encodeURIComponent(wamid)}`)
  await page.getByText('送不到').click()
  await page.getByText('请检查号码，或用其他方式联系此人。').waitFor()
  await page.goto(`${world.gateway.url}/#/`)
  await page.getByText('请检查号码，或用其他方式联系此人。').waitFor()
})

test('the check of a number is in Chinese: the problem of a token, and the passed checks', async () => {
  const { number, token } = world.sandbox.addNumber({ verifiedName: 'Harbour Shop' })
  await page.goto(`${world.gateway.url}/#/channels`)
  await page.getByRole('button', { name: '添加渠道' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('名称').fill('Harbour')
  await dialog.getByLabel('商家电话号码').fill(number.number)
  await dialog.getByLabel('Phone number ID').fill(number.id)
  await dialog.getByLabel('WhatsApp Business Account ID').fill(number.wabaId)
  await dialog.getByLabel('访问令牌').first().fill('not-a-token')
  await dialog.getByRole('button', { name: '向 WhatsApp 核对' }).click()
  await dialog.getByText('未检查：先要有可用的令牌。').first().waitFor()
  await dialog.getByText('请新建带 WhatsApp 权限的系统用户令牌，并保存到渠道中。').waitFor()
  await dialog.getByRole('button', { name: '返回' }).click()
  await dialog.getByLabel('访问令牌').first().fill(token)
  await dialog.getByRole('button', { name: '向 WhatsApp 核对' }).click()
  await dialog.getByText('WhatsApp 接受此令牌。').waitFor()
  await dialog.getByText(/\(Harbour Shop\) 已连接。/).waitFor()
})

test('the phones are in Chinese, with the sandbox’s errors', async () => {
  const phones = await browser.open(world.sandbox.url)
  const phone = phones.getByRole('region', { name: 'Mei Chan 的手机' })
  await phone.getByText('送不到').waitFor({ state: 'detached' })
  const wamid = await world.send({ to: NUMBER, type: 'text', text: '请回复' })
  await phone.getByText('请回复').waitFor()
  // The page still shows a message that the sandbox no longer has: its traffic is empty, and the drawer says so.
  await phones.route('**/sandbox/received**', (route) =>
    route.fulfill({
      status: 400,
      json: { error: { message: 'There is no such message (the newest 5,000 are kept).' } },
    }),
  )
  const bubble = phone.locator('.phone-message', { hasText: '请回复' })
  await bubble.getByRole('button', { name: '对这条消息的操作' }).click()
  await phones.getByRole('menuitem', { name: '在线路上查看' }).click()
  await phones.getByRole('complementary', { name: '传输记录' }).getByText(wamid).waitFor()
  await phones.getByRole('alert').getByText('没有这条消息（只保留最新的 5,000 条）。').waitFor()
  assert.deepEqual([...page.wrongs, ...phones.wrongs], [])
})

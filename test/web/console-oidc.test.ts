import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CLIENT, TestProvider } from '../support/oidc.ts'
import { startWorld, type World } from '../support/world.ts'
import { buildPages, startBrowser, type Browser } from './browser.ts'

let provider: TestProvider
let world: World
let browser: Browser
before(async () => {
  buildPages()
  // Another site than the console, as in operation: cookies that are Strict do not come along.
  provider = await TestProvider.start('localhost')
  const env = {
    ...{ OIDC_ISSUER: provider.issuer, OIDC_CLIENT_ID: CLIENT.client_id, OIDC_CLIENT_SECRET: CLIENT.client_secret },
    ...{ OIDC_SCOPES: 'openid email profile groups', OIDC_ROLES: 'support=agent' },
  }
  world = await startWorld({ webhook: false, env })
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  await world?.stop()
  await provider?.close()
})

test('a person signs in on the provider’s page, and is told in words when that does not work', async () => {
  const page = await browser.open(world.gateway.url)
  const button = page.getByRole('link', { name: 'Sign in with single sign-on' })
  const alert = page.getByRole('alert')
  await button.click()
  await alert.getByText(/^The sign-in service localhost:\d+ does not answer/).waitFor()
  await page.getByLabel('Admin token').waitFor()

  // The failure is remembered for a second.
  await page.waitForTimeout(1_100)
  provider.open(`${world.gateway.url}/console/oidc/callback`)
  provider.people.set('eve', { sub: 'eve', name: 'Eve', email: 'eve@shop.example', email_verified: true })
  const atProvider = async (): Promise<void> => {
    await button.click()
    await page.waitForURL((url) => url.origin === provider.issuer)
    if (await page.getByPlaceholder('Enter any login').isVisible()) {
      await page.getByPlaceholder('Enter any login').fill('eve')
      await page.getByPlaceholder('and password').fill('x')
      await page.getByRole('button', { name: 'Sign-in' }).click()
    }
    await page.getByRole('button', { name: 'Continue' }).click()
  }
  await atProvider()
  await alert.getByText('Your account is known, but nobody has invited you. Ask an admin for an invitation.').waitFor()
  await page.getByRole('button', { name: '中文' }).click()
  await alert.getByText('您的账号有效，但没有人邀请您。').waitFor()
  await page.getByRole('button', { name: 'English' }).click()

  provider.people.set('eve', { ...provider.people.get('eve')!, groups: ['support'] })
  await button.click()
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  await page.reload()
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  const { value: verifier } = (await browser.context.cookies()).find(({ name }) => name === 'postern_oidc') ?? {}
  assert.equal(verifier, undefined, 'the cookie of the sign-in is gone')
  assert.equal(await page.getByRole('link', { name: 'People' }).count(), 0, 'an agent has no page of users')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await button.waitFor()
  assert.deepEqual(page.wrongs, [])
})

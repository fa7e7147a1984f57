import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { checkTemplate } from './check-template.ts'
import { expandCode } from './expand-code.ts'
import { body, buttons, entryOf, text, type Json } from './test-templates.ts'

const words = body('*{{1}}* is your verification code. For your security, do not share this code.')
const url = (type: string) => `https://www.whatsapp.com/otp/code/?otp_type=${type}&cta_display_name=Copy&code=otp{{1}}`
const otp = (button: Json) => entryOf([words, buttons(button)], { category: 'AUTHENTICATION' })

suite('the three kinds of code button, as Meta lists them after creation', () => {
  for (const kind of ['COPY_CODE', 'ONE_TAP', 'ZERO_TAP']) {
    for (const [form, button] of Object.entries({
      'as a URL button': { type: 'URL', text: 'Copy code', url: url(kind) },
      'as it was created': { type: 'OTP', otp_type: kind, text: 'Copy code' },
    })) {
      test(`${kind}, ${form}`, () => {
        const entry = otp(button)
        const expanded = expandCode(entry, '012345')
        assert.deepEqual(expanded, {
          ok: true,
          components: [
            { type: 'body', parameters: [text('012345')] },
            { type: 'button', sub_type: 'url', index: '0', parameters: [text('012345')] },
          ],
        })
        assert.ok(expanded.ok)
        assert.ok(checkTemplate(entry, { components: expanded.components }).ok, 'what is expanded is right')
        assert.deepEqual(checkTemplate(entry, { code: '012345' }), expanded)
      })
    }
  }

  test('a list of Meta’s that omits the text of the body', () => {
    const entry = entryOf(
      [{ type: 'BODY', add_security_recommendation: true }, buttons({ type: 'OTP', otp_type: 'COPY_CODE' })],
      { category: 'AUTHENTICATION' },
    )
    assert.ok(checkTemplate(entry, { code: '1' }).ok)
  })
})

suite('refused codes', () => {
  const entry = otp({ type: 'OTP', otp_type: 'COPY_CODE' })
  const refused = (code: string, of = entry) => {
    const expanded = expandCode(of, code)
    return expanded.ok ? [] : [expanded.code, ...expanded.fields.map((field) => `${field.path} ${field.rule}`)]
  }

  test('a code of 15 characters is accepted, one of 16 is refused', () => {
    assert.deepEqual(refused('1'.repeat(15)), [])
    assert.deepEqual(refused('1'.repeat(16)), [131009, 'template.code maxLength'])
  })

  test('spaces, and an empty code', () => {
    assert.deepEqual(refused('12 34'), [131008, 'template.code pattern'])
    assert.deepEqual(refused(''), [131008, 'template.code minLength'])
  })

  test('a code for a template of another category says what to send instead', () => {
    const other = entryOf([body('Hi {{1}}.')], { category: 'UTILITY' })
    assert.deepEqual(refused('123456', other), [132012, 'template.code exclusive'])
    const expanded = expandCode(other, '123456')
    assert.ok(!expanded.ok)
    assert.equal(
      expanded.fields[0]?.message,
      'code is for AUTHENTICATION templates; order_ready is UTILITY: send its values in template.components',
    )
  })

  test('a refusal does not repeat the code', () => {
    assert.doesNotMatch(JSON.stringify(expandCode(entry, '99998888777766665555')), /99998888/)
  })
})

suite('a code has no emoji and no addresses, in either form of a send', () => {
  const entry = otp({ type: 'OTP', otp_type: 'COPY_CODE', text: 'Copy code' })
  const inComponents = (code: string) =>
    checkTemplate(entry, {
      components: [
        { type: 'body', parameters: [{ type: 'text', text: code }] },
        { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: code }] },
      ],
    })
  for (const code of ['12😀', '1❤️2', '🇭🇰1', '1️⃣', 'http://x.co', 'HTTPS://x', 'www.x.hk', 'x.example/1', 'bit.ly']) {
    test(`${code} is refused`, () => {
      const [alone, whole] = [expandCode(entry, code), inComponents(code)]
      assert.ok(!alone.ok && alone.fields.some(({ path }) => path === 'template.code'), JSON.stringify(alone))
      assert.ok(!whole.ok && whole.fields[0]!.path.endsWith('.text'), JSON.stringify(whole))
    })
  }
  for (const code of ['012345', 'AB-12', 'a#1*9', '12.34', 'é1', '验证码1', 'A_b/C'])
    test(`${code} is accepted`, () => {
      assert.ok(expandCode(entry, code).ok)
      assert.ok(inComponents(code).ok)
    })
})

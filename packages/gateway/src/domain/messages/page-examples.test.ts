import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import { parseMessage } from './parse.ts'
import { toCloudApi } from './to-cloud-api.ts'

const fixtures = new URL('../../../../../test/fixtures/', import.meta.url)
type Json = Record<string, unknown>

function read(path: string): Json {
  return JSON.parse(readFileSync(new URL(path, fixtures), 'utf8')) as Json
}

function translated(body: Json, language?: string): unknown {
  const parsed = parseMessage(body)
  assert.ok(parsed.ok, JSON.stringify(parsed))
  return toCloudApi(parsed.message, { reference: 'msg_1', ...(language && { template: { language } }) })
}

/** The common keys of every expected body. The content differs by type. */
function envelope(to: string, type: string): Json {
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to,
    type,
    biz_opaque_callback_data: 'msg_1',
  }
}

suite('every example of the API page is sent in the form of the Cloud API', () => {
  const untouched = [
    'image',
    'video',
    'audio',
    'document',
    'interactive_cta_url',
    'interactive_list',
    'interactive_carousel_url',
    'interactive_carousel_quick_reply',
    'interactive_button',
  ]
  for (const name of untouched) {
    test(name, () => {
      const body = read(`vendor/send_${name}.json`)
      const type = String(body.type)
      assert.deepEqual(translated(body), { ...envelope(`+${String(body.to)}`, type), [type]: body[type] })
    })
  }

  test('text becomes an object', () => {
    assert.deepEqual(translated(read('vendor/send_text.json')), {
      ...envelope('+85268411234', 'text'),
      text: { body: 'Hello' },
    })
  })

  const link = 'https://incs-saas.oss-ap-southeast-1.aliyuncs.com/chat/images/header-98403274893.png'
  const templates: Record<string, Json> = {
    no_parameters: { name: 'test_button_reply_1', language: { code: 'en_US' } },
    header_image: {
      name: 'test_header_image_5',
      language: { code: 'en_US' },
      components: [{ type: 'header', parameters: [{ type: 'image', image: { link } }] }],
    },
    header_text_body: {
      name: 'test_header_text_2',
      language: { code: 'en_US' },
      components: [
        { type: 'header', parameters: [{ type: 'text', text: '2025-10-01' }] },
        {
          type: 'body',
          parameters: [
            { type: 'text', text: 'the end of 2025' },
            { type: 'text', text: '25OFF' },
            { type: 'text', text: '25%' },
          ],
        },
      ],
    },
    copy_code: {
      name: 'test_button_code_1',
      language: { code: 'en_US' },
      components: [
        {
          type: 'button',
          sub_type: 'copy_code',
          index: '0',
          parameters: [{ type: 'coupon_code', coupon_code: '843924' }],
        },
      ],
    },
  }
  for (const [name, template] of Object.entries(templates)) {
    test(`template_${name}`, () => {
      assert.deepEqual(translated(read(`vendor/send_template_${name}.json`), 'en_US'), {
        ...envelope('+85268411234', 'template'),
        template,
      })
    })
  }

  test('template_authentication gets the components of its template', () => {
    const parsed = parseMessage(read('vendor/send_template_authentication.json'))
    assert.ok(parsed.ok && parsed.message.type === 'template')
    assert.deepEqual(parsed.message.template, { name: 'authentication_ca', code: '123456' })
    const components = [{ type: 'body' as const, parameters: [{ type: 'text', text: '123456' }] }]
    const sent = toCloudApi(parsed.message, { reference: 'msg_1', template: { language: 'zh_CN', components } })
    assert.deepEqual(sent.template, { name: 'authentication_ca', language: { code: 'zh_CN' }, components })
  })

  test('all fifteen examples are covered', () => {
    const sends = readdirSync(new URL('vendor', fixtures)).filter((name) => name.startsWith('send_'))
    assert.equal(sends.length, untouched.length + Object.keys(templates).length + 2)
  })
})

suite('a body in the form of the Cloud API is accepted unchanged', () => {
  const sends = readdirSync(new URL('cloud-api/sends', fixtures)).filter((name) => !/^(response|read)_/.test(name))
  for (const name of sends) {
    test(name, () => {
      const body = read(`cloud-api/sends/${name}`)
      const template = body.template as { language: { code: string }; components?: Json[] } | undefined
      const expected = structuredClone(body)
      expected.biz_opaque_callback_data = 'msg_1'
      const inner = expected.template as typeof template
      if (inner) {
        inner.language = { code: inner.language.code }
        for (const one of inner.components ?? []) {
          if ('sub_type' in one) one.sub_type = String(one.sub_type).toLowerCase()
        }
      }
      assert.deepEqual(translated(body, template?.language.code), expected)
    })
  }

  test('there are examples in that form', () => {
    assert.ok(sends.length >= 20)
  })

  test('formatted phone numbers become digits', () => {
    for (const to of ['+1 (206) 555-0147', '1 206 555 0147', '12065550147']) {
      const parsed = parseMessage({ messaging_product: 'whatsapp', to, type: 'text', text: { body: 'x' } })
      assert.ok(parsed.ok)
      assert.equal(parsed.message.to, '12065550147')
    }
  })

  test('a text may omit its type', () => {
    const parsed = parseMessage({ messaging_product: 'whatsapp', to: '12065550147', text: { body: 'x' } })
    assert.ok(parsed.ok)
    assert.equal(parsed.message.type, 'text')
  })

  test('the customer’s callback data is separate from our reference', () => {
    const parsed = parseMessage(read('cloud-api/sends/text_preview.json'))
    assert.ok(parsed.ok)
    assert.equal(parsed.message.callbackData, 'order=8812')
  })
})

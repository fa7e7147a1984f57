import { contactOf, type Cloud } from './cloud.ts'
import type { Template } from './world.ts'

/** The initial state of every sandbox, so that documented examples work unedited. */
export const DEMO = {
  wabaId: '102290129340398',
  businessId: '506914307656634',
  numberId: '302702419599374',
  number: '6281519236680',
  token: 'sandbox-token',
  phones: [
    { number: '85268411234', name: 'Mei Chan' },
    { number: '16505551234', name: 'Pablo Morales' },
  ],
} as const

type Draft = Pick<Template, 'name' | 'category' | 'components'> & Partial<Template>

const TEMPLATES: Draft[] = [
  {
    name: 'test_button_reply_1',
    category: 'UTILITY',
    components: [
      { type: 'BODY', text: 'Your order is on its way. Will you be at home to receive it?' },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'QUICK_REPLY', text: 'Yes' },
          { type: 'QUICK_REPLY', text: 'No' },
        ],
      },
    ],
  },
  {
    name: 'test_header_image_5',
    category: 'MARKETING',
    components: [
      { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['https://scontent.whatsapp.net/v/sandbox.png'] } },
      { type: 'BODY', text: 'Our autumn collection has arrived. Come and see it in the shop!' },
    ],
  },
  {
    name: 'test_header_text_2',
    category: 'MARKETING',
    components: [
      { type: 'HEADER', format: 'TEXT', text: 'Our sale is on since {{1}}!', example: { header_text: ['2025-10-01'] } },
      {
        type: 'BODY',
        text: 'Shop now through {{1}} and use code {{2}} to get {{3}} off of all merchandise.',
        example: { body_text: [['the end of 2025', '25OFF', '25%']] },
      },
      { type: 'FOOTER', text: 'Use the code at the till.' },
    ],
  },
  {
    name: 'test_button_code_1',
    category: 'MARKETING',
    components: [
      { type: 'BODY', text: 'A little thank-you: here is a code for your next order.' },
      { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE', text: 'Copy offer code', example: ['250FF'] }] },
    ],
  },
  {
    name: 'authentication_ca',
    category: 'AUTHENTICATION',
    message_send_ttl_seconds: 600,
    components: [
      {
        type: 'BODY',
        text: '*{{1}}* is your verification code. For your security, do not share this code.',
        add_security_recommendation: true,
        example: { body_text: [['123456']] },
      },
      { type: 'FOOTER', text: 'This code expires in 10 minutes.', code_expiration_minutes: 10 },
      {
        type: 'BUTTONS',
        buttons: [
          {
            type: 'URL',
            text: 'Copy code',
            url: 'https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code_expiration_minutes=10&code=otp{{1}}',
            example: [
              'https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code_expiration_minutes=10&code=otp123456',
            ],
          },
        ],
      },
    ],
  },
  {
    name: 'hello_world',
    category: 'UTILITY',
    components: [
      { type: 'HEADER', format: 'TEXT', text: 'Hello World' },
      {
        type: 'BODY',
        text:
          'Welcome and congratulations!! This message demonstrates your ability to send a WhatsApp message ' +
          'notification from the Cloud API, hosted by Meta. Thank you for taking the time to test with us.',
      },
      { type: 'FOOTER', text: 'WhatsApp Business Platform sample message' },
    ],
  },
]

export function addDemo(cloud: Cloud): void {
  const { world } = cloud
  const now = cloud.clock.now()
  world.saveAccount({ wabaId: DEMO.wabaId, name: 'Postern Demo', businessId: DEMO.businessId, subscribed: true })
  world.saveNumber({
    id: DEMO.numberId,
    wabaId: DEMO.wabaId,
    number: DEMO.number,
    verifiedName: 'Postern Demo',
    quality: 'GREEN',
    throughput: 'STANDARD',
    registered: true,
    profile: { about: 'Trying out Postern', vertical: 'OTHER', websites: ['https://example.com/'] },
    blocked: [],
    settings: {},
  })
  world.saveToken({ token: DEMO.token, wabaIds: [DEMO.wabaId] })
  TEMPLATES.forEach((draft, i) => {
    world.saveTemplate({
      parameter_format: 'POSITIONAL',
      language: 'en_US',
      status: 'APPROVED',
      ...draft,
      id: String(1478820956612201 + i),
      wabaId: DEMO.wabaId,
      createdAt: now,
    })
  })
  for (const phone of DEMO.phones) contactOf(cloud, phone.number).name = phone.name
  openDemoWindows(cloud)
}

/** Opens the windows of the demo phones at every start of the sandbox. */
export function openDemoWindows(cloud: Cloud): void {
  if (!cloud.world.numbers.has(DEMO.numberId)) return
  for (const phone of DEMO.phones) {
    const contact = contactOf(cloud, phone.number)
    contact.lastWroteAt[DEMO.numberId] = cloud.clock.now()
    cloud.world.saveContact(contact)
  }
}

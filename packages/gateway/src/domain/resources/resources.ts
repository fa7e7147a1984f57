/*
 * Meta's resources that customers and operators may reach through the gateway: everything without a row here is
 * refused. Bodies are passed on unchanged. Sources: Meta's Business Management API pages of November 2026.
 */

export type ResourceMethod = 'GET' | 'POST' | 'DELETE'

/** The call to Meta for one method of a resource. */
export type ResourceCall = {
  /** The node of the path: the channel's phone number, or its WhatsApp Business Account. */
  node: 'number' | 'account'
  /** The edge after the node; missing for the node itself. */
  edge?: string
  /** Query parameters that the caller may give; each is sent to Meta under the same name. */
  query?: readonly string[]
  /** A query parameter whose value becomes the last segment of the path, for example the code of a QR code. */
  segment?: string
  /** Query parameters that are always sent, unless the caller gives them. */
  always?: Readonly<Record<string, string>>
  /** Keys that a JSON body may have; missing when Meta accepts no body. */
  body?: readonly string[]
  /** Keys that are added to the body when the caller omits them. */
  filled?: Readonly<Record<string, string>>
  /** Meta expects these figures as one field of the node: `field.start(…).end(…)`. */
  figures?: { field: string; required: readonly string[] }
}

export type Resource = {
  says: string
  /** `admin`: only operators, under `/admin/channels/{channel_id}/resources/{name}`. */
  access: 'customer' | 'admin'
  methods: Partial<Record<ResourceMethod, ResourceCall>>
}

const PRODUCT = { messaging_product: 'whatsapp' }
const PROFILE_FIELDS = 'about,address,description,email,profile_picture_url,websites,vertical'
const PAGE = ['limit', 'after', 'before']

const PROFILE_KEYS = [
  ...['messaging_product', 'about', 'address', 'description', 'email', 'websites', 'vertical'],
  'profile_picture_handle',
]
const BLOCK_KEYS = ['messaging_product', 'block_users']
const COMMERCE_KEYS = ['is_cart_enabled', 'is_catalog_visible']
const PRICING_LISTS = ['phone_numbers', 'country_codes', 'metric_types', 'pricing_types', 'pricing_categories', 'tiers']
const TEMPLATE_LISTS = ['template_ids', 'metric_types', 'product_type']
const PREVIEW_KEYS = [
  ...['category', 'languages', 'add_security_recommendation', 'code_expiration_minutes', 'button_types'],
]
const UPSERT_KEYS = ['name', 'languages', 'category', 'components', 'message_send_ttl_seconds']
const SPAN = ['start', 'end', 'granularity']

export const RESOURCES: Readonly<Record<string, Resource>> = {
  business_profile: {
    says: 'What people see of the business: about, address, description, e-mail, websites, industry, picture.',
    access: 'customer',
    methods: {
      GET: {
        node: 'number',
        edge: 'whatsapp_business_profile',
        query: ['fields'],
        always: { fields: PROFILE_FIELDS },
      },
      POST: { node: 'number', edge: 'whatsapp_business_profile', body: PROFILE_KEYS, filled: PRODUCT },
    },
  },
  block_list: {
    says: 'People who cannot write to the number. Only people who wrote in the last 24 hours can be blocked.',
    access: 'customer',
    methods: {
      GET: { node: 'number', edge: 'block_users', query: PAGE },
      POST: { node: 'number', edge: 'block_users', body: BLOCK_KEYS, filled: PRODUCT },
      DELETE: { node: 'number', edge: 'block_users', body: BLOCK_KEYS, filled: PRODUCT },
    },
  },
  qr_codes: {
    says: 'QR codes and short links that open a chat with a message already typed.',
    access: 'customer',
    methods: {
      GET: { node: 'number', edge: 'message_qrdls', query: ['fields', 'code', ...PAGE] },
      POST: { node: 'number', edge: 'message_qrdls', body: ['prefilled_message', 'generate_qr_image', 'code'] },
      DELETE: { node: 'number', edge: 'message_qrdls', segment: 'code' },
    },
  },
  conversational_automation: {
    says: 'Ice breakers and commands that WhatsApp offers in an empty chat.',
    access: 'customer',
    methods: {
      GET: { node: 'number', always: { fields: 'conversational_automation' } },
      POST: { node: 'number', edge: 'conversational_automation', body: ['prompts', 'commands'] },
    },
  },
  commerce_settings: {
    says: 'Whether the cart and the catalog show in a chat.',
    access: 'customer',
    methods: {
      GET: { node: 'number', edge: 'whatsapp_commerce_settings' },
      POST: { node: 'number', edge: 'whatsapp_commerce_settings', body: COMMERCE_KEYS },
    },
  },
  username: {
    says: 'The username of the business number.',
    access: 'customer',
    methods: {
      GET: { node: 'number', edge: 'username' },
      POST: { node: 'number', edge: 'username', body: ['username', 'transfer_action'] },
      DELETE: { node: 'number', edge: 'username' },
    },
  },
  username_suggestions: {
    says: 'Usernames that Meta suggests for the number.',
    access: 'customer',
    methods: { GET: { node: 'number', edge: 'username_suggestions' } },
  },
  calling_settings: {
    says: 'Whether and when people can call the number.',
    access: 'customer',
    // Never with include_sip_credentials: its answer contains a password.
    methods: {
      GET: { node: 'number', edge: 'settings' },
      POST: { node: 'number', edge: 'settings', body: ['calling'] },
    },
  },
  call_permissions: {
    says: 'Whether a contact may be called now, and what limits it.',
    access: 'customer',
    methods: { GET: { node: 'number', edge: 'call_permissions', query: ['user_wa_id'] } },
  },
  template_previews: {
    says: 'The texts of an authentication template in several languages, before it is created.',
    access: 'customer',
    methods: { GET: { node: 'account', edge: 'message_template_previews', query: PREVIEW_KEYS } },
  },
  authentication_templates: {
    says: 'Creates or changes an authentication template in several languages at once.',
    access: 'customer',
    methods: { POST: { node: 'account', edge: 'upsert_message_templates', body: UPSERT_KEYS } },
  },
  template_analytics: {
    says: 'How often templates were sent, delivered, read and clicked, day by day.',
    access: 'customer',
    methods: {
      GET: {
        node: 'account',
        query: [...SPAN, ...TEMPLATE_LISTS, 'use_waba_timezone'],
        figures: { field: 'template_analytics', required: [...SPAN, 'template_ids'] },
      },
    },
  },
  pricing_analytics: {
    says: 'What Meta charged the account: messages and cost by category, type, country and tier.',
    access: 'customer',
    methods: {
      GET: {
        node: 'account',
        query: [...SPAN, ...PRICING_LISTS, 'dimensions'],
        figures: { field: 'pricing_analytics', required: SPAN },
      },
    },
  },
  display_name: {
    says: 'The name that people see, and the state of its review. A change is reviewed by Meta.',
    access: 'customer',
    methods: {
      GET: { node: 'number', always: { fields: 'verified_name,name_status,new_display_name,new_name_status' } },
      POST: { node: 'number', body: ['new_display_name'] },
    },
  },
  two_step_pin: {
    says: 'The six-digit PIN that a new registration of the number asks for.',
    access: 'admin',
    methods: { POST: { node: 'number', body: ['pin'] } },
  },
}

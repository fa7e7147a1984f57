// Made by scripts/generate-client-types.ts. Change the schemas, not this file.

/**
 * One message to one contact. Unknown keys are refused, never dropped.
 */
export type SendMessage = (Template | Text | Image | Video | Audio | Document | Interactive | Sticker | Location | Contacts | Reaction)

/**
 * The only type that may go out when the 24-hour window is closed.
 */
export interface Template {
/**
 * The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets. With recipient_type group: the id of the group.
 */
to?: string
/**
 * A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`.
 */
recipient?: string
/**
 * Cloud API bodies have it. Not needed.
 */
messaging_product?: "whatsapp"
/**
 * group sends to a group: `to` is its id.
 */
recipient_type?: ("individual" | "group")
/**
 * Words of your own, kept with the message.
 */
biz_opaque_callback_data?: string
/**
 * Direct Send: a free-form message that WhatsApp bills as utility or authentication, also in a closed window. The channel’s direct_send must be true. service is the default.
 */
category?: ("utility" | "authentication" | "service")
/**
 * Direct Send: the name under which WhatsApp counts such messages.
 */
direct_send_config?: {
template_name: string
}
/**
 * Deliver only if the contact’s identity key still has this hash.
 */
recipient_identity_key_hash?: string
/**
 * true: refuse the message while another program holds the conversation.
 */
if_owner?: boolean
/**
 * Send it then instead of now. Answers 202 with `reference` and `state`. Window and template are checked then.
 */
send_at?: (number | string)
/**
 * With `send_at`: do not send it after this moment.
 */
expires_at?: (number | string)
/**
 * Shows the message as a reply to an earlier one.
 */
context?: {
/**
 * The id (wamid) of the message to quote.
 */
message_id: string
}
type: "template"
template: {
/**
 * The template’s name.
 */
name: string
/**
 * Which translation. Needed only when the name is approved in several and the channel has no default.
 */
language?: (string | {
/**
 * As the template was created, e.g. en_US.
 */
code: string
policy?: "deterministic"
})
/**
 * Values for the template’s variables.
 */
components?: ({
type: ("header" | "HEADER")
parameters?: ({
type: ("text" | "TEXT")
text: string
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("currency" | "CURRENCY")
currency: {
fallback_value: string
code: string
amount_1000: number
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("date_time" | "DATE_TIME")
date_time: {
fallback_value: string
[k: string]: unknown
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("image" | "IMAGE")
image: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("video" | "VIDEO")
video: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("gif" | "GIF")
gif: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("document" | "DOCUMENT")
document: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Name shown to the contact; its extension chooses the icon.
 */
filename?: string
}
} | {
type: ("location" | "LOCATION")
location: {
latitude: (string | number)
longitude: (string | number)
name?: string
address?: string
}
} | {
type: ("product" | "PRODUCT")
product: {
product_retailer_id: string
catalog_id: string
}
} | {
type: ("payload" | "PAYLOAD")
payload: string
} | {
type: ("coupon_code" | "COUPON_CODE")
coupon_code: string
} | {
type: ("action" | "ACTION")
action: {
flow_token?: string
flow_action_data?: {
[k: string]: unknown
}
thumbnail_product_retailer_id?: string
/**
 * @minItems 1
 * @maxItems 10
 */
sections?: {
title?: string
/**
 * @minItems 1
 */
product_items: {
/**
 * The product’s id in the catalog (its SKU).
 */
product_retailer_id: string
}[]
}[]
order_details?: {
[k: string]: unknown
}
}
} | {
type: ("limited_time_offer" | "LIMITED_TIME_OFFER")
limited_time_offer: {
/**
 * When the offer ends: Unix milliseconds.
 */
expiration_time_ms: number
}
} | {
type: ("ttl_minutes" | "TTL_MINUTES")
ttl_minutes: number
})[]
} | {
type: ("body" | "BODY")
parameters?: ({
type: ("text" | "TEXT")
text: string
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("currency" | "CURRENCY")
currency: {
fallback_value: string
code: string
amount_1000: number
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("date_time" | "DATE_TIME")
date_time: {
fallback_value: string
[k: string]: unknown
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("image" | "IMAGE")
image: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("video" | "VIDEO")
video: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("gif" | "GIF")
gif: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("document" | "DOCUMENT")
document: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Name shown to the contact; its extension chooses the icon.
 */
filename?: string
}
} | {
type: ("location" | "LOCATION")
location: {
latitude: (string | number)
longitude: (string | number)
name?: string
address?: string
}
} | {
type: ("product" | "PRODUCT")
product: {
product_retailer_id: string
catalog_id: string
}
} | {
type: ("payload" | "PAYLOAD")
payload: string
} | {
type: ("coupon_code" | "COUPON_CODE")
coupon_code: string
} | {
type: ("action" | "ACTION")
action: {
flow_token?: string
flow_action_data?: {
[k: string]: unknown
}
thumbnail_product_retailer_id?: string
/**
 * @minItems 1
 * @maxItems 10
 */
sections?: {
title?: string
/**
 * @minItems 1
 */
product_items: {
/**
 * The product’s id in the catalog (its SKU).
 */
product_retailer_id: string
}[]
}[]
order_details?: {
[k: string]: unknown
}
}
} | {
type: ("limited_time_offer" | "LIMITED_TIME_OFFER")
limited_time_offer: {
/**
 * When the offer ends: Unix milliseconds.
 */
expiration_time_ms: number
}
} | {
type: ("ttl_minutes" | "TTL_MINUTES")
ttl_minutes: number
})[]
} | {
type: ("button" | "BUTTON")
sub_type: ("quick_reply" | "QUICK_REPLY" | "url" | "URL" | "copy_code" | "COPY_CODE" | "flow" | "FLOW" | "catalog" | "CATALOG" | "mpm" | "MPM" | "spm" | "SPM" | "voice_call" | "VOICE_CALL" | "order_details" | "ORDER_DETAILS")
index: (string | number)
parameters?: ({
type: ("text" | "TEXT")
text: string
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("currency" | "CURRENCY")
currency: {
fallback_value: string
code: string
amount_1000: number
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("date_time" | "DATE_TIME")
date_time: {
fallback_value: string
[k: string]: unknown
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("image" | "IMAGE")
image: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("video" | "VIDEO")
video: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("gif" | "GIF")
gif: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("document" | "DOCUMENT")
document: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Name shown to the contact; its extension chooses the icon.
 */
filename?: string
}
} | {
type: ("location" | "LOCATION")
location: {
latitude: (string | number)
longitude: (string | number)
name?: string
address?: string
}
} | {
type: ("product" | "PRODUCT")
product: {
product_retailer_id: string
catalog_id: string
}
} | {
type: ("payload" | "PAYLOAD")
payload: string
} | {
type: ("coupon_code" | "COUPON_CODE")
coupon_code: string
} | {
type: ("action" | "ACTION")
action: {
flow_token?: string
flow_action_data?: {
[k: string]: unknown
}
thumbnail_product_retailer_id?: string
/**
 * @minItems 1
 * @maxItems 10
 */
sections?: {
title?: string
/**
 * @minItems 1
 */
product_items: {
/**
 * The product’s id in the catalog (its SKU).
 */
product_retailer_id: string
}[]
}[]
order_details?: {
[k: string]: unknown
}
}
} | {
type: ("limited_time_offer" | "LIMITED_TIME_OFFER")
limited_time_offer: {
/**
 * When the offer ends: Unix milliseconds.
 */
expiration_time_ms: number
}
} | {
type: ("ttl_minutes" | "TTL_MINUTES")
ttl_minutes: number
})[]
} | {
type: ("limited_time_offer" | "LIMITED_TIME_OFFER")
parameters: ({
type: ("text" | "TEXT")
text: string
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("currency" | "CURRENCY")
currency: {
fallback_value: string
code: string
amount_1000: number
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("date_time" | "DATE_TIME")
date_time: {
fallback_value: string
[k: string]: unknown
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("image" | "IMAGE")
image: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("video" | "VIDEO")
video: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("gif" | "GIF")
gif: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("document" | "DOCUMENT")
document: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Name shown to the contact; its extension chooses the icon.
 */
filename?: string
}
} | {
type: ("location" | "LOCATION")
location: {
latitude: (string | number)
longitude: (string | number)
name?: string
address?: string
}
} | {
type: ("product" | "PRODUCT")
product: {
product_retailer_id: string
catalog_id: string
}
} | {
type: ("payload" | "PAYLOAD")
payload: string
} | {
type: ("coupon_code" | "COUPON_CODE")
coupon_code: string
} | {
type: ("action" | "ACTION")
action: {
flow_token?: string
flow_action_data?: {
[k: string]: unknown
}
thumbnail_product_retailer_id?: string
/**
 * @minItems 1
 * @maxItems 10
 */
sections?: {
title?: string
/**
 * @minItems 1
 */
product_items: {
/**
 * The product’s id in the catalog (its SKU).
 */
product_retailer_id: string
}[]
}[]
order_details?: {
[k: string]: unknown
}
}
} | {
type: ("limited_time_offer" | "LIMITED_TIME_OFFER")
limited_time_offer: {
/**
 * When the offer ends: Unix milliseconds.
 */
expiration_time_ms: number
}
} | {
type: ("ttl_minutes" | "TTL_MINUTES")
ttl_minutes: number
})[]
} | {
type: ("carousel" | "CAROUSEL")
cards: {
card_index: number
components: ({
type: ("header" | "HEADER")
parameters?: ({
type: ("text" | "TEXT")
text: string
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("currency" | "CURRENCY")
currency: {
fallback_value: string
code: string
amount_1000: number
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("date_time" | "DATE_TIME")
date_time: {
fallback_value: string
[k: string]: unknown
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("image" | "IMAGE")
image: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("video" | "VIDEO")
video: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("gif" | "GIF")
gif: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("document" | "DOCUMENT")
document: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Name shown to the contact; its extension chooses the icon.
 */
filename?: string
}
} | {
type: ("location" | "LOCATION")
location: {
latitude: (string | number)
longitude: (string | number)
name?: string
address?: string
}
} | {
type: ("product" | "PRODUCT")
product: {
product_retailer_id: string
catalog_id: string
}
} | {
type: ("payload" | "PAYLOAD")
payload: string
} | {
type: ("coupon_code" | "COUPON_CODE")
coupon_code: string
} | {
type: ("action" | "ACTION")
action: {
flow_token?: string
flow_action_data?: {
[k: string]: unknown
}
thumbnail_product_retailer_id?: string
/**
 * @minItems 1
 * @maxItems 10
 */
sections?: {
title?: string
/**
 * @minItems 1
 */
product_items: {
/**
 * The product’s id in the catalog (its SKU).
 */
product_retailer_id: string
}[]
}[]
order_details?: {
[k: string]: unknown
}
}
} | {
type: ("limited_time_offer" | "LIMITED_TIME_OFFER")
limited_time_offer: {
/**
 * When the offer ends: Unix milliseconds.
 */
expiration_time_ms: number
}
} | {
type: ("ttl_minutes" | "TTL_MINUTES")
ttl_minutes: number
})[]
} | {
type: ("body" | "BODY")
parameters?: ({
type: ("text" | "TEXT")
text: string
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("currency" | "CURRENCY")
currency: {
fallback_value: string
code: string
amount_1000: number
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("date_time" | "DATE_TIME")
date_time: {
fallback_value: string
[k: string]: unknown
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("image" | "IMAGE")
image: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("video" | "VIDEO")
video: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("gif" | "GIF")
gif: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("document" | "DOCUMENT")
document: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Name shown to the contact; its extension chooses the icon.
 */
filename?: string
}
} | {
type: ("location" | "LOCATION")
location: {
latitude: (string | number)
longitude: (string | number)
name?: string
address?: string
}
} | {
type: ("product" | "PRODUCT")
product: {
product_retailer_id: string
catalog_id: string
}
} | {
type: ("payload" | "PAYLOAD")
payload: string
} | {
type: ("coupon_code" | "COUPON_CODE")
coupon_code: string
} | {
type: ("action" | "ACTION")
action: {
flow_token?: string
flow_action_data?: {
[k: string]: unknown
}
thumbnail_product_retailer_id?: string
/**
 * @minItems 1
 * @maxItems 10
 */
sections?: {
title?: string
/**
 * @minItems 1
 */
product_items: {
/**
 * The product’s id in the catalog (its SKU).
 */
product_retailer_id: string
}[]
}[]
order_details?: {
[k: string]: unknown
}
}
} | {
type: ("limited_time_offer" | "LIMITED_TIME_OFFER")
limited_time_offer: {
/**
 * When the offer ends: Unix milliseconds.
 */
expiration_time_ms: number
}
} | {
type: ("ttl_minutes" | "TTL_MINUTES")
ttl_minutes: number
})[]
} | {
type: ("button" | "BUTTON")
sub_type: ("quick_reply" | "QUICK_REPLY" | "url" | "URL" | "copy_code" | "COPY_CODE" | "flow" | "FLOW" | "catalog" | "CATALOG" | "mpm" | "MPM" | "spm" | "SPM" | "voice_call" | "VOICE_CALL" | "order_details" | "ORDER_DETAILS")
index: (string | number)
parameters?: ({
type: ("text" | "TEXT")
text: string
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("currency" | "CURRENCY")
currency: {
fallback_value: string
code: string
amount_1000: number
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("date_time" | "DATE_TIME")
date_time: {
fallback_value: string
[k: string]: unknown
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("image" | "IMAGE")
image: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("video" | "VIDEO")
video: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("gif" | "GIF")
gif: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("document" | "DOCUMENT")
document: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Name shown to the contact; its extension chooses the icon.
 */
filename?: string
}
} | {
type: ("location" | "LOCATION")
location: {
latitude: (string | number)
longitude: (string | number)
name?: string
address?: string
}
} | {
type: ("product" | "PRODUCT")
product: {
product_retailer_id: string
catalog_id: string
}
} | {
type: ("payload" | "PAYLOAD")
payload: string
} | {
type: ("coupon_code" | "COUPON_CODE")
coupon_code: string
} | {
type: ("action" | "ACTION")
action: {
flow_token?: string
flow_action_data?: {
[k: string]: unknown
}
thumbnail_product_retailer_id?: string
/**
 * @minItems 1
 * @maxItems 10
 */
sections?: {
title?: string
/**
 * @minItems 1
 */
product_items: {
/**
 * The product’s id in the catalog (its SKU).
 */
product_retailer_id: string
}[]
}[]
order_details?: {
[k: string]: unknown
}
}
} | {
type: ("limited_time_offer" | "LIMITED_TIME_OFFER")
limited_time_offer: {
/**
 * When the offer ends: Unix milliseconds.
 */
expiration_time_ms: number
}
} | {
type: ("ttl_minutes" | "TTL_MINUTES")
ttl_minutes: number
})[]
})[]
}[]
})[]
/**
 * The one-time code, for AUTHENTICATION templates.
 */
code?: string
}
/**
 * Marketing Messages API: STRICT is never delivered through the Cloud API.
 */
product_policy?: ("CLOUD_API_FALLBACK" | "STRICT")
/**
 * Marketing Messages API: whether WhatsApp may use what becomes of this message.
 */
message_activity_sharing?: boolean
/**
 * Marketing Messages API: for templates with a maximum price.
 */
bid_spec?: {
per_message_bid_multiplier: number
}
}
export interface Text {
/**
 * The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets. With recipient_type group: the id of the group.
 */
to?: string
/**
 * A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`.
 */
recipient?: string
/**
 * Cloud API bodies have it. Not needed.
 */
messaging_product?: "whatsapp"
/**
 * group sends to a group: `to` is its id.
 */
recipient_type?: ("individual" | "group")
/**
 * Words of your own, kept with the message.
 */
biz_opaque_callback_data?: string
/**
 * Direct Send: a free-form message that WhatsApp bills as utility or authentication, also in a closed window. The channel’s direct_send must be true. service is the default.
 */
category?: ("utility" | "authentication" | "service")
/**
 * Direct Send: the name under which WhatsApp counts such messages.
 */
direct_send_config?: {
template_name: string
}
/**
 * Deliver only if the contact’s identity key still has this hash.
 */
recipient_identity_key_hash?: string
/**
 * true: refuse the message while another program holds the conversation.
 */
if_owner?: boolean
/**
 * Send it then instead of now. Answers 202 with `reference` and `state`. Window and template are checked then.
 */
send_at?: (number | string)
/**
 * With `send_at`: do not send it after this moment.
 */
expires_at?: (number | string)
/**
 * Shows the message as a reply to an earlier one.
 */
context?: {
/**
 * The id (wamid) of the message to quote.
 */
message_id: string
}
fallback?: Fallback
type: "text"
text: (string | {
/**
 * Kept as it is: *bold*, _italic_, line breaks, links, emoji.
 */
body: string
preview_url?: boolean
})
preview_url?: boolean
}
/**
 * Send this template instead when the 24-hour window is closed. `sent_as` of the answer says so.
 */
export interface Fallback {
template: {
/**
 * The template’s name.
 */
name: string
/**
 * Which translation. Needed only when the name is approved in several and the channel has no default.
 */
language?: (string | {
/**
 * As the template was created, e.g. en_US.
 */
code: string
policy?: "deterministic"
})
/**
 * Values for the template’s variables.
 */
components?: ({
type: ("header" | "HEADER")
parameters?: ({
type: ("text" | "TEXT")
text: string
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("currency" | "CURRENCY")
currency: {
fallback_value: string
code: string
amount_1000: number
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("date_time" | "DATE_TIME")
date_time: {
fallback_value: string
[k: string]: unknown
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("image" | "IMAGE")
image: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("video" | "VIDEO")
video: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("gif" | "GIF")
gif: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("document" | "DOCUMENT")
document: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Name shown to the contact; its extension chooses the icon.
 */
filename?: string
}
} | {
type: ("location" | "LOCATION")
location: {
latitude: (string | number)
longitude: (string | number)
name?: string
address?: string
}
} | {
type: ("product" | "PRODUCT")
product: {
product_retailer_id: string
catalog_id: string
}
} | {
type: ("payload" | "PAYLOAD")
payload: string
} | {
type: ("coupon_code" | "COUPON_CODE")
coupon_code: string
} | {
type: ("action" | "ACTION")
action: {
flow_token?: string
flow_action_data?: {
[k: string]: unknown
}
thumbnail_product_retailer_id?: string
/**
 * @minItems 1
 * @maxItems 10
 */
sections?: {
title?: string
/**
 * @minItems 1
 */
product_items: {
/**
 * The product’s id in the catalog (its SKU).
 */
product_retailer_id: string
}[]
}[]
order_details?: {
[k: string]: unknown
}
}
} | {
type: ("limited_time_offer" | "LIMITED_TIME_OFFER")
limited_time_offer: {
/**
 * When the offer ends: Unix milliseconds.
 */
expiration_time_ms: number
}
} | {
type: ("ttl_minutes" | "TTL_MINUTES")
ttl_minutes: number
})[]
} | {
type: ("body" | "BODY")
parameters?: ({
type: ("text" | "TEXT")
text: string
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("currency" | "CURRENCY")
currency: {
fallback_value: string
code: string
amount_1000: number
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("date_time" | "DATE_TIME")
date_time: {
fallback_value: string
[k: string]: unknown
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("image" | "IMAGE")
image: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("video" | "VIDEO")
video: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("gif" | "GIF")
gif: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("document" | "DOCUMENT")
document: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Name shown to the contact; its extension chooses the icon.
 */
filename?: string
}
} | {
type: ("location" | "LOCATION")
location: {
latitude: (string | number)
longitude: (string | number)
name?: string
address?: string
}
} | {
type: ("product" | "PRODUCT")
product: {
product_retailer_id: string
catalog_id: string
}
} | {
type: ("payload" | "PAYLOAD")
payload: string
} | {
type: ("coupon_code" | "COUPON_CODE")
coupon_code: string
} | {
type: ("action" | "ACTION")
action: {
flow_token?: string
flow_action_data?: {
[k: string]: unknown
}
thumbnail_product_retailer_id?: string
/**
 * @minItems 1
 * @maxItems 10
 */
sections?: {
title?: string
/**
 * @minItems 1
 */
product_items: {
/**
 * The product’s id in the catalog (its SKU).
 */
product_retailer_id: string
}[]
}[]
order_details?: {
[k: string]: unknown
}
}
} | {
type: ("limited_time_offer" | "LIMITED_TIME_OFFER")
limited_time_offer: {
/**
 * When the offer ends: Unix milliseconds.
 */
expiration_time_ms: number
}
} | {
type: ("ttl_minutes" | "TTL_MINUTES")
ttl_minutes: number
})[]
} | {
type: ("button" | "BUTTON")
sub_type: ("quick_reply" | "QUICK_REPLY" | "url" | "URL" | "copy_code" | "COPY_CODE" | "flow" | "FLOW" | "catalog" | "CATALOG" | "mpm" | "MPM" | "spm" | "SPM" | "voice_call" | "VOICE_CALL" | "order_details" | "ORDER_DETAILS")
index: (string | number)
parameters?: ({
type: ("text" | "TEXT")
text: string
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("currency" | "CURRENCY")
currency: {
fallback_value: string
code: string
amount_1000: number
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("date_time" | "DATE_TIME")
date_time: {
fallback_value: string
[k: string]: unknown
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("image" | "IMAGE")
image: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("video" | "VIDEO")
video: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("gif" | "GIF")
gif: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("document" | "DOCUMENT")
document: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Name shown to the contact; its extension chooses the icon.
 */
filename?: string
}
} | {
type: ("location" | "LOCATION")
location: {
latitude: (string | number)
longitude: (string | number)
name?: string
address?: string
}
} | {
type: ("product" | "PRODUCT")
product: {
product_retailer_id: string
catalog_id: string
}
} | {
type: ("payload" | "PAYLOAD")
payload: string
} | {
type: ("coupon_code" | "COUPON_CODE")
coupon_code: string
} | {
type: ("action" | "ACTION")
action: {
flow_token?: string
flow_action_data?: {
[k: string]: unknown
}
thumbnail_product_retailer_id?: string
/**
 * @minItems 1
 * @maxItems 10
 */
sections?: {
title?: string
/**
 * @minItems 1
 */
product_items: {
/**
 * The product’s id in the catalog (its SKU).
 */
product_retailer_id: string
}[]
}[]
order_details?: {
[k: string]: unknown
}
}
} | {
type: ("limited_time_offer" | "LIMITED_TIME_OFFER")
limited_time_offer: {
/**
 * When the offer ends: Unix milliseconds.
 */
expiration_time_ms: number
}
} | {
type: ("ttl_minutes" | "TTL_MINUTES")
ttl_minutes: number
})[]
} | {
type: ("limited_time_offer" | "LIMITED_TIME_OFFER")
parameters: ({
type: ("text" | "TEXT")
text: string
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("currency" | "CURRENCY")
currency: {
fallback_value: string
code: string
amount_1000: number
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("date_time" | "DATE_TIME")
date_time: {
fallback_value: string
[k: string]: unknown
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("image" | "IMAGE")
image: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("video" | "VIDEO")
video: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("gif" | "GIF")
gif: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("document" | "DOCUMENT")
document: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Name shown to the contact; its extension chooses the icon.
 */
filename?: string
}
} | {
type: ("location" | "LOCATION")
location: {
latitude: (string | number)
longitude: (string | number)
name?: string
address?: string
}
} | {
type: ("product" | "PRODUCT")
product: {
product_retailer_id: string
catalog_id: string
}
} | {
type: ("payload" | "PAYLOAD")
payload: string
} | {
type: ("coupon_code" | "COUPON_CODE")
coupon_code: string
} | {
type: ("action" | "ACTION")
action: {
flow_token?: string
flow_action_data?: {
[k: string]: unknown
}
thumbnail_product_retailer_id?: string
/**
 * @minItems 1
 * @maxItems 10
 */
sections?: {
title?: string
/**
 * @minItems 1
 */
product_items: {
/**
 * The product’s id in the catalog (its SKU).
 */
product_retailer_id: string
}[]
}[]
order_details?: {
[k: string]: unknown
}
}
} | {
type: ("limited_time_offer" | "LIMITED_TIME_OFFER")
limited_time_offer: {
/**
 * When the offer ends: Unix milliseconds.
 */
expiration_time_ms: number
}
} | {
type: ("ttl_minutes" | "TTL_MINUTES")
ttl_minutes: number
})[]
} | {
type: ("carousel" | "CAROUSEL")
cards: {
card_index: number
components: ({
type: ("header" | "HEADER")
parameters?: ({
type: ("text" | "TEXT")
text: string
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("currency" | "CURRENCY")
currency: {
fallback_value: string
code: string
amount_1000: number
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("date_time" | "DATE_TIME")
date_time: {
fallback_value: string
[k: string]: unknown
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("image" | "IMAGE")
image: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("video" | "VIDEO")
video: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("gif" | "GIF")
gif: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("document" | "DOCUMENT")
document: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Name shown to the contact; its extension chooses the icon.
 */
filename?: string
}
} | {
type: ("location" | "LOCATION")
location: {
latitude: (string | number)
longitude: (string | number)
name?: string
address?: string
}
} | {
type: ("product" | "PRODUCT")
product: {
product_retailer_id: string
catalog_id: string
}
} | {
type: ("payload" | "PAYLOAD")
payload: string
} | {
type: ("coupon_code" | "COUPON_CODE")
coupon_code: string
} | {
type: ("action" | "ACTION")
action: {
flow_token?: string
flow_action_data?: {
[k: string]: unknown
}
thumbnail_product_retailer_id?: string
/**
 * @minItems 1
 * @maxItems 10
 */
sections?: {
title?: string
/**
 * @minItems 1
 */
product_items: {
/**
 * The product’s id in the catalog (its SKU).
 */
product_retailer_id: string
}[]
}[]
order_details?: {
[k: string]: unknown
}
}
} | {
type: ("limited_time_offer" | "LIMITED_TIME_OFFER")
limited_time_offer: {
/**
 * When the offer ends: Unix milliseconds.
 */
expiration_time_ms: number
}
} | {
type: ("ttl_minutes" | "TTL_MINUTES")
ttl_minutes: number
})[]
} | {
type: ("body" | "BODY")
parameters?: ({
type: ("text" | "TEXT")
text: string
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("currency" | "CURRENCY")
currency: {
fallback_value: string
code: string
amount_1000: number
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("date_time" | "DATE_TIME")
date_time: {
fallback_value: string
[k: string]: unknown
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("image" | "IMAGE")
image: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("video" | "VIDEO")
video: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("gif" | "GIF")
gif: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("document" | "DOCUMENT")
document: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Name shown to the contact; its extension chooses the icon.
 */
filename?: string
}
} | {
type: ("location" | "LOCATION")
location: {
latitude: (string | number)
longitude: (string | number)
name?: string
address?: string
}
} | {
type: ("product" | "PRODUCT")
product: {
product_retailer_id: string
catalog_id: string
}
} | {
type: ("payload" | "PAYLOAD")
payload: string
} | {
type: ("coupon_code" | "COUPON_CODE")
coupon_code: string
} | {
type: ("action" | "ACTION")
action: {
flow_token?: string
flow_action_data?: {
[k: string]: unknown
}
thumbnail_product_retailer_id?: string
/**
 * @minItems 1
 * @maxItems 10
 */
sections?: {
title?: string
/**
 * @minItems 1
 */
product_items: {
/**
 * The product’s id in the catalog (its SKU).
 */
product_retailer_id: string
}[]
}[]
order_details?: {
[k: string]: unknown
}
}
} | {
type: ("limited_time_offer" | "LIMITED_TIME_OFFER")
limited_time_offer: {
/**
 * When the offer ends: Unix milliseconds.
 */
expiration_time_ms: number
}
} | {
type: ("ttl_minutes" | "TTL_MINUTES")
ttl_minutes: number
})[]
} | {
type: ("button" | "BUTTON")
sub_type: ("quick_reply" | "QUICK_REPLY" | "url" | "URL" | "copy_code" | "COPY_CODE" | "flow" | "FLOW" | "catalog" | "CATALOG" | "mpm" | "MPM" | "spm" | "SPM" | "voice_call" | "VOICE_CALL" | "order_details" | "ORDER_DETAILS")
index: (string | number)
parameters?: ({
type: ("text" | "TEXT")
text: string
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("currency" | "CURRENCY")
currency: {
fallback_value: string
code: string
amount_1000: number
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("date_time" | "DATE_TIME")
date_time: {
fallback_value: string
[k: string]: unknown
}
/**
 * The variable’s name, when the template has named variables.
 */
parameter_name?: string
} | {
type: ("image" | "IMAGE")
image: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("video" | "VIDEO")
video: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("gif" | "GIF")
gif: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: ("document" | "DOCUMENT")
document: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Name shown to the contact; its extension chooses the icon.
 */
filename?: string
}
} | {
type: ("location" | "LOCATION")
location: {
latitude: (string | number)
longitude: (string | number)
name?: string
address?: string
}
} | {
type: ("product" | "PRODUCT")
product: {
product_retailer_id: string
catalog_id: string
}
} | {
type: ("payload" | "PAYLOAD")
payload: string
} | {
type: ("coupon_code" | "COUPON_CODE")
coupon_code: string
} | {
type: ("action" | "ACTION")
action: {
flow_token?: string
flow_action_data?: {
[k: string]: unknown
}
thumbnail_product_retailer_id?: string
/**
 * @minItems 1
 * @maxItems 10
 */
sections?: {
title?: string
/**
 * @minItems 1
 */
product_items: {
/**
 * The product’s id in the catalog (its SKU).
 */
product_retailer_id: string
}[]
}[]
order_details?: {
[k: string]: unknown
}
}
} | {
type: ("limited_time_offer" | "LIMITED_TIME_OFFER")
limited_time_offer: {
/**
 * When the offer ends: Unix milliseconds.
 */
expiration_time_ms: number
}
} | {
type: ("ttl_minutes" | "TTL_MINUTES")
ttl_minutes: number
})[]
})[]
}[]
})[]
/**
 * The one-time code, for AUTHENTICATION templates.
 */
code?: string
}
}
/**
 * .jpeg or .png, at most 5 MB.
 */
export interface Image {
/**
 * The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets. With recipient_type group: the id of the group.
 */
to?: string
/**
 * A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`.
 */
recipient?: string
/**
 * Cloud API bodies have it. Not needed.
 */
messaging_product?: "whatsapp"
/**
 * group sends to a group: `to` is its id.
 */
recipient_type?: ("individual" | "group")
/**
 * Words of your own, kept with the message.
 */
biz_opaque_callback_data?: string
/**
 * Direct Send: a free-form message that WhatsApp bills as utility or authentication, also in a closed window. The channel’s direct_send must be true. service is the default.
 */
category?: ("utility" | "authentication" | "service")
/**
 * Direct Send: the name under which WhatsApp counts such messages.
 */
direct_send_config?: {
template_name: string
}
/**
 * Deliver only if the contact’s identity key still has this hash.
 */
recipient_identity_key_hash?: string
/**
 * true: refuse the message while another program holds the conversation.
 */
if_owner?: boolean
/**
 * Send it then instead of now. Answers 202 with `reference` and `state`. Window and template are checked then.
 */
send_at?: (number | string)
/**
 * With `send_at`: do not send it after this moment.
 */
expires_at?: (number | string)
/**
 * Shows the message as a reply to an earlier one.
 */
context?: {
/**
 * The id (wamid) of the message to quote.
 */
message_id: string
}
fallback?: Fallback
type: "image"
image: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Text under the media.
 */
caption?: string
}
}
/**
 * .mp4 or .3gp with H.264 video and AAC audio (one stream or none), at most 16 MB.
 */
export interface Video {
/**
 * The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets. With recipient_type group: the id of the group.
 */
to?: string
/**
 * A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`.
 */
recipient?: string
/**
 * Cloud API bodies have it. Not needed.
 */
messaging_product?: "whatsapp"
/**
 * group sends to a group: `to` is its id.
 */
recipient_type?: ("individual" | "group")
/**
 * Words of your own, kept with the message.
 */
biz_opaque_callback_data?: string
/**
 * Direct Send: a free-form message that WhatsApp bills as utility or authentication, also in a closed window. The channel’s direct_send must be true. service is the default.
 */
category?: ("utility" | "authentication" | "service")
/**
 * Direct Send: the name under which WhatsApp counts such messages.
 */
direct_send_config?: {
template_name: string
}
/**
 * Deliver only if the contact’s identity key still has this hash.
 */
recipient_identity_key_hash?: string
/**
 * true: refuse the message while another program holds the conversation.
 */
if_owner?: boolean
/**
 * Send it then instead of now. Answers 202 with `reference` and `state`. Window and template are checked then.
 */
send_at?: (number | string)
/**
 * With `send_at`: do not send it after this moment.
 */
expires_at?: (number | string)
/**
 * Shows the message as a reply to an earlier one.
 */
context?: {
/**
 * The id (wamid) of the message to quote.
 */
message_id: string
}
fallback?: Fallback
type: "video"
video: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Text under the media.
 */
caption?: string
}
}
/**
 * .aac, .amr, .mp3, .m4a or .ogg, at most 16 MB.
 */
export interface Audio {
/**
 * The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets. With recipient_type group: the id of the group.
 */
to?: string
/**
 * A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`.
 */
recipient?: string
/**
 * Cloud API bodies have it. Not needed.
 */
messaging_product?: "whatsapp"
/**
 * group sends to a group: `to` is its id.
 */
recipient_type?: ("individual" | "group")
/**
 * Words of your own, kept with the message.
 */
biz_opaque_callback_data?: string
/**
 * Direct Send: a free-form message that WhatsApp bills as utility or authentication, also in a closed window. The channel’s direct_send must be true. service is the default.
 */
category?: ("utility" | "authentication" | "service")
/**
 * Direct Send: the name under which WhatsApp counts such messages.
 */
direct_send_config?: {
template_name: string
}
/**
 * Deliver only if the contact’s identity key still has this hash.
 */
recipient_identity_key_hash?: string
/**
 * true: refuse the message while another program holds the conversation.
 */
if_owner?: boolean
/**
 * Send it then instead of now. Answers 202 with `reference` and `state`. Window and template are checked then.
 */
send_at?: (number | string)
/**
 * With `send_at`: do not send it after this moment.
 */
expires_at?: (number | string)
/**
 * Shows the message as a reply to an earlier one.
 */
context?: {
/**
 * The id (wamid) of the message to quote.
 */
message_id: string
}
fallback?: Fallback
type: "audio"
audio: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Shows it as a voice message: .ogg with OPUS, mono.
 */
voice?: boolean
}
}
/**
 * .txt, .xls, .xlsx, .doc, .docx, .ppt, .pptx or .pdf, at most 100 MB.
 */
export interface Document {
/**
 * The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets. With recipient_type group: the id of the group.
 */
to?: string
/**
 * A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`.
 */
recipient?: string
/**
 * Cloud API bodies have it. Not needed.
 */
messaging_product?: "whatsapp"
/**
 * group sends to a group: `to` is its id.
 */
recipient_type?: ("individual" | "group")
/**
 * Words of your own, kept with the message.
 */
biz_opaque_callback_data?: string
/**
 * Direct Send: a free-form message that WhatsApp bills as utility or authentication, also in a closed window. The channel’s direct_send must be true. service is the default.
 */
category?: ("utility" | "authentication" | "service")
/**
 * Direct Send: the name under which WhatsApp counts such messages.
 */
direct_send_config?: {
template_name: string
}
/**
 * Deliver only if the contact’s identity key still has this hash.
 */
recipient_identity_key_hash?: string
/**
 * true: refuse the message while another program holds the conversation.
 */
if_owner?: boolean
/**
 * Send it then instead of now. Answers 202 with `reference` and `state`. Window and template are checked then.
 */
send_at?: (number | string)
/**
 * With `send_at`: do not send it after this moment.
 */
expires_at?: (number | string)
/**
 * Shows the message as a reply to an earlier one.
 */
context?: {
/**
 * The id (wamid) of the message to quote.
 */
message_id: string
}
fallback?: Fallback
type: "document"
document: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Text under the media.
 */
caption?: string
/**
 * Name shown to the contact; its extension chooses the icon.
 */
filename?: string
}
}
export interface Interactive {
/**
 * The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets. With recipient_type group: the id of the group.
 */
to?: string
/**
 * A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`.
 */
recipient?: string
/**
 * Cloud API bodies have it. Not needed.
 */
messaging_product?: "whatsapp"
/**
 * group sends to a group: `to` is its id.
 */
recipient_type?: ("individual" | "group")
/**
 * Words of your own, kept with the message.
 */
biz_opaque_callback_data?: string
/**
 * Direct Send: a free-form message that WhatsApp bills as utility or authentication, also in a closed window. The channel’s direct_send must be true. service is the default.
 */
category?: ("utility" | "authentication" | "service")
/**
 * Direct Send: the name under which WhatsApp counts such messages.
 */
direct_send_config?: {
template_name: string
}
/**
 * Deliver only if the contact’s identity key still has this hash.
 */
recipient_identity_key_hash?: string
/**
 * true: refuse the message while another program holds the conversation.
 */
if_owner?: boolean
/**
 * Send it then instead of now. Answers 202 with `reference` and `state`. Window and template are checked then.
 */
send_at?: (number | string)
/**
 * With `send_at`: do not send it after this moment.
 */
expires_at?: (number | string)
/**
 * Shows the message as a reply to an earlier one.
 */
context?: {
/**
 * The id (wamid) of the message to quote.
 */
message_id: string
}
fallback?: Fallback
type: "interactive"
interactive: (URLButton | List | Carousel | ReplyButtons | LocationRequest | Flow | Product | ProductList | Catalog | Address | CallPermission | CallButton | ContactRequest | OrderToPay | StateOfAnOrder)
}
/**
 * One button that opens a web page.
 */
export interface URLButton {
type: "cta_url"
header?: ({
type: "text"
text: string
sub_text?: string
} | {
type: "image"
image: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: "video"
video: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: "document"
document: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Name shown to the contact; its extension chooses the icon.
 */
filename?: string
}
})
body: {
/**
 * The message. Kept as it is: *bold*, _italic_, line breaks, links.
 */
text: string
}
footer?: {
/**
 * Small text below the message.
 */
text: string
}
action: {
name: "cta_url"
parameters: {
/**
 * The button’s words.
 */
display_text: string
/**
 * Where the button leads.
 */
url: string
}
}
}
/**
 * A menu of up to ten rows in up to ten sections.
 */
export interface List {
type: "list"
header?: {
type: "text"
text: string
sub_text?: string
}
body: {
/**
 * The message. Kept as it is: *bold*, _italic_, line breaks, links.
 */
text: string
}
footer?: {
/**
 * Small text below the message.
 */
text: string
}
action: {
/**
 * The words that open the list.
 */
button: string
/**
 * @minItems 1
 * @maxItems 10
 */
sections: {
title: string
/**
 * @minItems 1
 */
rows: {
/**
 * Returned when the contact selects this row.
 */
id: string
title: string
description?: string
}[]
}[]
}
}
/**
 * A carousel of two to ten cards, all with the same kind and number of buttons.
 */
export interface Carousel {
type: "carousel"
body: {
/**
 * The message. Kept as it is: *bold*, _italic_, line breaks, links.
 */
text: string
}
action: {
cards: ({
/**
 * Zero-based, left to right. A number, not a string.
 */
card_index: number
/**
 * Samples carry it on every card, quick replies included. Not needed.
 */
type?: "cta_url"
header: ({
type: "image"
image: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: "video"
video: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
})
body?: {
/**
 * At most two line breaks.
 */
text: string
}
action: ({
name: "cta_url"
parameters: {
/**
 * The button’s words.
 */
display_text: string
/**
 * Where the button leads.
 */
url: string
}
} | {
/**
 * @minItems 1
 */
buttons: {
type: "quick_reply"
quick_reply: {
id: string
/**
 * The button’s words.
 */
title: string
}
}[]
})
}[] | {
/**
 * Zero-based, left to right. A number, not a string.
 */
card_index: number
type: "product"
action: {
product_retailer_id: string
catalog_id: string
}
}[])
}
}
/**
 * Up to three buttons to answer with.
 */
export interface ReplyButtons {
type: "button"
header?: ({
type: "text"
text: string
sub_text?: string
} | {
type: "image"
image: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: "video"
video: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: "document"
document: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Name shown to the contact; its extension chooses the icon.
 */
filename?: string
}
})
body: {
/**
 * The message. Kept as it is: *bold*, _italic_, line breaks, links.
 */
text: string
}
footer?: {
/**
 * Small text below the message.
 */
text: string
}
action: {
/**
 * @minItems 1
 * @maxItems 3
 */
buttons: {
type: "reply"
reply: {
/**
 * Returned when the contact taps the button.
 */
id: string
/**
 * The button’s words; no two buttons the same.
 */
title: string
}
}[]
}
}
/**
 * Asks the contact to share a place.
 */
export interface LocationRequest {
type: "location_request_message"
body: {
/**
 * The message. Kept as it is: *bold*, _italic_, line breaks, links.
 */
text: string
}
action: {
name: "send_location"
}
}
/**
 * A button that opens a form.
 */
export interface Flow {
type: "flow"
header?: ({
type: "text"
text: string
sub_text?: string
} | {
type: "image"
image: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: "video"
video: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: "document"
document: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Name shown to the contact; its extension chooses the icon.
 */
filename?: string
}
})
body: {
/**
 * The message. Kept as it is: *bold*, _italic_, line breaks, links.
 */
text: string
}
footer?: {
/**
 * Small text below the message.
 */
text: string
}
action: {
name: "flow"
parameters: {
flow_message_version: "3"
flow_id?: string
flow_name?: string
/**
 * The button’s words, without emoji.
 */
flow_cta: string
mode?: ("published" | "draft")
/**
 * Comes back with the answers.
 */
flow_token?: string
flow_action?: ("navigate" | "data_exchange")
flow_action_payload?: {
screen: string
data?: {
[k: string]: unknown
}
}
}
}
}
/**
 * One product of a catalog.
 */
export interface Product {
type: "product"
body?: {
/**
 * The message. Kept as it is: *bold*, _italic_, line breaks, links.
 */
text: string
}
footer?: {
/**
 * Small text below the message.
 */
text: string
}
action: {
/**
 * The catalog, as Meta numbers it.
 */
catalog_id: string
/**
 * The product’s id in the catalog (its SKU).
 */
product_retailer_id: string
}
}
/**
 * Up to thirty products in up to ten sections.
 */
export interface ProductList {
type: "product_list"
header: {
type: "text"
text: string
sub_text?: string
}
body: {
/**
 * The message. Kept as it is: *bold*, _italic_, line breaks, links.
 */
text: string
}
footer?: {
/**
 * Small text below the message.
 */
text: string
}
action: {
/**
 * The catalog, as Meta numbers it.
 */
catalog_id: string
/**
 * @minItems 1
 * @maxItems 10
 */
sections: {
title?: string
/**
 * @minItems 1
 */
product_items: {
/**
 * The product’s id in the catalog (its SKU).
 */
product_retailer_id: string
}[]
}[]
}
}
/**
 * A button that opens the catalog.
 */
export interface Catalog {
type: "catalog_message"
body: {
/**
 * The message. Kept as it is: *bold*, _italic_, line breaks, links.
 */
text: string
}
footer?: {
/**
 * Small text below the message.
 */
text: string
}
action: {
name: "catalog_message"
parameters?: {
/**
 * The product’s id in the catalog (its SKU).
 */
thumbnail_product_retailer_id?: string
}
}
}
/**
 * Asks for a delivery address. WhatsApp offers it in India only.
 */
export interface Address {
type: "address_message"
header?: ({
type: "text"
text: string
sub_text?: string
} | {
type: "image"
image: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: "video"
video: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: "document"
document: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Name shown to the contact; its extension chooses the icon.
 */
filename?: string
}
})
body: {
/**
 * The message. Kept as it is: *bold*, _italic_, line breaks, links.
 */
text: string
}
footer?: {
/**
 * Small text below the message.
 */
text: string
}
action: {
name: "address_message"
parameters: {
country: "IN"
values?: {
name?: string
phone_number?: string
in_pin_code?: string
house_number?: string
floor_number?: string
tower_number?: string
building_name?: string
address?: string
landmark_area?: string
city?: string
state?: string
}
saved_addresses?: {
id: string
value: {
name?: string
phone_number?: string
in_pin_code?: string
house_number?: string
floor_number?: string
tower_number?: string
building_name?: string
address?: string
landmark_area?: string
city?: string
state?: string
}
}[]
validation_errors?: {
[k: string]: string
}
}
}
}
/**
 * Asks whether the business may call.
 */
export interface CallPermission {
type: "call_permission_request"
body?: {
/**
 * The message. Kept as it is: *bold*, _italic_, line breaks, links.
 */
text: string
}
action: {
name: "call_permission_request"
}
}
/**
 * A button that calls the business.
 */
export interface CallButton {
type: "voice_call"
body: {
/**
 * The message. Kept as it is: *bold*, _italic_, line breaks, links.
 */
text: string
}
action: {
name: "voice_call"
parameters?: {
/**
 * The button’s words; "Call Now" when left out.
 */
display_text?: string
ttl_minutes?: number
payload?: string
}
}
}
/**
 * Asks the contact to share a contact card.
 */
export interface ContactRequest {
type: "request_contact_info"
body: {
/**
 * The message. Kept as it is: *bold*, _italic_, line breaks, links.
 */
text: string
}
action: {
name: "request_contact_info"
}
}
/**
 * A bill that the contact pays in the chat, in India and Brazil.
 */
export interface OrderToPay {
type: "order_details"
header?: ({
type: "image"
image: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: "document"
document: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Name shown to the contact; its extension chooses the icon.
 */
filename?: string
}
})
body: {
/**
 * The message. Kept as it is: *bold*, _italic_, line breaks, links.
 */
text: string
}
footer?: {
/**
 * Small text below the message.
 */
text: string
}
action: {
name: "review_and_pay"
parameters: {
/**
 * Your name of the order. Statuses of its payment have it.
 */
reference_id: string
type: ("digital-goods" | "physical-goods")
currency: ("INR" | "BRL" | "SGD")
total_amount: {
/**
 * The amount times the offset: 12.34 is 1234.
 */
value: number
offset: 100
[k: string]: unknown
}
order: {
status: ("pending" | "processing" | "partially-shipped" | "shipped" | "completed" | "canceled" | "payment_requested" | "preparing_to_ship" | "in_progress" | "confirmed" | "delayed" | "out_for_delivery" | "failed")
/**
 * @minItems 1
 * @maxItems 999
 */
items: {
name: string
/**
 * The price of one.
 */
amount: {
/**
 * The amount times the offset: 12.34 is 1234.
 */
value: number
offset: 100
[k: string]: unknown
}
quantity: number
retailer_id?: string
sale_amount?: {
/**
 * The amount times the offset: 12.34 is 1234.
 */
value: number
offset: 100
[k: string]: unknown
}
[k: string]: unknown
}[]
subtotal: {
/**
 * The amount times the offset: 12.34 is 1234.
 */
value: number
offset: 100
[k: string]: unknown
}
tax?: {
/**
 * The amount times the offset: 12.34 is 1234.
 */
value: number
offset: 100
[k: string]: unknown
}
shipping?: {
/**
 * The amount times the offset: 12.34 is 1234.
 */
value: number
offset: 100
[k: string]: unknown
}
discount?: {
/**
 * The amount times the offset: 12.34 is 1234.
 */
value: number
offset: 100
[k: string]: unknown
}
expiration?: {
[k: string]: unknown
}
[k: string]: unknown
}
/**
 * @minItems 1
 * @maxItems 20
 */
payment_settings?: {
type: string
[k: string]: unknown
}[]
payment_type?: string
/**
 * The name of the configuration in WhatsApp Manager.
 */
payment_configuration?: string
[k: string]: unknown
}
}
}
/**
 * Tells how far an order of order_details is.
 */
export interface StateOfAnOrder {
type: "order_status"
header?: ({
type: "image"
image: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
} | {
type: "document"
document: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
/**
 * Name shown to the contact; its extension chooses the icon.
 */
filename?: string
}
})
body: {
/**
 * The message. Kept as it is: *bold*, _italic_, line breaks, links.
 */
text: string
}
footer?: {
/**
 * Small text below the message.
 */
text: string
}
action: {
name: "review_order"
parameters: {
/**
 * Your name of the order. Statuses of its payment have it.
 */
reference_id: string
order: {
status: ("pending" | "processing" | "partially-shipped" | "shipped" | "completed" | "canceled" | "payment_requested" | "preparing_to_ship" | "in_progress" | "confirmed" | "delayed" | "out_for_delivery" | "failed")
description?: string
[k: string]: unknown
}
[k: string]: unknown
}
}
}
/**
 * .webp, at most 100 KB (500 KB when animated).
 */
export interface Sticker {
/**
 * The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets. With recipient_type group: the id of the group.
 */
to?: string
/**
 * A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`.
 */
recipient?: string
/**
 * Cloud API bodies have it. Not needed.
 */
messaging_product?: "whatsapp"
/**
 * group sends to a group: `to` is its id.
 */
recipient_type?: ("individual" | "group")
/**
 * Words of your own, kept with the message.
 */
biz_opaque_callback_data?: string
/**
 * Direct Send: a free-form message that WhatsApp bills as utility or authentication, also in a closed window. The channel’s direct_send must be true. service is the default.
 */
category?: ("utility" | "authentication" | "service")
/**
 * Direct Send: the name under which WhatsApp counts such messages.
 */
direct_send_config?: {
template_name: string
}
/**
 * Deliver only if the contact’s identity key still has this hash.
 */
recipient_identity_key_hash?: string
/**
 * true: refuse the message while another program holds the conversation.
 */
if_owner?: boolean
/**
 * Send it then instead of now. Answers 202 with `reference` and `state`. Window and template are checked then.
 */
send_at?: (number | string)
/**
 * With `send_at`: do not send it after this moment.
 */
expires_at?: (number | string)
/**
 * Shows the message as a reply to an earlier one.
 */
context?: {
/**
 * The id (wamid) of the message to quote.
 */
message_id: string
}
fallback?: Fallback
type: "sticker"
sticker: {
/**
 * Public URL that WhatsApp fetches.
 */
link?: string
/**
 * Id of an uploaded file, from POST /external/media.
 */
id?: string
}
}
export interface Location {
/**
 * The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets. With recipient_type group: the id of the group.
 */
to?: string
/**
 * A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`.
 */
recipient?: string
/**
 * Cloud API bodies have it. Not needed.
 */
messaging_product?: "whatsapp"
/**
 * group sends to a group: `to` is its id.
 */
recipient_type?: ("individual" | "group")
/**
 * Words of your own, kept with the message.
 */
biz_opaque_callback_data?: string
/**
 * Direct Send: a free-form message that WhatsApp bills as utility or authentication, also in a closed window. The channel’s direct_send must be true. service is the default.
 */
category?: ("utility" | "authentication" | "service")
/**
 * Direct Send: the name under which WhatsApp counts such messages.
 */
direct_send_config?: {
template_name: string
}
/**
 * Deliver only if the contact’s identity key still has this hash.
 */
recipient_identity_key_hash?: string
/**
 * true: refuse the message while another program holds the conversation.
 */
if_owner?: boolean
/**
 * Send it then instead of now. Answers 202 with `reference` and `state`. Window and template are checked then.
 */
send_at?: (number | string)
/**
 * With `send_at`: do not send it after this moment.
 */
expires_at?: (number | string)
/**
 * Shows the message as a reply to an earlier one.
 */
context?: {
/**
 * The id (wamid) of the message to quote.
 */
message_id: string
}
fallback?: Fallback
type: "location"
location: {
latitude: (string | number)
longitude: (string | number)
name?: string
/**
 * Shown only together with a name.
 */
address?: string
}
}
export interface Contacts {
/**
 * The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets. With recipient_type group: the id of the group.
 */
to?: string
/**
 * A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`.
 */
recipient?: string
/**
 * Cloud API bodies have it. Not needed.
 */
messaging_product?: "whatsapp"
/**
 * group sends to a group: `to` is its id.
 */
recipient_type?: ("individual" | "group")
/**
 * Words of your own, kept with the message.
 */
biz_opaque_callback_data?: string
/**
 * Direct Send: a free-form message that WhatsApp bills as utility or authentication, also in a closed window. The channel’s direct_send must be true. service is the default.
 */
category?: ("utility" | "authentication" | "service")
/**
 * Direct Send: the name under which WhatsApp counts such messages.
 */
direct_send_config?: {
template_name: string
}
/**
 * Deliver only if the contact’s identity key still has this hash.
 */
recipient_identity_key_hash?: string
/**
 * true: refuse the message while another program holds the conversation.
 */
if_owner?: boolean
/**
 * Send it then instead of now. Answers 202 with `reference` and `state`. Window and template are checked then.
 */
send_at?: (number | string)
/**
 * With `send_at`: do not send it after this moment.
 */
expires_at?: (number | string)
/**
 * Shows the message as a reply to an earlier one.
 */
context?: {
/**
 * The id (wamid) of the message to quote.
 */
message_id: string
}
fallback?: Fallback
type: "contacts"
/**
 * @minItems 1
 * @maxItems 257
 */
contacts: {
name: {
formatted_name: string
first_name?: string
last_name?: string
middle_name?: string
suffix?: string
prefix?: string
}
phones?: {
phone?: string
/**
 * A free label; usual are HOME, WORK, CELL, MAIN, IPHONE.
 */
type?: string
/**
 * With it the recipient sees "Message" instead of "Invite".
 */
wa_id?: string
}[]
emails?: {
email?: string
/**
 * A free label; usual are HOME, WORK, CELL, MAIN, IPHONE.
 */
type?: string
}[]
addresses?: {
street?: string
city?: string
state?: string
zip?: string
country?: string
country_code?: string
/**
 * A free label; usual are HOME, WORK, CELL, MAIN, IPHONE.
 */
type?: string
}[]
org?: {
company?: string
department?: string
title?: string
}
urls?: {
url?: string
/**
 * A free label; usual are HOME, WORK, CELL, MAIN, IPHONE.
 */
type?: string
}[]
birthday?: string
}[]
}
/**
 * An emoji on a message of the last 30 days.
 */
export interface Reaction {
/**
 * The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets. With recipient_type group: the id of the group.
 */
to?: string
/**
 * A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`.
 */
recipient?: string
/**
 * Cloud API bodies have it. Not needed.
 */
messaging_product?: "whatsapp"
/**
 * group sends to a group: `to` is its id.
 */
recipient_type?: ("individual" | "group")
/**
 * Words of your own, kept with the message.
 */
biz_opaque_callback_data?: string
/**
 * Direct Send: a free-form message that WhatsApp bills as utility or authentication, also in a closed window. The channel’s direct_send must be true. service is the default.
 */
category?: ("utility" | "authentication" | "service")
/**
 * Direct Send: the name under which WhatsApp counts such messages.
 */
direct_send_config?: {
template_name: string
}
/**
 * Deliver only if the contact’s identity key still has this hash.
 */
recipient_identity_key_hash?: string
/**
 * true: refuse the message while another program holds the conversation.
 */
if_owner?: boolean
/**
 * Send it then instead of now. Answers 202 with `reference` and `state`. Window and template are checked then.
 */
send_at?: (number | string)
/**
 * With `send_at`: do not send it after this moment.
 */
expires_at?: (number | string)
type: "reaction"
reaction: {
/**
 * The id (wamid) of the message to react to.
 */
message_id: string
/**
 * One emoji. An empty text removes the reaction.
 */
emoji: string
}
}

/**
 * One action on a call. Unknown keys are refused, never dropped.
 */
export type CallAction = (CallAContact | PrepareTheConnectionBeforeAccepting | TakeACall | RejectACall | EndACall)

export interface CallAContact {
action: "connect"
/**
 * The contact’s WhatsApp number: country code and number, digits only.
 */
to?: string
/**
 * A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`.
 */
recipient?: string
session: {
sdp_type: "offer"
/**
 * The session description (RFC 8866) of your program, with its line ends. It is passed on unchanged.
 */
sdp: string
}
/**
 * Words of your own; the webhooks of this call have them.
 */
biz_opaque_callback_data?: string
/**
 * Cloud API bodies have it. Not needed.
 */
messaging_product?: "whatsapp"
/**
 * WhatsApp records the call: the event has the media id.
 */
recording?: {
status: ("ENABLED" | "DISABLED")
purpose?: string
announcement_language?: string
}
/**
 * WhatsApp writes down what was said.
 */
transcription?: {
status: ("ENABLED" | "DISABLED")
purpose?: string
announcement_language?: string
}
}
export interface PrepareTheConnectionBeforeAccepting {
action: "pre_accept"
/**
 * The call_id of the event, or of the answer to connect.
 */
call_id: string
/**
 * Cloud API bodies have it. Not needed.
 */
messaging_product?: "whatsapp"
/**
 * The contact’s WhatsApp number: country code and number, digits only.
 */
to?: string
/**
 * A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`.
 */
recipient?: string
session: {
sdp_type: "answer"
/**
 * The session description (RFC 8866) of your program, with its line ends. It is passed on unchanged.
 */
sdp: string
}
}
export interface TakeACall {
action: "accept"
/**
 * The call_id of the event, or of the answer to connect.
 */
call_id: string
/**
 * Cloud API bodies have it. Not needed.
 */
messaging_product?: "whatsapp"
/**
 * The contact’s WhatsApp number: country code and number, digits only.
 */
to?: string
/**
 * A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`.
 */
recipient?: string
session: {
sdp_type: "answer"
/**
 * The session description (RFC 8866) of your program, with its line ends. It is passed on unchanged.
 */
sdp: string
}
/**
 * Words of your own; the webhooks of this call have them.
 */
biz_opaque_callback_data?: string
/**
 * WhatsApp records the call: the event has the media id.
 */
recording?: {
status: ("ENABLED" | "DISABLED")
purpose?: string
announcement_language?: string
}
/**
 * WhatsApp writes down what was said.
 */
transcription?: {
status: ("ENABLED" | "DISABLED")
purpose?: string
announcement_language?: string
}
}
export interface RejectACall {
action: "reject"
/**
 * The call_id of the event, or of the answer to connect.
 */
call_id: string
/**
 * Cloud API bodies have it. Not needed.
 */
messaging_product?: "whatsapp"
/**
 * The contact’s WhatsApp number: country code and number, digits only.
 */
to?: string
/**
 * A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`.
 */
recipient?: string
}
export interface EndACall {
action: "terminate"
/**
 * The call_id of the event, or of the answer to connect.
 */
call_id: string
/**
 * Cloud API bodies have it. Not needed.
 */
messaging_product?: "whatsapp"
/**
 * The contact’s WhatsApp number: country code and number, digits only.
 */
to?: string
/**
 * A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`.
 */
recipient?: string
}

/**
 * A template for WhatsApp to review. Types are upper case by custom and may be written in any case.
 */
export interface CreateTemplate {
name: string
language: ("af" | "sq" | "ar" | "ar_EG" | "ar_AE" | "ar_LB" | "ar_MA" | "ar_QA" | "az" | "be_BY" | "bn" | "bn_IN" | "bg" | "ca" | "zh_CN" | "zh_HK" | "zh_TW" | "hr" | "cs" | "da" | "prs_AF" | "nl" | "nl_BE" | "en" | "en_GB" | "en_US" | "en_AE" | "en_AU" | "en_CA" | "en_GH" | "en_IE" | "en_IN" | "en_JM" | "en_MY" | "en_NZ" | "en_QA" | "en_SG" | "en_UG" | "en_ZA" | "et" | "fil" | "fi" | "fr" | "fr_BE" | "fr_CA" | "fr_CH" | "fr_CI" | "fr_MA" | "ka" | "de" | "de_AT" | "de_CH" | "el" | "gu" | "ha" | "he" | "hi" | "hu" | "id" | "ga" | "it" | "ja" | "kn" | "kk" | "rw_RW" | "ko" | "ky_KG" | "lo" | "lv" | "lt" | "mk" | "ms" | "ml" | "mr" | "nb" | "ps_AF" | "fa" | "pl" | "pt_BR" | "pt_PT" | "pa" | "ro" | "ru" | "sr" | "si_LK" | "sk" | "sl" | "es" | "es_AR" | "es_CL" | "es_CO" | "es_CR" | "es_DO" | "es_EC" | "es_HN" | "es_MX" | "es_PA" | "es_PE" | "es_ES" | "es_UY" | "sw" | "sv" | "ta" | "te" | "th" | "tr" | "uk" | "ur" | "uz" | "vi" | "zu")
category: ("MARKETING" | "marketing" | "UTILITY" | "utility" | "AUTHENTICATION" | "authentication")
parameter_format?: ("POSITIONAL" | "positional" | "NAMED" | "named")
/**
 * Accepted and not sent: WhatsApp corrects the category of every template by itself.
 */
allow_category_change?: boolean
/**
 * Seconds that WhatsApp keeps trying; -1 for 30 days.
 */
message_send_ttl_seconds?: number
cta_url_link_tracking_opted_out?: boolean
/**
 * The highest price of a marketing template, sent through the Marketing Messages API.
 */
optimization_spec?: {
bid_strategy?: string
/**
 * The highest price for 1,000 deliveries, in the smallest unit of the account’s currency.
 */
bid_amount?: number
[k: string]: unknown
}
degrees_of_freedom_spec?: {
/**
 * Which changes WhatsApp may make to a marketing template, by the name of the feature.
 */
creative_features_spec: {
[k: string]: {
enroll_status: ("OPT_IN" | "opt_in" | "OPT_OUT" | "opt_out")
[k: string]: unknown
}
}
}
/**
 * Which changes WhatsApp may make to a marketing template, by the name of the feature.
 */
creative_features_spec?: {
[k: string]: {
enroll_status: ("OPT_IN" | "opt_in" | "OPT_OUT" | "opt_out")
[k: string]: unknown
}
}
/**
 * A template of WhatsApp’s library, instead of components.
 */
library_template_name?: string
library_template_body_inputs?: {
[k: string]: unknown
}
/**
 * @maxItems 10
 */
library_template_button_inputs?: {
[k: string]: unknown
}[]
/**
 * @maxItems 6
 */
components?: (({
type: ("header" | "HEADER")
format: ("text" | "TEXT")
text: string
example?: {
header_text?: ((string | number)[] | (string | number))
header_text_named_params?: {
param_name: string
example: (string | number)
}[]
header_handle?: string[]
}
} | {
type: ("header" | "HEADER")
format: ("image" | "IMAGE")
example?: {
header_text?: ((string | number)[] | (string | number))
header_text_named_params?: {
param_name: string
example: (string | number)
}[]
header_handle?: string[]
}
} | {
type: ("header" | "HEADER")
format: ("video" | "VIDEO")
example?: {
header_text?: ((string | number)[] | (string | number))
header_text_named_params?: {
param_name: string
example: (string | number)
}[]
header_handle?: string[]
}
} | {
type: ("header" | "HEADER")
format: ("gif" | "GIF")
example?: {
header_text?: ((string | number)[] | (string | number))
header_text_named_params?: {
param_name: string
example: (string | number)
}[]
header_handle?: string[]
}
} | {
type: ("header" | "HEADER")
format: ("document" | "DOCUMENT")
example?: {
header_text?: ((string | number)[] | (string | number))
header_text_named_params?: {
param_name: string
example: (string | number)
}[]
header_handle?: string[]
}
} | {
type: ("header" | "HEADER")
format: ("location" | "LOCATION")
} | {
type: ("header" | "HEADER")
format: ("product" | "PRODUCT")
}) | {
type: ("body" | "BODY")
text?: string
example?: {
body_text?: ((string | number)[][] | (string | number)[] | (string | number))
body_text_named_params?: {
param_name: string
example: (string | number)
}[]
}
add_security_recommendation?: boolean
} | {
type: ("footer" | "FOOTER")
text?: string
code_expiration_minutes?: number
} | {
type: ("buttons" | "BUTTONS")
/**
 * @minItems 1
 * @maxItems 10
 */
buttons: ({
type: ("quick_reply" | "QUICK_REPLY")
/**
 * The button’s words.
 */
text: string
} | {
type: ("url" | "URL")
/**
 * The button’s words.
 */
text: string
url: string
/**
 * @minItems 1
 * @maxItems 1
 */
example?: (string | number)[]
} | {
type: ("phone_number" | "PHONE_NUMBER")
/**
 * The button’s words.
 */
text: string
phone_number: string
} | {
type: ("copy_code" | "COPY_CODE")
example: (string | number | string[])
} | {
type: ("otp" | "OTP")
otp_type: ("COPY_CODE" | "copy_code" | "ONE_TAP" | "one_tap" | "ZERO_TAP" | "zero_tap")
/**
 * The button’s words.
 */
text?: string
/**
 * The button’s words.
 */
autofill_text?: string
/**
 * @minItems 1
 * @maxItems 5
 */
supported_apps?: {
package_name: string
signature_hash: string
}[]
package_name?: string
signature_hash?: string
zero_tap_terms_accepted?: boolean
} | {
type: ("flow" | "FLOW")
/**
 * The button’s words.
 */
text: string
flow_id?: string
flow_name?: string
flow_json?: string
flow_action?: ("navigate" | "data_exchange")
navigate_screen?: string
} | {
type: ("catalog" | "CATALOG")
/**
 * The button’s words.
 */
text: string
} | {
type: ("mpm" | "MPM")
/**
 * The button’s words.
 */
text: string
} | {
type: ("spm" | "SPM")
/**
 * The button’s words.
 */
text: string
} | {
type: ("voice_call" | "VOICE_CALL")
/**
 * The button’s words.
 */
text: string
} | {
type: ("request_contact_info" | "REQUEST_CONTACT_INFO")
})[]
} | {
type: ("limited_time_offer" | "LIMITED_TIME_OFFER")
limited_time_offer: {
text: string
has_expiration?: boolean
}
} | {
type: ("carousel" | "CAROUSEL")
/**
 * @minItems 2
 * @maxItems 10
 */
cards: {
/**
 * @minItems 1
 * @maxItems 3
 */
components: (({
type: ("header" | "HEADER")
format: ("text" | "TEXT")
text: string
example?: {
header_text?: ((string | number)[] | (string | number))
header_text_named_params?: {
param_name: string
example: (string | number)
}[]
header_handle?: string[]
}
} | {
type: ("header" | "HEADER")
format: ("image" | "IMAGE")
example?: {
header_text?: ((string | number)[] | (string | number))
header_text_named_params?: {
param_name: string
example: (string | number)
}[]
header_handle?: string[]
}
} | {
type: ("header" | "HEADER")
format: ("video" | "VIDEO")
example?: {
header_text?: ((string | number)[] | (string | number))
header_text_named_params?: {
param_name: string
example: (string | number)
}[]
header_handle?: string[]
}
} | {
type: ("header" | "HEADER")
format: ("gif" | "GIF")
example?: {
header_text?: ((string | number)[] | (string | number))
header_text_named_params?: {
param_name: string
example: (string | number)
}[]
header_handle?: string[]
}
} | {
type: ("header" | "HEADER")
format: ("document" | "DOCUMENT")
example?: {
header_text?: ((string | number)[] | (string | number))
header_text_named_params?: {
param_name: string
example: (string | number)
}[]
header_handle?: string[]
}
} | {
type: ("header" | "HEADER")
format: ("location" | "LOCATION")
} | {
type: ("header" | "HEADER")
format: ("product" | "PRODUCT")
}) | {
type: ("body" | "BODY")
text?: string
example?: {
body_text?: ((string | number)[][] | (string | number)[] | (string | number))
body_text_named_params?: {
param_name: string
example: (string | number)
}[]
}
add_security_recommendation?: boolean
} | {
type: ("buttons" | "BUTTONS")
/**
 * @minItems 1
 * @maxItems 10
 */
buttons: ({
type: ("quick_reply" | "QUICK_REPLY")
/**
 * The button’s words.
 */
text: string
} | {
type: ("url" | "URL")
/**
 * The button’s words.
 */
text: string
url: string
/**
 * @minItems 1
 * @maxItems 1
 */
example?: (string | number)[]
} | {
type: ("phone_number" | "PHONE_NUMBER")
/**
 * The button’s words.
 */
text: string
phone_number: string
} | {
type: ("copy_code" | "COPY_CODE")
example: (string | number | string[])
} | {
type: ("otp" | "OTP")
otp_type: ("COPY_CODE" | "copy_code" | "ONE_TAP" | "one_tap" | "ZERO_TAP" | "zero_tap")
/**
 * The button’s words.
 */
text?: string
/**
 * The button’s words.
 */
autofill_text?: string
/**
 * @minItems 1
 * @maxItems 5
 */
supported_apps?: {
package_name: string
signature_hash: string
}[]
package_name?: string
signature_hash?: string
zero_tap_terms_accepted?: boolean
} | {
type: ("flow" | "FLOW")
/**
 * The button’s words.
 */
text: string
flow_id?: string
flow_name?: string
flow_json?: string
flow_action?: ("navigate" | "data_exchange")
navigate_screen?: string
} | {
type: ("catalog" | "CATALOG")
/**
 * The button’s words.
 */
text: string
} | {
type: ("mpm" | "MPM")
/**
 * The button’s words.
 */
text: string
} | {
type: ("spm" | "SPM")
/**
 * The button’s words.
 */
text: string
} | {
type: ("voice_call" | "VOICE_CALL")
/**
 * The button’s words.
 */
text: string
} | {
type: ("request_contact_info" | "REQUEST_CONTACT_INFO")
})[]
})[]
}[]
})[]
}

/**
 * What to change about a template. WhatsApp reviews it again.
 */
export interface EditTemplate {
category?: ("MARKETING" | "marketing" | "UTILITY" | "utility" | "AUTHENTICATION" | "authentication")
/**
 * @maxItems 6
 */
components?: (({
type: ("header" | "HEADER")
format: ("text" | "TEXT")
text: string
example?: {
header_text?: ((string | number)[] | (string | number))
header_text_named_params?: {
param_name: string
example: (string | number)
}[]
header_handle?: string[]
}
} | {
type: ("header" | "HEADER")
format: ("image" | "IMAGE")
example?: {
header_text?: ((string | number)[] | (string | number))
header_text_named_params?: {
param_name: string
example: (string | number)
}[]
header_handle?: string[]
}
} | {
type: ("header" | "HEADER")
format: ("video" | "VIDEO")
example?: {
header_text?: ((string | number)[] | (string | number))
header_text_named_params?: {
param_name: string
example: (string | number)
}[]
header_handle?: string[]
}
} | {
type: ("header" | "HEADER")
format: ("gif" | "GIF")
example?: {
header_text?: ((string | number)[] | (string | number))
header_text_named_params?: {
param_name: string
example: (string | number)
}[]
header_handle?: string[]
}
} | {
type: ("header" | "HEADER")
format: ("document" | "DOCUMENT")
example?: {
header_text?: ((string | number)[] | (string | number))
header_text_named_params?: {
param_name: string
example: (string | number)
}[]
header_handle?: string[]
}
} | {
type: ("header" | "HEADER")
format: ("location" | "LOCATION")
} | {
type: ("header" | "HEADER")
format: ("product" | "PRODUCT")
}) | {
type: ("body" | "BODY")
text?: string
example?: {
body_text?: ((string | number)[][] | (string | number)[] | (string | number))
body_text_named_params?: {
param_name: string
example: (string | number)
}[]
}
add_security_recommendation?: boolean
} | {
type: ("footer" | "FOOTER")
text?: string
code_expiration_minutes?: number
} | {
type: ("buttons" | "BUTTONS")
/**
 * @minItems 1
 * @maxItems 10
 */
buttons: ({
type: ("quick_reply" | "QUICK_REPLY")
/**
 * The button’s words.
 */
text: string
} | {
type: ("url" | "URL")
/**
 * The button’s words.
 */
text: string
url: string
/**
 * @minItems 1
 * @maxItems 1
 */
example?: (string | number)[]
} | {
type: ("phone_number" | "PHONE_NUMBER")
/**
 * The button’s words.
 */
text: string
phone_number: string
} | {
type: ("copy_code" | "COPY_CODE")
example: (string | number | string[])
} | {
type: ("otp" | "OTP")
otp_type: ("COPY_CODE" | "copy_code" | "ONE_TAP" | "one_tap" | "ZERO_TAP" | "zero_tap")
/**
 * The button’s words.
 */
text?: string
/**
 * The button’s words.
 */
autofill_text?: string
/**
 * @minItems 1
 * @maxItems 5
 */
supported_apps?: {
package_name: string
signature_hash: string
}[]
package_name?: string
signature_hash?: string
zero_tap_terms_accepted?: boolean
} | {
type: ("flow" | "FLOW")
/**
 * The button’s words.
 */
text: string
flow_id?: string
flow_name?: string
flow_json?: string
flow_action?: ("navigate" | "data_exchange")
navigate_screen?: string
} | {
type: ("catalog" | "CATALOG")
/**
 * The button’s words.
 */
text: string
} | {
type: ("mpm" | "MPM")
/**
 * The button’s words.
 */
text: string
} | {
type: ("spm" | "SPM")
/**
 * The button’s words.
 */
text: string
} | {
type: ("voice_call" | "VOICE_CALL")
/**
 * The button’s words.
 */
text: string
} | {
type: ("request_contact_info" | "REQUEST_CONTACT_INFO")
})[]
} | {
type: ("limited_time_offer" | "LIMITED_TIME_OFFER")
limited_time_offer: {
text: string
has_expiration?: boolean
}
} | {
type: ("carousel" | "CAROUSEL")
/**
 * @minItems 2
 * @maxItems 10
 */
cards: {
/**
 * @minItems 1
 * @maxItems 3
 */
components: (({
type: ("header" | "HEADER")
format: ("text" | "TEXT")
text: string
example?: {
header_text?: ((string | number)[] | (string | number))
header_text_named_params?: {
param_name: string
example: (string | number)
}[]
header_handle?: string[]
}
} | {
type: ("header" | "HEADER")
format: ("image" | "IMAGE")
example?: {
header_text?: ((string | number)[] | (string | number))
header_text_named_params?: {
param_name: string
example: (string | number)
}[]
header_handle?: string[]
}
} | {
type: ("header" | "HEADER")
format: ("video" | "VIDEO")
example?: {
header_text?: ((string | number)[] | (string | number))
header_text_named_params?: {
param_name: string
example: (string | number)
}[]
header_handle?: string[]
}
} | {
type: ("header" | "HEADER")
format: ("gif" | "GIF")
example?: {
header_text?: ((string | number)[] | (string | number))
header_text_named_params?: {
param_name: string
example: (string | number)
}[]
header_handle?: string[]
}
} | {
type: ("header" | "HEADER")
format: ("document" | "DOCUMENT")
example?: {
header_text?: ((string | number)[] | (string | number))
header_text_named_params?: {
param_name: string
example: (string | number)
}[]
header_handle?: string[]
}
} | {
type: ("header" | "HEADER")
format: ("location" | "LOCATION")
} | {
type: ("header" | "HEADER")
format: ("product" | "PRODUCT")
}) | {
type: ("body" | "BODY")
text?: string
example?: {
body_text?: ((string | number)[][] | (string | number)[] | (string | number))
body_text_named_params?: {
param_name: string
example: (string | number)
}[]
}
add_security_recommendation?: boolean
} | {
type: ("buttons" | "BUTTONS")
/**
 * @minItems 1
 * @maxItems 10
 */
buttons: ({
type: ("quick_reply" | "QUICK_REPLY")
/**
 * The button’s words.
 */
text: string
} | {
type: ("url" | "URL")
/**
 * The button’s words.
 */
text: string
url: string
/**
 * @minItems 1
 * @maxItems 1
 */
example?: (string | number)[]
} | {
type: ("phone_number" | "PHONE_NUMBER")
/**
 * The button’s words.
 */
text: string
phone_number: string
} | {
type: ("copy_code" | "COPY_CODE")
example: (string | number | string[])
} | {
type: ("otp" | "OTP")
otp_type: ("COPY_CODE" | "copy_code" | "ONE_TAP" | "one_tap" | "ZERO_TAP" | "zero_tap")
/**
 * The button’s words.
 */
text?: string
/**
 * The button’s words.
 */
autofill_text?: string
/**
 * @minItems 1
 * @maxItems 5
 */
supported_apps?: {
package_name: string
signature_hash: string
}[]
package_name?: string
signature_hash?: string
zero_tap_terms_accepted?: boolean
} | {
type: ("flow" | "FLOW")
/**
 * The button’s words.
 */
text: string
flow_id?: string
flow_name?: string
flow_json?: string
flow_action?: ("navigate" | "data_exchange")
navigate_screen?: string
} | {
type: ("catalog" | "CATALOG")
/**
 * The button’s words.
 */
text: string
} | {
type: ("mpm" | "MPM")
/**
 * The button’s words.
 */
text: string
} | {
type: ("spm" | "SPM")
/**
 * The button’s words.
 */
text: string
} | {
type: ("voice_call" | "VOICE_CALL")
/**
 * The button’s words.
 */
text: string
} | {
type: ("request_contact_info" | "REQUEST_CONTACT_INFO")
})[]
})[]
}[]
})[]
/**
 * Seconds that WhatsApp keeps trying; -1 for 30 days.
 */
message_send_ttl_seconds?: number
}

export interface CreateEndpoint {
/**
 * For people: how lists and the console call this endpoint.
 */
name: string
/**
 * http:// or https:// for callbacks; postgres:// for rows of your own PostgreSQL; redis:// for a Redis stream.
 */
url: string
/**
 * postern: the callbacks of docs/callbacks.md. meta: bodies and signature as Meta’s webhooks have them.
 */
format?: ("postern" | "meta")
/**
 * Names of the events that it gets, such as new_message. null, or left out: all.
 */
events?: (string[] | null)
/**
 * Narrows new_message: WhatsApp’s types of messages that it gets, such as text. null, or left out: all.
 */
types?: (string[] | null)
/**
 * Narrows message_status_update: the statuses that it gets, such as failed. null, or left out: all.
 */
statuses?: (string[] | null)
/**
 * Headers that go with every request, such as authorization. Their values are secrets.
 */
headers?: {
[k: string]: string
}
/**
 * now (default), or the id of an event: that event and all after it are delivered first.
 */
from?: string
/**
 * Your own signing secret instead of a new one. Format postern: whsec_ and base64 of 24 to 64 bytes.
 */
secret?: string
}

export interface PatchEndpoint {
/**
 * For people: how lists and the console call this endpoint.
 */
name?: string
/**
 * http:// or https:// for callbacks; postgres:// for rows of your own PostgreSQL; redis:// for a Redis stream.
 */
url?: string
/**
 * postern: the callbacks of docs/callbacks.md. meta: bodies and signature as Meta’s webhooks have them.
 */
format?: ("postern" | "meta")
/**
 * Names of the events that it gets, such as new_message. null, or left out: all.
 */
events?: (string[] | null)
/**
 * Narrows new_message: WhatsApp’s types of messages that it gets, such as text. null, or left out: all.
 */
types?: (string[] | null)
/**
 * Narrows message_status_update: the statuses that it gets, such as failed. null, or left out: all.
 */
statuses?: (string[] | null)
/**
 * Sets these headers and keeps the others; a header that is null is removed. null removes all.
 */
headers?: ({
[k: string]: string | null
} | null)
/**
 * paused: no delivery goes out. active: ends a pause or a rest.
 */
state?: ("active" | "paused")
}

export interface ReplayEndpoint {
/**
 * This event and all that were stored after it.
 */
from_event_id?: string
/**
 * Events stored at or after this moment: Unix seconds, or ISO 8601.
 */
since?: (number | string)
/**
 * Events stored before this moment.
 */
until?: (number | string)
/**
 * Only events in this state. Default: all.
 */
state?: ("dead" | "delivered")
}

export interface Message {
/**
 * WhatsApp’s id; null before WhatsApp returns one.
 */
msg_id: (string | null)
/**
 * Our id.
 */
reference: string
channel_id: number
direction: ("inbound" | "outbound")
/**
 * The number, or the business-scoped id, of the contact.
 */
contact: string
type: string
/**
 * received, or how far a sent message has come: sending, unknown, accepted, sent, failed, delivered, read, played.
 */
status: string
/**
 * The message in WhatsApp’s format.
 */
content: unknown
/**
 * For a template: the text that the contact saw, from the current template.
 */
rendered?: {
[k: string]: unknown
}
/**
 * WhatsApp’s error: code, title, details, and all other keys.
 */
error: (unknown | null)
/**
 * All errors from WhatsApp, when the message failed.
 */
errors?: unknown[]
/**
 * WhatsApp’s pricing object.
 */
pricing?: unknown
/**
 * WhatsApp’s conversation object.
 */
conversation?: unknown
/**
 * app: the business wrote it in its own WhatsApp app. history: copied from there, from the time before the number was connected. standby: another program answers it.
 */
origin?: ("app" | "history" | "standby")
/**
 * Its author changed it: content is the new one.
 */
edited_at?: number
/**
 * What it was before it was changed, the oldest first.
 */
earlier?: {
content: unknown
/**
 * Unix seconds.
 */
at: number
}[]
/**
 * Its author deleted it for everyone.
 */
revoked_at?: number
/**
 * The msg_id of the message that this one changes or deletes.
 */
changes?: string
/**
 * The biz_opaque_callback_data of the message.
 */
callback_data?: string
/**
 * Unix seconds.
 */
created_at: number
timeline: {
status: string
/**
 * Unix seconds.
 */
at: number
}[]
}

export interface Contact {
/**
 * Digits. null while WhatsApp hides the number.
 */
phone: (string | null)
/**
 * The business-scoped id (BSUID).
 */
user_id: (string | null)
/**
 * The id in all portfolios of one parent account.
 */
parent_user_id: (string | null)
/**
 * Changes at any time, and cannot be sent to.
 */
username: (string | null)
/**
 * The name in WhatsApp.
 */
name: (string | null)
/**
 * Business-scoped ids before a change. They still lead here.
 */
earlier_user_ids: string[]
earlier_parent_user_ids: string[]
/**
 * Numbers before a change that no other contact has now.
 */
earlier_phones: string[]
window: {
/**
 * True only when the window is known to be open.
 */
open: boolean
state: ("open" | "closed" | "unknown")
/**
 * Unix seconds; in the past when the window is closed, null when nothing is known.
 */
until: (number | null)
/**
 * Unix seconds, by WhatsApp’s clock.
 */
last_inbound_at: (number | null)
/**
 * Unix seconds: all messages are free until then, because the contact came from an ad. WhatsApp says the end.
 */
free_until: (number | null)
}
/**
 * null: no other program ever answered this contact.
 */
owner: (ConversationOwnerState | null)
/**
 * Whether the contact wants marketing messages; null when nobody said.
 */
marketing: ({
state: ("allowed" | "stopped")
/**
 * Unix seconds.
 */
since: (number | null)
/**
 * Who said so: the contact in WhatsApp, you for the contact, or WhatsApp by refusing a message.
 */
by: ("contact" | "business" | "whatsapp")
signup?: string
} | null)
/**
 * Whether the contact may be called; null when it was never asked.
 */
calls: ({
permission: ("temporary" | "permanent" | "none")
/**
 * Unix seconds.
 */
until: (number | null)
/**
 * Unix seconds.
 */
since: (number | null)
} | null)
/**
 * What to know about this contact. New kinds may come.
 */
notes: {
kind: string
text: string
}[]
}
export interface ConversationOwnerState {
/**
 * other: another program answers. idle: nobody does.
 */
owner: ("us" | "other" | "idle")
/**
 * The role of the owner, in WhatsApp’s words.
 */
role: (string | null)
/**
 * Unix seconds.
 */
since: (number | null)
}

export interface Endpoint {
endpoint_id: string
channel_id: number
name: string
/**
 * Without a password.
 */
url: string
format: ("postern" | "meta")
/**
 * The names of the events that it gets. null: all.
 */
events: (string[] | null)
/**
 * The types of messages that it gets as new_message. null: all.
 */
types: (string[] | null)
/**
 * The statuses that it gets as message_status_update. null: all.
 */
statuses: (string[] | null)
/**
 * The names of its own headers. Their values are not shown.
 */
headers: string[]
state: ("active" | "resting" | "paused")
state_reason: (string | null)
/**
 * When the state began, in Unix seconds.
 */
since: number
/**
 * While resting: the time of the next test delivery.
 */
next_attempt_at: (number | null)
/**
 * What came of the newest attempt.
 */
last_answer: ({
/**
 * Unix seconds.
 */
at: number
/**
 * delivered, retry or dead.
 */
outcome: string
/**
 * The HTTP status it answered; null when no answer came.
 */
status: (number | null)
duration_ms: number
/**
 * Why no answer came.
 */
problem: (string | null)
} | null)
/**
 * Events that wait to be delivered.
 */
waiting: number
/**
 * When the oldest of them began to wait, in Unix seconds.
 */
oldest_waiting_at: (number | null)
/**
 * Events that were given up. A replay delivers them again.
 */
dead: number
last_hour: {
attempts: number
/**
 * The share of attempts that were acknowledged: 0 to 1.
 */
success_rate: (number | null)
/**
 * How long half of the answers, and 95 % of them, took at the most. Exact to a tenth.
 */
latency_ms: ({
p50: number
p95: number
} | null)
}
/**
 * Unix seconds.
 */
created_at: number
}

export interface EndpointTest {
/**
 * Whether the endpoint acknowledged it with a 2xx.
 */
delivered: boolean
/**
 * Its webhook-id.
 */
event_id: string
/**
 * The HTTP status it answered; null when no answer came.
 */
status: (number | null)
ms: number
/**
 * The first KiB of the answer, or why there is no answer.
 */
answer: string
}

export interface ScheduledMessage {
reference: string
state: ("scheduled" | "sending" | "sent" | "failed" | "unknown" | "expired" | "cancelled")
/**
 * The number; null for a message to a user id.
 */
to: (string | null)
recipient: (string | null)
type: string
/**
 * The body of the send, without its times.
 */
message: {
[k: string]: unknown
}
/**
 * Unix seconds.
 */
send_at: number
expires_at: (number | null)
/**
 * While it is scheduled: send_at, or later after a failed try.
 */
next_try_at: (number | null)
/**
 * WhatsApp’s id of the message, once it is sent.
 */
msg_id: (string | null)
/**
 * The type of the message that went out: template when the fallback was used.
 */
sent_as: (string | null)
/**
 * Why it was not sent, or why the last try failed.
 */
error: ({
[k: string]: unknown
} | null)
/**
 * Unix seconds.
 */
created_at: number
/**
 * Unix seconds.
 */
updated_at: number
}

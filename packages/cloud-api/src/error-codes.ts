/**
 * Meta's error codes for the Cloud API, as data. Titles and HTTP statuses are Meta's (error reference of 2025 and of
 * September 2026; the later one has no statuses). Meanings and advice are ours. Meta adds codes every few months, so a
 * lookup can find nothing, and callers must not depend on it.
 */
export type ErrorGroup =
  'authorisation' | 'integrity' | 'throttling' | 'general' | 'message' | 'template' | 'registration' | 'username'

/** `later`: the same request can succeed later. `fix`: the caller must change something first. `no`: neither helps. */
export type RetryAdvice = 'no' | 'later' | 'fix'

export type ErrorCode = {
  title: string
  meaning: string
  /**
   * HTTP status of a synchronous answer. Absent for codes that only webhooks carry, and where Meta states no status.
   */
  http?: number
  retry: RetryAdvice
  group: ErrorGroup
  /** The next step for the reader. */
  advice: string
}

const NEW_TOKEN = 'Make a new system user token with the WhatsApp permissions and store it in the channel.'
const GRANT = 'Give the system user the whatsapp_business_messaging and whatsapp_business_management permissions.'
const SUPPORT = 'Look at the account’s quality and support pages in WhatsApp Manager.'
const SLOW_DOWN = 'Send again later, and more slowly.'
const AGAIN = 'Send again in a few seconds; look at WhatsApp’s status page if it goes on.'
const READ_DETAILS = 'Correct what `details` names.'
const NOTHING = 'Nothing can be done for this message.'
const SYNC = 'Sync the templates and compare the request with the template as it was approved.'
const EDIT = 'Edit the template in WhatsApp Manager, or send another.'

function code(
  group: ErrorGroup,
  title: string,
  meaning: string,
  http: number | undefined,
  retry: RetryAdvice,
  advice: string,
): ErrorCode {
  return { group, title, meaning, retry, advice, ...(http === undefined ? {} : { http }) }
}

const AUTHORISATION: Record<number, ErrorCode> = {
  0: code('authorisation', 'AuthException', 'The app or its user cannot be authenticated.', 401, 'fix', NEW_TOKEN),
  3: code(
    'authorisation',
    'API Method',
    'The app lacks the capability or permission for this call.',
    500,
    'fix',
    GRANT,
  ),
  10: code('authorisation', 'Permission Denied', 'A permission is missing or was taken away.', 403, 'fix', GRANT),
  104: code('authorisation', 'Token missing', 'The request carried no access token.', 401, 'fix', NEW_TOKEN),
  190: code(
    'authorisation',
    'Access token has expired',
    'The access token has expired or is not valid.',
    401,
    'fix',
    NEW_TOKEN,
  ),
}
// Meta reserves 200 to 299: each number is one missing permission.
for (let n = 200; n <= 299; n++) {
  AUTHORISATION[n] = code(
    'authorisation',
    'API Permission',
    'A permission is missing or was taken away.',
    403,
    'fix',
    GRANT,
  )
}

const INTEGRITY: Record<number, ErrorCode> = {
  368: code(
    'integrity',
    'Temporarily blocked for policies violations',
    'The business account is restricted or disabled for breaking WhatsApp’s policies.',
    403,
    'fix',
    SUPPORT,
  ),
  130497: code(
    'integrity',
    'Business account is restricted from messaging users in this country',
    'This business may not write to people in that country.',
    403,
    'no',
    NOTHING,
  ),
  131031: code(
    'integrity',
    'Account has been locked',
    'The business account is locked, or data such as the PIN did not verify.',
    403,
    'fix',
    SUPPORT,
  ),
}

const THROTTLING: Record<number, ErrorCode> = {
  4: code('throttling', 'API Too Many Calls', 'The app has used up its calls.', 400, 'later', SLOW_DOWN),
  80007: code(
    'throttling',
    'Rate limit issues',
    'The business account has used up its management calls.',
    400,
    'later',
    SLOW_DOWN,
  ),
  80008: code(
    'throttling',
    'Rate limit issues',
    'The business account has used up its calls for this use case.',
    400,
    'later',
    SLOW_DOWN,
  ),
  130429: code(
    'throttling',
    'Rate limit hit',
    'The number sends faster than its throughput allows (80 or 1,000 messages a second).',
    400,
    'later',
    'Lower the channel’s messages_per_second, or send again in a second.',
  ),
  131048: code(
    'throttling',
    'Spam rate limit hit',
    'Too many of this number’s messages were blocked or reported, so it may send only a few.',
    400,
    'later',
    'Wait hours to days, and look at the number’s quality in WhatsApp Manager.',
  ),
  131056: code(
    'throttling',
    '(Business Account, Consumer Account) pair rate limit hit',
    'Too many messages from this number to this one person.',
    400,
    'later',
    'Wait a second before the next message to this person, and four times as long after each further refusal.',
  ),
  131064: code(
    'throttling',
    'Template classification limit',
    'The account is held back because templates were filed under the wrong category.',
    undefined,
    'later',
    'Correct the templates’ categories; the limit lifts by itself.',
  ),
  133016: code(
    'throttling',
    'Account register deregister rate limit exceeded',
    'The number was registered or deregistered more than ten times in 72 hours.',
    400,
    'later',
    'Wait 72 hours.',
  ),
}

const GENERAL: Record<number, ErrorCode> = {
  1: code('general', 'API Unknown', 'WhatsApp could not handle the request and does not say why.', 400, 'later', AGAIN),
  2: code('general', 'API Service', 'WhatsApp is down or overloaded.', 503, 'later', AGAIN),
  33: code(
    'general',
    'Parameter value is not valid',
    'The business phone number has been deleted.',
    400,
    'fix',
    'Check the channel’s phone_number_id.',
  ),
  100: code(
    'general',
    'Invalid parameter',
    'A parameter is unknown, misspelled, missing or too long, or the id does not exist for this token.',
    400,
    'fix',
    'Correct the parameter that the message names. With subcode 33, check the id and the token’s permissions.',
  ),
  2500: code(
    'general',
    'Unknown path components',
    'The address of the request does not exist.',
    400,
    'fix',
    'Check CLOUD_API_URL and CLOUD_API_VERSION.',
  ),
  131000: code('general', 'Something went wrong', 'An error inside WhatsApp.', 500, 'later', AGAIN),
  131005: code('general', 'Access denied', 'A permission is missing or was taken away.', 403, 'fix', GRANT),
  131008: code(
    'general',
    'Required parameter is missing',
    'Something required is not there.',
    400,
    'fix',
    READ_DETAILS,
  ),
  131009: code('general', 'Parameter value is not valid', 'A value breaks a rule.', 400, 'fix', READ_DETAILS),
  131016: code('general', 'Service unavailable', 'A part of WhatsApp is down for the moment.', 500, 'later', AGAIN),
  131045: code(
    'general',
    'Incorrect certificate',
    'The phone number is not registered properly.',
    500,
    'fix',
    'Register the number again.',
  ),
  131057: code(
    'general',
    'Account in maintenance mode',
    'The number is being changed, for example to a higher throughput. It takes a minute at most.',
    500,
    'later',
    'Send again in a minute.',
  ),
  131059: code(
    'general',
    'Paging cursor is not valid',
    'A list was continued from a place that no longer exists.',
    400,
    'fix',
    'Read the list from its beginning.',
  ),
  135000: code('general', 'Generic user error', 'Something about the parameters is wrong.', 400, 'fix', READ_DETAILS),
  139100: code(
    'general',
    'Some users could not be blocked',
    'Of the people to block or unblock, some were refused.',
    400,
    'fix',
    'Look at failed_users in the answer.',
  ),
  2494100: code(
    'general',
    'Number in maintenance mode',
    'The number is being changed.',
    400,
    'later',
    'Send again in a minute.',
  ),
}

const MESSAGE: Record<number, ErrorCode> = {
  130403: code(
    'message',
    'User is blocked',
    'The business has blocked this person.',
    undefined,
    'no',
    'Unblock the person first.',
  ),
  130472: code(
    'message',
    'User’s number is part of an experiment',
    'WhatsApp holds back marketing messages from some people to measure their effect.',
    400,
    'no',
    NOTHING,
  ),
  130501: code(
    'message',
    'Message type is not currently supported',
    'A message of a kind that groups do not pass on.',
    undefined,
    'no',
    NOTHING,
  ),
  131021: code(
    'message',
    'Recipient cannot be sender',
    'The message is addressed to the number that sends it.',
    400,
    'no',
    'Send to another number.',
  ),
  131026: code(
    'message',
    'Message undeliverable',
    'The person is not on WhatsApp, has not accepted its terms, or uses a version that is too old.',
    400,
    'no',
    'Check the number, or reach the person another way.',
  ),
  131030: code(
    'message',
    'Recipient phone number not in allowed list',
    'A test number may write only to the five people on its list.',
    400,
    'fix',
    'Add the person to the list in the app dashboard, or send from a real number.',
  ),
  131037: code(
    'message',
    'WhatsApp provided number needs display name approval before message can be sent',
    'The number’s display name has not been approved.',
    400,
    'fix',
    'Have the display name approved in WhatsApp Manager.',
  ),
  131042: code(
    'message',
    'Business eligibility payment issue',
    'The business account has no working way to pay.',
    400,
    'fix',
    'Add or repair the payment method in WhatsApp Manager.',
  ),
  131047: code(
    'message',
    'Re-engagement message',
    'More than 24 hours have passed since the person last wrote.',
    400,
    'fix',
    'Send a template instead.',
  ),
  131049: code(
    'message',
    'This message was not delivered to maintain healthy ecosystem engagement.',
    'The person has had enough marketing messages for now.',
    400,
    'later',
    'Do not send it again within 24 hours.',
  ),
  131050: code(
    'message',
    'User has stopped marketing messages from your business',
    'The person does not want marketing messages from this business.',
    400,
    'no',
    'Send no marketing to this person.',
  ),
  131051: code(
    'message',
    'Unsupported message type',
    'WhatsApp does not know this type of message.',
    400,
    'fix',
    'Send one of the documented types.',
  ),
  131052: code(
    'message',
    'Media download error',
    'What the person sent could not be downloaded.',
    400,
    'no',
    'Ask the person to send it again.',
  ),
  131053: code(
    'message',
    'Media upload error',
    'The file of the message could not be fetched or used.',
    400,
    'fix',
    'Check that the link answers publicly with the right content type, and the file’s format and size.',
  ),
  131055: code(
    'message',
    'Method not allowed',
    'Only marketing templates go through this endpoint.',
    400,
    'fix',
    'Send it through the messages endpoint.',
  ),
  131060: code(
    'message',
    'This message is unavailable',
    'WhatsApp announces a message whose content it does not pass on.',
    undefined,
    'no',
    NOTHING,
  ),
  131062: code(
    'message',
    'Business-scoped User ID (BSUID) recipients are not supported for this message',
    'This template can be sent to phone numbers only.',
    400,
    'fix',
    'Address the person by phone number.',
  ),
  131063: code(
    'message',
    'Marketing templates are disabled',
    'This business account sends no marketing templates through the Cloud API.',
    400,
    'fix',
    SUPPORT,
  ),
  137000: code(
    'message',
    'Identity key does not match',
    'The person’s identity key has changed since it was noted.',
    undefined,
    'fix',
    'Confirm who it is, then use the new hash.',
  ),
}

const TEMPLATE: Record<number, ErrorCode> = {
  132000: code(
    'template',
    'Number of parameters does not match the expected number of params',
    'The template has more or fewer variables than the request fills.',
    400,
    'fix',
    SYNC,
  ),
  132001: code(
    'template',
    'Template name does not exist in the translation',
    'No approved template has this name in this language.',
    404,
    'fix',
    'Check name and language, and sync the templates.',
  ),
  132005: code(
    'template',
    'Translated text too long',
    'With its variables filled in, the text is too long.',
    400,
    'fix',
    'Shorten the values.',
  ),
  132007: code(
    'template',
    'Template Format Character Policy Violated',
    'The text holds what WhatsApp’s policy forbids.',
    400,
    'fix',
    EDIT,
  ),
  132012: code(
    'template',
    'Parameter format does not match format in the created template',
    'A parameter has another kind than the template asks for.',
    400,
    'fix',
    SYNC,
  ),
  132015: code(
    'template',
    'Template is Paused',
    'WhatsApp paused the template because people reacted badly to it.',
    400,
    'later',
    'Wait until the pause ends, edit the template, or send another.',
  ),
  132016: code(
    'template',
    'Template is Disabled',
    'The template was paused too often and is disabled for good.',
    400,
    'no',
    'Make a new template with other content.',
  ),
  132018: code(
    'template',
    'Template validation error',
    'A value breaks a rule for templates, for example by a line break.',
    400,
    'fix',
    READ_DETAILS,
  ),
  132068: code(
    'template',
    'Flow is blocked',
    'The flow is blocked.',
    400,
    'fix',
    'Correct the flow in WhatsApp Manager.',
  ),
  132069: code(
    'template',
    'Flow is throttled',
    'The flow was sent ten times in the last hour, its limit for now.',
    400,
    'later',
    'Wait an hour, and correct the flow in WhatsApp Manager.',
  ),
  134100: code(
    'template',
    'Only marketing messages supported',
    'This endpoint takes marketing templates only.',
    400,
    'fix',
    'Send it through the messages endpoint.',
  ),
  134101: code(
    'template',
    'Your template is still syncing',
    'The template is new and not ready yet.',
    400,
    'later',
    'Send again in ten minutes.',
  ),
  134102: code(
    'template',
    'Template unavailable for use',
    'The template cannot be used here.',
    500,
    'fix',
    'Look at the template in WhatsApp Manager.',
  ),
}

const REGISTRATION: Record<number, ErrorCode> = {
  133000: code(
    'registration',
    'Incomplete Deregistration',
    'An earlier deregistration did not finish.',
    500,
    'fix',
    'Deregister the number again.',
  ),
  133004: code(
    'registration',
    'Server Temporarily Unavailable',
    'WhatsApp’s registration server is down for the moment.',
    503,
    'later',
    AGAIN,
  ),
  133005: code(
    'registration',
    'Two step verification PIN Mismatch',
    'The PIN is wrong.',
    400,
    'fix',
    'Use the right PIN, or reset it in WhatsApp Manager.',
  ),
  133006: code(
    'registration',
    'Phone number re-verification needed',
    'The number must be verified before it is registered.',
    400,
    'fix',
    'Verify the number, then register it.',
  ),
  133008: code(
    'registration',
    'Too Many two step verification PIN Guesses',
    'The PIN was wrong too often.',
    400,
    'later',
    'Wait as long as `details` says.',
  ),
  133009: code(
    'registration',
    'Two step verification PIN Guessed Too Fast',
    'The PIN was tried too quickly.',
    400,
    'later',
    'Wait as long as `details` says.',
  ),
  133010: code(
    'registration',
    'Phone number Not Registered',
    'The number is not registered with the Cloud API.',
    400,
    'fix',
    'Register the number.',
  ),
  133015: code(
    'registration',
    'Please wait a few minutes before attempting to register this phone number',
    'The number was deleted a moment ago.',
    400,
    'later',
    'Wait five minutes.',
  ),
  134011: code(
    'registration',
    'WhatsApp payments terms of service has not been accepted',
    'The terms for payments have not been accepted.',
    400,
    'fix',
    'Accept the terms in WhatsApp Manager.',
  ),
}

const USERNAME: Record<number, ErrorCode> = {
  147001: code('username', 'Username not available', 'Somebody has this name.', 400, 'fix', 'Choose another name.'),
  147002: code('username', 'Not eligible for a username', 'This number may have no username.', 400, 'fix', SUPPORT),
  147003: code(
    'username',
    'Facebook account not linked',
    'The name belongs to a Facebook page that is not linked.',
    400,
    'fix',
    'Link the page first.',
  ),
  147004: code(
    'username',
    'Instagram account not linked',
    'The name belongs to an Instagram account that is not linked.',
    400,
    'fix',
    'Link the account first.',
  ),
  147005: code(
    'username',
    'Username transfer required',
    'Another number of the business holds the name.',
    400,
    'fix',
    'Transfer the name.',
  ),
}

/** Every documented code. */
export const ERROR_CODES: Readonly<Record<number, ErrorCode>> = {
  ...AUTHORISATION,
  ...INTEGRITY,
  ...THROTTLING,
  ...GENERAL,
  ...MESSAGE,
  ...TEMPLATE,
  ...REGISTRATION,
  ...USERNAME,
}

/** Meanings of `error_subcode` when `code` is 100 in template management. */
export const TEMPLATE_SUBCODES: Readonly<Record<number, string>> = {
  2388019: 'The business account has reached its number of templates.',
  2388023: 'A template of this name and language is being deleted or was a short while ago; choose another name.',
  2388024: 'This name already has content in this language.',
  2388039: 'The template cannot be changed in its present status, for example while in review.',
  2388040: 'A field is longer than allowed.',
  2388047: 'The header’s format is wrong.',
  2388072: 'The body’s format is wrong.',
  2388073: 'The footer’s format is wrong.',
  2388293: 'There are too many variables for so short a text.',
  2388299: 'A variable stands at the beginning or the end of the text.',
}

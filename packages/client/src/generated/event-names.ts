// Made by scripts/generate-client-types.ts. Change the schemas, not this file.

export const EVENT_NAMES = [
  'test',
  'new_message',
  'message_status_update',
  'template_status_update',
  'template_category_update',
  'template_quality_update',
  'message_scheduled_update',
  'conversation_owner',
  'message_echo',
  'message_edit',
  'message_revoke',
  'call',
  'payment_status',
  'user_action',
  'contact_update',
  'channel_update',
] as const

/**
 * The fields of WhatsApp's webhooks that this version knows, and the events that it makes of them. A field that is not
 * among them is new: it is stored and delivered unchanged, and an operator hears of it.
 */
const KNOWN = new Set([
  // Fields whose values keep their name, or keep it when they say something new.
  ...['account_alerts', 'account_review_update', 'account_settings_update', 'account_update', 'automatic_events'],
  ...['business_capability_update', 'business_status_update', 'business_username_updates', 'calls', 'flows'],
  ...['group_lifecycle_update', 'group_participants_update', 'group_settings_update', 'group_status_update'],
  ...['history', 'message_echoes', 'message_template_components_update', 'message_template_quality_update'],
  ...['message_template_status_update', 'messages', 'messaging_handovers', 'partner_solutions'],
  ...['payment_configuration_update', 'phone_number_name_update', 'phone_number_quality_update', 'security'],
  ...['smb_app_state_sync', 'smb_message_echoes', 'standby', 'template_category_update', 'tracking_events'],
  ...['template_correct_category_detection', 'user_actions', 'user_id_update', 'user_preferences'],
  // Events.
  ...['call', 'channel_update', 'contact_update', 'conversation_owner', 'message_echo', 'message_edit'],
  ...['message_revoke', 'message_status_update', 'new_message', 'payment_status', 'template_quality_update'],
  ...['template_status_update', 'user_action'],
])

export const isKnownEvent = (name: string): boolean => KNOWN.has(name)

import type { z } from 'zod'
import { callSchema } from '../../packages/gateway/src/domain/calls/call-request.ts'
import {
  createEndpointSchema,
  patchEndpointSchema,
} from '../../packages/gateway/src/domain/channels/endpoint-schema.ts'
import { carouselKind, mediaCard } from '../../packages/gateway/src/domain/messages/carousel.ts'
import { catalogKind, productKind, productListKind } from '../../packages/gateway/src/domain/messages/commerce.ts'
import { contact } from '../../packages/gateway/src/domain/messages/contacts.ts'
import { anyHeader } from '../../packages/gateway/src/domain/messages/interactive-parts.ts'
import { interactive } from '../../packages/gateway/src/domain/messages/interactive.ts'
import {
  audioMedia,
  bareMedia,
  captionedMedia,
  documentMedia,
  namedMedia,
} from '../../packages/gateway/src/domain/messages/media.ts'
import { orderDetailsKind, orderStatusKind } from '../../packages/gateway/src/domain/messages/payments.ts'
import {
  buttonKind,
  listKind,
  replyButton,
  row,
  section,
  urlKind,
} from '../../packages/gateway/src/domain/messages/reply-buttons.ts'
import {
  addressKind,
  callPermissionKind,
  contactRequestKind,
  flowKind,
  locationRequestKind,
  voiceCallKind,
} from '../../packages/gateway/src/domain/messages/requests.ts'
import { moment } from '../../packages/gateway/src/domain/messages/later.ts'
import { MESSAGES, sendMessageSchema } from '../../packages/gateway/src/domain/messages/schema.ts'
import { templateParameter } from '../../packages/gateway/src/domain/messages/template-parameters.ts'
import { templateComponent, templateContent } from '../../packages/gateway/src/domain/messages/template-send.ts'
import { createTemplateSchema, editTemplateSchema } from '../../packages/gateway/src/domain/templates/create-schema.ts'
import { replayBody } from '../../packages/gateway/src/http/admin/endpoints.ts'
import { messageStatus } from '../../packages/gateway/src/http/shapes.ts'

/** Names of the types of bodies, and of their parts. A part has its name wherever it stands. */
export const INPUTS: Record<string, z.ZodType> = {
  SendMessage: sendMessageSchema,
  TemplateMessage: MESSAGES.template,
  TextMessage: MESSAGES.text,
  ImageMessage: MESSAGES.image,
  VideoMessage: MESSAGES.video,
  AudioMessage: MESSAGES.audio,
  DocumentMessage: MESSAGES.document,
  InteractiveMessage: MESSAGES.interactive,
  StickerMessage: MESSAGES.sticker,
  LocationMessage: MESSAGES.location,
  ContactsMessage: MESSAGES.contacts,
  ReactionMessage: MESSAGES.reaction,
  TemplateContent: templateContent,
  TemplateComponent: templateComponent,
  TemplateParameter: templateParameter,
  CaptionedMedia: captionedMedia,
  DocumentMedia: documentMedia,
  AudioMedia: audioMedia,
  MediaSource: bareMedia,
  NamedMedia: namedMedia,
  ContactCard: contact,
  Interactive: interactive,
  Moment: moment,
  ReplyButton: replyButton,
  ListRow: row,
  ListSection: section,
  CarouselCard: mediaCard,
  ReplyButtons: buttonKind,
  ListMenu: listKind,
  UrlButton: urlKind,
  Carousel: carouselKind,
  Product: productKind,
  ProductList: productListKind,
  CatalogMessage: catalogKind,
  Flow: flowKind,
  LocationRequest: locationRequestKind,
  AddressRequest: addressKind,
  CallPermissionRequest: callPermissionKind,
  CallButton: voiceCallKind,
  ContactRequest: contactRequestKind,
  OrderDetails: orderDetailsKind,
  OrderStatus: orderStatusKind,
  Header: anyHeader,
  CallAction: callSchema,
  CreateTemplate: createTemplateSchema,
  EditTemplate: editTemplateSchema,
  CreateEndpoint: createEndpointSchema,
  PatchEndpoint: patchEndpointSchema,
  ReplayEndpoint: replayBody,
  MessageStatus: messageStatus,
}

/** Names in the API document that mean something else among the client's types. */
export const RENAMED: Record<string, string> = {
  Event: 'KeptEvent',
  BroadcastRecipient: 'BroadcastSend',
  WebhookTest: 'EndpointTest',
  MessageScheduledUpdate: 'ScheduledUpdate',
}

/** Types that are narrower than their schema, by place. They are in `types.ts` of the client. */
export const NARROWED: Record<string, string> = {
  Moment: 'number | string | Date',
  'TemplateContent.name': 'TemplateName',
  'NewMessage.message': 'InboundValue',
  'MessageStatusUpdate.message_status': 'SentStatus',
  'KeptEvent.body': 'CallbackEvent',
  'POST /external/broadcasts body.message': 'BroadcastMessage',
  'POST /external/broadcasts body.recipients[]': 'BroadcastRecipient',
  'POST /external/broadcasts/{id}/recipients body.recipients[]': 'BroadcastRecipient',
  'PATCH /external/scheduled/{reference} body.message': 'SendMessage',
}

/** The same for parameters of a query, by name. Lists are joined with commas. */
export const QUERIES: Record<string, string> = {
  events: 'readonly EventName[]',
  types: 'readonly string[]',
  statuses: 'readonly SentStatus[]',
  hsm_ids: 'readonly string[]',
}

/** A number in a query is text for the schema. WhatsApp's ids have too many digits for a number. */
export const isNumeric = (name: string, pattern: string | undefined): boolean =>
  name !== 'last_id' && pattern !== undefined && /^\^\(?(\\d|\[1-9\])/.test(pattern)

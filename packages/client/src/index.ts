export { CallbackRefused, isOtherEvent, verifyCallback, type Callback } from './callback.ts'
export { createClient, type Client, type UploadOptions } from './client.ts'
export { createEndpoints, type AdminOptions, type Endpoints } from './endpoints.ts'
export type { EventOptions, StreamedEvent } from './events.ts'
export { PosternError, type FieldProblem, type Upstream } from './error.ts'
export type { CallOptions, ClientOptions, GatewayOptions } from './request.ts'
export type {
  Broadcast,
  BroadcastMessage,
  BroadcastRecipient,
  BroadcastSend,
  BroadcastWithFailures,
  NewBroadcast,
  CallbackEvent,
  CreateEndpoint,
  Contact,
  CallAction,
  CreateTemplate,
  EditTemplate,
  Endpoint,
  EndpointTest,
  PatchEndpoint,
  ReplayEndpoint,
  KeptEvent,
  Message,
  MessageFilter,
  MessageStatusUpdate,
  NewMessage,
  OtherEvent,
  SendMessage,
  Template,
  TemplateFilter,
  CallUpdate,
  ChannelUpdate,
  ContactUpdate,
  ConversationOwner,
  EventContact,
  MessageChange,
  MessageEcho,
  PaymentStatus,
  TemplateUpdate,
  TestEvent,
  Window,
} from './types.ts'

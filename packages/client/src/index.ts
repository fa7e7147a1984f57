export { CallbackRefused, isOtherEvent, verifyCallback, type Callback } from './callback.ts'
export { createClient, type Client } from './client.ts'
export type { EventOptions, StreamedEvent } from './events.ts'
export { PosternError, type FieldProblem, type Upstream } from './error.ts'
export {
  replyOf,
  type InboundMedia,
  type InboundMessage,
  type InboundValue,
  type InteractiveReply,
  type Reply,
} from './inbound.ts'
export type { MessageLater, Scheduled, Sent } from './messages.ts'
export type { CallOptions, ClientOptions, GatewayOptions } from './request.ts'
export type { BodyOf, DataOf, Listing, QueryOf, RouteInput, RouteName, UploadOptions } from './routes.ts'
export * from './template-catalog.ts'
export type * from './generated/schemas.ts'
export type {
  BroadcastMap,
  BroadcastMessage,
  BroadcastRecipient,
  BroadcastRow,
  BroadcastWithFailures,
  CallbackEvent,
  EventName,
  MessageChange,
  MessageContent,
  MessageFilter,
  NewBroadcast,
  OtherEvent,
  ScheduleChanges,
  ScheduledFilter,
  SentStatus,
  TemplateFilter,
  TemplateUpdate,
  TestEvent,
  ThreadChange,
  ThreadOwner,
  Window,
} from './types.ts'
export { buttons, carousel, list, urlButton } from './build/interactive.ts'
export type { Answer, Answers, Cards, ReplyCard, Row, Rows, UrlCard } from './build/interactive.ts'
export type { File } from './build/media.ts'
export { template } from './build/template.ts'
export type { CardButton, CardValues, Incomplete, ProductGroup, TemplateBuilder } from './build/template-types.ts'

import { LIMITS } from '../../../gateway/src/domain/messages/limits.ts'
import { ASKING } from './asking-kinds.ts'
import { COMMERCE } from './commerce-kinds.ts'
import type { Json } from './draft.ts'
import { bodyField, cardsKind, footerField, headerField, type FormPart, type Kind } from './form-parts.ts'

const word = (text: string): string => text

const captioned = (type: string, label: string): Kind => ({
  id: type,
  label,
  start: () => ({ type, [type]: {} }),
  fields: [
    { path: type, label: word('Link or media id'), kind: 'media' },
    { path: `${type}.caption`, label: word('Caption, if any'), kind: 'area', limit: LIMITS.caption },
  ],
})

export const KINDS: Kind[] = [
  {
    id: 'text',
    label: word('Text'),
    start: () => ({ type: 'text', text: '' }),
    fields: [
      {
        path: 'text',
        label: word('Text'),
        kind: 'area',
        limit: LIMITS.text,
        help: word('*bold*, _italic_, ~strike~, `code`'),
      },
    ],
  },
  {
    id: 'template',
    label: word('Template'),
    start: () => ({ type: 'template', template: { name: '' } }),
    fields: [],
    always: true,
  },
  captioned('image', word('Image')),
  captioned('video', word('Video')),
  {
    id: 'audio',
    label: word('Audio'),
    start: () => ({ type: 'audio', audio: {} }),
    fields: [{ path: 'audio', label: word('Link or media id'), kind: 'media' }],
  },
  {
    id: 'document',
    label: word('Document'),
    start: () => ({ type: 'document', document: {} }),
    fields: [
      { path: 'document', label: word('Link or media id'), kind: 'media' },
      { path: 'document.filename', label: word('File name, if any') },
      { path: 'document.caption', label: word('Caption, if any'), kind: 'area', limit: LIMITS.caption },
    ],
  },
  {
    id: 'sticker',
    label: word('Sticker'),
    start: () => ({ type: 'sticker', sticker: {} }),
    fields: [{ path: 'sticker', label: word('Link or media id'), kind: 'media' }],
  },
  {
    id: 'location',
    label: word('Location'),
    start: () => ({ type: 'location', location: { latitude: '', longitude: '' } }),
    fields: [
      { path: 'location.latitude', label: word('Latitude') },
      { path: 'location.longitude', label: word('Longitude') },
      { path: 'location.name', label: word('Name, if any') },
      { path: 'location.address', label: word('Address, if any') },
    ],
  },
  {
    id: 'contacts',
    label: word('Contact cards'),
    start: () => ({ type: 'contacts', contacts: [card()] }),
    fields: [
      {
        path: 'contacts',
        kind: 'list',
        label: word('Contact'),
        add: word('Add a contact'),
        fewest: 1,
        most: 10,
        make: card,
        fields: [
          { path: 'name.formatted_name', label: word('Name') },
          { path: 'name.first_name', label: word('First name') },
          { path: 'phones.0.phone', label: word('Phone, if any') },
          { path: 'emails.0.email', label: word('Email, if any') },
        ],
      },
    ],
  },
  {
    id: 'reaction',
    label: word('Reaction'),
    start: () => ({ type: 'reaction', reaction: { message_id: '', emoji: '👍' } }),
    fields: [
      { path: 'reaction.message_id', label: word('The wamid of the message') },
      { path: 'reaction.emoji', label: word('Emoji') },
    ],
  },
  {
    id: 'button',
    label: word('Reply buttons'),
    start: () => ({
      type: 'interactive',
      interactive: { type: 'button', body: { text: '' }, action: { buttons: [replyButton(0)] } },
    }),
    fields: [
      headerField(),
      bodyField(),
      footerField,
      {
        path: 'interactive.action.buttons',
        kind: 'list',
        label: word('Button'),
        add: word('Add a button'),
        fewest: 1,
        most: LIMITS.replyButtons,
        make: replyButton,
        fields: [
          { path: 'reply.title', label: word('Title'), limit: LIMITS.buttonTitle },
          { path: 'reply.id', label: word('Reply id'), limit: LIMITS.buttonId },
        ],
      },
    ],
  },
  {
    id: 'list',
    label: word('List'),
    start: () => ({
      type: 'interactive',
      interactive: { type: 'list', body: { text: '' }, action: { button: '', sections: [section()] } },
    }),
    fields: [
      headerField(['none', 'text']),
      bodyField(LIMITS.listBody),
      footerField,
      { path: 'interactive.action.button', label: word('Button label'), limit: LIMITS.buttonTitle },
      {
        path: 'interactive.action.sections',
        kind: 'list',
        label: word('Section'),
        add: word('Add a section'),
        fewest: 1,
        most: LIMITS.sections,
        make: section,
        fields: [
          { path: 'title', label: word('Section title'), limit: LIMITS.sectionTitle },
          {
            path: 'rows',
            kind: 'list',
            label: word('Row'),
            add: word('Add a row'),
            fewest: 1,
            most: LIMITS.rows,
            make: row,
            fields: [
              { path: 'title', label: word('Title'), limit: LIMITS.rowTitle },
              { path: 'description', label: word('Description, if any'), limit: LIMITS.rowDescription },
              { path: 'id', label: word('Reply id'), limit: LIMITS.rowId },
            ],
          },
        ],
      },
    ],
  },
  {
    id: 'cta_url',
    label: word('URL button'),
    start: () => ({
      type: 'interactive',
      interactive: { type: 'cta_url', body: { text: '' }, action: urlAction() },
    }),
    fields: [
      headerField(),
      bodyField(),
      footerField,
      { path: 'interactive.action.parameters.display_text', label: word('Button'), limit: LIMITS.buttonTitle },
      { path: 'interactive.action.parameters.url', label: word('URL') },
    ],
  },
  carousel('carousel', word('Carousel with links'), urlAction, [
    { path: 'action.parameters.display_text', label: word('Button'), limit: LIMITS.buttonTitle },
    { path: 'action.parameters.url', label: word('URL') },
  ]),
  carousel('carousel_replies', word('Carousel with replies'), quickReplies, [
    { path: 'action.buttons.0.quick_reply.title', label: word('Button'), limit: LIMITS.buttonTitle },
    { path: 'action.buttons.0.quick_reply.id', label: word('Reply id'), limit: LIMITS.buttonId },
  ]),
  {
    id: 'flow',
    label: word('Flow'),
    start: () => ({
      type: 'interactive',
      interactive: {
        type: 'flow',
        body: { text: '' },
        action: { name: 'flow', parameters: { flow_message_version: '3', flow_id: '', flow_cta: '' } },
      },
    }),
    fields: [
      headerField(['none', 'text']),
      bodyField(),
      footerField,
      { path: 'interactive.action.parameters.flow_id', label: word('Flow id') },
      { path: 'interactive.action.parameters.flow_cta', label: word('Button'), limit: LIMITS.flowCta },
      { path: 'interactive.action.parameters.flow_token', label: word('Flow token, if any') },
    ],
  },
  {
    id: 'location_request',
    label: word('Location request'),
    start: () => ({
      type: 'interactive',
      interactive: { type: 'location_request_message', body: { text: '' }, action: { name: 'send_location' } },
    }),
    fields: [bodyField()],
  },
  ...ASKING,
  ...COMMERCE,
]

function carousel(id: string, label: string, action: (i: number) => Json, fields: FormPart[]): Kind {
  const make = (i: number) => ({
    card_index: i,
    header: { type: 'image', image: {} },
    body: { text: '' },
    action: action(i),
  })
  return cardsKind(id, label, make, [
    { path: 'header.image', label: word('Picture: link or media id'), kind: 'media' },
    { path: 'body.text', label: word('Text'), kind: 'area', limit: LIMITS.cardBody },
    ...fields,
  ])
}

function card(): Json {
  return { name: { formatted_name: '', first_name: '' } }
}
function replyButton(i: number): Json {
  return { type: 'reply', reply: { id: `button_${i + 1}`, title: '' } }
}
function row(i = 0): Json {
  return { id: `row_${i + 1}`, title: '' }
}
function section(i = 0): Json {
  return { title: '', rows: [{ ...row(), id: `row_${i + 1}_1` }] }
}
function urlAction(): Json {
  return { name: 'cta_url', parameters: { display_text: '', url: '' } }
}
function quickReplies(i: number): Json {
  return { buttons: [{ type: 'quick_reply', quick_reply: { id: `card_${i + 1}`, title: '' } }] }
}

/** Keys that are left out of the body when their text is empty. */
export const OPTIONAL = new Set(['caption', 'filename', 'name', 'address', 'description', 'flow_token', 'first_name'])

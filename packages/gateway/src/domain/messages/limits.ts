/**
 * Limits of the API page and of Meta, in characters (Unicode code points) unless stated otherwise. Where two official
 * sources disagree, the looser one is used, except where the API page states one.
 */
export const LIMITS = {
  text: 4096,
  caption: 1024,
  body: 1024,
  /** The API page and Meta's guide say 4096; Meta's specification says 1024. */
  listBody: 4096,
  header: 60,
  footer: 60,
  buttonTitle: 20,
  buttonId: 256,
  replyButtons: 3,
  sections: 10,
  /** Over all sections of one list together. */
  rows: 10,
  sectionTitle: 24,
  rowId: 200,
  rowTitle: 24,
  rowDescription: 72,
  fewestCards: 2,
  mostCards: 10,
  cardBody: 160,
  /** Meta calls it "2 lines", but every sample has two line breaks and so three lines. The check counts line breaks. */
  cardBodyBreaks: 2,
  /** The guide says 30; refusals above 20 have been reported. */
  flowCta: 30,
  products: 30,
  orderItems: 999,
  itemName: 256,
  orderDescription: 120,
  callMinutes: 43_200,
  callPayload: 512,
  /** The guide says 257, the specification 5. */
  contacts: 257,
  callbackData: 512,
  templateName: 512,
  /** A one-time code of an authentication template. */
  code: 15,
} as const

// Made by scripts/generate-client-types.ts. Change the schemas, not this file.

/* In characters (Unicode code points) unless stated otherwise. */
export const text = 4096
export const caption = 1024
export const body = 1024
export const listBody = 4096
export const header = 60
export const footer = 60
export const buttonTitle = 20
export const buttonId = 256
export const replyButtons = 3
export const sections = 10
export const rows = 10
export const sectionTitle = 24
export const rowId = 200
export const rowTitle = 24
export const rowDescription = 72
export const fewestCards = 2
export const mostCards = 10
export const cardBody = 160
export const cardBodyBreaks = 2
export const flowCta = 30
export const products = 30
export const orderItems = 999
export const itemName = 256
export const orderDescription = 120
export const callMinutes = 43200
export const callPayload = 512
export const contacts = 257
export const callbackData = 512
export const templateName = 512
export const code = 15

/** SQL that is true where the event is meant for the endpoint. Names of rows, as the statement has them. */
export const isMeant = (event: string, endpoint: string): string =>
  `(${event}.audience >> cast(${endpoint}.slot as integer)) & 1 <> 0`

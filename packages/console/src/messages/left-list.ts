/** Where the reader left the list of messages: its search, and how far down. Held while the page is open. */
let left = { search: '', top: 0 }

export const leaveList = (search: string, top: number): void => {
  left = { search, top }
}

/** How far down the list with this search was left. */
export const leftAt = (search: string): number => (left.search === search ? left.top : 0)

export const listHref = (): string => (left.search === '' ? '/messages' : `/messages?${left.search}`)

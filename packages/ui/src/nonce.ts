/** The nonce of this page's policy. The browser ignores style elements without it. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''

// The library that locks scrolling under dialogs reads the nonce from this variable.
Object.assign(globalThis, { __webpack_nonce__: nonce })

/** The nonce of this page's policy, without which the browser takes no style element. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''

// The scroll lock under dialogs asks for it by this name.
Object.assign(globalThis, { __webpack_nonce__: nonce })

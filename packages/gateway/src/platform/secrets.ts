import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const VERSION = 1
const IV_BYTES = 12
const TAG_BYTES = 16

/** The store's data was encrypted with another key than ours. */
export class WrongMasterKey extends Error {
  constructor(options?: { cause?: unknown }) {
    super(
      'a stored secret cannot be opened: MASTER_KEY is not the one it was sealed with. ' +
        'Set MASTER_KEY, or restore DATA_DIR/master.key, as it was when this store was made.',
      options,
    )
    this.name = 'WrongMasterKey'
  }
}

/** Encrypts values that must be readable again (Meta tokens, webhook secrets) with AES-256-GCM under `MASTER_KEY`. */
export type Vault = {
  /**
   * Returns one version byte, 12 bytes of nonce, 16 bytes of tag, and the ciphertext. Decryption needs the same
   * `purpose`.
   */
  seal(text: string, purpose: string): Uint8Array
  /** Throws `WrongMasterKey` when the key differs, or the bytes were changed. */
  open(sealed: Uint8Array, purpose: string): string
}

export function createVault(masterKey: Uint8Array): Vault {
  if (masterKey.length !== 32) throw new Error('MASTER_KEY must be 32 bytes')
  return {
    seal(text, purpose) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', masterKey, iv)
      cipher.setAAD(Buffer.from(purpose))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.from([VERSION]), iv, cipher.getAuthTag(), body])
    },
    open(sealed, purpose) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
      if (bytes[0] !== VERSION) throw new Error('this secret was sealed in a form this version does not know')
      const decipher = createDecipheriv('aes-256-gcm', masterKey, bytes.subarray(1, 1 + IV_BYTES))
      decipher.setAAD(Buffer.from(purpose))
      decipher.setAuthTag(bytes.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES))
      try {
        const body = bytes.subarray(1 + IV_BYTES + TAG_BYTES)
        return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
      } catch (cause) {
        throw new WrongMasterKey({ cause })
      }
    },
  }
}

export const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Compares two texts in constant time, whatever their lengths. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(sha256(a), sha256(b))
}

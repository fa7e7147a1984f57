export * from './error-codes.ts'
export type * from './wire.ts'

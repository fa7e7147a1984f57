import { across, matching } from '../fields/schema.ts'

/** The sandbox's code. It is public, so no other channel may have it. */
export const DEMO_CODE = 'postern-demo-certification-code'

/** A code of the user's own, for programs that have one already. */
export const certificationCode = across((value, report) => {
  if (value === DEMO_CODE) report([], { rule: 'consistent', says: 'is the public code of the sandbox: choose another' })
})(
  matching(/^[\x21-\x7e]{16,200}$/, 'must be 16 to 200 visible ASCII characters, without spaces', {
    description: 'Your own certification code instead of a new one. Only its hash is stored.',
    minLength: 16,
    maxLength: 200,
  }),
)

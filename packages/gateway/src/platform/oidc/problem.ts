/** `away`: no usable answer. `refused`: the provider's own refusal. `wrong`: an answer that is not to be trusted. */
export class ProviderProblem extends Error {
  readonly kind: 'away' | 'refused' | 'wrong'

  constructor(kind: ProviderProblem['kind'], message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'ProviderProblem'
    this.kind = kind
  }
}

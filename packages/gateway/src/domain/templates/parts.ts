import type { TemplateComponent, TemplateParameter } from '../messages/message.ts'

const NO_PARAMETERS: readonly TemplateParameter[] = []

/** The index of the first component of a type, or -1. */
export function firstOf(components: readonly TemplateComponent[], type: string): number {
  return components.findIndex((component) => component.type.toLowerCase() === type)
}

export function parametersOf(component: TemplateComponent | undefined): readonly TemplateParameter[] {
  return component && 'parameters' in component ? (component.parameters ?? NO_PARAMETERS) : NO_PARAMETERS
}

/** The path of a component's parameters, or of the list of components when there is no such component. */
export function placeOf(index: number, path: string): string {
  return index < 0 ? path : `${path}.${index}.parameters`
}

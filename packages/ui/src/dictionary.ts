/** Maps English text to the other language. English stands in the code itself. */
export type Dictionary = Record<string, string>

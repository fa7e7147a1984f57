/** The parts of our environment that a child process needs to run, and to use cached compiled code. */
export function childEnv(env: Record<string, string | undefined> = {}): Record<string, string | undefined> {
  const { PATH = '', NODE_COMPILE_CACHE } = process.env
  return { PATH, ...(NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE }), ...env }
}

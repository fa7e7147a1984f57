/** What a child process needs of our environment to run at all, and to find code that was compiled before. */
export function childEnv(env: Record<string, string | undefined> = {}): Record<string, string | undefined> {
  const { PATH = '', NODE_COMPILE_CACHE } = process.env
  return { PATH, ...(NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE }), ...env }
}

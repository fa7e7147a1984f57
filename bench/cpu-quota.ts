import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'

// Short, so that a limited process waits for milliseconds and not for tenths of a second.
const PERIOD_US = 10_000

const V1 = '/sys/fs/cgroup/cpu'
const V2 = '/sys/fs/cgroup'

let groups = 0

/**
 * Limits a process to `share` of one core with a CPU quota, and returns the function that removes the quota. Undefined
 * when the kernel's control groups cannot be written: without root, or outside Linux.
 */
export function limitCpu(pid: number, share: number): (() => void) | undefined {
  const quota = Math.round(share * PERIOD_US)
  const name = `postern-bench-${process.pid}-${++groups}`
  try {
    if (existsSync(`${V1}/cpu.cfs_period_us`) || existsSync(`${V1}/cgroup.procs`)) {
      const group = `${V1}/${name}`
      mkdirSync(group)
      writeFileSync(`${group}/cpu.cfs_period_us`, String(PERIOD_US))
      writeFileSync(`${group}/cpu.cfs_quota_us`, String(quota))
      writeFileSync(`${group}/cgroup.procs`, String(pid))
      return () => removeQuota(group, V1, pid)
    }
    writeFileSync(`${V2}/cgroup.subtree_control`, '+cpu')
    const group = `${V2}/${name}`
    mkdirSync(group)
    writeFileSync(`${group}/cpu.max`, `${quota} ${PERIOD_US}`)
    writeFileSync(`${group}/cgroup.procs`, String(pid))
    return () => removeQuota(group, V2, pid)
  } catch {
    return undefined
  }
}

function removeQuota(group: string, parent: string, pid: number): void {
  try {
    // Back to a group from which this one can be removed; the process may have ended, which empties the group as well.
    writeFileSync(`${parent}/cgroup.procs`, String(pid))
  } catch {
    // It ended.
  }
  try {
    rmdirSync(group)
  } catch {
    // The kernel still has its last thread; the empty group does no harm.
  }
}

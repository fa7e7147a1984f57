import type { Plan } from './plan.ts'

/** Simpler plans, one thing less each: a fault that does not happen, fewer people, half the time. */
function* simpler(plan: Plan): Generator<Plan> {
  const counts = ['kills', 'stops', 'steps', 'outages', 'spells', 'replays', 'operatorActs', 'renames'] as const
  const more = ['passes', 'erasures', 'retentions', 'lateEndpoints', 'sends', 'webhooks'] as const
  for (const name of [...counts, ...more]) {
    if (plan[name] > 0) yield { ...plan, [name]: 0 }
    if (plan[name] > 1) yield { ...plan, [name]: plan[name] >> 1 }
  }
  for (const name of ['store', 'customer', 'meta'] as const) {
    for (const [fault, probability] of Object.entries(plan[name])) {
      if (fault !== 'slow' && probability > 0) yield { ...plan, [name]: { ...plan[name], [fault]: 0 } }
    }
  }
  if (plan.store.slow > 3) yield { ...plan, store: { ...plan.store, slow: 3 } }
  for (const name of ['nodes', 'channels', 'people'] as const)
    if (plan[name] > 1) yield { ...plan, [name]: plan[name] - 1 }
  if (plan.webhooks > 4) yield { ...plan, webhooks: plan.webhooks - 1 }
  if (plan.skewMs > 0) yield { ...plan, skewMs: 0 }
}

/** The simplest plan that was found to fail still; in at most `most` tries. */
export async function shrink(plan: Plan, fails: (plan: Plan) => Promise<boolean>, most = 200): Promise<Plan> {
  let tries = 0
  let best = plan
  search: for (;;) {
    for (const one of simpler(best)) {
      if (tries++ >= most) return best
      if (!(await fails(one))) continue
      best = one
      continue search
    }
    return best
  }
}

/** Each guarantee of the queue's `api.ts`, held against what was seen. */
import type { History } from '../history.ts'
import type { Plan } from '../plan.ts'
import { attempts } from './attempts.ts'
import { cancels } from './cancels.ts'
import { clears } from './clears.ts'
import { endings } from './endings.ts'
import { fences } from './fences.ts'
import { finality } from './finality.ts'
import { identities } from './identities.ts'
import { leases } from './leases.ts'
import { overtaking } from './overtaking.ts'
import { see } from './seen.ts'
import { survival } from './survival.ts'
import { timing } from './timing.ts'

export function check(history: History, plan: Plan): string[] {
  const seen = see(history)
  if (plan.kind === 'crowd') return [...fences(seen), ...finality(seen), ...overtaking(seen)]
  return [
    ...survival(seen, plan),
    ...endings(seen),
    ...fences(seen),
    ...finality(seen),
    ...attempts(seen),
    ...identities(seen, plan),
    ...leases(seen),
    ...timing(seen, plan),
    ...cancels(seen),
    ...clears(seen, plan)
  ]
}

/**
 * Which presses only look: most of them, and a store of several servers has less to do where that is known before. What
 * an operation did last time says it; when it writes after all, it is merely run once more.
 */
import type { Guard } from '../../store/store.ts';
import type { Inbound } from './inbound.ts';

export class Looks {
  /** The names of operations whose last press wrote nothing. */
  private readonly ops = new Set<string>();

  guard(inbound: Inbound): Guard {
    return inbound.kind === 'action' && this.ops.has(inbound.op) ? 'looks' : 'all';
  }

  /** How a turn ended. @param looked nothing was written */
  ended(inbound: Inbound, looked: boolean): void {
    if (inbound.kind !== 'action') return;
    if (looked) this.ops.add(inbound.op);
    else this.ops.delete(inbound.op);
  }
}

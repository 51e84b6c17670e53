import { actorOf } from '../audit/actor.js';
import { backgroundRule } from '../audit/background.js';
import type { AuditEvent } from '../audit/event.js';

/**
 * Milliseconds of silence after which a cascade is over, by who spoke last: people, controllers, or kubelets and the scheduler, which act
 * a second after they see a change. Measured: with a flat 100 ms, one cascade line in six falls to a later action.
 */
export const QUIET_MS = { people: 250, controllers: 900, nodes: 2200 } as const;

/** Tells when an action's cascade is over. Time comes in as an argument. */
export class Quiet {
  #last = Number.NEGATIVE_INFINITY;
  #wait: number = QUIET_MS.people;

  /** Forgets what was before. */
  begin(now: number): void {
    this.#last = now;
    this.#wait = QUIET_MS.people;
  }

  /** Takes note of a line that came now. Background is silence. */
  hear(event: AuditEvent, now: number): void {
    if (backgroundRule(event) !== null) return;
    const user = actorOf(event);
    if (user.startsWith('system:') && event.stage === 'RequestReceived') return;
    this.#last = now;
    const wait =
      user.startsWith('system:node:') || user === 'system:kube-scheduler'
        ? QUIET_MS.nodes
        : user.startsWith('system:')
          ? QUIET_MS.controllers
          : QUIET_MS.people;
    this.#wait = Math.max(this.#wait, wait);
  }

  isQuiet(now: number): boolean {
    return now - this.#last >= this.#wait;
  }
}

import { asksChange, type ContextLine, connects } from '../line.js';
import { RecentMap } from '../recent-map.js';
import type { Recent, Served } from './links.js';
import type { Mark } from './memory.js';

const MOST_NAMESPACES = 2_000;
const MOST_EACH = 32;

/** The latest changes of each namespace, and the latest connections. Bounded. */
export class RecentRequests implements Recent {
  readonly #changes = new RecentMap<Served[]>(MOST_NAMESPACES);
  readonly #connections: Mark[] = [];

  push(line: ContextLine, trigger: number): void {
    const { micros, until, namespace, subresource, resource } = line;
    if (connects(line)) {
      this.#connections.push({ line: line.line, trigger, micros });
      if (this.#connections.length > 2 * MOST_EACH) this.#connections.splice(0, MOST_EACH);
    } else if (namespace && asksChange(line) && resource !== 'events' && line.actor !== 'system:apiserver') {
      const here = this.#changes.get(namespace) ?? [];
      here.push({ line: line.line, trigger, micros, until, eviction: subresource === 'eviction' });
      if (here.length > 2 * MOST_EACH) here.splice(0, MOST_EACH);
      this.#changes.set(namespace, here);
    }
  }

  changes(namespace: string): readonly Served[] {
    return this.#changes.get(namespace) ?? [];
  }

  connection(micros: number): Mark | null {
    return this.#connections.findLast((one) => one.micros <= micros) ?? null;
  }
}

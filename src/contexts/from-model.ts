import type { ResourceTable } from '../audit/labels.js';
import type { LabelRow } from '../labeling/labeler.js';
import type { Attribution, Attributor } from './attribution.js';
import { LabelClusters } from './labels/clusters.js';
import { METHODS, type Method } from './labels/methods.js';
import type { ContextLine } from './line.js';

/**
 * Contexts of what a model says, whatever kind it is: the causes that it names as they are, and where it gives labels only, what the
 * paper's methods make of them.
 */
export class FromModel implements Attributor {
  readonly #labels: LabelClusters;

  /** @param methods Which of the paper's methods are taken. Default all. */
  constructor(table: ResourceTable, methods: readonly Method[] = METHODS) {
    this.#labels = new LabelClusters(table, methods);
  }

  push(line: ContextLine, row?: LabelRow): Attribution[] {
    if (!row || line.ahead) return [];
    const confidence = row.confidence ?? null;
    const { trigger, background = false, label } = row;
    if (!trigger && !background && label) return this.#labels.push({ line, label, confidence });
    const own = !trigger || trigger.line === line.line;
    return [
      {
        line,
        trigger: trigger?.line ?? line.line,
        cause: own ? null : trigger.line,
        reason: row.reason ?? (background ? 'background' : own ? 'triggering event' : 'cause'),
        confidence,
        background,
        decidedBy: trigger || background ? 'causes' : 'labels',
      },
    ];
  }

  passed(until: number): Attribution[] {
    return this.#labels.passed(until);
  }

  end(): Attribution[] {
    return this.#labels.end();
  }
}

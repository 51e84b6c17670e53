import { pluralOf } from '../audit/kind-names.js';
import { CHANGES } from '../audit/verbs.js';

/** What a line says of itself, as far as the baseline looks. A text is null where the line does not say. */
export interface LineFacts {
  capture: string;
  user: string | null;
  verb: string | null;
  /** Plural, as in `pods`. */
  resource: string | null;
  namespace: string | null;
  name: string | null;
  /** First owner of the object, as in `ReplicaSet`, `web-5d8`. */
  ownerKind: string | null;
  ownerName: string | null;
  /** What an Event is about. */
  involvedKind: string | null;
  involvedName: string | null;
}

/** Owners of owners: a pod's is a ReplicaSet, whose is a Deployment; one more for a CronJob's. */
const DEEPEST = 4;

/**
 * The own action of the nearest earlier change by a person, for every line of the control plane: what one would say who knows no more
 * than names. A change is near a line when it was made to
 *
 *     1. the line's object; 2. what owns it, or the object of an Event, and their owners; 3. the line's namespace
 *
 * in that order, and of several the last. A line without any, a person's own line, and one about a lease, which is renewed by the clock,
 * says its own action. Who owns what is known from the line and those before it; only lines of the same capture count, no truth and no
 * later line. Names beginning with `system:` are no persons.
 *
 * @param lines In the order of the log, shape [N].
 * @param own Code of each line's own action, shape [N].
 * @returns Shape [N].
 * @example nearestActionBaseline([createDeploymentByADeveloper, createPodByAController], [3, 1]) // Int32Array [3, 3]
 */
export function nearestActionBaseline(lines: readonly LineFacts[], own: ArrayLike<number>): Int32Array {
  let capture: string | undefined;
  let memory = new Memory();
  return Int32Array.from(lines, (line, i) => {
    if (line.capture !== capture) memory = new Memory();
    capture = line.capture;
    memory.learnOwner(line);
    if (!isPerson(line)) return (line.resource === 'leases' ? null : memory.recall(line)) ?? own[i]!;
    if (CHANGES.has(line.verb ?? '')) memory.keep(line, own[i]!);
    return own[i]!;
  });
}

class Memory {
  readonly #byObject = new Map<string, number>();
  readonly #byNamespace = new Map<string, number>();
  readonly #ownerOf = new Map<string, string>();

  keep(line: LineFacts, code: number): void {
    const [object, namespace] = [objectOf(line), namespaceOf(line)];
    if (object !== null) this.#byObject.set(object, code);
    if (namespace !== null) this.#byNamespace.set(namespace, code);
  }

  learnOwner(line: LineFacts): void {
    const object = objectOf(line);
    const owner =
      keyOf(line.namespace, resourceOf(line.ownerKind), line.ownerName) ??
      keyOf(line.namespace, resourceOf(line.involvedKind), line.involvedName);
    if (object !== null && owner !== null) this.#ownerOf.set(object, owner);
  }

  recall(line: LineFacts): number | null {
    let object = objectOf(line);
    for (let depth = 0; object !== null && depth < DEEPEST; depth++) {
      const code = this.#byObject.get(object);
      if (code !== undefined) return code;
      object = this.#ownerOf.get(object) ?? null;
    }
    return this.#byNamespace.get(namespaceOf(line) ?? '') ?? null;
  }
}

/** Whether a name is no component's. @example isPerson({ user: 'dana' }) // true */
export const isPerson = ({ user }: Pick<LineFacts, 'user'>): boolean =>
  user !== null && !user.startsWith('system:');

const objectOf = ({ namespace, resource, name }: LineFacts): string | null =>
  keyOf(namespace, resource, name);

/** A namespace itself is in it. */
const namespaceOf = ({ namespace, resource, name }: LineFacts): string | null =>
  namespace ?? (resource === 'namespaces' ? name : null);

const keyOf = (namespace: string | null, resource: string | null, name: string | null): string | null =>
  resource === null || name === null ? null : JSON.stringify([namespace, resource, name]);

const resourceOf = (kind: string | null): string | null => (kind === null ? null : pluralOf(kind));

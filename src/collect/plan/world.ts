import type { RandomStream } from '../../random.js';
import type { Kind } from './catalog.js';

/** Something that an action made and a later one can use. */
export interface Thing {
  kind: string;
  name: string;
  /** The drawn word in its name, for custom kinds. */
  stem: string;
  /** Null for cluster-wide things. */
  namespace: string | null;
  owner: string;
}

/** What should exist while a sequence is drawn. The cluster may disagree: commands fail, as they do for people. */
export class World {
  #things: Thing[] = [];

  /** Things of a kind that a person can reach, oldest first. */
  reachable(kind: Kind, reach: { namespaces: readonly string[]; owner: string | null }): Thing[] {
    return this.#things.filter(
      (thing) =>
        thing.kind === kind.id &&
        (thing.namespace === null
          ? reach.owner === null || thing.owner === reach.owner
          : reach.namespaces.includes(thing.namespace)),
    );
  }

  /** How many things of a kind there are, in one namespace or, for null, cluster-wide. */
  count(kind: string, namespace: string | null): number {
    return this.#things.filter((thing) => thing.kind === kind && thing.namespace === namespace).length;
  }

  add(thing: Thing): void {
    this.#things.push(thing);
  }

  /** Removes a thing, and with a namespace or custom kind what was in it. */
  remove(gone: Thing): void {
    this.#things = this.#things.filter(
      (thing) =>
        thing !== gone &&
        !(gone.kind.endsWith('namespaces') && thing.namespace === gone.name) &&
        !(gone.kind === 'customresourcedefinitions' && thing.name === `${gone.stem}/one`),
    );
  }

  /** One thing of the list, the newer the likelier. */
  static pick(things: readonly Thing[], random: RandomStream): Thing {
    const back = Math.floor(random.next() ** 2 * things.length);
    return things[things.length - 1 - back]!;
  }
}

import type { JsonValue } from '../../audit/event.js';
import { type RandomStream, randomStream } from '../../random.js';
import { type Catalog, type CatalogAction, type Kind, ROLES, type Role } from './catalog.js';
import { drawWord, NameSource } from './names.js';
import { capitalized, fillObject, fillText, type Values } from './template.js';
import { type PaceOptions, thinkingTime } from './thinking.js';
import { type Thing, World } from './world.js';

export interface Person {
  name: string;
  role: Role;
}

export interface PlanOptions extends PaceOptions {
  catalog: Catalog;
  seed: number | string;
  /** How many actions, at least; what an action needs is made first and counts too. */
  actions: number;
  people: readonly Person[];
  /** Everybody works in the same two namespaces, on the same objects. Default false: each in their own. */
  shared?: boolean;
  /** Workers that node actions draw from. */
  nodes: readonly string[];
}

/** One command that one person will type. */
export interface Step {
  index: number;
  /** Id in the catalog. */
  action: string;
  person: string;
  namespace: string;
  argv: string[];
  /** Standard input, or null. */
  input: string | null;
  env: Readonly<Record<string, string>>;
  seconds: number;
  /** Planned milliseconds since the beginning. */
  at: number;
  /** Sent in place of a command, as by a client library. */
  requests?: readonly ClientRequest[];
  /** Least milliseconds since the person's step before, and between requests. Default 100. */
  pause?: number;
}

/** One request of a script that speaks to the API itself. */
export interface ClientRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body?: JsonValue;
}

interface Worker {
  person: Person;
  random: RandomStream;
  deck: CatalogAction[];
  homes: string[];
  clock: number;
  /** Steps until the oldest home is given up. */
  patience: number;
}

/**
 * Draws who does what: a pure function of its options, the same seed gives the same commands.
 *
 * Each person works through an own shuffled deck of the catalog. What an action needs is made first; namespaces are given up after a
 * while, with everything in them.
 *
 * @example planSteps({ catalog, seed: 7, actions: 40, people: [{ name: 'dev-a', role: 'admin' }], nodes: ['worker-1'] })
 */
export function planSteps(options: PlanOptions): Step[] {
  return new Planner(options).run();
}

const DEPTH = 4;

class Planner {
  readonly #options: PlanOptions;
  readonly #world = new World();
  readonly #names = new NameSource();
  readonly #steps: Step[] = [];
  readonly #shared: string[] = [];
  readonly #workers: Worker[];
  readonly #makers = new Map<string, CatalogAction[]>();

  constructor(options: PlanOptions) {
    this.#options = options;
    this.#workers = options.people.map((person, i) => ({
      person,
      random: randomStream(options.seed, `person/${i}`),
      deck: [],
      homes: options.shared ? this.#shared : [],
      clock: i * 300,
      patience: 40,
    }));
    for (const action of options.catalog.actions)
      if (action.creates && !action.deletes && !action.only)
        this.#makers.set(action.creates, [...(this.#makers.get(action.creates) ?? []), action]);
  }

  run(): Step[] {
    for (let idle = 0; this.#steps.length < this.#options.actions && idle < 5000; ) {
      const worker = this.#workers.reduce((a, b) => (b.clock < a.clock ? b : a));
      const before = this.#steps.length;
      this.#turn(worker);
      idle = this.#steps.length > before ? 0 : idle + 1;
      if (idle) worker.clock += 50;
    }
    for (const worker of this.#workers) while (worker.homes.length) this.#leaveHome(worker);
    return this.#steps.sort((a, b) => a.at - b.at).map((step, index) => ({ ...step, index }));
  }

  #turn(worker: Worker): void {
    if (worker.person.role !== 'viewer') {
      const wanted = this.#options.shared ? 2 : 1;
      while (worker.homes.length < wanted) this.#findHome(worker);
      if (--worker.patience <= 0) {
        worker.patience = (this.#options.shared ? 60 : 35) + worker.random.integer(30);
        this.#leaveHome(worker);
        return;
      }
    }
    if (worker.deck.length === 0) worker.deck = this.#shuffledDeck(worker);
    this.#perform(worker, worker.deck.pop()!, 0);
  }

  /** The actions a person may do; a weight of 2 is two cards, one of 0.5 a card in every other deck. */
  #shuffledDeck({ person, random }: Worker): CatalogAction[] {
    const rank = ROLES.indexOf(person.role);
    const cards = this.#options.catalog.actions.filter(({ role, only }) =>
      only ? only.includes(person.role) : ROLES.indexOf(role) <= rank,
    );
    const copies = (weight: number) => Math.floor(weight) + (random.next() < weight % 1 ? 1 : 0);
    return random.shuffle(cards.flatMap((card) => Array.from({ length: copies(card.weight) }, () => card)));
  }

  #perform(worker: Worker, action: CatalogAction, depth: number): boolean {
    const { kinds } = this.#options.catalog;
    const made = action.creates ? kinds.get(action.creates)! : null;
    const needed = action.needs ? this.#obtain(worker, kinds.get(action.needs)!, depth) : null;
    if (action.needs && !needed) return false;
    const home = needed?.namespace ?? this.#home(worker);
    if (home === null) return false;
    if (made && this.#world.count(made.id, made.cluster ? null : home) >= made.limit) return false;
    const { random } = worker;
    const stem = this.#names.draw(random, made?.id === 'customresourcedefinitions');
    const values = this.#values(worker, action, needed, stem, home);
    this.#emit(worker, action, values, home);
    if (needed && action.deletes) this.#world.remove(needed);
    if (made) this.#world.add(this.#thing(worker, action, made, values, home, needed));
    return true;
  }

  #values(
    { random, person }: Worker,
    action: CatalogAction,
    needed: Thing | null,
    name: string,
    home: string,
  ): Values {
    const node = this.#options.nodes[random.integer(this.#options.nodes.length)] ?? 'worker';
    const stem = needed?.stem ?? name;
    const generic = needed !== null && action.kind !== null;
    const values: Record<string, string | (() => string)> = {
      // A kind's own template says {name} also where it is laid over what is there already.
      name: generic ? needed.stem : name,
      Name: capitalized(generic ? needed.stem : name),
      stem,
      Stem: capitalized(stem),
      ns: home,
      node,
      word: () => drawWord(random),
      number: () => String(1 + random.integer(9)),
    };
    if (needed) values.it = needed.name;
    if (action.kind) values.kind = action.kind;
    if (action.patch) values.patch = JSON.stringify(fillObject(action.patch, values));
    if (action.only && person.role === 'admin') values.it = name;
    return values;
  }

  #thing(
    worker: Worker,
    action: CatalogAction,
    made: Kind,
    values: Values,
    home: string,
    needed: Thing | null,
  ): Thing {
    const name = fillText(action.named ?? made.name, values);
    const inherits = action.named !== null && needed !== null;
    const stem = inherits ? needed.stem : action.named ? name : (values.name as string);
    return {
      kind: made.id,
      name,
      stem,
      namespace: made.cluster ? null : home,
      owner: worker.person.name,
    };
  }

  /** Something of a kind that the person can reach, made first when there is none. */
  #obtain(worker: Worker, kind: Kind, depth: number): Thing | null {
    const found = this.#reachable(worker, kind);
    if (found.length > 0) return World.pick(found, worker.random);
    if (depth >= DEPTH) return null;
    const rank = ROLES.indexOf(worker.person.role);
    const makers = (this.#makers.get(kind.id) ?? []).filter(({ role }) => ROLES.indexOf(role) <= rank);
    if (makers.length === 0) return null;
    if (!this.#perform(worker, makers[worker.random.integer(makers.length)]!, depth + 1)) return null;
    const made = this.#reachable(worker, kind);
    return made.length > 0 ? made[made.length - 1]! : null;
  }

  #reachable(worker: Worker, kind: Kind): Thing[] {
    const all = this.#options.shared || worker.person.role === 'viewer';
    const namespaces = all ? this.#workers.flatMap(({ homes }) => homes) : worker.homes;
    return this.#world.reachable(kind, { namespaces, owner: all ? null : worker.person.name });
  }

  #home({ homes, person, random }: Worker): string | null {
    const from = person.role === 'viewer' ? this.#workers.flatMap((worker) => worker.homes) : homes;
    return from[random.integer(from.length)] ?? null;
  }

  #findHome(worker: Worker): void {
    const action = this.#action('namespaces/from-command');
    const name = this.#names.draw(worker.random);
    this.#emit(worker, action, { name }, 'default');
    worker.homes.push(name);
  }

  #leaveHome(worker: Worker): void {
    const name = worker.homes.shift()!;
    this.#emit(worker, this.#action('namespaces/delete'), { it: name, kind: 'namespaces' }, 'default');
    this.#world.remove({ kind: 'namespaces', name, stem: name, namespace: null, owner: worker.person.name });
  }

  #action(id: string): CatalogAction {
    return this.#options.catalog.actions.find((action) => action.id === id)!;
  }

  #emit(worker: Worker, action: CatalogAction, values: Values, namespace: string): void {
    const documents = action.bundle
      ? this.#bundle(action.bundle, values, worker.random)
      : (action.documents ?? []).map((document) => fillObject(document, values));
    worker.clock += thinkingTime(worker.clock, worker.random, this.#options);
    this.#steps.push({
      index: this.#steps.length,
      action: action.id,
      person: worker.person.name,
      namespace,
      argv: action.argv.map((argument) => fillText(argument, values)),
      input: documents.length ? documents.map((document) => JSON.stringify(document)).join('\n---\n') : null,
      env: action.env,
      seconds: action.seconds,
      at: worker.clock,
    });
  }

  #bundle({ parts, with: which }: { parts: number; with: string }, values: Values, random: RandomStream) {
    const { parts: templates } = this.#options.catalog;
    const cards = templates.flatMap(({ share, object }) => Array.from({ length: share }, () => object));
    const it = (which === 'it' ? values.it : values.name) as string;
    return Array.from({ length: parts }, (_, i): JsonValue => {
      const part = `${cards[i % cards.length] === cards[0] ? 'a' : 'b'}${i}`;
      return fillObject(cards[(i + (i < cards.length ? 0 : random.integer(cards.length))) % cards.length]!, {
        ...values,
        it,
        part,
      });
    });
  }
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { JsonValue } from '../../audit/event.js';
import { MismatchError } from '../../errors.js';

/** What a person may do: a viewer looks, a developer works in namespaces, an admin does everything. */
export const ROLES = ['viewer', 'developer', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** A kind of thing that actions need, make and remove. `failing-pods` are pods too, kept apart because few actions make sense on them. */
export interface Kind {
  id: string;
  /** The resource on kubectl's command line. */
  resource: string;
  cluster: boolean;
  /** How the object is called, from `{name}`. */
  name: string;
  /** Things of this kind that may be there at once. */
  limit: number;
}

/** How a bundle's objects are drawn: how many, named after a new name or after the needed thing. */
export interface Bundle {
  parts: number;
  with: 'new' | 'it';
}

/** One action of the catalog: what a person types, with placeholders. */
export interface CatalogAction {
  /** `deployments/scale-up`. */
  id: string;
  family: string;
  argv: readonly string[];
  /** Objects for standard input, or null. */
  documents: readonly JsonValue[] | null;
  /** Merge patch that `{patch}` stands for. */
  patch: JsonValue | null;
  bundle: Bundle | null;
  /** Kind of the thing `{it}`. */
  needs: string | null;
  creates: string | null;
  /** How the new thing is called. Default: its kind's name for `{name}`. */
  named: string | null;
  deletes: boolean;
  /** The least role that may do it. */
  role: Role;
  /** When given, only these roles try it: they are refused. */
  only: readonly Role[] | null;
  /** Relative frequency. Default 1. */
  weight: number;
  /** Seconds until the command is interrupted. */
  seconds: number;
  env: Readonly<Record<string, string>>;
  /** The resource that `{kind}` stands for. */
  kind: string | null;
}

export interface Catalog {
  actions: readonly CatalogAction[];
  kinds: ReadonlyMap<string, Kind>;
  /** Templates of a bundle's objects; `share` of each says how often. */
  parts: readonly { share: number; object: JsonValue }[];
}

type Raw = Record<string, unknown>;

const KEYS = {
  file: ['family', 'kinds', 'actions', 'parts'],
  kind: ['resource', 'cluster', 'name', 'limit', 'manifest', 'patch', 'verbs'],
  action: 'id argv manifest bundle needs creates named deletes role only weight seconds env'.split(' '),
  verb: 'argv manifest needs creates deletes role weight seconds env'.split(' '),
};
const DEFAULT_SECONDS = 30;

/**
 * Reads the catalog: `verbs.yaml`, which every kind can have, and one file a family.
 *
 * @param folder Default: the project's own.
 * @throws {MismatchError} A key, a verb or a kind is not known, or two actions have one id.
 * @example (await loadCatalog()).actions.find(({ id }) => id === 'deployments/scale-up')
 */
export async function loadCatalog(
  folder: string = fileURLToPath(new URL('../catalog', import.meta.url)),
): Promise<Catalog> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  const verbsFile = join(folder, 'verbs.yaml');
  const verbs = (parse(await readFile(verbsFile, 'utf8')) as { verbs: Record<string, Raw> }).verbs;
  for (const verb of Object.values(verbs)) checkKeys(verb, KEYS.verb, verbsFile);
  const actions: CatalogAction[] = [];
  const kinds = new Map<string, Kind>();
  const parts: { share: number; object: JsonValue }[] = [];
  for (const name of files.filter((file) => file !== 'verbs.yaml')) {
    const file = join(folder, name);
    const content = parse(await readFile(file, 'utf8')) as Raw;
    checkKeys(content, KEYS.file, file);
    const family = content.family as string;
    for (const [id, kind] of Object.entries((content.kinds ?? {}) as Record<string, Raw>)) {
      checkKeys(kind, KEYS.kind, file);
      kinds.set(id, readKind(id, kind));
      for (const verb of kind.verbs as string[]) {
        const template = verbs[verb];
        if (!template) throw unknown(file, `a verb of ${Object.keys(verbs).join(', ')}`, verb);
        actions.push(verbAction(family, kinds.get(id)!, kind, verb, template));
      }
    }
    for (const action of (content.actions ?? []) as Raw[]) {
      checkKeys(action, KEYS.action, file);
      actions.push(readAction(family, action));
    }
    for (const { share, ...object } of (content.parts ?? []) as ({ share: number } & Raw)[])
      parts.push({ share, object: object as JsonValue });
  }
  checkActions(actions, kinds, folder);
  return { actions, kinds, parts };
}

function readKind(id: string, raw: Raw): Kind {
  return {
    id,
    resource: (raw.resource as string | undefined) ?? id,
    cluster: raw.cluster === true,
    name: (raw.name as string | undefined) ?? '{name}',
    limit: (raw.limit as number | undefined) ?? 8,
  };
}

function readAction(family: string, raw: Raw): CatalogAction {
  const { manifest } = raw as { manifest?: JsonValue };
  return {
    id: raw.id as string,
    family,
    argv: (raw.argv as unknown[]).map(String),
    documents: manifest === undefined ? null : Array.isArray(manifest) ? manifest : [manifest],
    patch: null,
    bundle: (raw.bundle as Bundle | undefined) ?? null,
    needs: (raw.needs as string | undefined) ?? null,
    creates: (raw.creates as string | undefined) ?? null,
    named: (raw.named as string | undefined) ?? null,
    deletes: raw.deletes === true,
    role: (raw.role as Role | undefined) ?? 'viewer',
    only: (raw.only as Role[] | undefined) ?? null,
    weight: (raw.weight as number | undefined) ?? 1,
    seconds: (raw.seconds as number | undefined) ?? DEFAULT_SECONDS,
    env: (raw.env as Record<string, string> | undefined) ?? {},
    kind: null,
  };
}

function verbAction(family: string, kind: Kind, raw: Raw, verb: string, template: Raw): CatalogAction {
  const manifest = raw.manifest as JsonValue | undefined;
  const patch = (raw.patch as JsonValue | undefined) ?? null;
  const which = template.manifest as 'new' | 'it' | 'patched' | undefined;
  const developer = template.role === 'developer';
  const base = readAction(family, { ...template, id: `${kind.id}/${verb}`, manifest: undefined });
  return {
    ...base,
    documents:
      which === undefined || manifest === undefined
        ? null
        : [which === 'patched' && patch ? mergeJson(manifest, patch) : manifest],
    patch,
    needs: template.needs ? kind.id : null,
    creates: template.creates ? kind.id : null,
    role: developer && kind.cluster ? 'admin' : base.role,
    kind: kind.resource,
  };
}

/** A merge patch laid over an object [RFC 7396]. */
export function mergeJson(base: JsonValue, patch: JsonValue): JsonValue {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const into = typeof base === 'object' && base !== null && !Array.isArray(base) ? { ...base } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete into[key];
    else into[key] = mergeJson(into[key] ?? {}, value);
  }
  return into;
}

function checkActions(
  actions: readonly CatalogAction[],
  kinds: ReadonlyMap<string, Kind>,
  file: string,
): void {
  const seen = new Set<string>();
  for (const { id, needs, creates, role, only, documents, argv } of actions) {
    if (seen.has(id)) throw unknown(file, 'each action once', `${id} again`);
    seen.add(id);
    for (const kind of [needs, creates])
      if (kind && !kinds.has(kind)) throw unknown(file, `${id} to name a declared kind`, kind);
    for (const one of [role, ...(only ?? [])])
      if (!ROLES.includes(one)) throw unknown(file, `${id} to name a role of ${ROLES.join(', ')}`, one);
    const text = JSON.stringify([argv, documents]);
    if (!needs && /\{(it|stem|Stem)\}/.test(text))
      throw unknown(file, `${id} to need something for {it}`, 'no needs');
  }
}

function checkKeys(raw: Raw, allowed: readonly string[], file: string): void {
  for (const key of Object.keys(raw))
    if (!allowed.includes(key)) throw unknown(file, `a key of ${allowed.join(', ')}`, key);
}

function unknown(file: string, expected: string, got: string): MismatchError {
  return new MismatchError(
    { folder: 'collect', file, expected, got: `“${got}”` },
    { hint: 'See src/collect/catalog for examples.' },
  );
}

import { readFile } from 'node:fs/promises';
import type { ErrorObject } from 'ajv';
import { type Document, isMap, LineCounter, parseDocument } from 'yaml';
import { AuditweaveError } from '../errors.js';
import { nearestName } from '../nearest-name.js';

/** A YAML file with the places of its values. */
export interface YamlFile {
  file: string;
  /** What the top level is called in errors. */
  root: string;
  value: Record<string, unknown>;
  document: Document;
  lines: LineCounter;
}

export interface YamlOptions {
  /** What the file should be, as in `a settings file`. */
  what: string;
  /** What to do when it is not there. */
  missing: string;
  root: string;
  /** What to do when it is of another form. */
  hint: string;
}

/**
 * Reads a YAML file whose top level has names.
 *
 * @throws {AuditweaveError} It cannot be read, is no YAML, or something else than names with values.
 */
export async function readYamlFile(file: string, options: YamlOptions): Promise<YamlFile> {
  const { what, missing, root, hint } = options;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new AuditweaveError(`studies: expected ${what}, got no readable ${file}.`, {
      hint: missing,
      cause,
    });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = document.errors[0];
  if (broken)
    throw new AuditweaveError(
      `studies: ${file}:${lines.linePos(broken.pos[0]).line}: expected YAML, got: ${broken.message.split('\n')[0]}`,
    );
  const value = plainValue(document, file) ?? {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw new AuditweaveError(`studies: ${file}: expected ${root} by name, got ${JSON.stringify(value)}.`, {
      hint,
    });
  return { file, root, value: value as Record<string, unknown>, document, lines };
}

/** A document's value; an alias of nothing, or one that grows without bound, is an error of whoever wrote it. */
export function plainValue(document: Document, place: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw new AuditweaveError(`studies: ${place}: expected YAML, got: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/**
 * Sets the value at a path that the schema knows. What lies on the way is copied: another tree that shares it does not change.
 *
 * @returns What is wrong with the path; nothing when it was set.
 */
export function setPath(
  schema: unknown,
  tree: Record<string, unknown>,
  path: string,
  value: unknown,
): string[] {
  const keys = path.split('.');
  let node = tree;
  for (let i = 0; i < keys.length; i++) {
    const known = knownKeys(schema, keys.slice(0, i));
    if (!known.includes(keys[i]!)) return [unknownKey(keys[i]!, known)];
    if (i === keys.length - 1) node[keys[i]!] = value;
    else {
      const inner = node[keys[i]!] ?? {};
      if (typeof inner !== 'object') return [`${keys.slice(0, i + 1).join('.')} has no keys`];
      const own = (Array.isArray(inner) ? [...inner] : { ...inner }) as Record<string, unknown>;
      node[keys[i]!] = own;
      node = own;
    }
  }
  return [];
}

/**
 * Every fault that validation found, in words and with its place in the file.
 *
 * @param changes Values by path that were set from outside: their place is the option.
 */
export function describeFaults(
  errors: readonly ErrorObject[],
  { file, root, document, lines }: YamlFile,
  schema: unknown,
  changes: Record<string, unknown> = {},
): string[] {
  const faults = new Set<string>();
  for (const error of errors) {
    if (error.keyword === 'anyOf') continue;
    const path = error.instancePath.split('/').slice(1);
    const extra = (error.params as { additionalProperty?: string }).additionalProperty;
    const shown = [...path, ...(extra === undefined ? [] : [extra])];
    const changed = Object.keys(changes).some((change) => `${shown.join('.')}.`.startsWith(`${change}.`));
    const place = changed
      ? `--set ${shown.join('.')}`
      : `${placeOf({ file, document, lines }, shown)}: ${shown.join('.') || root}`;
    if (extra !== undefined) faults.add(`${place}: ${unknownKey(extra, knownKeys(schema, path))}`);
    else faults.add(`${place}: ${demand(error)}`);
  }
  return [...faults];
}

/** File and line of a value. */
export function placeOf(
  { file, document, lines }: Pick<YamlFile, 'file' | 'document' | 'lines'>,
  path: readonly (string | number)[],
): string {
  const node = isMap(document.contents) ? document.getIn(path, true) : undefined;
  const offset = (node as { range?: [number, number, number] } | undefined)?.range?.[0];
  return offset === undefined ? file : `${file}:${lines.linePos(offset).line}`;
}

/** What a fault asks for. */
export function demand({ keyword, message, params }: ErrorObject): string {
  if (keyword === 'enum')
    return `must be one of ${(params as { allowedValues: string[] }).allowedValues.join(', ')}`;
  if (keyword === 'additionalProperties')
    return `unknown key “${(params as { additionalProperty: string }).additionalProperty}”`;
  return message ?? keyword;
}

/** @throws {AuditweaveError} There are faults: all of them at once. */
export function throwFaults(what: string, faults: readonly string[], hint: string): void {
  if (faults.length === 0) return;
  throw new AuditweaveError(
    `studies: expected valid ${what}, got ${faults.length} fault${faults.length > 1 ? 's' : ''}:\n  ${faults.join('\n  ')}`,
    { hint },
  );
}

/** Known names below a path of a schema. */
function knownKeys(schema: unknown, path: readonly string[]): string[] {
  let node: unknown = schema;
  for (const key of path) node = (node as { properties?: Record<string, unknown> }).properties?.[key];
  return Object.keys((node as { properties?: object } | undefined)?.properties ?? {});
}

function unknownKey(key: string, known: readonly string[]): string {
  if (known.length === 0) return `unknown key “${key}”; nothing is below`;
  const near = nearestName(key, known);
  return near
    ? `unknown key “${key}”; did you mean “${near}”?`
    : `unknown key “${key}”; known: ${known.join(', ')}`;
}

import type { ErrorObject } from 'ajv';
import { LineCounter, parseDocument } from 'yaml';
import { MismatchError, printable } from '../errors.js';
import { schemaCompiler } from '../settings/schema-compiler.js';
import type { RecordSchema } from './record-schema.js';

export interface ParseOptions {
  /** Path, as shown in errors. */
  file: string;
  schema: RecordSchema;
  /** Top-level keys under which null stands for NaN. Default: every key. */
  measured?: readonly string[];
  /** What to do about a fault. Default: to run `train` again. */
  hint?: string;
}

const HINT = 'The record is broken or from another version; run the same `train` command again.';
const ajv = schemaCompiler({ strictNumbers: false });

/**
 * Parses one JSON document against its schema. JSON has no NaN, so null comes back as NaN where a number was measured.
 *
 * @throws {MismatchError} Not JSON, or not as the schema says, with the line of the first fault.
 * @example parseRecord<RunRecord>(text, { file: 'results/a/run.json', schema: RUN_SCHEMA, measured: ['leak'] })
 */
export function parseRecord<T>(text: string, options: ParseOptions): T {
  return check<T>(parseJson(text, options, 1), text, 1, options);
}

/**
 * Parses JSON lines, each against the schema. A last row without its line end is left out: its writer was stopped.
 *
 * @throws {MismatchError} As `parseRecord`.
 */
export function parseRows<T>(text: string, options: ParseOptions): T[] {
  const rows = text.split('\n').slice(0, -1);
  return rows.map((row, i) => check<T>(parseJson(row, options, i + 1), row, i + 1, options));
}

/** A row's key, where it stands first as our own rows have it: most rows need not be parsed to see that nobody asks for them. */
const KEY = /^\{(?:"schema":1,)?"key":"(\w+)"/;

/** A row as it is written, and what it says. */
export interface Row<T> {
  text: string;
  value: T;
}

export interface RowsOptions extends Omit<ParseOptions, 'measured'> {
  /** As in `ParseOptions`. */
  measured: readonly string[] | undefined;
  /** Rows with which keys are of interest: the others are not held against the schema, and not given. Default: all. */
  asked?: (key: unknown) => boolean;
}

/** Reads JSON lines of which some may be damaged: those are named, and the others given. */
export function readRowsOf<T>(
  text: string,
  { asked = () => true, measured, ...rest }: RowsOptions,
): { rows: Row<T>[]; faults: { text: string; message: string }[] } {
  const options = { ...rest, ...(measured ? { measured } : {}) };
  const rows: Row<T>[] = [];
  const faults: { text: string; message: string }[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    const key = KEY.exec(line)?.[1];
    if (line === '' || (key !== undefined && !asked(key))) continue;
    try {
      const value = parseJson(line, options, i + 1);
      const isObject = typeof value === 'object' && value !== null;
      if (isObject && !asked((value as { key?: unknown }).key)) continue;
      rows.push({ text: line, value: check<T>(value, line, i + 1, options) });
    } catch (error) {
      if (!(error instanceof MismatchError)) throw error;
      faults.push({ text: line, message: error.message });
    }
  }
  return { rows, faults };
}

function parseJson(text: string, { file, hint = HINT }: ParseOptions, firstLine: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const lines = new LineCounter();
    const fault = parseDocument(text, { lineCounter: lines, version: '1.2', schema: 'json' }).errors[0];
    const line = firstLine + (fault ? lines.linePos(fault.pos[0]).line - 1 : 0);
    const got = text.trim() === '' ? 'nothing' : printable((cause as Error).message);
    throw new MismatchError({ folder: 'studies', file, line, expected: 'JSON', got }, { hint, cause });
  }
}

function check<T>(value: unknown, text: string, firstLine: number, options: ParseOptions): T {
  const record = revive(value, options.measured);
  const matches = ajv.compile<T>(options.schema);
  if (matches(record)) return record;
  const fault = matches.errors?.[0] as ErrorObject;
  const path = fault.instancePath.split('/').slice(1).map(unescapePointer);
  throw new MismatchError(
    {
      folder: 'studies',
      file: options.file,
      line: firstLine + lineOf(text, path) - 1,
      expected: `${path.length === 0 ? 'the record' : path.join('.')} ${demand(fault)}`,
      got: found(record, path),
    },
    { hint: options.hint ?? HINT },
  );
}

function revive(value: unknown, measured: readonly string[] | undefined): unknown {
  if (measured === undefined) return nullToNaN(value);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, measured.includes(key) ? nullToNaN(child) : child]),
  );
}

function nullToNaN(value: unknown): unknown {
  if (value === null) return Number.NaN;
  if (Array.isArray(value)) return value.map(nullToNaN);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, nullToNaN(child)]));
}

function demand(fault: ErrorObject): string {
  const { params } = fault;
  if (fault.keyword === 'required') return `to have ${params.missingProperty}`;
  if (fault.keyword === 'enum') return `to be one of ${(params.allowedValues as unknown[]).join(', ')}`;
  if (fault.keyword === 'const') return `to be ${JSON.stringify(params.allowedValue)}`;
  if (fault.keyword === 'type') return `to be ${[params.type].flat().join(' or ')}`;
  return `that ${fault.message ?? 'follows the schema'}`;
}

function found(record: unknown, path: readonly string[]): string {
  let value = record;
  for (const key of path) value = (value as Record<string, unknown>)[key];
  if (Number.isNaN(value)) return 'null';
  if (value !== null && typeof value === 'object')
    return Array.isArray(value)
      ? `${value.length} items`
      : `only ${Object.keys(value).join(', ') || 'nothing'}`;
  const shown = JSON.stringify(value);
  return shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
}

/** Line of a value in its JSON text, from 1. JSON is YAML, whose parser keeps positions; it runs on broken records only. */
function lineOf(text: string, path: readonly string[]): number {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, schema: 'json' });
  const node = path.length === 0 ? document.contents : document.getIn(path.map(toKey), true);
  const range = (node as { range?: [number, number, number] } | null | undefined)?.range;
  return range ? lines.linePos(range[0]).line : 1;
}

const toKey = (key: string): string | number => (/^\d+$/.test(key) ? Number(key) : key);
const unescapePointer = (key: string): string => key.replaceAll('~1', '/').replaceAll('~0', '~');

/** Whether reading failed because nothing is there. */
export function isNotThere(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

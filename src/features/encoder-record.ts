import { AuditweaveError } from '../errors.js';

/**
 * What becomes of ids: nothing; they are divided by the greatest of their column; its mean becomes 0 and its deviation 1; or each of the most
 * frequent has a number of its own, 1 where the line has it and 0 else, and the others share one.
 */
export const ENCODINGS = ['ordinal', 'scaled', 'standardized', 'one-hot'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** What standardizing takes from the ids of a column, and what it divides them by. */
export interface Standard {
  mean: number;
  scale: number;
}

/** An encoder as JSON: for each column its values in order of their ids, from 1; with encoding `standardized` what it takes, too. */
export interface EncoderRecord {
  kind: Encoding;
  /** Where it is there, values are hashes with this salt. */
  salt?: string;
  columns: ({ name: string; values: (string | null)[] } & Partial<Standard>)[];
}

const HINT = 'Take encoder.json from the folder of a model, as it was written.';

/**
 * What an encoder's JSON says, once it is found to be sound.
 *
 * @throws {AuditweaveError} It is something else.
 */
export function readEncoderRecord(json: unknown): EncoderRecord {
  const { kind, salt, columns } = (json ?? {}) as Partial<EncoderRecord>;
  if (!kind || !ENCODINGS.includes(kind))
    throw new AuditweaveError(
      `features: expected an encoder of kind ${ENCODINGS.join(' or ')}, got ${JSON.stringify(kind) ?? 'none'}.`,
      { hint: HINT },
    );
  if (salt !== undefined && typeof salt !== 'string')
    throw new AuditweaveError('features: expected the salt of an encoder to be a text.', { hint: HINT });
  if (!Array.isArray(columns))
    throw new AuditweaveError('features: expected an encoder to list its columns, got none.', { hint: HINT });
  const names = columns.map((column, f) => nameOf(column, f));
  if (new Set(names).size !== names.length)
    throw new AuditweaveError(`features: expected each column once, got ${names.join(', ')}.`, {
      hint: HINT,
    });
  if (kind === 'standardized') columns.forEach(checkStandard);
  return { kind, ...(salt === undefined ? {} : { salt }), columns };
}

/** The name of a column that an encoder's JSON lists, once its values are found to be sound. */
function nameOf(column: unknown, f: number): string {
  const { name, values } = (column ?? {}) as Partial<EncoderRecord['columns'][number]>;
  const sound =
    typeof name === 'string' &&
    Array.isArray(values) &&
    values.every((value) => value === null || typeof value === 'string') &&
    new Set(values).size === values.length;
  if (!sound)
    throw new AuditweaveError(
      `features: expected column ${typeof name === 'string' ? name : f} of an encoder to list texts or null, each once.`,
      { hint: HINT },
    );
  return name;
}

function checkStandard({ name, mean, scale }: EncoderRecord['columns'][number]): void {
  if (Number.isFinite(mean) && Number.isFinite(scale) && scale! > 0) return;
  throw new AuditweaveError(
    `features: expected column ${name} of a standardized encoder to have a mean and a scale above 0, got ${mean} and ${scale}.`,
    { hint: HINT },
  );
}

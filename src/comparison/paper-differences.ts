import { fileURLToPath } from 'node:url';
import { schemaCompiler } from '../settings/schema-compiler.js';
import { describeFaults, readYamlFile, throwFaults } from '../settings/yaml-file.js';

/** One step of the procedure, in the paper and here. */
export interface PaperDifference {
  /** As in `values a label part can take`. */
  what: string;
  paper: string;
  ours: string;
  /** `unstated`: neither the paper's text nor what is known of its public code says. */
  verdict: 'same' | 'different' | 'unstated';
  /** Where the paper, or its public code, says it. */
  source: string;
}

const text = { type: 'string', minLength: 1 };
export const DIFFERENCES_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['differences'],
  properties: {
    differences: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['what', 'paper', 'ours', 'verdict', 'source'],
        properties: {
          ...{ what: text, paper: text, ours: text, source: text },
          verdict: { enum: ['same', 'different', 'unstated'] },
        },
      },
    },
  },
};

const HINT = 'experiments/paper-differences.yaml says at its top what a row has.';
const OWN = new URL('../../experiments/paper-differences.yaml', import.meta.url);
const isDifferences = schemaCompiler({ allErrors: true }).compile<{ differences: PaperDifference[] }>(
  DIFFERENCES_SCHEMA,
);

/**
 * Reads how the paper's procedure and ours differ.
 *
 * @param file Default `experiments/paper-differences.yaml`.
 * @throws {AuditweaveError} All faults of the file at once, each with its place.
 * @example (await readPaperDifferences()).filter(({ verdict }) => verdict === 'different').length
 */
export async function readPaperDifferences(file = fileURLToPath(OWN)): Promise<PaperDifference[]> {
  const yaml = await readYamlFile(file, {
    what: 'how the paper’s procedure differs',
    missing: 'It is in experiments/paper-differences.yaml.',
    root: 'the key differences',
    hint: HINT,
  });
  const { value } = yaml;
  if (!isDifferences(value))
    throwFaults(
      'differences from the paper',
      describeFaults(isDifferences.errors ?? [], yaml, DIFFERENCES_SCHEMA),
      HINT,
    );
  return (value as unknown as { differences: PaperDifference[] }).differences;
}

import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { DIFFERENCES_SCHEMA } from '../../src/comparison/paper-differences.js';
import { PAPER_SCHEMA } from '../../src/comparison/paper-results.js';
import { KINDS } from '../../src/model/kinds.js';
import { EPOCH_SCHEMA, METRICS_SCHEMA, RUN_SCHEMA } from '../../src/runs/record-schema.js';
import { settingsSchema } from '../../src/settings/schema.js';
import { STUDY_FILE_SCHEMA, STUDY_RECORD_SCHEMA, TIMING_SCHEMA } from '../../src/studies/record-schema.js';
import { STUDY_SCHEMA } from '../../src/studies/study.js';

it.each<[string, object]>([
  ...KINDS.map((kind): [string, object] => [`settings of ${kind.name}`, settingsSchema(kind)]),
  ...Object.entries({ RUN_SCHEMA, EPOCH_SCHEMA, METRICS_SCHEMA, DIFFERENCES_SCHEMA, PAPER_SCHEMA }),
  ...Object.entries({ STUDY_SCHEMA, STUDY_FILE_SCHEMA, STUDY_RECORD_SCHEMA, TIMING_SCHEMA }),
])('%s is a schema, as the compiler takes it for granted', (_, schema) => {
  expect(new Ajv({ allowUnionTypes: true }).validateSchema(schema)).toBe(true);
});

/**
 * Writes the JSON schemas of settings and studies, for editors, from the ones that the code checks with.
 *
 *     npx tsx scripts/write-schemas.ts && npm run format
 */
import { writeFileAtomic } from '../src/files/atomic.js';
import { anySettingsSchema } from '../src/settings/schema.js';

import { STUDY_SCHEMA } from '../src/studies/study.js';

for (const [name, schema] of [
  ['config', anySettingsSchema()],
  ['study', STUDY_SCHEMA],
] as const)
  await writeFileAtomic(`experiments/${name}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`);

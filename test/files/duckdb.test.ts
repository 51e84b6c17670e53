import { expect, it } from 'vitest';
import { asSystemFault } from '../../src/files/duckdb.js';
import { systemFault } from '../../src/system-faults.js';

const IO = 'IO Error: Could not write file "/a/b.parquet"';

it.each<[string, number | undefined, string | undefined]>([
  [`${IO}: No space left on device`, 75, 'cli: /a/b.parquet: no space left on the device.'],
  [`${IO}: Disk quota exceeded`, 75, 'cli: /a/b.parquet: the disk quota is used up.'],
  [`${IO}: Read-only file system`, 2, 'cli: /a/b.parquet: on a read-only file system.'],
  ['IO Error: Cannot open file "/c": Permission denied', 2, 'cli: /c: permission denied.'],
  [`${IO}: something else`, undefined, undefined],
  // A text of the log in a message is no fault of the system.
  ['Conversion Error: "No space left on device"', undefined, undefined],
])('takes “%s” of the database for a fault of the system, or for none', (message, exitCode, says) => {
  const error = new Error(message);
  const fault = systemFault(asSystemFault(error));
  expect([fault?.exitCode, fault?.message]).toEqual([exitCode, says]);
  if (says === undefined) expect(asSystemFault(error)).toBe(error);
});

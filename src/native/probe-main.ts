// Run by probe.ts: loads TensorFlow and prints what is loaded as one line of JSON.
import { AuditweaveError } from '../errors.js';
import type { AskedDevice } from './device.js';
import { loadTensorFlow, tensorFlowInfo } from './load.js';
import type { ProbeReport } from './probe.js';

let report: ProbeReport;
try {
  await loadTensorFlow({ device: (process.argv[2] ?? 'auto') as AskedDevice, probe: false });
  report = { info: tensorFlowInfo() };
} catch (error) {
  const { message } = error as Error;
  const hint = error instanceof AuditweaveError ? error.hint : undefined;
  report = { error: { message, ...(hint ? { hint } : {}) } };
}
process.stdout.write(`\n${JSON.stringify(report)}\n`);

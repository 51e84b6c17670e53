import { admission } from './admission.js';
import { cloudTrail, cloudWatch, cloudWatchInsights, kinesis } from './amazon.js';
import { azureRecord, azureRow, azureTables } from './azure.js';
import { google } from './google.js';
import { ownContext } from './own.js';
import { bulk, clusterEvent, docker, envelope, journal, list, loki, openTelemetry } from './shippers.js';
import type { Wrapping } from './wrapping.js';

/** The wrappings that are known. The first one that fits opens a value, so the general ones come last. */
export const WRAPPINGS: readonly Wrapping[] = [
  ownContext,
  clusterEvent,
  admission,
  google,
  azureRecord,
  azureRow,
  azureTables,
  cloudWatch,
  cloudWatchInsights,
  kinesis,
  cloudTrail,
  docker,
  journal,
  bulk,
  loki,
  openTelemetry,
  list,
  envelope,
];

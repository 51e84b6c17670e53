import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Milliseconds. */
export interface Time {
  mean: number;
  sd: number;
  min: number;
  n: number;
}

/** `store.json`: what `test/bench/store.ts` measured. */
export interface StoreRecord {
  schema: 1;
  machine: { cpu: string; cores: number; node: string };
  /** Bytes of the same lines: as they are, and by zstd; of stores by what they keep, their contexts by rules, the package’s model or the truth. */
  sizes: {
    lines: number;
    text: number;
    zstd19: number;
    stores: Record<'rules' | 'model' | 'truth', Record<'raw' | 'foreground' | 'compact', StoreSize>>;
  };
  small: Asked & { peers: PeerTime[] };
  large: Asked & { bytes: number; contexts: number; peers: { lines: number; peers: PeerTime[] } };
}

interface StoreSize {
  bytes: number;
  lines: number;
  contexts: number;
}

interface Asked {
  lines: number;
  /** Of a store, before the first question. */
  opening: Time;
  /** By the paper’s query. */
  ours: { query: string; contexts: number; milliseconds: Time }[];
}

/** The same question to the lines themselves. */
interface PeerTime {
  query: string;
  lines: number;
  jq: Time;
  readJson: Time;
}

/** `contexts/scores.json`: contexts by several ways against the truth; `way` is `truth` for the truth itself. */
export interface ContextScores {
  results: {
    dataset: string;
    capture: string;
    way: string;
    scores?: {
      lines: number;
      exact: { precision: number; recall: number; f1: number };
      bCubed: { f1: number };
      ari: number;
      vMeasure: { v: number };
    };
    clusteringRate: {
      labels: number;
      bins: { from: number; to: number | null; labels: number; share: number }[];
    };
  }[];
}

/** Reads the record of stores among the folders of studies; null where it is not. */
export const readStoreRecord = (dir: string): StoreRecord | null => read(join(dir, 'store.json'));

/** Reads the scores of contexts among the folders of studies; null where they are not. */
export const readContextScores = (dir: string): ContextScores | null =>
  read(join(dir, 'contexts', 'scores.json'));

const read = <T>(file: string): T | null =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : null;

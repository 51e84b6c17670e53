import { ensureNative } from '../src/native/provision.js';

/** Brings TensorFlow's library before any test starts, once and with progress, instead of in several tests at once. */
export default async function setup(): Promise<void> {
  await ensureNative();
}

import { ensureCpuModelAddons } from '../src/model/bilstm/addon.js';
import { ensureNative } from '../src/native/provision.js';

/** Brings TensorFlow’s library and compiles the addons before any test starts: once, with progress, and not in several tests at once. */
export default async function setup(): Promise<void> {
  await ensureNative();
  await ensureCpuModelAddons();
}

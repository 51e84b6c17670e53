import { AuditweaveError } from '../errors.js';

/** The runtime of ONNX models. */
export type Runtime = typeof import('onnxruntime-node');
export type { InferenceSession, Tensor } from 'onnxruntime-node';

/**
 * Loads onnxruntime. It is named here and nowhere else: version 1.30 sends telemetry to its vendor unless this variable is set
 * before its library is loaded, and keeps a device's identity under the user's cache.
 *
 * @throws {AuditweaveError} It is not there, or does not fit this machine.
 */
export async function loadRuntime(): Promise<Runtime> {
  process.env.ORT_DISABLE_TELEMETRY = '1';
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    throw new AuditweaveError(`model: expected onnxruntime to load, got ${(error as Error).message}.`, {
      hint: 'install it again: npm ci',
      cause: error,
    });
  }
}

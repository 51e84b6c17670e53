import type { AuditEvent } from './event.js';

/** How a line can say less than its request and answer did. */
export type Poverty = 'truncated' | 'placeholder' | 'metadata' | 'google' | 'admission';

/** What each kind means, as summaries say it. */
export const POVERTIES: Readonly<Record<Poverty, string>> = {
  truncated: 'truncated bodies',
  placeholder: 'placeholders for bodies',
  metadata: 'no bodies (level Metadata)',
  google: 'no groups of the user and no exact status (Google Cloud Logging)',
  admission: 'no answer, client or address (AdmissionReview)',
};

/**
 * What a line lacks: the API server left out its bodies for their size and said so, an exporter put a word in their place (AKS:
 * `skipped-too-big-size-object`), or the audit policy has its request at level Metadata.
 *
 * @example povertyOf(event) // 'truncated'
 */
export function povertyOf({ level, annotations, requestObject, responseObject }: AuditEvent): Poverty | null {
  if (annotations?.['audit.k8s.io/truncated'] === 'true') return 'truncated';
  if (typeof requestObject === 'string' || typeof responseObject === 'string') return 'placeholder';
  return level === 'Metadata' ? 'metadata' : null;
}

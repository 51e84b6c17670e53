import { describe, expect, it } from 'vitest';
import { pluralOf, singularOf } from '../../src/audit/kind-names.js';

describe('the names of kinds', () => {
  it.each([
    ['Pod', 'pods'],
    ['NetworkPolicy', 'networkpolicies'],
    ['Ingress', 'ingresses'],
    ['StorageClass', 'storageclasses'],
    ['Endpoints', 'endpoints'],
    ['EndpointSlice', 'endpointslices'],
    ['CSIStorageCapacity', 'csistoragecapacities'],
    ['ComponentStatus', 'componentstatuses'],
    ['Lease', 'leases'],
    ['Gateway', 'gateways'],
  ])('%s is served as %s, and back', (kind, resource) => {
    expect(pluralOf(kind)).toBe(resource);
    expect(singularOf(resource)).toBe(kind.toLowerCase());
  });
});

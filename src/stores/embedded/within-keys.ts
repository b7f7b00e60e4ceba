import { STORAGE_LIMITS, type ServiceLimits } from '../../store/limits.js';

/** Keys of the store's own form have room for the service's longest, and no more. */
export function withinKeys(limits: ServiceLimits): ServiceLimits {
  const { partition, row, encoding } = limits.keyBytes;
  const { partition: longest } = STORAGE_LIMITS.keyBytes;
  if (partition <= longest && row <= longest) return limits;
  return Object.freeze({
    ...limits,
    keyBytes: { partition: Math.min(partition, longest), row: Math.min(row, longest), encoding },
  });
}

import { EntitableError } from '../errors/entitable-error.js';
import type { KeyTemplate } from '../metadata/key-template.js';
import { keySize, type ServiceLimits } from '../store/limits.js';

/** Refuses a key that is longer than the store allows. */
export function checkKeySize(
  { key, className }: Pick<KeyTemplate, 'key' | 'className'>,
  text: string,
  limits: ServiceLimits,
): void {
  const limit = key === 'PartitionKey' ? limits.keyBytes.partition : limits.keyBytes.row;
  const size = keySize(text, limits);
  if (size > limit) {
    throw new EntitableError(
      'key.too-long',
      `The ${key} of ${className} has ${size} bytes in ${limits.keyBytes.encoding === 'utf16' ? 'UTF-16' : 'UTF-8'}; the store takes ${limit}. Shorten its parts.`,
      { className, key, size, limit },
    );
  }
}

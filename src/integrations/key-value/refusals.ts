import { EntitableError, type ServiceLimits } from '../../index.js';

// eslint-disable-next-line no-control-regex -- these are the characters the service forbids
const FORBIDDEN = /[/\\#?\u0000-\u001f\u007f-\u009f]/;

/** Refuses, before anything is sent, a row key that the service would. Throws `key.forbidden-character`, `key.unpaired-surrogate`, `key.too-long`. */
export function checkRowKey(rowKey: string, collection: string, { keyBytes }: ServiceLimits): void {
  const at = { className: collection, key: 'RowKey' } as const;
  const character = FORBIDDEN.exec(rowKey)?.[0];
  if (character !== undefined) {
    const message = `A key of the collection ${collection} has a character that the service forbids (/ \\ # ? and control characters). Use the JSON format, which escapes it.`;
    throw new EntitableError('key.forbidden-character', message, { ...at, character });
  }
  if (!rowKey.isWellFormed()) {
    const message = `A key of the collection ${collection} holds half of a surrogate pair, which cannot be sent. Use the JSON format, which escapes it.`;
    throw new EntitableError('key.unpaired-surrogate', message, at);
  }
  const size = keyBytes.encoding === 'utf16' ? rowKey.length * 2 : Buffer.byteLength(rowKey);
  if (size > keyBytes.row) {
    const message = `A key of the collection ${collection} is stored as ${size} bytes; the store takes ${keyBytes.row}. Use a shorter one, e.g. a hash of it.`;
    throw new EntitableError('key.too-long', message, { ...at, size, limit: keyBytes.row });
  }
}

/** Refuses a value that no entity holds. Throws `validation.entity-too-large`, `validation.too-many-properties`. */
export function checkSize(bytes: number, properties: number, collection: string, limits: ServiceLimits): void {
  if (properties > limits.properties) {
    const message = `A value for the collection ${collection} makes ${properties} properties; the store takes ${limits.properties}. Store it in parts.`;
    throw new EntitableError('validation.too-many-properties', message, {
      className: collection,
      count: properties,
      limit: limits.properties,
    });
  }
  if (bytes > limits.entityBytes) {
    const message = `A value for the collection ${collection} makes an entity of ${bytes} bytes; the store takes ${limits.entityBytes}. Store it in parts.`;
    throw new EntitableError('validation.entity-too-large', message, {
      className: collection,
      size: bytes,
      limit: limits.entityBytes,
    });
  }
}

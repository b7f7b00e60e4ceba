import { Guid } from '../../index.js';

/** Texts for what class-transformer would take apart: Guids, bytes, bigints; dates on request. Everything else is copied, with its class. */
export function withTexts(value: unknown, dates: 'keep' | 'text'): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (Guid.is(value)) return value.toString();
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (value instanceof Date) return dates === 'keep' ? value : value.toJSON();
  if (Array.isArray(value)) return value.map((item) => withTexts(item, dates));
  if (value instanceof Map || value instanceof Set) return value;
  const copy = Object.create(Object.getPrototypeOf(value) as object | null) as object;
  for (const [name, member] of Object.entries(value)) {
    Object.defineProperty(copy, name, {
      value: withTexts(member, dates),
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
  return copy;
}

/** The stored types whose values are written as texts. */
export type TextType = 'Guid' | 'Int64' | 'DateTime' | 'Binary';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What the texts of {@link withTexts} stand for, by stored type; `undefined` for a text that stands for nothing. */
export const FROM_TEXT: Readonly<Record<TextType, (text: string) => unknown>> = {
  Guid: (text) => (Guid.isText(text) ? Guid.parse(text) : undefined),
  Int64: (text) => (/^-?[0-9]+$/.test(text) ? BigInt(text) : undefined),
  DateTime: (text) => {
    const date = new Date(text);
    return Number.isNaN(date.getTime()) ? undefined : date;
  },
  Binary: (text) => (BASE64.test(text) ? new Uint8Array(Buffer.from(text, 'base64')) : undefined),
};

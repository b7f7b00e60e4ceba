import { typeName } from '../edm/type-name.js';
import { invalidOption } from '../errors/options.js';

/** Refuses what gives no items one by one; a text would give its characters. `verb` begins the message. */
export function checkItems(verb: string, items: unknown): void {
  if (typeof items === 'object' && items !== null) {
    const { [Symbol.iterator]: iterate, [Symbol.asyncIterator]: iterateLater } = items as Partial<
      Iterable<unknown> & AsyncIterable<unknown>
    >;
    if (typeof iterate === 'function' || typeof iterateLater === 'function') return;
  }
  throw invalidOption(verb, 'an iterable or async iterable of items', typeName(items));
}

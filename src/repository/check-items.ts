import { typeName } from '../edm/type-name.js';
import { invalidOption, readOption } from '../errors/options.js';

/** Refuses what gives no items one by one; a text would give its characters. `verb` begins the message. */
export function checkItems(verb: string, items: unknown): void {
  if (typeof items === 'object' && items !== null) {
    const given = items as Partial<Iterable<unknown> & AsyncIterable<unknown>>;
    const iterators = readOption(verb, () => [given[Symbol.iterator], given[Symbol.asyncIterator]]);
    if (iterators.some((iterate) => typeof iterate === 'function')) return;
  }
  throw invalidOption(verb, 'an iterable or async iterable of items', typeName(items));
}

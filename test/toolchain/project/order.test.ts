import { check } from './check.js';

declare function test(name: string, run: () => Promise<unknown>): void;

test('decorated classes are stored and read', check);

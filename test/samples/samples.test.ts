import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
const topics = readdirSync(join(ROOT, 'samples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

interface Run {
  readonly argument?: string;
  readonly variable?: string;
}

/** What a sample prints, with a target by argument, by the variable TABLES, or without one. */
function output(topic: string, { argument, variable }: Run): string {
  const { TABLES: _, ...env } = process.env;
  const main = join(ROOT, 'dist', 'samples', topic, 'main.js');
  return execFileSync(process.execPath, [main, ...(argument === undefined ? [] : [argument])], {
    encoding: 'utf8',
    env: { ...env, ...(variable !== undefined && { TABLES: variable }) },
    stdio: 'pipe',
  });
}

const expected = (topic: string): string => readFileSync(join(ROOT, 'samples', topic, 'expected.txt'), 'utf8');

describe('The samples', () => {
  it('all say what they print', () => {
    expect(topics.filter((topic) => !existsSync(join(ROOT, 'samples', topic, 'expected.txt')))).to.deep.equal([]);
  });

  for (const topic of topics) {
    it(`print what they say: ${topic}, without a target`, () => {
      expect(output(topic, {})).to.equal(expected(topic));
    });

    it(`print what they say: ${topic}, with a target by argument`, () => {
      expect(output(topic, { argument: 'memory:', variable: 'nowhere:' })).to.equal(expected(topic));
    });

    it(`print what they say: ${topic}, with a target in TABLES`, () => {
      expect(output(topic, { variable: 'memory:' })).to.equal(expected(topic));
    });

    it(`use the target that TABLES names: ${topic} refuses one that is none`, () => {
      expect(() => output(topic, { variable: 'nowhere:' })).to.throw('store.unknown-target');
    });
  }
});

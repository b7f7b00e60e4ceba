import { expect } from 'chai';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PAGES, ROOT, textOf } from './guide.js';

const SAMPLES = readdirSync(join(ROOT, 'samples'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => `samples/${file}`);

/** Matches a statement that opens a data source, and captures its name. */
const OPENED = /\b(?:const|let|using) (?<name>\w+)(?:: DataSource)? = await DataSource\.open\(/g;
/** Matches code that calls a data source `tables`. (`db.tables` is its administration.) */
const CALLED_TABLES =
  /(?<![.\w])tables(?:: DataSource\b|\.(?:repository|unitOfWork|run|retry|ready|close|withTables|backup|(?:insert|upsert|delete)Many|tables)\b)/g;

describe('The name of the data source in examples', () => {
  for (const file of [...PAGES, ...SAMPLES]) {
    const text = textOf(file);
    const names = [...text.matchAll(OPENED)].map(({ groups }) => groups!['name']!);
    if (names.length === 0 && !text.includes('DataSource')) continue;

    it(`The examples in ${file} call the data source db, and none is called tables`, () => {
      if (names.length > 0) expect(text).to.match(/\bdb\b/);
      expect(names).not.to.include('tables');
      expect(text.match(CALLED_TABLES)).to.equal(null);
    });
  }
});

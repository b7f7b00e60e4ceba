import { expect } from 'chai';
import { RETRY_DEFAULTS } from '../../src/index.js';
import { COSMOS_LIMITS, STORAGE_LIMITS } from '../../src/store/limits.js';
import { readOptionTypes, type OptionTypes } from './option-types.js';
import { optionsOf, optionsSections } from './options-page.js';

describe('The page of options', function () {
  this.timeout(60_000);

  const sections = optionsSections();
  let types: OptionTypes;
  before(() => {
    types = readOptionTypes();
  });

  it('docs/options.md documents each options type in a section that names the function which takes it', () => {
    const missing = types.parameters
      .filter(
        ({ callee, type }) =>
          !sections.some((section) => section.types.includes(type) && new RegExp(`\\b${callee}\\b`).test(section.text)),
      )
      .map(({ callee, type }) => `${callee}: ${type}`);
    expect([...new Set(missing)]).to.deep.equal([]);
  });

  it('docs/options.md has a row for each option of a type that it documents', () => {
    for (const section of sections.filter((candidate) => candidate.types.length > 0)) {
      const members = section.types.flatMap((type) => types.membersOf(type) ?? [`no type ${type}`]);
      const documented = optionsOf(section, sections);
      expect(
        members.filter((name) => !documented.has(name)),
        `left out of ${section.title}`,
      ).to.deep.equal([]);
    }
  });

  it('docs/options.md has no row for an option that does not exist', () => {
    for (const { title, rows, types: named } of sections) {
      const members = new Set(named.flatMap((type) => types.membersOf(type) ?? []));
      if (members.size === 0) continue;
      const isMember = (name: string): boolean => members.has(name) || name.endsWith(')');
      expect(
        rows.filter((name) => !isMember(name)),
        `made up in ${title}`,
      ).to.deep.equal([]);
    }
  });

  it('docs/options.md documents every name that options are checked against at run time', () => {
    const documented = sections.map((section) => optionsOf(section, sections));
    const missing = types.tables
      .filter(({ names }) => !documented.some((known) => names.every((name) => known.has(name))))
      .map(({ where, names }) => `${where}: ${names.join(' ')}`);
    expect(missing).to.deep.equal([]);
    expect(types.tables.length).to.be.greaterThan(40);
  });

  it('docs/options.md has the defaults of retries that the sources have', () => {
    const { maxRetries, tryTimeout, timeout, lostAnswers } = RETRY_DEFAULTS;
    const row = cellsOf('retry');
    expect(row('maxRetries')[2]).to.equal(String(maxRetries));
    expect(row('tryTimeout')[2]).to.equal(tryTimeout.toLocaleString('en'));
    expect(row('timeout')[2]).to.equal(timeout.toLocaleString('en'));
    expect(row('lostAnswers')[2]).to.equal(`\`'${lostAnswers}'\``);
    for (const pace of ['fast', 'slow'] as const) {
      const { slot, ceiling } = RETRY_DEFAULTS[pace];
      expect(row(pace)[2]!.replaceAll('_', '')).to.equal(`\`{ slot: ${slot}, ceiling: ${ceiling} }\``);
    }
  });

  it('docs/options.md has the limits of both services that the sources have', () => {
    const row = cellsOf('limits');
    for (const [index, limits] of [STORAGE_LIMITS, COSMOS_LIMITS].entries()) {
      const documented = Object.keys(limits).map((name) => [name, row(name)[index + 1]]);
      expect(documented).to.deep.equal(Object.entries(limits).map(([name, value]) => [name, limitText(value)]));
    }
  });

  function cellsOf(title: string): (name: string) => readonly string[] {
    const { text } = sections.find((section) => section.title === title)!;
    const rows = text.split('\n').map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
    return (name) => rows.find(([, first]) => first === `\`${name}\``)!.slice(1);
  }
});

function limitText(value: unknown): string {
  if (typeof value === 'number') return value.toLocaleString('en');
  const text = JSON.stringify(value).replaceAll('"', "'").replaceAll(',', ', ');
  const spaced = text
    .replaceAll(/'(\w+)':/g, '$1: ')
    .replaceAll('{', '{ ')
    .replaceAll('}', ' }');
  return `\`${spaced}\``;
}

import { textOf } from './guide.js';

/** A section of docs/options.md, i.e. the text below a heading of the third level. */
export interface OptionsSection {
  readonly title: string;
  readonly text: string;
  /** The types that its line `Type: …` names in code before the first semicolon. */
  readonly types: readonly string[];
  /** The names in the first column of its tables, in code. */
  readonly rows: readonly string[];
  /** The anchors of the sections whose options its line `Type: …` includes. */
  readonly bases: readonly string[];
}

/** Returns the sections of docs/options.md, in order. */
export function optionsSections(): readonly OptionsSection[] {
  const sections = textOf('docs/options.md').split(/^### /m).slice(1);
  return sections.map((section) => {
    const [title = '', ...lines] = section.split(/^## /m)[0]!.split('\n');
    const type = lines.find((line) => line.startsWith('Type: ')) ?? '';
    return {
      title,
      text: section,
      types: codesIn(type.split(';')[0]!),
      rows: lines.filter((line) => line.startsWith('| `')).flatMap((line) => codesIn(line.split(' | ')[0]!)),
      bases: Array.from(type.matchAll(/\(#([\w-]+)\)/g), ([, anchor]) => anchor!),
    };
  });
}

/** Returns the options that a section documents: its own, and those of the sections that it includes. */
export function optionsOf(section: OptionsSection, sections: readonly OptionsSection[]): ReadonlySet<string> {
  const included = sections.filter(({ title }) => section.bases.includes(anchorOf(title)));
  return new Set([section, ...included].flatMap(({ rows }) => rows));
}

/** Returns the anchor of a heading whose only punctuation is commas and dots. */
function anchorOf(title: string): string {
  return title.toLowerCase().replaceAll(/[.,]/g, '').replaceAll(' ', '-');
}

function codesIn(text: string): readonly string[] {
  return Array.from(text.matchAll(/`([^`]+)`/g), ([, code]) => code!);
}

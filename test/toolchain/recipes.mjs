const SECTION = /^## (.+)$/gm;
const BLOCK = /^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm;

/** Returns the recipes of a Markdown page: its sections with commands. A code block with a name is a file. */
export function recipesIn(page) {
  const headings = [...page.matchAll(SECTION)];
  return headings
    .map(({ 0: line, 1: name, index }, at) => {
      const text = page.slice(index + line.length, headings[at + 1]?.index);
      const blocks = [...text.matchAll(BLOCK)].map(([, language, file, content]) => ({ language, file, content }));
      return {
        name,
        types: /^Types: (\w+)$/m.exec(text)?.[1],
        files: Object.fromEntries(blocks.filter(({ file }) => file).map(({ file, content }) => [file, content])),
        commands: blocks.find(({ language }) => language === 'sh')?.content,
      };
    })
    .filter(({ commands }) => commands);
}

// Runs contact.ts, as a spec, with both Jest configurations of docs/nestjs.md, copied from the page unchanged.
import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

const blocks = [...readFileSync('docs/nestjs.md', 'utf8').matchAll(/^```(js|json)\n([\s\S]*?)^```$/gm)];
const textOf = (pattern) => blocks.find(([, , text]) => pattern.test(text))[2];

renameSync('contact.ts', 'contact.spec.ts');
writeFileSync('tsconfig.spec.json', textOf(/"allowJs"/));
for (const tool of ['ts-jest', 'swc']) {
  writeFileSync('jest.config.js', textOf(new RegExp(`^// jest.config.js with ${tool}`)));
  execFileSync('npx', ['jest', '--no-cache'], { stdio: 'inherit' });
}

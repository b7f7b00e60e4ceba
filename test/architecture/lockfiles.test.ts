import { expect } from 'chai';
import { textOf } from './project.js';

interface LockedPackage {
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function packagesOf(lockfile: string): Readonly<Record<string, LockedPackage>> {
  const { packages } = JSON.parse(textOf(lockfile)) as { readonly packages: Readonly<Record<string, LockedPackage>> };
  return packages;
}

/** Whether a lockfile has a package where Node would find it from another one. */
function isLocked(packages: Readonly<Record<string, LockedPackage>>, from: string, name: string): boolean {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in packages) return true;
    if (folder === '') return false;
  }
}

for (const lockfile of ['package-lock.json', 'benchmarks/peers/package-lock.json']) {
  describe(`The lockfile ${lockfile}`, () => {
    const packages = packagesOf(lockfile);

    it('has every package that one of it needs, those of other platforms too: without, `npm ci` refuses it', () => {
      const missing = Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
        Object.keys({ ...dependencies, ...optionalDependencies })
          .filter((name) => !isLocked(packages, path, name))
          .map((name) => `${name} of ${path || 'the project'}`),
      );
      expect(missing).to.deep.equal([]);
    });

    it('names no registry, so that it installs from any', () => {
      const named = Object.entries(packages).filter(([, { resolved }]) => resolved?.includes('://'));
      expect(named.map(([path]) => path)).to.deep.equal([]);
    });
  });
}

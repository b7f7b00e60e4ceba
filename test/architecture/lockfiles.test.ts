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

/** Returns whether a lockfile contains a package at a place where Node finds it from another one. */
function isLocked(packages: Readonly<Record<string, LockedPackage>>, from: string, name: string): boolean {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in packages) return true;
    if (folder === '') return false;
  }
}

for (const lockfile of ['package-lock.json', 'benchmarks/peers/package-lock.json']) {
  describe(`The lockfile ${lockfile}`, () => {
    const packages = packagesOf(lockfile);

    it(`The lockfile ${lockfile} has every needed package, also for other platforms: otherwise npm ci refuses it`, () => {
      const missing = Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
        Object.keys({ ...dependencies, ...optionalDependencies })
          .filter((name) => !isLocked(packages, path, name))
          .map((name) => `${name} of ${path || 'the project'}`),
      );
      expect(missing).to.deep.equal([]);
    });

    it(`The lockfile ${lockfile} names no registry, so that packages install from any`, () => {
      const named = Object.entries(packages).filter(([, { resolved }]) => resolved?.includes('://'));
      expect(named.map(([path]) => path)).to.deep.equal([]);
    });
  });
}

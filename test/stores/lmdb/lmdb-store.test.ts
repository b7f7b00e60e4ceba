import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lmdbStore } from '../../../src/stores/lmdb/lmdb-store.js';
import { conformance } from '../../conformance/conformance.js';

const directory = mkdtempSync(join(tmpdir(), 'entitable-lmdb-'));

after(() => rmSync(directory, { recursive: true, force: true }));

conformance('lmdb', () => lmdbStore(join(directory, 'conformance')));

import { loadSqlite } from '../../../../src/stores/sqlite/sqlite-driver.js';

/** Begins to write to the file of a store as SQLite's users do, and stops within its transaction; when it is continued, it ends it. */
const { DatabaseSync } = await loadSqlite();
const database = new DatabaseSync(process.argv[2]!);
database.exec('BEGIN IMMEDIATE');
process.send!('stops');
// What was sent must have left before it stops.
setTimeout(() => {
  process.kill(process.pid, 'SIGSTOP');
  setTimeout(() => {
    database.exec('ROLLBACK');
    database.close();
    process.disconnect();
  }, 50);
}, 50);
